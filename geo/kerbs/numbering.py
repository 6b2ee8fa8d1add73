"""Kerbs by number: kerb `2 i` is the left side of segment `i` in its drawing direction, `2 i + 1` the right one."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Flags, Integers
from geo.core.line_ends import is_last, line_of

SIDES: Final = ("left", "right")
"""Of a segment's drawing direction, in the order of their numbers."""

Number = TypeVar("Number", int, Integers)
Scalar = TypeVar("Scalar", bound=np.generic)


def kerb_of(segment: Integers, side: Integers | Flags | int) -> Integers:
    """Return the kerb of each segment (a row of the study's roads) on a side: 0 left, 1 right."""
    return np.asarray(2 * segment + side)


def segment_of(kerb: Number) -> Number:
    """Return the segment of each kerb: its row of the study's roads."""
    return kerb // 2


def side_of(kerb: Number) -> Number:
    """Return the side of its segment that each kerb is on: 0 left, 1 right."""
    return kerb % 2


def side_names(kerb: Integers) -> NDArray[np.object_]:
    """Return the word for the side that each kerb is on, one of `SIDES`."""
    return np.array(SIDES, dtype=object)[side_of(kerb)]


def other_side(kerb: Number) -> Number:
    """Return the kerb across the carriageway from each kerb."""
    return kerb ^ 1


def both_sides(segment: Integers) -> Integers:
    """Return the left and the right kerb of each segment, shape (2 k,)."""
    return np.stack([2 * segment, 2 * segment + 1], axis=1).ravel()


def left_and_right(values: NDArray[Scalar]) -> tuple[NDArray[Scalar], NDArray[Scalar]]:
    """Split values by kerb, shape (2 n,), into the values of left and of right kerbs, shape (n,) each."""
    return values[::2], values[1::2]


def kerbs_beside(arm: Integers) -> tuple[Integers, Integers]:
    """
    Return the kerbs to the left and to the right of arms of junctions, seen from the node.

    Arms are the ends of segments (`geo.core.line_ends`): the first end leaves its node in the drawing direction.
    """
    segment, against = line_of(arm), is_last(arm)
    return kerb_of(segment, against), kerb_of(segment, ~against)
