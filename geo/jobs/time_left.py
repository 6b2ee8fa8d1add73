"""The share of a job that is done and the time that it still takes: by its course, and by earlier runs of the work."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from geo.core.databases import utc_text
from geo.jobs.database import seconds_between
from geo.jobs.queued import QueuedJob

_TELLS: Final = 0.1
"""Of a job without earlier runs, so much must be done before its course tells how long it takes."""


def share_done(job: QueuedJob, earlier: Sequence[QueuedJob] = ()) -> float:
    """
    Return the share of a job that is done, from 0 to 1.

    Parameters
    ----------
    job
        The job.
    earlier
        Earlier runs of the work: its steps are weighed by how long they took then, else all alike.
    """
    if job.state == "done":
        return 1.0
    before, weight = _place(job, earlier)
    return min(before + weight * job.share, 1.0)


def seconds_left(job: QueuedJob, earlier: Sequence[QueuedJob] = (), at: str | None = None) -> float | None:
    """Return the seconds that a job still takes, by default from now; None where nothing tells."""
    known = [seconds for each in earlier if (seconds := seconds_of(each)) is not None]
    usual = statistics.median(known) if known else None
    if job.state == "waiting":
        return usual
    if job.state != "running" or job.started_at is None:
        return None
    passed = max(seconds_between(job.started_at, at or utc_text()), 0.0)
    done = share_done(job, earlier)
    by_course = _by_course(job, earlier, passed) if done >= _TELLS or (done > 0 and usual is not None) else None
    if by_course is None and usual is None:
        return None
    total = usual if by_course is None else by_course if usual is None else (1 - done) * usual + done * by_course
    assert total is not None
    return max(total - passed, 0.0)


def _by_course(job: QueuedJob, earlier: Sequence[QueuedJob], passed: float) -> float:
    """Return the seconds that all of a job takes by its course, as it stood when the present step began."""
    before, weight = _place(job, earlier)
    if job.share > 0 or not before:
        return passed / max(before + weight * job.share, 1e-9)
    begun = dict(job.course).get(job.number_of_step, passed)
    return max(begun / before, passed / (before + weight))


def _place(job: QueuedJob, earlier: Sequence[QueuedJob]) -> tuple[float, float]:
    """Return the share of the steps before the present one, and the share of that; 0 before the first."""
    if not job.steps or not job.number_of_step:
        return 0.0, 0.0
    weights = _weights(job.steps, earlier)
    at = min(job.number_of_step, job.steps) - 1
    return sum(weights[:at]), weights[at]


def seconds_of(job: QueuedJob) -> float | None:
    """Return the seconds that a job ran, None for one that never did or runs still."""
    if job.started_at is None or job.ended_at is None:
        return None
    return max(seconds_between(job.started_at, job.ended_at), 0.0)


def _weights(steps: int, earlier: Sequence[QueuedJob]) -> list[float]:
    """Return the share of each step in the time of the latest run with as many steps, else equal shares."""
    for run in earlier:
        ends = seconds_of(run)
        begun = dict(run.course)
        if run.steps == steps and ends and all(number in begun for number in range(1, steps + 1)):
            begins = [begun[number] for number in range(1, steps + 1)]
            lengths = [max(b - a, 0.0) for a, b in zip([0.0, *begins[1:]], [*begins[1:], ends], strict=True)]
            if total := sum(lengths):
                return [length / total for length in lengths]
    return [1 / steps] * steps
