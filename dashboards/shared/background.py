"""Long work of pages: submitted to the queue of the server, shown on a card while it waits and runs."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards.access.acts import cancelled
from dashboards.session import cache, runs
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.shared.widgets import compute, show_error
from geo.background import WORKS, do_here, submit
from geo.core.errors import JiexuError
from geo.jobs.dispatcher import dispatcher_of
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.jobs.time_left import seconds_left, seconds_of, share_done

Then = Callable[[dict[str, Any]], None]
"""Takes the result of work on the page of whoever asked for it."""

_MINE: Final = "jobs-mine"
"""The numbers of the jobs that this session submitted, with what follows each."""
_SEEN: Final = "jobs-seen"
"""The numbers of jobs that ended badly and were put away by this session."""

_EVERY_S: Final = 1.0
_AT_ONCE_S: Final = 0.6
"""Short work is waited for, so that its result comes without a card in between."""
_LOOK_EVERY_S: Final = 0.03
_TOLD_FOR: Final = dt.timedelta(days=2)
"""How long a job that ended badly is told of."""


def start(
    work: str,
    arguments: Mapping[str, Any],
    files: Mapping[str, Path] | None = None,
    then: Then = lambda result: None,
    submitted: Callable[[], None] = lambda: None,
    study: Path | None = None,
) -> None:
    """
    Start work on the study: in the background on a server, else here and now; then draw the page anew.

    Parameters
    ----------
    work, arguments, files
        As `geo.background.submit` takes them.
    then
        Follows on this page when the work is done, if the page is open still.
    submitted
        Follows at once when the work was accepted.
    study
        The study; by default the one that is shown.
    """
    study = study or study_path()
    dispatcher = dispatcher_of(study.absolute().parent)
    if dispatcher is None:

        def here() -> None:
            then(do_here(study, work, arguments, files))
            submitted()

        compute(here)
        return
    try:
        job = submit(study, work, arguments, files)
    except JiexuError as error:
        show_error(error)
        return
    st.session_state.setdefault(_MINE, {})[job.number] = then
    submitted()
    dispatcher.poke()
    ends = time.monotonic() + _AT_ONCE_S
    while time.monotonic() < ends and dispatcher.queue.find(job.number).active:
        time.sleep(_LOOK_EVERY_S)
    st.rerun()


def cards() -> None:
    """Draw the work on the study that waits or runs, and the latest of each kind that ended badly."""
    queue = _queue()
    if not queue.database.exists:
        return
    try:
        jobs = queue.jobs(study_path().name)
        _settle(jobs)
        if any(job.active for job in jobs):
            _live()
        for job in _troubled(jobs):
            _ended(job)
    except (JiexuError, sqlite3.OperationalError, OSError) as error:
        st.caption(_("Work in the background cannot be read now."))
        if isinstance(error, JiexuError):
            show_error(error)


def builds(folder: Path) -> None:
    """Draw the studies of a folder that are being made, and the ones that ended badly lately."""
    queue = Queue(folder)
    if not queue.database.exists:
        return
    try:
        jobs = _making(queue)
        _settle(jobs)
        if any(job.active for job in jobs):
            _live_builds(str(folder))
        for job in _troubled(jobs):
            _ended(job, folder)
    except (JiexuError, sqlite3.OperationalError, OSError):
        st.caption(_("Work in the background cannot be read now."))


def _making(queue: Queue) -> list[QueuedJob]:
    return [job for job in queue.jobs() if job.work in WORKS and WORKS[job.work].new]


@st.fragment(run_every=_EVERY_S)
def _live_builds(folder: str) -> None:
    queue = Queue(Path(folder))
    _draw(queue, [job for job in _making(queue) if job.active], "builds-shown")


def _queue() -> Queue:
    return Queue(study_path().absolute().parent)


def _settle(jobs: list[QueuedJob]) -> None:
    """Do the things that this session wanted after its jobs."""
    mine: dict[int, Then] = st.session_state.get(_MINE, {})
    over = [job for job in jobs if job.number in mine and not job.active]
    for job in over:
        then = mine.pop(job.number)
        if job.state == "done":
            seconds = seconds_of(job) or 0.0
            st.toast(_("Done: {work}, {time}").format(work=_title(job), time=_spell(seconds)), icon=":material/check:")
            then(job.result)
    if over:
        runs.draw_anew()


def _title(job: QueuedJob) -> str:
    if job.work not in WORKS:
        return job.work
    title = WORKS[job.work].title.pick(current_language())
    return f"{title}: {Path(job.study).stem}" if WORKS[job.work].new else title


def _troubled(jobs: list[QueuedJob]) -> list[QueuedJob]:
    """Return the jobs that failed or were interrupted lately, unless the same work was asked for since."""
    seen = st.session_state.get(_SEEN, set())
    earliest = dt.datetime.now(dt.UTC) - _TOLD_FOR
    latest: dict[tuple[str, str], QueuedJob] = {}
    for job in jobs:
        latest.setdefault((job.work, job.study), job)
    return [
        job
        for job in latest.values()
        if job.state in ("failed", "interrupted")
        and job.number not in seen
        and dt.datetime.fromisoformat(job.ended_at or job.submitted_at) > earliest
    ]


@st.fragment(run_every=_EVERY_S)
def _live() -> None:
    """Draw the jobs that wait and run, again every second; when one ends, the whole page is drawn anew."""
    queue = _queue()
    _draw(queue, [job for job in queue.jobs(study_path().name) if job.active], "jobs-shown")


def _draw(queue: Queue, jobs: list[QueuedJob], key: str) -> None:
    shown = st.session_state.get(key, [])
    st.session_state[key] = [job.number for job in jobs]
    if set(shown) - {job.number for job in jobs}:
        st.session_state[key] = []
        runs.draw_anew()
    for job in reversed(jobs):
        _card(queue, job)


def _card(queue: Queue, job: QueuedJob) -> None:
    earlier = queue.earlier(job)
    with st.container(border=True, key=f"job-{job.number}", gap="xsmall"):
        left, right = st.columns([0.72, 0.28], vertical_alignment="center")
        left.text(f"{_title(job)} · {job.by}" if job.by else _title(job))
        if job.wish is not None:
            right.caption(_("Being cancelled …"))
        elif right.button(_("Cancel"), key=f"job-cancel-{job.number}", icon=":material/close:", type="tertiary"):
            _cancel(job, queue.database.folder)
        if job.state == "waiting":
            st.caption(_("Waits for other work to end."))
            return
        st.progress(share_done(job, earlier), text=_step(job))
        rest = seconds_left(job, earlier)
        if rest is not None and rest >= 1:
            st.caption(_("About {time} left").format(time=_spell(rest)))


def _step(job: QueuedJob) -> str:
    if job.step is None:
        return _("Starting …")
    name = job.step.pick(current_language())
    return _("Step {number} of {count}: {name}").format(number=job.number_of_step, count=job.steps, name=name)


def _spell(seconds: float) -> str:
    if seconds < 100:
        return _("{count:.0f} s").format(count=seconds)
    return _("{count:.0f} min").format(count=seconds / 60)


def _cancel(job: QueuedJob, folder: Path) -> None:
    try:
        cancelled(folder, job.number)
    except JiexuError as error:
        show_error(error)
        return
    if (dispatcher := dispatcher_of(folder)) is not None:
        dispatcher.poke()
    st.rerun()


def _ended(job: QueuedJob, folder: Path | None = None) -> None:
    """Draw a job that ended badly: when, why, and that the study is as it was."""
    # a study that is not made yet has no clock of its own
    clock = ZoneInfo(cache.timezone()) if folder is None else None
    at = dt.datetime.fromisoformat(job.ended_at or job.submitted_at).astimezone(clock)
    says = _("{work} was interrupted at {at}") if job.state == "interrupted" else _("{work} has failed at {at}")
    with st.container(border=True, key=f"job-{job.number}", gap="xsmall"):
        st.warning(says.format(work=_title(job), at=f"{at:%Y-%m-%d %H:%M}"), icon=":material/error:")
        if job.error is not None:
            st.text(job.error.pick(current_language()))
        with st.container(horizontal=True, gap="small"):
            again = job.files is None and job.work in WORKS
            if again and st.button(_("Start again"), key=f"job-again-{job.number}", icon=":material/replay:"):
                start(job.work, job.arguments, study=None if folder is None else folder / job.study)
            if st.button(_("Close"), key=f"job-close-{job.number}", type="tertiary"):
                st.session_state.setdefault(_SEEN, set()).add(job.number)
                st.rerun()
