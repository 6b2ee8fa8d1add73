"""Lixels: the streets in short pieces of nearly one length, for counts and densities."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.metric_geometry import metric_lines
from geo.core.tolerances import LEAST_DIVISOR


class Lixels:
    """
    Segments cut into pieces of one length each, no longer than asked.

    Parameters
    ----------
    roads
        The study's layer.
    at_most_m
        The longest that a piece may be.
    counted
        Shape (n,): the segments that are cut; by default all.

    Attributes
    ----------
    row, number
        Shape (c,): each piece's row of `roads`, and its place along it.
    """

    def __init__(self, roads: pd.DataFrame, at_most_m: float, counted: NDArray[np.bool_] | None = None) -> None:
        self._ids = pd.Index(roads["segment_id"])
        self._length_m = roads["length_m"].to_numpy(dtype=float)
        pieces = np.maximum(np.ceil(self._length_m / at_most_m), 1).astype(np.int64)
        self._count = pieces if counted is None else np.where(counted, pieces, 0)
        self._first = np.cumsum(self._count) - self._count
        self.row, self.number = members(self._count)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def length_m(self) -> Floats:
        """Shape (c,): how long each piece is."""
        return np.asarray(self._length_m[self.row] / self._count[self.row])

    def middle_m(self, lixel: Integers) -> Floats:
        """Return the middles of pieces, in metres from the start of their segments."""
        row = self.row[lixel]
        return np.asarray((self.number[lixel] + 0.5) / self._count[row] * self._length_m[row])

    def middles(self, roads: gpd.GeoDataFrame, crs: pyproj.CRS) -> NDArray[np.object_]:
        """
        Return the middles of all pieces as points of the metric CRS; `roads` are the lines the pieces were cut from.
        """
        lines = metric_lines(roads.geometry.to_numpy(), crs)[self.row]
        share = self.middle_m(np.arange(len(self))) / np.maximum(self._length_m[self.row], LEAST_DIVISOR)
        return np.asarray(shapely.line_interpolate_point(lines, share, normalized=True), dtype=object)

    def at(self, row: Integers, offset_m: Floats) -> Integers:
        """Return the pieces of positions on `roads`, -1 where the segment is not cut or `row` is -1."""
        share = np.clip(offset_m / np.maximum(self._length_m[row], LEAST_DIVISOR), 0.0, 1.0)
        number = np.minimum((share * self._count[row]).astype(np.int64), self._count[row] - 1)
        return np.where((row >= 0) & (self._count[row] > 0), self._first[row] + number, -1)

    def of(self, located: pd.DataFrame) -> Integers:
        """Return the pieces of things located on a street (`segment_id`, `offset_m`), -1 for things on none."""
        row = self._ids.get_indexer(pd.Index(located["segment_id"]))
        return self.at(row, located["offset_m"].fillna(0.0).to_numpy(dtype=float))

    def sums(self, lixel: Integers, weights: Floats | None = None) -> Floats:
        """Return the number of things in each piece, or the sums of their weights; things of piece -1 are left out."""
        there = lixel >= 0
        counted = None if weights is None else weights[there]
        return np.bincount(lixel[there], weights=counted, minlength=len(self)).astype(float)
