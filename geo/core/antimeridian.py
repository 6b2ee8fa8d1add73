"""Shapes across the antimeridian, cut there for maps (RFC 7946, 3.1.9)."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

_AROUND: Final = 360.0
_SIDES: Final = ((0, shapely.box(-180, -90, 180, 90)), (1, shapely.box(180, -90, 540, 90)))
"""How many turns each part of a shape is away, and the part's frame."""


def cut_at_antimeridian(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Return shapes in degrees, each cut into its parts on the two sides of the antimeridian.

    A shape wider than half the globe is one whose vertices lie on both sides: lines run the short way.

    Parameters
    ----------
    shapes
        Shape (n,), WGS 84.
    """
    west, _, east, _ = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        across = np.flatnonzero(east - west > _AROUND / 2)
    if len(across) == 0:
        return shapes
    result = shapes.copy()
    continuous = shapely.transform(shapes[across], _continuous)
    parts = [
        shapely.transform(
            shapely.intersection(continuous, frame), lambda xy, by=turns: xy - np.array([by * _AROUND, 0])
        )
        for turns, frame in _SIDES
    ]
    result[across] = shapely.union(*parts)
    return result


def _continuous(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vertices with longitudes from 0 to 360."""
    return np.column_stack([lonlat[:, 0] % _AROUND, lonlat[:, 1]])
