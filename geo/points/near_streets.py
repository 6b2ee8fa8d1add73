"""The streets of a study near a few points, found by its spatial index: a large study is not read for ten rows."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats
from geo.core.crs import to_degrees, to_metric
from geo.core.metric_geometry import metric_lines
from geo.files.crs_detection import StreetsIndex, streets_index
from geo.study.reader import Study
from geo.study.rows import AMONG, ROW

FEW: Final = 300
"""For more points all streets are read."""
ENOUGH: Final = 20_000
"""A study with fewer segments is read as a whole."""
COLUMNS: Final = ("segment_id", "street_id", "highway")
"""The columns of segments that a place on a street is found by."""

_LAYER: Final = "segments"
_INDEX: Final = "rtree_roads_geom"
_EXTENT: Final = "SELECT count(*), min(minx), max(maxx), min(miny), max(maxy) FROM rtree_roads_geom"
_WITHIN: Final = "SELECT id FROM rtree_roads_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
_BEYOND: Final = (
    "SELECT id FROM rtree_roads_geom WHERE minx <= ?",
    "SELECT id FROM rtree_roads_geom WHERE miny <= ?",
    "SELECT id FROM rtree_roads_geom WHERE maxx >= ?",
    "SELECT id FROM rtree_roads_geom WHERE maxy >= ?",
)
"""Questions to the spatial index: its extent, the boxes that touch another, those that reach beyond a line."""
_FIRST_M: Final = 150.0
_WIDER: Final = 3.0
_FURTHEST_M: Final = 15_000.0
"""How far streets are looked for at first, how much further each time, and how far before all are read."""
_DEGREE_M: Final = 110_000.0
"""Less than a degree of latitude is long."""
_MARGIN: Final = 1.05
"""A box is so much wider than a circle in the metric CRS: scales differ, and the index is of single precision."""
_NORTHERNMOST: Final = 89.0
_WIDEST: Final = 90.0
"""Degrees of longitude: streets across the antimeridian lie further apart in the index."""
_EDGE_SAMPLES: Final = 65
_EDGE_DEGREES: Final = 1e-3


class NearStreets:
    """
    The streets of a study: the ones near a few points, or all of them.

    Parameters
    ----------
    study
        The study.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._lines: dict[int, shapely.Geometry] = {}
        """Segments read so far, in the metric CRS, by their rows."""

    @property
    def crs(self) -> pyproj.CRS:
        """The metric CRS."""
        return self._study.crs

    @cached_property
    def segments(self) -> gpd.GeoDataFrame:
        """All segments, with `COLUMNS`."""
        return gpd.GeoDataFrame(self._study.some(_LAYER, COLUMNS))

    @cached_property
    def _whole(self) -> StreetsIndex:
        return streets_index(self.segments.geometry.to_numpy(), self.crs)

    @cached_property
    def _is_large(self) -> bool:
        """Whether the study has many segments, an index of them, and lies on one side of the antimeridian."""
        with self._study.looking(_LAYER) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_INDEX,)).fetchone():
                return False
            count, west, east = connection.execute(_EXTENT).fetchone()[:3]
        return bool(count > ENOUGH and east - west < _WIDEST)

    def _reads_all(self, points: int) -> bool:
        return "segments" in self.__dict__ or points > FEW or not self._is_large

    def near(self, lonlat: Floats, beyond_m: float) -> gpd.GeoDataFrame:
        """
        Return the segments that may be the nearest of points, and all not further than a distance beyond that.

        Parameters
        ----------
        lonlat
            Shape (n, 2), degrees, WGS 84.
        beyond_m
            The distance, in metres.

        Returns
        -------
        segments
            With `COLUMNS`, in the order of the study; further ones may be among them.
        """
        if self._reads_all(len(lonlat)):
            return self.segments
        with self._study.looking(_LAYER):
            found = self._around(to_metric(lonlat, self.crs), beyond_m)
            if found is None:
                return self.segments
            rows = json.dumps(sorted(set().union(*found[1])))
            return gpd.GeoDataFrame(self._study.some(_LAYER, COLUMNS, f"{ROW} {AMONG}", (rows,)))

    def distances(self, xy: Floats) -> Floats:
        """Return the distance of points, shape (n, 2) in the metric CRS, from the nearest street."""
        with self._study.looking(_LAYER):
            found = None if self._reads_all(len(xy)) else self._around(xy, 0.0)
        return self._whole.distances(xy) if found is None else found[0]

    def _around(self, xy: Floats, beyond_m: float) -> tuple[Floats, list[set[int]]] | None:
        """Return the distance to the nearest street and the rows of the streets around, by point; None for too far."""
        distance, rows = np.full(len(xy), np.inf), [set[int]() for _ in xy]
        lonlat, reach, open_ = to_degrees(xy, self.crs), np.full(len(xy), _FIRST_M), np.arange(len(xy))
        while len(open_):
            if reach[open_].max() > _FURTHEST_M or not np.isfinite(lonlat[open_]).all():
                return None
            for point, inside in zip(open_, self._within(lonlat[open_], reach[open_]), strict=True):
                rows[point] = inside
            self._read({row for point in open_ for row in rows[point]} - set(self._lines))
            for point in open_:
                lines = np.array([self._lines[row] for row in rows[point]], dtype=object)
                if len(lines):
                    distance[point] = shapely.distance(lines, shapely.points(xy[point])).min()
            found = distance[open_] + beyond_m <= reach[open_]
            known = np.isfinite(distance[open_]) & (distance[open_] <= reach[open_])
            reach[open_] = np.where(known, distance[open_] + beyond_m + 1.0, reach[open_] * _WIDER)
            open_ = open_[~found]
        return distance, rows

    def _within(self, lonlat: Floats, reach_m: Floats) -> list[set[int]]:
        """Return, for each point, the rows of segments with boxes that touch a box around it, in degrees."""
        high = _MARGIN * reach_m / _DEGREE_M
        wide = high / np.cos(np.radians(np.minimum(np.abs(lonlat[:, 1]) + high, _NORTHERNMOST)))
        boxes = np.column_stack([lonlat[:, 0] - wide, lonlat[:, 0] + wide, lonlat[:, 1] - high, lonlat[:, 1] + high])
        with self._study.looking(_LAYER) as connection:
            return [{int(row) for (row,) in connection.execute(_WITHIN, box)} for box in boxes.tolist()]

    def _read(self, rows: set[int]) -> None:
        if not rows:
            return
        found = self._study.some(_LAYER, (), f"{ROW} {AMONG}", (json.dumps(sorted(rows)),))
        lines: NDArray[np.object_] = metric_lines(found["geometry"].to_numpy(dtype=object), self.crs)
        self._lines.update(zip(found.index.tolist(), lines, strict=True))

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all streets in the metric CRS."""
        if self._reads_all(0):
            return self._whole.bounds
        with self._study.looking(_LAYER) as connection:
            _, west, east, south, north = connection.execute(_EXTENT).fetchone()
            found = [self._edge(side, (west, south, east, north)) for side in range(4)]
        return found[0], found[1], found[2], found[3]

    def _edge(self, side: int, corners: tuple[float, float, float, float]) -> float:
        """
        Return how far the streets reach to one side in the metric CRS.

        A street that reaches further than the outermost in degrees stands beyond a line across the extent: the one of
        all places as far out as that street. Few do.
        """
        axis, sign = side % 2, -1.0 if side < 2 else 1.0
        outermost = self._beyond(side, corners[side] - sign * _EDGE_DEGREES)
        reach = self._reached(outermost, side)
        low, high = to_metric(np.array([corners[:2], corners[2:]], dtype=float), self.crs)
        span = np.linspace(min(low[1 - axis], high[1 - axis]), max(low[1 - axis], high[1 - axis]), _EDGE_SAMPLES)
        line = np.full((_EDGE_SAMPLES, 2), reach)
        line[:, 1 - axis] = span
        at = to_degrees(line, self.crs)[:, axis]
        limit = float(at.max() if sign < 0 else at.min()) - sign * _EDGE_DEGREES
        return self._reached(self._beyond(side, limit), side)

    def _beyond(self, side: int, limit: float) -> set[int]:
        """Return the rows of the segments that reach beyond a longitude or latitude to one side."""
        with self._study.looking(_LAYER) as connection:
            return {int(row) for (row,) in connection.execute(_BEYOND[side], (float(limit),))}

    def _reached(self, rows: set[int], side: int) -> float:
        self._read(rows - set(self._lines))
        lines = np.array([self._lines[row] for row in rows], dtype=object)
        return float(shapely.total_bounds(lines)[side])
