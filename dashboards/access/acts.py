"""Acts for the log of access: every change of a study, exports, moves, copies, and the ends of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboards.access.access_log import Event, note
from dashboards.access.store import Store
from geo.background import cancel
from geo.background.actors import from_json
from geo.core.errors import JiexuError
from geo.core.text import Text
from geo.jobs.dispatcher import Over
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.study.rights import Actor, Right, doing, when_changed

_store: Final[list[Store]] = []

_ENDS: Final[Mapping[str, Event]] = {
    "done": "job_done",
    "failed": "job_failed",
    "cancelled": "job_cancelled",
    "interrupted": "job_interrupted",
}


def keep_log(store: Store) -> None:
    """Note the acts of signed-in visitors in a file of accounts, from now on."""
    _store[:] = [store]
    when_changed(changed)


def log_store() -> Store | None:
    """Return the file of accounts of a server with sign-in, or None."""
    return _store[0] if _store else None


def noted(
    event: Event, study: Path | None, subject: str, actor: Actor, host: str | None, folder: Path | None = None
) -> None:
    """
    Note an act in the log of access: the server's, else the one beside the study; nothing where there are no accounts.

    Parameters
    ----------
    event, subject
        The act, and the thing that it concerns.
    study
        The study, or None for a folder of studies.
    actor, host
        Whoever acts, and the address that they act from.
    folder
        Of the accounts, where it is not the study's.
    """
    store = _store[0] if _store and actor.signed_in else Store(folder or (study or Path()).absolute().parent)
    if store.exists and actor.name:
        with store.changing() as connection:
            note(connection, event, actor.name, study=None if study is None else study.stem, subject=subject, host=host)


def note_done(write: Callable[[], None], say: Callable[[Text], None]) -> None:
    """
    Write the line of an act that is done; where the log cannot be written, the act stands.

    Parameters
    ----------
    write
        Writes the line.
    say
        Told of a log that cannot be written.
    """
    try:
        write()
    except (JiexuError, sqlite3.Error, OSError) as error:
        zh, en = (
            error.sentence(language) if isinstance(error, JiexuError) else str(error) for language in ("zh", "en")
        )
        say(Text(f"已完成，但访问日志无法写入：{zh}", f"Done, but the log of access cannot be written: {en}"))


def changed(actor: Actor, right: Right, study: Path) -> None:
    """Note a change of a study, by the function that it was asked of."""
    asked = doing() or right
    on_page = get_script_run_ctx(suppress_warning=True) is not None
    host = st.context.ip_address if on_page else None
    noted("built" if asked == "build_study" else "changed", study, asked, actor, host)


def cancelled(folder: Path, number: int) -> QueuedJob:
    """Have a job end, as `geo.background.cancel`; one that waits is over at once, and noted here."""
    waited = Queue(folder).find(number).state == "waiting"
    job = cancel(folder, number)
    if waited and job.state == "cancelled":  # one that runs is noted by whoever runs it
        ends_noted(folder)(job, None)
    return job


def ends_noted(folder: Path) -> Over:
    """Return a function that notes the end of each job of a folder's queue, with whoever it acted for."""

    def over(job: QueuedJob, acted: Any) -> None:
        event = _ENDS.get(job.state)
        if event is None:
            return
        name = job.stopped_by if event == "job_cancelled" and job.stopped_by else None
        actor = from_json(acted or job.rights)
        if name is not None and name != actor.name:
            actor = Actor(name, signed_in=actor.signed_in)
        noted(event, folder / job.study, f"{job.number}: {job.work}", actor, None)

    return over
