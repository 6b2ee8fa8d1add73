"""Submit work on a study, or do it here; both ask for the right first."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geo.background.actors import as_json
from geo.background.works import Work, checked
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.study.file import about
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
    about(study)
    actor = require(work.right, study)
    file = study.absolute()
    return Queue(file.parent).submit(file.name, name, arguments, actor.name, as_json(actor), files)


def do_here(
    study: Path, name: str, arguments: Mapping[str, Any], files: Mapping[str, Path] | None = None
) -> dict[str, Any]:
    """Do work on a study in this process, with the rights of whoever acts now, and return its result."""
    work = checked(name, arguments, tuple(files or ()))
    require(work.right, study)
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
    actor = require(checked(job.work, job.arguments).right, queue.database.folder / job.study)
    return queue.cancel(number, actor.name)
