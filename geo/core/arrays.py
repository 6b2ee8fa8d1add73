"""Groups and runs of different sizes, one after the other in flat arrays."""

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


def run_starts(*columns: np.ndarray) -> Flags:
    """
    Tell whether a row begins a run: the first row, and each that differs from the row before in any column.

    Parameters
    ----------
    columns
        Shape (n,) each, at least one; equal rows follow each other (sorted or grouped).

    Returns
    -------
    starts
        Shape (n,).
    """
    starts = np.ones(len(columns[0]), dtype=bool)
    if len(starts):
        starts[1:] = columns[0][1:] != columns[0][:-1]
        for column in columns[1:]:
            starts[1:] |= column[1:] != column[:-1]
    return starts


def run_ends(starts: Flags) -> Flags:
    """Tell whether a row ends a run, from the rows that begin one; shape (n,)."""
    return np.append(starts[1:], True) if len(starts) else starts
