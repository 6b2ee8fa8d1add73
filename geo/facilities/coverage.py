"""Coverage: people with a facility within a walk, by street, quarter and tier; gaps; each facility's load."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.core.arrays import Floats, Integers, members, run_starts
from geo.core.crs import WGS84, to_degrees
from geo.core.metric_geometry import metric_lines
from geo.facilities.access import Access
from geo.network.graph import Network, Positions
from geo.network.searches import cost_blocks, nearest
from geo.study.schema import conform_geo

Shapes = NDArray[np.object_]

_SAMPLE_M = 20.0
"""Between the places of streets whose surroundings make a catchment."""

_SQUARES = 4


class Walks(NamedTuple):
    """
    The way of each place to its nearest facility.

    Attributes
    ----------
    facility
        Shape (n,): its number, -1 where none is within the search.
    walk_m
        Shape (n,): from door to door; infinite where there is none.
    """

    facility: Integers
    walk_m: Floats


def nearest_walks(network: Network, places: Access, facilities: Access, size: int, search_m: float) -> Walks:
    """
    Return the way of each of `size` places to its nearest facility, from the best door to the best gate.

    Parameters
    ----------
    network
        On foot.
    places, facilities
        How they are reached.
    size
        How many places there are.
    search_m
        How far to look.
    """
    facility, walk = np.full(size, -1), np.full(size, np.inf)
    if len(facilities.owner) == 0 or len(places.owner) == 0:
        return Walks(facility, walk)
    gate, cost = nearest(network, facilities.at, places.at, search_m, away=facilities.away_m)
    cost = cost + places.away_m
    order = np.lexsort((cost, places.owner))
    owner, first = np.unique(places.owner[order], return_index=True)
    best = order[first]
    found = np.isfinite(cost[best]) & (cost[best] <= search_m)
    facility[owner[found]] = facilities.owner[gate[best[found]]]
    walk[owner[found]] = cost[best[found]]
    return Walks(facility, walk)


def pairs_within(
    network: Network, places: Access, facilities: Access, limit_m: float
) -> tuple[Integers, Integers, Floats]:
    """Return place, facility and walk of all pairs within a limit, from the best door to the best gate."""
    none = np.zeros(0, dtype=np.int64)
    if len(facilities.owner) == 0 or len(places.owner) == 0:
        return none, none, none.astype(float)
    # searched from the fewer side: ways on foot are as long in both directions
    few, many = (places, facilities) if len(places.owner) <= len(facilities.owner) else (facilities, places)
    start, target, walk = [], [], []
    for numbers, near, cost in cost_blocks(network, few.at, many.at, limit_m):
        doors = cost + few.away_m[numbers][:, None] + many.away_m[near]
        row, column = np.nonzero((doors <= limit_m) & np.isfinite(doors))
        start.append(numbers[row])
        target.append(near[column])
        walk.append(doors[row, column])
    one, other = few.owner[np.concatenate(start)], many.owner[np.concatenate(target)]
    place, facility = (one, other) if few is places else (other, one)
    metres = np.concatenate(walk)
    if len(np.unique(places.owner)) == len(places.owner) and len(np.unique(facilities.owner)) == len(facilities.owner):
        order = np.lexsort((facility, place))
        return place[order], facility[order], metres[order]
    order = np.lexsort((metres, facility, place))
    kept = order[run_starts(place[order], facility[order])]
    return place[kept], facility[kept], metres[kept]


def shares(groups: pd.Series, demand: Floats, covered: NDArray[np.bool_]) -> pd.DataFrame:
    """Return by group its `demand`, how much of it is `covered`, and the `share`; the most left out first."""
    table = pd.DataFrame({"group": groups.to_numpy(dtype=object), "demand": demand, "covered": demand * covered})
    sums = table.groupby("group", as_index=False, dropna=False).sum()
    sums["share"] = (sums["covered"] / sums["demand"]).round(4)
    sums["left_out"] = sums["demand"] - sums["covered"]
    return sums.sort_values(["left_out", "group"], ascending=[False, True]).reset_index(drop=True)


def street_near(roads: gpd.GeoDataFrame, shapes: Shapes, crs: pyproj.CRS) -> Integers:
    """Return the row of the nearest street of each place that is open to walkers; graded ones come first."""
    graded = (roads["walk"] & (roads["tier"] != "unclassified")).to_numpy(dtype=bool)
    rows = np.flatnonzero(graded if graded.any() else roads["walk"].to_numpy(dtype=bool))
    result = np.full(len(shapes), -1)
    if len(rows) and len(shapes):
        lines = metric_lines(roads.geometry.to_numpy()[rows], crs)
        asked, nearest = shapely.STRtree(lines).query_nearest(shapes, all_matches=False)
        result[asked] = rows[nearest]
    return result


def gaps(shapes: Shapes, demand: Floats, left_out: NDArray[np.bool_], reach_m: float, least: float) -> list[Integers]:
    """
    Gather uncovered places around their densest points; a gap is everything within `reach_m` of one.

    Returns
    -------
    gaps
        The numbers of each gap's places, the most demand first; none with less than `least`.
    """
    some = np.flatnonzero(left_out & (demand > 0))
    if len(some) == 0:
        return []
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes[some]))
    # by squares of a few to a reach, so that the work grows with the ground and not with the crowd
    square = np.floor((xy - xy.min(axis=0)) / max(reach_m / _SQUARES, 1.0)).astype(np.int64)
    _, cell = np.unique(square, axis=0, return_inverse=True)
    weight = np.bincount(cell, weights=demand[some])
    middle = np.column_stack([np.bincount(cell, weights=xy[:, axis]) / np.bincount(cell) for axis in (0, 1)])
    tree = cKDTree(middle)
    near = tree.sparse_distance_matrix(tree, reach_m, output_type="coo_matrix")
    density = weight + np.bincount(near.row, weights=weight[near.col] * (near.row != near.col), minlength=len(weight))
    label = np.full(len(weight), -1)
    for number, seed in enumerate(np.argsort(-density, kind="stable")):
        if label[seed] < 0:
            around_it = np.asarray(tree.query_ball_point(middle[seed], reach_m), dtype=np.int64)
            label[around_it[label[around_it] < 0]] = number
    _, label = np.unique(label[cell], return_inverse=True)
    sums = np.bincount(label, weights=demand[some])
    order = np.argsort(-sums, kind="stable")
    by_label = np.argsort(label, kind="stable")
    cuts = np.searchsorted(label[by_label], np.arange(len(sums) + 1))
    return [some[by_label[cuts[k] : cuts[k + 1]]] for k in order if sums[k] >= least]


def around(shapes: Shapes, groups: list[Integers], by_m: float) -> Shapes:
    """Return the ground of groups of places: everything within `by_m` of them, closed over small holes."""
    if not groups:
        return np.zeros(0, dtype=object)
    member = np.concatenate(groups)
    of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    wide = shapely.buffer(shapely.point_on_surface(shapes[member]), 2 * by_m, quad_segs=4)
    ends = np.searchsorted(of, np.arange(len(groups) + 1))
    ground = [shapely.union_all(wide[begin:end]) for begin, end in itertools.pairwise(ends)]
    return np.asarray(shapely.buffer(np.array(ground, dtype=object), -by_m, quad_segs=4), dtype=object)


def catchments(network: Network, facilities: Access, size: int, within_m: float, beside_m: float) -> Shapes:
    """
    Return the ground within a walk of each of `size` facilities that is no nearer to another; None where there is none.

    Streets are looked at every few metres: what lies nearest to such a place, and no further from it than what is left
    of the walk (and than `beside_m`), belongs to the place's facility.
    """
    result = np.full(size, None, dtype=object)
    if len(facilities.owner) == 0 or network.size == 0:
        return result
    at = _samples(network)
    gate, cost = nearest(network, facilities.at, at, within_m, away=facilities.away_m)
    lines = network.tree[1]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[at.segment], at.offset_m))
    inside = np.flatnonzero(gate >= 0)
    if len(inside) == 0:
        return result
    # other streets' places take their own ground, but only near ours matters
    apart_m, _ = cKDTree(xy[inside]).query(xy, distance_upper_bound=np.nextafter(2 * beside_m, np.inf))
    near = np.flatnonzero(np.isfinite(apart_m))
    _, unique = np.unique(np.round(xy[near], 3), axis=0, return_index=True)
    near = near[unique]
    # at the same place (a junction) the nearest way counts: they have one cost
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy[near]), extend_to=shapely.box(*_box(xy[near], beside_m)))
    )
    cell, place = shapely.STRtree(cells).query(shapely.points(xy[near]), predicate="within")[::-1]
    kept = gate[near[place]] >= 0
    cell, place = cell[kept], near[place[kept]]
    reach = np.minimum(within_m - cost[place], beside_m)
    discs = shapely.buffer(shapely.points(xy[place]), np.maximum(reach, 0.1), quad_segs=4)
    pieces = shapely.intersection(cells[cell], discs)
    owner = facilities.owner[gate[place]]
    order = np.argsort(owner, kind="stable")
    cuts = np.searchsorted(owner[order], np.arange(size + 1))
    for number in np.flatnonzero(np.diff(cuts)):
        result[number] = shapely.union_all(pieces[order[cuts[number] : cuts[number + 1]]], grid_size=0.01)
    return result


def _samples(network: Network) -> Positions:
    """Return places along all ways, a few metres apart, with both ends of each."""
    length = network.lengths_m
    counts = np.maximum(np.ceil(length / _SAMPLE_M), 1).astype(np.int64) + 1
    row, number = members(counts)
    return Positions(row, number / (counts[row] - 1) * length[row])


def _box(xy: Floats, by_m: float) -> tuple[float, float, float, float]:
    low, high = xy.min(axis=0) - by_m, xy.max(axis=0) + by_m
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def degrees_layer(table: pd.DataFrame, shapes: Shapes, crs: pyproj.CRS, layer: str) -> gpd.GeoDataFrame:
    """Return a table with the shapes of the metric CRS as MultiPolygons in degrees, as a layer of the study."""
    kept = [number for number, shape in enumerate(shapes) if shape is not None and not shapely.is_empty(shape)]
    chosen = np.asarray(shapes, dtype=object)[kept]
    turned: Shapes = shapely.transform(chosen, lambda xy: to_degrees(xy, crs)) if kept else chosen
    parts, of = shapely.get_parts(turned, return_index=True) if kept else (turned, np.zeros(0, dtype=np.int64))
    solid = shapely.get_dimensions(parts) == 2 if kept else np.zeros(0, dtype=bool)
    several = shapely.multipolygons(parts[solid], indices=of[solid]) if kept else []
    return conform_geo(gpd.GeoDataFrame(table.iloc[kept], geometry=several, crs=WGS84), layer)
