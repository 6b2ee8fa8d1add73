"""Locate points on their street, as a person would, a million at a time."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members, run_starts
from geo.core.crs import to_metric
from geo.core.metric_geometry import unit_vectors
from geo.core.tolerances import ROUNDING
from geo.rules.loader import Profile

_CELL_M: Final = 50.0
_MAX_CELLS: Final = 30_000_000
_CHUNK: Final = 40_000
_AT_ONCE: Final = 10_000_000
"""Pairs of a point and a piece that are quicker measured than looked up in a tree of all pieces."""
_LOCATED: Final = ("segment_id", "side", "offset_m", "distance_m", "ambiguous")
_FEW: Final = 3_000
"""For so few points a tree is quicker than a grid of the whole city."""


def locate(points: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> gpd.GeoDataFrame:
    """
    Locate points on the street that they belong to.

    That is the nearest, but a service way only where it is nearer than every street by `points.service_way`: what is
    reported beside a car park's entrance happened on the street.

    Parameters
    ----------
    points
        Points in WGS 84.
    roads
        `segment_id`, `street_id`, `highway` and LineStrings in WGS 84.
    crs
        The study's metric CRS.
    profile
        `points.service_way`, `points.ambiguous_within`.

    Returns
    -------
    points
        With `segment_id`, `side` (`left` or `right` of the drawing direction), `offset_m` from the segment's start,
        `distance_m`, and `ambiguous`: another street is nearly as near (`points.ambiguous_within`). The carriageways of
        one street do not make a point ambiguous. Of segments equally near, the first in `roads`. A row without a place
        is on no street.
    """
    result = points.copy(deep=False)
    if len(points) == 0 or len(roads) == 0:
        return result
    nowhere = shapely.is_missing(points.geometry.to_numpy())
    if nowhere.any():
        there = locate(points[~nowhere], roads, crs, profile)
        for name in _LOCATED:
            cells = there[name].reindex(points.index) if name in there else pd.Series(None, index=points.index)
            result[name] = cells.eq(True) if name == "ambiguous" else cells
        return result
    pieces = _Pieces.of(roads, crs, profile["points.service_way"])
    xy = to_metric(shapely.get_coordinates(points.geometry.to_numpy()), crs)
    within = float(profile["points.ambiguous_within"])
    best, other = np.zeros(len(xy), dtype=np.int64), np.full(len(xy), np.inf)
    rest = np.arange(len(xy))
    if len(xy) > _FEW:
        grid = _Grid.of(pieces, xy)
        found = np.zeros(len(xy), dtype=bool)
        for begin in range(0, len(xy), _CHUNK):
            rows = grid.order[begin : begin + _CHUNK]
            pairs = grid.pairs(rows, xy)
            done = _settle(pairs, rows, xy, pieces, best, other, reach=grid.cell - pieces.penalty.max() - within)
            found[done] = True
        rest = np.flatnonzero(~found)
    for begin in range(0, len(rest), _CHUNK):
        rows = rest[begin : begin + _CHUNK]
        _settle(_by_tree(rows, xy, pieces, within), rows, xy, pieces, best, other, reach=np.inf)

    along, distance, left = _position(xy, pieces, best)
    segment = pieces.segment[best]
    result["segment_id"] = roads["segment_id"].to_numpy()[segment]
    result["side"] = np.where(left, "left", "right")
    result["offset_m"] = np.round(along, 2)
    result["distance_m"] = np.round(distance, 2)
    result["ambiguous"] = other <= distance + pieces.penalty[best] + within
    return result


class _Pieces(NamedTuple):
    """The straight pieces of all segments, no longer than a cell."""

    start: Floats
    vector: Floats
    squared: Floats
    segment: Integers
    offset: Floats
    street: Integers
    penalty: Floats

    @classmethod
    def of(cls, roads: gpd.GeoDataFrame, crs: pyproj.CRS, service_m: float) -> _Pieces:
        lonlat, row = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
        xy = to_metric(lonlat, crs)
        step = np.diff(xy, axis=0)
        length = np.hypot(*step.T)
        first = np.flatnonzero((row[1:] == row[:-1]) & (length > 0))
        along = np.concatenate([[0.0], np.cumsum(np.where(row[1:] == row[:-1], length, 0.0))])
        start_of = np.searchsorted(row, np.arange(len(roads)))
        along = along - along[start_of][row]
        parts = np.maximum(np.ceil(length[first] / _CELL_M).astype(np.int64), 1)
        of, number = members(parts)
        of = first[of]
        share = number / np.repeat(parts, parts)
        service = (roads["highway"] == "service").to_numpy()
        vector = step[of] / np.repeat(parts, parts)[:, None]
        # by columns: millions of pairs read them one coordinate at a time
        return cls(
            start=np.asfortranarray(xy[of] + step[of] * share[:, None]),
            vector=np.asfortranarray(vector),
            squared=np.einsum("ij,ij->i", vector, vector),
            segment=row[of],
            offset=along[of] + share * length[of],
            street=pd.factorize(roads["street_id"])[0][row[of]],
            penalty=np.where(service, service_m, 0.0)[row[of]],
        )


class _Grid(NamedTuple):
    """The pieces touching each cell of a grid over the points, and the points in the order of cells."""

    cell: float
    shape: tuple[int, int]
    corner: Floats
    first: Integers
    piece: Integers
    order: Integers

    @classmethod
    def of(cls, pieces: _Pieces, xy: Floats) -> _Grid:
        low, high = pieces.start.min(axis=0) - 2 * _CELL_M, pieces.start.max(axis=0) + 2 * _CELL_M
        cell = max(_CELL_M, float(np.sqrt(np.prod(high - low) / _MAX_CELLS)))
        shape = tuple(np.ceil((high - low) / cell).astype(int) + 2)
        # pieces are no longer than a cell: their ends' cells, and the two that share those cells' rows and columns
        ends = [np.floor((pieces.start + pieces.vector * at - low) / cell).astype(np.int64) for at in (0, 1)]
        corners = {(0, 0), (0, 1), (1, 0), (1, 1)}
        keys = np.concatenate([ends[i][:, 0] * shape[1] + ends[j][:, 1] for i, j in sorted(corners)])
        piece = np.tile(np.arange(len(pieces.segment)), 4)
        unique = np.sort(keys * np.int64(len(pieces.segment)) + piece)  # numpy's own search for unique ones is slower
        unique = unique[run_starts(unique)]
        key, piece = unique // len(pieces.segment), unique % len(pieces.segment)
        first = np.searchsorted(key, np.arange(shape[0] * shape[1] + 1))
        at = cls._cells(xy, low, cell, (shape[0], shape[1]))
        return cls(cell, (shape[0], shape[1]), low, first, piece, np.argsort(at[0] * shape[1] + at[1], kind="stable"))

    @staticmethod
    def _cells(xy: Floats, low: Floats, cell: float, shape: tuple[int, int]) -> tuple[Integers, Integers]:
        column, row = np.floor((xy - low) / cell).astype(np.int64).T
        return np.clip(column, 1, shape[0] - 2), np.clip(row, 1, shape[1] - 2)

    def pairs(self, rows: Integers, xy: Floats) -> tuple[Integers, Integers]:
        """Return (place in `rows`, piece) for the pieces in a point's cell and the eight around it."""
        column, row = self._cells(xy[rows], self.corner, self.cell, self.shape)
        # three cells of one column lie next to each other
        low = np.stack([(column + dx) * self.shape[1] + row - 1 for dx in (-1, 0, 1)], axis=1)
        begin, end = self.first[low], self.first[low + 3]
        counts = (end - begin).ravel()
        column_of, number = members(counts)
        return column_of // 3, self.piece[begin.ravel()[column_of] + number]


def _by_tree(rows: Integers, xy: Floats, pieces: _Pieces, within: float) -> tuple[Integers, Integers]:
    """
    Return (place in `rows`, piece) for all pieces that may be a point's, found by a tree of the pieces' middles.

    No piece is further than its middle, and its middle no further than half its length beyond it.
    """
    further = pieces.penalty.max() + within + ROUNDING + np.sqrt(pieces.squared.max()) / 2
    middles = pieces.start + pieces.vector / 2
    if len(rows) * len(middles) <= _AT_ONCE:
        away = np.hypot(*(xy[rows][:, None, axis] - middles[None, :, axis] for axis in (0, 1)))
        point, piece = np.nonzero(away <= away.min(axis=1, keepdims=True) + further)
        return point, piece
    tree = shapely.STRtree(shapely.points(middles))
    places = shapely.points(xy[rows])
    (asked, _), nearest = tree.query_nearest(places, return_distance=True, all_matches=False)
    reach = np.empty(len(rows))
    reach[asked] = nearest
    point, piece = tree.query(places, predicate="dwithin", distance=reach + further)
    order = np.lexsort((piece, point))
    return point[order], piece[order]


def _settle(
    pairs: tuple[Integers, Integers],
    rows: Integers,
    xy: Floats,
    pieces: _Pieces,
    best: Integers,
    other: Floats,
    reach: float,
) -> Integers:
    """Write each point's best piece and the next street's distance; return the points with a best piece in reach."""
    point, piece = pairs
    if len(point) == 0:
        return np.zeros(0, dtype=np.int64)
    cost = _distance(np.asfortranarray(xy[rows])[point], pieces, piece)[0] + pieces.penalty[piece]
    begins = np.flatnonzero(run_starts(point))
    least = np.minimum.reduceat(cost, begins)
    size = np.diff(np.append(begins, len(point)))
    is_best = np.flatnonzero(cost <= np.repeat(least, size) + ROUNDING)
    # of equals, the first segment
    order = np.lexsort((piece[is_best], point[is_best]))
    owner, first = np.unique(point[is_best][order], return_index=True)
    chosen = piece[is_best][order][first]
    same = pieces.street[piece] == np.repeat(pieces.street[chosen], size)
    next_street = np.minimum.reduceat(np.where(same, np.inf, cost), begins)
    near = least <= reach
    settled = rows[owner[near]]
    best[settled], other[settled] = chosen[near], next_street[near]
    return settled


def _distance(xy: Floats, pieces: _Pieces, piece: Integers) -> tuple[Floats, Floats]:
    """Return the distance of each point from its piece, and where along it (0 to 1) it is nearest."""
    dx, dy = pieces.vector[:, 0][piece], pieces.vector[:, 1][piece]
    x, y = xy[:, 0] - pieces.start[:, 0][piece], xy[:, 1] - pieces.start[:, 1][piece]
    share = x * dx
    share += y * dy
    share /= pieces.squared[piece]
    np.clip(share, 0.0, 1.0, out=share)
    x -= dx * share
    y -= dy * share
    x *= x
    y *= y
    x += y
    return np.sqrt(x, out=x), share


def _position(xy: Floats, pieces: _Pieces, piece: Integers) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return each point's offset along its segment, its distance, and whether it lies to the left."""
    distance, share = _distance(xy, pieces, piece)
    vector = pieces.vector[piece]
    away = xy - pieces.start[piece]
    left = vector[:, 0] * away[:, 1] - vector[:, 1] * away[:, 0] > 0
    # at a bend, the direction through it decides: the next piece's too
    bend = np.flatnonzero((share == 1.0) & (np.append(pieces.segment[1:], -1)[piece] == pieces.segment[piece]))
    bent = np.flatnonzero((share == 0.0) & (np.append(-1, pieces.segment[:-1])[piece] == pieces.segment[piece]))
    for rows, step in ((bend, 1), (bent, -1)):
        both = unit_vectors(vector[rows]) + unit_vectors(pieces.vector[piece[rows] + step])
        corner = pieces.start[piece[rows]] + (vector[rows] if step == 1 else 0.0)
        from_corner = xy[rows] - corner
        left[rows] = both[:, 0] * from_corner[:, 1] - both[:, 1] * from_corner[:, 0] > 0
    along = pieces.offset[piece] + share * np.hypot(*vector.T)
    return along, distance, left


def street_of(points: pd.DataFrame, roads: pd.DataFrame) -> pd.Series:
    """Return the `street_id` of located points, by the segments that they were located on."""
    return points["segment_id"].map(pd.Series(roads["street_id"].to_numpy(), index=roads["segment_id"].to_numpy()))


def count_per_street(points: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, street_ids: pd.Series) -> pd.Series:
    """Return how many points lie on each street of `street_ids`, by the segments that they were located on."""
    counts = street_of(points, roads).value_counts()
    return street_ids.map(counts).fillna(0).astype("Int64")
