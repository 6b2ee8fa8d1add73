"""Lines in the plane of a study's metric CRS: projection, directions, and straight continuation."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats
from geo.core.crs import to_metric


def metric_shapes(shapes: NDArray[np.object_], crs: pyproj.CRS) -> NDArray[np.object_]:
    """Return geometries of any kind in WGS 84 as geometries in the metric CRS."""
    result: NDArray[np.object_] = shapely.transform(shapes, lambda lonlat: to_metric(lonlat, crs))
    return result


def metric_lines(lines: NDArray[np.object_], crs: pyproj.CRS) -> NDArray[np.object_]:
    """Return LineStrings in WGS 84 as LineStrings in the metric CRS."""
    lonlat, row = shapely.get_coordinates(lines, return_index=True)
    result: NDArray[np.object_] = shapely.linestrings(to_metric(lonlat, crs), indices=row)
    return result


def unit_vectors(vectors: Floats) -> Floats:
    """Return vectors, shape (n, 2), at length 1; a vector of no length stays (almost) nought."""
    return vectors / np.maximum(np.hypot(*vectors.T), 1e-9)[:, None]


def leaving_directions(lines: NDArray[np.object_], crs: pyproj.CRS) -> Floats:
    """
    Return the directions of lines as they leave their first and their last node.

    Parameters
    ----------
    lines
        LineStrings in WGS 84, shape (n,).
    crs
        The study's metric CRS.

    Returns
    -------
    directions
        Unit vectors, shape (2, n, 2): from the first node, then from the last.
    """
    lonlat, row = shapely.get_coordinates(lines, return_index=True)
    xy = to_metric(lonlat, crs)
    start = np.searchsorted(row, np.arange(len(lines)))
    end = np.searchsorted(row, np.arange(len(lines)), "right") - 1
    return np.stack([unit_vectors(xy[start + 1] - xy[start]), unit_vectors(xy[end - 1] - xy[end])])


def goes_straight_on(one: Floats, other: Floats, within_degrees: float) -> NDArray[np.bool_]:
    """Tell whether lines, given as they leave a node, continue each other, turning by no more than the angle."""
    straight: NDArray[np.bool_] = (one * other).sum(axis=1) <= -np.cos(np.radians(within_degrees))
    return straight
