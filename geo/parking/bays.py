"""Parking bays as polygons along the kerb, as a draughtsman would draw them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84, to_degrees
from geo.kerbs.numbering import segment_of, side_names, side_of
from geo.parking.bay_shapes import bay_edges
from geo.parking.fitting import Fitted, Rows, first_of_each, fit
from geo.parking.room import BayRoom
from geo.rules.loader import Profile
from geo.study.schema import conform_geo


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
    fitted, _ = fit(room, [Rows.of(room)], buildings)
    return bay_layer(room, fitted[0])


def bay_layer(room: BayRoom, fitted: Fitted) -> gpd.GeoDataFrame:
    """Return the bays that fit a room, or some of them, as the layer `bays`."""
    kerbs, profile, kerb, begin = room.kerbs, room.profile, fitted.kerb.astype(np.int64), fitted.begin_m
    shapes = _polygons(room, kerb, begin)
    middle = kerbs.centre_metres(kerb, begin + room.pitch_m / 2)
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
    table["accessible"] = fitted.accessible
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
    (edge, inner), (last_edge, last_inner) = (bay_edges(room, kerb, metre) for metre in (begin, begin + room.pitch_m))
    polygons: NDArray[np.object_] = shapely.polygons(np.stack([edge, last_edge, last_inner, inner], axis=1))
    return polygons


def _rules(room: BayRoom, kerb: Integers) -> NDArray[np.object_]:
    """Return the rules that made each bay: the width that allows it, and the bay's own size."""
    group = "bay.min_carriageway_width" if room.hours == "all_day" else "bay.night_carriageway_width"
    names = [
        f"{group}.{sides}_{way}, bay.{room.orientation_rule}"
        for way in ("two_way", "one_way")
        for sides in ("one_side", "both_sides")
    ]
    one_way = room.kerbs.roads["oneway"].to_numpy(dtype=bool)[segment_of(kerb)]
    return np.array(names, dtype=object)[2 * one_way + (room.sides[segment_of(kerb)] == 2)]


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
    street = np.unique(table["street_id"].to_numpy(dtype=str), return_inverse=True)[1]
    return first_of_each(street, better, float(profile["bay.accessible_share"]))
