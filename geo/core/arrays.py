"""Groups of different sizes, one after the other in flat arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def members(counts: Integers) -> tuple[Integers, Integers]:
    """
    Return the members of groups, group by group.

    Parameters
    ----------
    counts
        Shape (n,): how many members each group has.

    Returns
    -------
    group, number
        Shape (counts.sum(),): the group of each member, and its number within it, from 0.
    """
    group = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return group, number
