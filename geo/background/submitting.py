"""Submit work on a study, or do it here; both ask for the right first."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.background.actors import as_json
from geo.background.works import WORKS, Work, checked
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.jobs.queue import Queue
from geo.jobs.queued import STATE_NAMES, QueuedJob
from geo.study.file import about
from geo.study.library import free_path
from geo.study.rights import require


def submit(study: Path, name: str, arguments: Mapping[str, Any], files: Mapping[str, Path] | None = None) -> QueuedJob:
    """
    Submit work on a study to the queue beside it, and return its job.

    Parameters
    ----------
    study
        The study.
    name, arguments
        The work, one of `geo.background.works.WORKS`, and what it takes, as JSON.
    files
        Files that it reads, by argument: they are copied, and removed when it is over.

    Raises
    ------
    StudyError
        If there is no such study or work, or an argument is wrong.
    RightError
        If whoever acts now may not do this on the study.
    """
    work = checked(name, arguments, tuple(files or ()))
    file = study.absolute()
    if work.new:
        actor = require(work.right, work.asked_on(study))
        refuse_if_busy(file)
        free_path(file.parent, file.stem)
    else:
        about(study)
        actor = require(work.right, study)
    return Queue(file.parent).submit(file.name, name, arguments, actor.name, as_json(actor), files)


def refuse_if_busy(study: Path) -> None:
    """
    Refuse to move, replace or make a study while work on it waits or runs.

    Raises
    ------
    StudyError
        If there is a job; the message names it.
    """
    queue = Queue(study.absolute().parent)
    if not queue.database.exists:
        return
    # files of a library differ by more than case
    jobs = [job for job in queue.jobs() if job.active and job.study.casefold() == study.name.casefold()]
    if not jobs:
        return
    job = jobs[-1]
    title = WORKS[job.work].title if job.work in WORKS else Text(job.work, job.work)
    state, by = STATE_NAMES[job.state], job.by or "?"
    raise StudyError(
        Text(
            f"{study.stem} 有后台任务（{job.number}：{title.zh}，{by}，{state.zh}）",
            f"Work on {study.stem} is not over: job {job.number}, {title.en} ({by}, {state.en})",
        ),
        Text(
            f"请等其完成，或先取消：jiexu jobs --cancel {job.number}",
            f"Wait for it, or cancel it first: jiexu jobs --cancel {job.number}",
        ),
    )


def do_here(
    study: Path, name: str, arguments: Mapping[str, Any], files: Mapping[str, Path] | None = None
) -> dict[str, Any]:
    """Do work on a study in this process, with the rights of whoever acts now, and return its result."""
    work = checked(name, arguments, tuple(files or ()))
    require(work.right, work.asked_on(study))
    return run(work, study, {**arguments, **(files or {})})


def run(work: Work, study: Path, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Call the function of a work."""
    module, _, name = work.function.partition(":")
    found: dict[str, Any] = getattr(importlib.import_module(module), name)(study, **arguments)
    return found


def cancel(folder: Path, number: int) -> QueuedJob:
    """
    Cancel a job of a folder's queue.

    Raises
    ------
    StudyError
        If there is no such job.
    RightError
        If whoever acts now might not submit it either.
    """
    queue = Queue(folder)
    job = queue.find(number)
    work = checked(job.work, job.arguments)
    actor = require(work.right, work.asked_on(queue.database.folder / job.study))
    return queue.cancel(number, actor.name)
