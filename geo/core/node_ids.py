"""Nodes of the street network, known by their place: lines with ends at the same coordinates are connected."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def node_numbers(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Return one number for each pair of coordinates, at OSM's resolution of 1e-7 degrees.

    Parameters
    ----------
    lonlat
        Shape (k, 2): degrees, WGS 84.
    """
    units = np.round(lonlat * 1e7).astype(np.int64)
    return units[:, 0] * np.int64(1 << 31) + units[:, 1]


def end_nodes(lines: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of each line's first and last node."""
    first, last = (node_numbers(shapely.get_coordinates(shapely.get_point(lines, at))) for at in (0, -1))
    return first, last
