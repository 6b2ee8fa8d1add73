"""Nodes of the street network, known by their place: lines with ends at the same coordinates are connected."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import run_ends, run_starts


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
    first, last = (node_numbers(lonlat) for lonlat in line_ends(lines))
    return first, last


def line_ends(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of each line's first and last vertex, shape (n, 2) each."""
    xy, row = shapely.get_coordinates(lines, return_index=True)
    starts = run_starts(row)
    return xy[starts], xy[run_ends(starts)]
