"""The least difference of sums of prices or savings, where all of them are whole numbers of some unit."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Floats

_SCALES: Final = (1, 10, 100, 1000, 10_000)
"""Values are whole numbers after one of these, or count as any numbers."""

_SAME: Final = 1e-9

_LARGEST: Final = 2**40
"""Larger values have no digits left for a unit."""

_LOOKED_AT: Final = 1000
"""So many values are looked at first: mostly one of them tells that there is no unit."""


def scale_of(values: Floats) -> int | None:
    """Return a number that makes all values whole; None if there is none."""
    for scale in _SCALES:
        if _whole(values[:_LOOKED_AT], scale) and _whole(values, scale):
            return scale
    return None


def _whole(values: Floats, scale: int) -> bool:
    whole = np.round(values * scale)
    return bool(np.abs(values * scale - whole).max(initial=0.0) < _SAME * scale and whole.max(initial=0.0) < _LARGEST)


def least_difference(values: Floats) -> float:
    """Return by how much two sums of values differ at least, if they differ; 0 where they may differ by anything."""
    scale = scale_of(values)
    if scale is None:
        return 0.0
    return float(np.gcd.reduce(np.round(values * scale).astype(np.int64), initial=0)) / scale
