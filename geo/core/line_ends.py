"""Both ends of lines by number: end `2 i` is where line `i` begins, end `2 i + 1` where it ends."""

from __future__ import annotations

import numpy as np

from geo.core.arrays import Flags, Integers


def end_of(line: Integers, last: Flags | Integers | bool) -> Integers:
    """Return an end of each line: the last one where `last` says so, else the first."""
    return np.asarray(2 * line + last)


def line_of(end: Integers) -> Integers:
    """Return the line of each end."""
    return end // 2


def is_last(end: Integers) -> Flags:
    """Tell whether an end is the last of its line."""
    return np.asarray(end % 2 == 1)


def other_end(end: Integers) -> Integers:
    """Return the other end of each end's line."""
    return end ^ 1


def both_ends(line: Integers) -> Integers:
    """Return the first and the last end of each line, shape (k, 2)."""
    return np.stack([2 * line, 2 * line + 1], axis=1)
