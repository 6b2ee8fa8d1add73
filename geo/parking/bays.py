"""Parking bays as polygons along the kerb, as a draughtsman would draw them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import WGS84, to_degrees
from geo.core.metric_geometry import unit_vectors
from geo.core.tolerances import ROUNDING
from geo.kerbs.numbering import segment_of, side_names, side_of
from geo.kerbs.ways import crosses_ways
from geo.parking.room import BayRoom
from geo.rules.loader import Profile
from geo.study.schema import conform_geo

_TOUCHING_M2 = 0.01
"""Bays that share no more than this do not overlap."""

_TOUCHING_SHARE = 1e-3
"""Of a bay's area: bays that share no more than this only touch."""


def place_bays(room: BayRoom, buildings: NDArray[np.object_] | None = None) -> gpd.GeoDataFrame:
    """
    Place bays in the rows that have room.

    A row begins `bay.row_end` after its stretch of kerb begins and goes on where the kerb does; its bays follow each
    other, each with one side on the kerb, along the bends of the kerb. Neighbours share an edge, so that none overlaps
    another. Bays that would stand in a building, under the centre line of a way, or overlap those of another street are
    left out.

    Parameters
    ----------
    room
        Where there is room.
    buildings
        Polygons in the metric CRS.

    Returns
    -------
    bays
        The layer `bays`: `bay_id`, `segment_id`, `side`, `offset_m` (of the bay's middle along the segment),
        `orientation`, `length_m`, `width_m`, `hours`, `rules`, `street_id`, `tier`, `width_source`, `accessible`.
    """
    kerbs, rows, profile = room.kerbs, room.zones, room.profile
    counts = rows.pitches
    row, number = members(counts)
    kerb = rows.kerb[row]
    begin = kerbs.at_kerb(kerb, rows.from_m[row]) + room.begin_m[row] + number * (room.pitch_m + room.gap_m)
    shapes = _polygons(room, kerb, begin)
    crossed = crosses_ways(shapes, kerb, kerbs, room.ground.ways, room.own_line_counts)
    kept = shapely.is_valid(shapes)
    kept[crossed] = False
    if not profile["bay.overlaps"]:
        kept = _clear(shapes, buildings, kept)
    kerb, row, number, shapes = kerb[kept], row[kept], number[kept], shapes[kept]
    middle = kerbs.centre_metres(kerb, begin[kept] + room.pitch_m / 2)
    length_m, width_m = room.size_m
    table = pd.DataFrame(
        {
            "segment_id": room.segment_ids(kerb),
            "side": side_names(kerb),
            "street_id": room.street_ids(kerb),
            "tier": room.tier[kerb],
            "offset_m": np.round(middle, 2),
            "orientation": room.orientation,
            "length_m": length_m,
            "width_m": width_m,
            "hours": room.hours,
            "width_source": kerbs.source[kerb],
            "rules": _rules(room, kerb),
            "basis": ", ".join(profile.basis("bay" if room.hours == "all_day" else "night_bay")),
        }
    )
    begin = begin[kept]
    table["accessible"], stays = _with_lanes(room, table, row, number, begin)
    table, kerb, middle, shapes = table[stays].reset_index(drop=True), kerb[stays], middle[stays], shapes[stays]
    names = table["segment_id"].astype(str) + np.where(side_of(kerb), "R", "L")
    table["bay_id"] = "B" + names + np.round(middle * 10).astype(np.int64).astype(str)
    if room.hours == "night":
        table["bay_id"] += "N"
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    lonlat = to_degrees(xy, kerbs.crs) if len(xy) else xy
    geometry = shapely.polygons(shapely.linearrings(lonlat, indices=of)) if len(xy) else []
    return conform_geo(gpd.GeoDataFrame(table, geometry=geometry, crs=WGS84), "bays")


def _polygons(room: BayRoom, kerb: Integers, begin: Floats) -> NDArray[np.object_]:
    """Return bays as polygons in the metric CRS: from one end of each on the kerb to the other, and back beside it."""
    kerbs = room.kerbs
    edges, inward, along = [], [], []
    for metre in (begin, begin + room.pitch_m):
        on, at = room.ground.joins.resolve(kerb, metre)
        position = kerbs.centre_metres(on, at)
        on_kerb = kerbs.points(on, position)
        edges.append(on_kerb)
        inward.append(unit_vectors(kerbs.centre_points(on, position) - on_kerb))
        along.append(kerbs.centre.directions(segment_of(on), position))
    depth = room.depth_m if room.lean_m == 0 else _deep(room)
    inner = [
        edge + across * depth + ahead * room.lean_m for edge, across, ahead in zip(edges, inward, along, strict=True)
    ]
    corners = np.stack([edges[0], edges[1], inner[1], inner[0]], axis=1)
    polygons: NDArray[np.object_] = shapely.polygons(corners)
    return polygons


def _deep(room: BayRoom) -> float:
    """Return how deep the far side of an angled bay lies: its corner beyond that is the neighbour's."""
    length = room.size_m[0]
    return float(np.sqrt(max(length**2 - room.lean_m**2, 0.0)))


def _clear(
    shapes: NDArray[np.object_], buildings: NDArray[np.object_] | None, kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell whether bays stand clear of buildings and of every bay before them, of the ones kept so far."""
    kept = kept.copy()
    if buildings is not None and len(buildings) and len(shapes):
        bay, _ = shapely.STRtree(buildings).query(shapes, predicate="intersects")
        kept[bay] = False
    tree = shapely.STRtree(shapes)
    one, two = tree.query(shapes, predicate="intersects") if len(shapes) else (np.zeros(0, int), np.zeros(0, int))
    later = (one > two) & kept[one] & kept[two]
    one, two = one[later], two[later]
    over = shapely.area(shapely.intersection(shapes[one], shapes[two])) > _TOUCHING_M2
    # in their order: a bay that is out itself keeps nobody out
    for loser, winner in sorted(zip(one[over].tolist(), two[over].tolist(), strict=True)):
        if kept[winner]:
            kept[loser] = False
    return np.asarray(kept, dtype=bool)


def without_overlap(first: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell whether the other bays (both in WGS 84) are clear of the first."""
    kept = np.ones(len(others), dtype=bool)
    if first.empty or others.empty:
        return kept
    shapes = first.geometry.to_numpy()
    mine = others.geometry.to_numpy()
    # most bays of the night are ones of the day: only the others are compared shape by shape
    kept[pd.Index(shapely.to_wkb(mine)).isin(shapely.to_wkb(shapes))] = False
    left = np.flatnonzero(kept)
    one, two = shapely.STRtree(shapes).query(mine[left], predicate="intersects")
    share = shapely.area(shapely.intersection(mine[left[one]], shapes[two])) / shapely.area(mine[left[one]])
    kept[left[one[share > _TOUCHING_SHARE]]] = False
    return kept


def _rules(room: BayRoom, kerb: Integers) -> NDArray[np.object_]:
    """Return the rules that made each bay: the width that allows it, and the bay's own size."""
    group = "bay.min_carriageway_width" if room.hours == "all_day" else "bay.night_carriageway_width"
    way = np.where(room.kerbs.roads["oneway"].to_numpy(dtype=bool)[segment_of(kerb)], "one_way", "two_way")
    sides = np.where(room.sides[segment_of(kerb)] == 2, "both_sides", "one_side")
    names = [f"{group}.{side}_{each}, bay.{room.orientation_rule}" for side, each in zip(sides, way, strict=True)]
    return np.array(names, dtype=object)


def with_accessible(bays: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """
    Return bays with `accessible` set anew: `bay.accessible_share` applies to the bays that are left.

    The ones that were placed with a lane beside them come first, then those beside a place where none is left.
    """
    ordered = bays.sort_values(["segment_id", "side", "offset_m"])
    groups = ordered.groupby(["segment_id", "side"])
    ends = pd.concat([groups["bay_id"].first(), groups["bay_id"].last()])
    step = groups["offset_m"].diff()
    room = ordered["length_m"] + float(profile["bay.accessible_lane"])
    parallel = ordered["orientation"] == "parallel"
    apart = parallel & ((step >= room) | (groups["offset_m"].diff(-1) <= -room))
    beside = bays["accessible"].to_numpy(dtype=bool) | apart.reindex(bays.index).to_numpy(dtype=bool)
    return bays.assign(accessible=_accessible(bays, [beside, bays["bay_id"].isin(ends).to_numpy()], profile))


def _accessible(table: pd.DataFrame, better: list[NDArray[np.bool_]], profile: Profile) -> NDArray[np.bool_]:
    """Mark a share of each street's bays as accessible, rounded up, starting with the better ones."""
    share = float(profile["bay.accessible_share"])
    result = np.zeros(len(table), dtype=bool)
    if share <= 0 or table.empty:
        return result
    worse = [~each for each in reversed(better)]
    order = np.lexsort((np.arange(len(table)), *worse, table["street_id"].to_numpy(dtype=str)))
    street = table["street_id"].to_numpy(dtype=str)[order]
    first = np.searchsorted(street, street)
    size = np.searchsorted(street, street, "right") - first
    result[order] = np.arange(len(order)) - first < np.ceil(size * share - 1e-9)
    return result


def _with_lanes(
    room: BayRoom, table: pd.DataFrame, row: Integers, number: Integers, begin: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Return the accessible bays, and the bays that stay: an accessible one has `bay.accessible_lane` free beside it.

    The ends of rows come first, before all those with the lane within their own kerb; beyond an end no bay follows. The
    bay beside any other accessible one gives way.

    Parameters
    ----------
    room
        Where there is room.
    table
        The bays.
    row, number, begin
        Each bay's stretch of kerb, its number there, and where along the kerb it begins.
    """
    kerbs, rows = room.kerbs, room.zones
    kerb, count, lane_m = rows.kerb[row], rows.pitches[row], float(room.profile["bay.accessible_lane"])
    first = (number == 0) & room.row_ends[row, 0]
    last = (number == count - 1) & room.row_ends[row, 1]
    before = begin - kerbs.at_kerb(kerb, rows.from_m[row])
    after = kerbs.at_kerb(kerb, rows.to_m[row]) - begin - room.pitch_m
    roomy = (first & (before >= lane_m - ROUNDING)) | (last & (after >= lane_m - ROUNDING))
    accessible = _accessible(table, [roomy, first | last], room.profile)
    asked = np.flatnonzero(accessible & ~(first | last))
    nearer = np.where(number[asked] < count[asked] - 1, number[asked] + 1, number[asked] - 1)
    places = pd.Series(np.arange(len(row)), index=pd.MultiIndex.from_arrays([row, number]))
    found = places.reindex(pd.MultiIndex.from_arrays([row[asked], nearer])).to_numpy(dtype=float)
    stays = np.ones(len(row), dtype=bool)
    other = found[np.isfinite(found)].astype(np.int64)
    stays[other[~accessible[other]]] = False
    return accessible, stays
