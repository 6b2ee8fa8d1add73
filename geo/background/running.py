"""Do a job of a queue: in a worker, with the rights of whoever submitted it, and progress that others see."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil

from geo.background.actors import as_json, from_json
from geo.background.submitting import run
from geo.background.works import checked
from geo.core.errors import InputError
from geo.files.reading_apart import setting
from geo.jobs.dispatcher import Dispatcher, Over
from geo.jobs.limits import Limits
from geo.jobs.progress import Progress, followed
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.study.rights import Actor, acting, require

MODULES: Final = ("geo.background.running", "geo.background.tasks", "pyarrow.pandas_compat", "pyogrio.raw")
"""Loaded by a worker before its first job."""

_FUNCTION: Final = "geo.background.running:do_job"
_SHARE_OF_MEMORY: Final = 0.75
"""Of this computer's memory, for a job, where nothing else is said."""
_HOURS: Final = 4.0
_WAIT: Final = 3
"""The limit on the clock, by the limit on computing."""
_NOTE_EVERY_S: Final = 0.5
_CORES_EACH: Final = 2

Now = Callable[[Actor], Actor]
"""Returns whoever submitted a job with the rights that they have now."""


def dispatcher_for(folder: Path, now: Now = lambda actor: actor, over: Over = lambda job, acted: None) -> Dispatcher:
    """
    Return a dispatcher for the works of `geo.background.works.WORKS` on the studies of a folder.

    Parameters
    ----------
    folder
        Of the studies.
    now
        Looks up the present rights of whoever submitted a job; by default they are as they were then.
    over
        Told of each job when it is over, with the rights that it acted with.

    Raises
    ------
    InputError
        If an environment variable with a limit is no number above 0.
    """
    most = int(setting("JIEXU_JOBS", os.environ.get("JIEXU_JOBS"), max((os.cpu_count() or 1) // _CORES_EACH, 1)))
    limits = _limits()

    def admit(job: QueuedJob) -> dict[str, Any]:
        work = checked(job.work, job.arguments)
        actors = [now(from_json(rights)) for _, rights in job.asked] or [now(from_json(job.rights))]
        study = work.asked_on(job.study)
        # of several who asked for one job, it acts as the first who may still ask for it
        actor = next((each for each in actors if each.may(work.right, study)), actors[0])
        with acting(actor):
            require(work.right, study)
        return as_json(actor)

    return Dispatcher(folder, _FUNCTION, lambda job: limits, MODULES, max(most, 1), admit, over)


def do_job(folder: str, number: int, rights: dict[str, Any]) -> dict[str, Any]:
    """Do a job of a folder's queue with the rights given, and return its result; called in a worker."""
    queue = Queue(Path(folder))
    job = queue.find(number)
    work = checked(job.work, job.arguments)
    study = queue.database.folder / Path(job.study).name
    arguments = dict(job.arguments)
    for name in work.files:
        if name in arguments:
            arguments[name] = queue.database.kept(str(job.files)) / arguments[name]
    with acting(from_json(rights)), followed(_Notes(queue, number).note):
        require(work.right, work.asked_on(study))
        try:
            result = run(work, study, arguments)
        except InputError as error:
            if job.files is not None and job.files in error.file:
                error.file = job.arguments.get("name", Path(error.file).name)  # as the user knows it
            raise
    # what is in the study is done, also where somebody cancels it before the answer has arrived
    queue.end(number, "done", result=result)
    return result


class _Notes:
    """Keeps the progress of a job in its queue: each step, and its share from time to time."""

    def __init__(self, queue: Queue, number: int) -> None:
        self._queue, self._number = queue, number
        self._began = time.monotonic()
        self._noted = 0.0
        self._course: list[tuple[int, float]] = []

    def note(self, progress: Progress) -> None:
        """Take a progress."""
        now = time.monotonic()
        fresh = not self._course or self._course[-1][0] != progress.number
        if fresh:
            self._course.append((progress.number, round(now - self._began, 2)))
        elif now - self._noted < _NOTE_EVERY_S:
            return
        self._noted = now
        self._queue.note(self._number, progress, self._course)


def _limits() -> Limits:
    gb = setting("JIEXU_JOB_GB", os.environ.get("JIEXU_JOB_GB"), psutil.virtual_memory().total * _SHARE_OF_MEMORY / 1e9)
    hours = setting("JIEXU_JOB_HOURS", os.environ.get("JIEXU_JOB_HOURS"), _HOURS)
    return Limits(int(gb * 1e9), hours * 3600, _WAIT * hours * 3600)
