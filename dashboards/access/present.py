"""The present rights of whoever acted before: work in the background asks when it starts, and while it runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from dashboards.access import accounts
from dashboards.access.store import Store
from geo.core.errors import StudyError
from geo.study.rights import Actor


def present(folder: Path) -> Callable[[Actor], Actor]:
    """
    Return a function that looks somebody up among the accounts of a folder.

    The operating system's user stays who they are; an account has the roles that it has now, and none once it is
    disabled or gone. A token for reading stays one. Where the accounts cannot be read for a moment, nothing changes.
    """
    store = Store(folder)

    def now(actor: Actor) -> Actor:
        if not actor.signed_in:
            return actor
        try:
            account = accounts.find(store, actor.name) if store.exists else None
        except (StudyError, sqlite3.OperationalError):
            return actor
        grants = {} if account is None else account.actor.grants
        return Actor(actor.name, grants, actor.reads_only, actor.signed_in)

    return now
