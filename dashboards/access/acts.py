"""Acts of visitors for the log of access, from pages and from every change of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from dashboards.access.access_log import Event, note
from dashboards.access.store import Store
from geo.study.rights import Actor, Right, when_changed

_store: Final[list[Store]] = []


def keep_log(store: Store) -> None:
    """Note the acts of signed-in visitors in a file of accounts, from now on."""
    _store[:] = [store]
    when_changed(_changed)


def log_store() -> Store | None:
    """Return the file of accounts of a server with sign-in, or None."""
    return _store[0] if _store else None


def noted(event: Event, study: Path, subject: str, actor: Actor, host: str | None) -> None:
    """Note an act of whoever has signed in; nothing on a server without sign-in."""
    if _store and actor.signed_in and actor.name:
        with _store[0].changing() as connection:
            note(connection, event, actor.name, study=study.stem, subject=subject, host=host)


def _changed(actor: Actor, right: Right, study: Path) -> None:
    noted("changed", study, right, actor, st.context.ip_address)
