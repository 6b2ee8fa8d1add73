"""One limit of computing time for a whole piece of work, shared by its stages."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_LEAST_LIMIT: Final = 0.01
"""A solver has this many seconds at least."""


@dataclass(frozen=True)
class Deadline:
    """
    A limit of computing time: loops look at it, and solvers get the rest.

    The clock is the processor's time of the thread at work: on a busy machine the same work is done as on an idle one,
    only later.

    Attributes
    ----------
    seconds
        From the beginning to the end.
    clock
        Seconds of computing time, of the thread that begins and does the work.
    allotted
        Seconds that the stage has if those before it took no time: work that is counted in steps has its number from
        them, and so is the same however fast the machine is.
    begun
        The clock at the beginning.
    """

    seconds: float
    clock: Callable[[], float] = time.thread_time
    allotted: float = field(default=float("nan"))
    begun: float = field(default=float("nan"))

    def __post_init__(self) -> None:
        """Begin now, unless the beginning is given."""
        for name, value in (("allotted", self.seconds), ("begun", self.clock())):
            known = getattr(self, name)
            if math.isnan(known):
                object.__setattr__(self, name, value)

    @classmethod
    def of(cls, limit: float | Deadline) -> Deadline:
        """Return a deadline as it is, and seconds as one that begins now."""
        return limit if isinstance(limit, Deadline) else cls(limit)

    @property
    def used(self) -> float:
        """Seconds since the beginning."""
        return self.clock() - self.begun

    @property
    def left(self) -> float:
        """Seconds to the end; 0 after it."""
        return max(0.0, self.seconds - self.used)

    @property
    def over(self) -> bool:
        """Whether the end has come."""
        return self.left <= 0

    @property
    def wall_s(self) -> float:
        """
        The limit of a solver that knows only the wall clock: no more of it than there is computing time left.

        On a busy machine such a solver does less; it never takes more than the whole is allowed.
        """
        return max(self.left, _LEAST_LIMIT)

    def part(self, share: float, least: float = 0.0, of_all: float | None = None) -> Deadline:
        """
        Return a deadline for the next stage.

        Parameters
        ----------
        share
            Its share of the time that is left.
        least
            Seconds that it has in any case, where earlier stages have used all.
        of_all
            Its share of the time allotted, where this differs from its share of the rest.
        """
        allotted = max(self.allotted * (share if of_all is None else of_all), least)
        return Deadline(max(self.left * share, least), self.clock, allotted)
