"""One limit of time for a whole piece of work, shared by its stages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Deadline:
    """
    A moment when work must end, by the wall clock: loops look at it, and solvers get the rest of the time.

    Attributes
    ----------
    seconds
        From the beginning to the end.
    clock
        Seconds of a clock that never goes back.
    begun
        The clock at the beginning.
    """

    seconds: float
    clock: Callable[[], float] = time.monotonic
    begun: float = field(default=float("nan"))

    def __post_init__(self) -> None:
        """Begin now, unless the beginning is given."""
        if self.begun != self.begun:  # NaN
            object.__setattr__(self, "begun", self.clock())

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

    def part(self, share: float, least: float = 0.0) -> Deadline:
        """
        Return a deadline for the next stage.

        Parameters
        ----------
        share
            Its share of the time that is left.
        least
            Seconds that it has in any case, where earlier stages have used all.
        """
        return Deadline(max(self.left * share, least), self.clock)
