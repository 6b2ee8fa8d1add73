"""Limits of a job, and the errors of one that exceeds them or ends before its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitKind = Literal["memory", "cpu", "wall"]
"""Kinds of limits: memory, time of computing, time on the clock."""


@dataclass(frozen=True)
class Limits:
    """
    Limits of one job.

    Attributes
    ----------
    memory_bytes
        Of the process as a whole, its libraries included.
    cpu_s
        Time of computing, of all its threads together.
    wall_s
        Time on the clock: for a job that waits for something.
    """

    memory_bytes: int
    cpu_s: float
    wall_s: float


class JobError(Exception):
    """A job without an answer."""


class LimitError(JobError):
    """A job that was ended because it exceeded a limit."""

    def __init__(self, kind: LimitKind, limits: Limits) -> None:
        super().__init__(f"{kind}: {limits}")
        self.kind, self.limits = kind, limits


class CrashError(JobError):
    """A job that took its process down: `how` is a signal's name, an exit status or the name of a panic."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class KilledError(LimitError):
    """A job that the system killed: for want of memory, or because somebody asked for it."""


class StoppedError(JobError):
    """A job that was ended on request, for a reason that whoever asked gives."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
