"""The centre lines of segments in the metric CRS: positions, directions and bends along them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import to_metric
from geo.core.metric_geometry import unit_vectors
from geo.core.tolerances import LEAST_DIVISOR


class CentreLines:
    """
    The centre lines of segments, vertex by vertex; positions are a segment and metres from its start.

    Parameters
    ----------
    lines
        LineStrings in WGS 84, one per segment.
    crs
        The study's metric CRS.

    Attributes
    ----------
    xy, row, along
        The vertices of all lines: shape (m, 2), metric; the segment of each; how far along it each lies.
    step
        Shape (m - 1, 2): from each vertex to the next; nothing between segments.
    first, last
        Shape (n,): the first and the last vertex of each segment.
    length_m
        Shape (n,).
    lines, tree
        The lines in the metric CRS, and a tree of them.
    """

    def __init__(self, lines: NDArray[np.object_], crs: pyproj.CRS) -> None:
        size = len(lines)
        lonlat, self.row = shapely.get_coordinates(lines, return_index=True)
        self.xy = to_metric(lonlat, crs)
        self.first = np.searchsorted(self.row, np.arange(size))
        self.last = np.searchsorted(self.row, np.arange(size), "right") - 1
        same = self.row[1:] == self.row[:-1]
        self.step = np.diff(self.xy, axis=0) * same[:, None] if len(self.row) else np.zeros((0, 2))
        cumulative_m = np.concatenate([[0.0], np.cumsum(np.hypot(*self.step.T))])
        self.along = cumulative_m - cumulative_m[self.first][self.row] if size else np.zeros(0)
        self.length_m = self.along[self.last] if size else np.zeros(0)
        self.lines = shapely.linestrings(self.xy, indices=self.row) if size else np.zeros(0, dtype=object)
        self.tree = shapely.STRtree(self.lines)

    def place(self, segment: Integers, along_m: Floats) -> tuple[Integers, Floats]:
        """Return the edge (its first vertex) of positions, and how far along the edge each is, from 0 to 1."""
        at = np.clip(along_m, 0.0, self.length_m[segment])
        vertex = np.searchsorted(self._key, segment * self._span + at, "right") - 1
        vertex = np.clip(vertex, self.first[segment], np.maximum(self.last[segment] - 1, self.first[segment]))
        length = self.along[vertex + 1] - self.along[vertex]
        return vertex, np.clip((at - self.along[vertex]) / np.maximum(length, LEAST_DIVISOR), 0.0, 1.0)

    @cached_property
    def _span(self) -> float:
        """More than any line is long."""
        return float(self.along.max(initial=0.0)) + 1.0

    @cached_property
    def _key(self) -> Floats:
        """The places of all vertices in one order, as segment times span and metres along it."""
        return np.asarray(self.row * self._span + self.along)

    def points(self, segment: Integers, along_m: Floats) -> Floats:
        """Return the places, metric, shape (k, 2), of positions."""
        vertex, share = self.place(segment, along_m)
        return np.asarray(self.xy[vertex] + self.step[vertex] * share[:, None])

    def directions(self, segment: Integers, along_m: Floats) -> Floats:
        """Return the directions of segments at positions, as unit vectors."""
        return unit_vectors(self.step[self.place(segment, along_m)[0]])

    def rays(self, segment: Integers, side: Integers, along_m: Floats, length_m: Floats | float) -> NDArray[np.object_]:
        """Return lines from positions at right angles out to a side: 0 left, 1 right."""
        vertex, share = self.place(segment, along_m)
        start = self.xy[vertex] + self.step[vertex] * share[:, None]
        unit = unit_vectors(self.step[vertex])
        sign = np.where(side == 0, 1.0, -1.0)
        out = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * (sign * length_m)[:, None]
        lines: NDArray[np.object_] = shapely.linestrings(np.stack([start, start + out], axis=1))
        return lines

    def bends(self) -> tuple[Integers, Floats, Floats]:
        """
        Return the inner vertices of centre lines: their segment, how far along it they are, and the bend's radius.

        The radius is that of the arc that turns as much over half of the two edges that meet there.
        """
        inner = np.ones(len(self.row), dtype=bool)
        inner[self.first] = inner[self.last] = False
        vertex = np.flatnonzero(inner)
        unit = unit_vectors(self.step)
        before, after = unit[vertex - 1], unit[vertex]
        turn = np.abs(np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1)))
        reach = (np.hypot(*self.step[vertex - 1].T) + np.hypot(*self.step[vertex].T)) / 2
        return self.row[vertex], self.along[vertex], reach / np.maximum(turn, LEAST_DIVISOR)

    def bend_span(self, row: Integers, along_m: Floats) -> tuple[Floats, Floats]:
        """Return half of the edges before and after vertices that lie at these places."""
        vertex = np.searchsorted(self._key, row * self._span + along_m)
        vertex = np.clip(vertex, self.first[row] + 1, self.last[row] - 1)
        edge = np.hypot(*self.step.T)
        return edge[vertex - 1] / 2, edge[vertex] / 2

    def turning(self) -> Floats:
        """Return the turn of each line on the whole, shape (n,): more than 0 to the left, less to the right."""
        turn = np.zeros(len(self.first))
        crossed = self.step[:-1, 0] * self.step[1:, 1] - self.step[:-1, 1] * self.step[1:, 0]
        np.add.at(turn, self.row[1:-1], crossed)
        return turn
