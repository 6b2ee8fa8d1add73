"""The JSON documents of a queue of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from geo.background.works import WORKS
from geo.jobs.queue import Queue
from geo.jobs.queued import QueuedJob
from geo.jobs.time_left import seconds_left, seconds_of, share_done


class JobDocument(TypedDict):
    """
    A job of the queue.

    Attributes
    ----------
    number
        Its number.
    study
        The study's file name.
    work, title
        The work's name, and its title in both languages.
    arguments
        What it was asked.
    by
        Whoever submitted it.
    state
        `waiting`, `running`, `done`, `failed`, `cancelled` or `interrupted`.
    submitted_at, started_at, ended_at
        In UTC, or None.
    step
        The present or last step in both languages, or None.
    step_number, steps
        The number of that step from 1, and how many there are; 0 before the first.
    share
        How much is done, from 0 to 1.
    seconds
        How long it ran, or None.
    seconds_left
        How long it still takes by its course and earlier runs, or None where nothing tells.
    result
        A small result of one that is done.
    error
        Why it failed or was interrupted, in both languages, or None.
    stopped_by
        Whoever cancelled it, or None.
    """

    number: int
    study: str
    work: str
    title: str
    arguments: dict[str, object]
    by: str
    state: str
    submitted_at: str
    started_at: str | None
    ended_at: str | None
    step: str | None
    step_number: int
    steps: int
    share: float
    seconds: float | None
    seconds_left: float | None
    result: object
    error: str | None
    stopped_by: str | None


class JobsDocument(TypedDict):
    """
    The queue of a folder of studies.

    Attributes
    ----------
    folder
        The folder.
    jobs
        Newest first.
    """

    folder: str
    jobs: list[JobDocument]


def job_document(queue: Queue, job: QueuedJob) -> JobDocument:
    """Return a job as a document."""
    earlier: Sequence[QueuedJob] = queue.earlier(job) if job.active else ()
    left = seconds_left(job, earlier)
    return {
        "number": job.number,
        "study": job.study,
        "work": job.work,
        "title": str(WORKS[job.work].title) if job.work in WORKS else job.work,
        "arguments": job.arguments,
        "by": job.by,
        "state": job.state,
        "submitted_at": job.submitted_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "step": None if job.step is None else str(job.step),
        "step_number": job.number_of_step,
        "steps": job.steps,
        "share": round(share_done(job, earlier), 4),
        "seconds": seconds_of(job),
        "seconds_left": None if left is None else round(left, 1),
        "result": job.result,
        "error": None if job.error is None else str(job.error),
        "stopped_by": job.stopped_by,
    }
