"""Positions on kerbs, and the stretches of a plan that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers

if TYPE_CHECKING:
    from geo.stalls.plan import Plan


class KerbPositions(NamedTuple):
    """Positions on kerbs, shape (k,) each: `kerb`, `along_m` on the segment's centre line, `away_m` from the kerb."""

    kerb: Integers
    along_m: Floats
    away_m: Floats


class Free(NamedTuple):
    """The free slots of positions, the slots of too short a stretch for one pitch, and the run of each."""

    mask: NDArray[np.uint64]
    too_short: NDArray[np.uint64]
    run: Integers


def free_at(plan: Plan, asked: KerbPositions) -> Free:
    """Return when positions are free, by the plan's free stretches."""
    free = plan.free
    number = stretch_holding(free.kerb, free.from_m, asked)
    there = number >= 0
    if len(free.kerb) == 0:
        none = np.zeros(len(asked.kerb), dtype=np.uint64)
        return Free(none, none, number)
    mask = np.where(there, plan.usable[number], np.uint64(0))
    return Free(mask, np.where(there, free.value[number] & ~plan.usable[number], np.uint64(0)), number)


def stretch_holding(kerb: Integers, from_m: Floats, asked: KerbPositions) -> Integers:
    """Return the stretch that holds each position, of stretches sorted by kerb and place without gaps; -1 for none."""
    if len(kerb) == 0:
        return np.full(len(asked.kerb), -1)
    span = float(max(from_m.max(), asked.along_m.max(initial=0.0))) + 1.0
    number = np.searchsorted(kerb * span + from_m, asked.kerb * span + np.maximum(asked.along_m, 0.0), "right") - 1
    number = np.maximum(number, 0)
    # a position before the first stretch of its kerb lies at its beginning
    number = np.where((kerb[number] < asked.kerb) & (number + 1 < len(kerb)), number + 1, number)
    return np.where(kerb[number] == asked.kerb, number, -1)
