"""Obstacles at and around kerbs and their clearances: crossings, corners, stops, schools and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84, to_metric
from geo.core.line_ends import end_of, is_last
from geo.core.metric_geometry import metric_shapes
from geo.core.place import DrivingSide
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Exclusions
from geo.kerbs.junctions import Stretch
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import SIDES, both_sides, kerb_of, segment_of, side_of
from geo.rules.loader import Profile
from geo.streets.locating import locate
from geo.streets.parking_tags import ORIENTATIONS, orientation_by_width

BOTH_SIDES: Final = ("crossing", "level_crossing", "signals")
"""Kinds of facilities on the carriageway: they keep both sides free, measured along it."""

IN_LANE: Final = ("kerb_extension", "parking_obstacle")
"""Kinds of facilities at a kerb that take parking only, along all of their grounds where these are mapped."""

OWN_SIDE: Final = ("bus_stop", "hydrant", "entrance", *IN_LANE)
"""Kinds of facilities that stand at a kerb: they keep that side free, measured along it; both, on the way itself."""

AROUND: Final = ("school", "hospital", "station", "fuel", "fire_station", "first_aid")
"""Kinds of facilities that keep everything free around them, measured from their grounds."""

_ON_THE_WAY_M: Final = 0.5
"""What is mapped on the carriageway itself stands at both kerbs; a bus stop of a one-way street, at the near one."""


@dataclass(frozen=True)
class Surveyed:
    """
    Obstacles located along the kerbs, surveyed once; clearances apply to them at no cost.

    Attributes
    ----------
    facilities
        The rows of `BOTH_SIDES` and `OWN_SIDE` that stand at a kerb: `facility_id`, `kind`, `row` (of the segment),
        `offset_m`, `side` (0, 1, or 2 for both), `x`, `y`.
    around
        The rows of `AROUND` and `IN_LANE`: `facility_id`, `kind`, geometry in the metric CRS (grounds, else a point).
    bays
        Parking bays at the kerb: `cause_id`, `kerb`, `from_m`, `to_m`; `cars` as mapped or listed (or NaN), `kind` (how
        cars stand: `parallel`, `diagonal`, `perpendicular`), and `listed`: from the study's own list, not from OSM.
    """

    facilities: pd.DataFrame
    around: gpd.GeoDataFrame
    bays: pd.DataFrame


def survey(
    kerbs: Kerbs,
    facilities: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    parking: gpd.GeoDataFrame,
    profile: Profile,
    drives_on: DrivingSide = "right",
) -> Surveyed:
    """
    Find the kerbs that facilities stand at.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    facilities, areas, parking
        The study's layers `facilities`, `facility_areas` and `parking`.
    profile
        `kerb.belongs_within`, `kerb.entrance_within`, `bay.length`, `mapped_parking.*`, `points.*`.
    drives_on
        The side of the road that traffic keeps to: at its kerb stand the bus stops of one-way streets.
    """
    at_kerb = facilities[facilities["kind"].isin((*BOTH_SIDES, *OWN_SIDE))].reset_index(drop=True)
    around = facilities[facilities["kind"].isin((*AROUND, *IN_LANE))].reset_index(drop=True)
    shapes = metric_shapes(around.geometry.to_numpy(), kerbs.crs)
    ground = pd.Series(areas.geometry.to_numpy(), index=areas["facility_id"].to_numpy())
    ground = ground[~ground.index.duplicated()]
    mapped = around["facility_id"].isin(ground.index).to_numpy()
    if mapped.any():
        polygons = ground.loc[around.loc[mapped, "facility_id"]].to_numpy()
        shapes[mapped] = shapely.make_valid(metric_shapes(polygons, kerbs.crs))
    grounds = gpd.GeoDataFrame(around[["facility_id", "kind"]], geometry=shapes, crs=kerbs.crs)
    found = _at_kerbs(kerbs, at_kerb, profile, drives_on)
    return Surveyed(found, grounds, _bays(kerbs, facilities, areas, parking, profile))


def _at_kerbs(kerbs: Kerbs, facilities: gpd.GeoDataFrame, profile: Profile, drives_on: DrivingSide) -> pd.DataFrame:
    columns = ["facility_id", "kind", "row", "offset_m", "side", "x", "y"]
    if facilities.empty or len(kerbs) == 0:
        return pd.DataFrame(columns=columns)
    xy = to_metric(shapely.get_coordinates(facilities.geometry.to_numpy()), kerbs.crs)
    places = shapely.points(xy)
    # what is on the carriageway belongs to the nearest line; what is beside it to the street as a person would say
    (asked, nearest), away = kerbs.tree.query_nearest(places, return_distance=True, all_matches=False)
    row, distance = np.zeros(len(places), dtype=np.int64), np.full(len(places), np.inf)
    row[asked], distance[asked] = nearest, away
    offset = shapely.line_locate_point(kerbs.lines[row], places)
    side = np.full(len(places), 2)
    # one-way segments are drawn with their traffic
    oneway = kerbs.roads["oneway"].to_numpy(dtype=bool)[row]
    side[(facilities["kind"] == "bus_stop").to_numpy() & oneway] = SIDES.index(drives_on)
    beside = np.flatnonzero(~facilities["kind"].isin(BOTH_SIDES) & (distance > _ON_THE_WAY_M))
    if len(beside):
        located = locate(facilities.iloc[beside], kerbs.roads, kerbs.crs, profile)
        kerb = kerbs.of(located)
        row[beside], side[beside] = segment_of(kerb), side_of(kerb)
        offset[beside] = located["offset_m"].to_numpy()
        distance[beside] = located["distance_m"].to_numpy()
    reach = np.where(facilities["kind"] == "entrance", profile["kerb.entrance_within"], profile["kerb.belongs_within"])
    reach = np.where(facilities["kind"].isin(BOTH_SIDES), 0.0, reach)
    near = distance <= kerbs.half_m[kerb_of(row, np.minimum(side, 1))] + reach
    found = pd.DataFrame(
        {
            "facility_id": facilities["facility_id"],
            "kind": facilities["kind"],
            "row": row,
            "offset_m": offset,
            "side": side,
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )
    return found[near].reset_index(drop=True)


def _bays(
    kerbs: Kerbs,
    facilities: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    parking: gpd.GeoDataFrame,
    profile: Profile,
) -> pd.DataFrame:
    """Return the stretches of kerb that parking takes: mapped areas at the kerb, and points of the study's own list."""
    types = {"cause_id": object, "kerb": np.int64, "from_m": float, "to_m": float, "cars": float, "kind": object}
    tables = [pd.DataFrame({name: [] for name in (*types, "listed")}).astype({**types, "listed": bool})]
    at_kerb = areas[areas["kind"] == "street_parking"]
    if len(at_kerb) and len(kerbs):
        middle = gpd.GeoDataFrame(geometry=shapely.centroid(at_kerb.geometry.to_numpy()), crs=WGS84)
        located = locate(middle, kerbs.roads, kerbs.crs, profile)
        kerb = kerbs.of(located)
        shapes = metric_shapes(at_kerb.geometry.to_numpy(), kerbs.crs)
        xy, of = shapely.get_coordinates(shapes, return_index=True)
        along = shapely.line_locate_point(kerbs.lines[segment_of(kerb[of])], shapely.points(xy))
        begins = np.searchsorted(of, np.arange(len(kerb)))
        from_m, to_m = np.minimum.reduceat(along, begins), np.maximum.reduceat(along, begins)
        depth_m = shapely.area(shapes) / np.maximum(to_m - from_m, 1e-3)
        tagged = at_kerb["orientation"].to_numpy(dtype=object)
        capacity = pd.Series(facilities["capacity"].to_numpy(), index=facilities["facility_id"])
        capacity = capacity[~capacity.index.duplicated()].reindex(at_kerb["facility_id"])
        tables.append(
            pd.DataFrame(
                {
                    "cause_id": at_kerb["facility_id"].to_numpy(),
                    "kerb": kerb,
                    "from_m": from_m,
                    "to_m": to_m,
                    "cars": capacity.astype("Float64").to_numpy(dtype=float, na_value=np.nan),
                    "kind": np.where(
                        np.isin(tagged.astype(str), ORIENTATIONS), tagged, orientation_by_width(depth_m, profile)
                    ),
                    "listed": False,
                }
            )[(located["distance_m"] <= profile["kerb.belongs_within"]).to_numpy()]
        )
    listed = parking[(parking["kind"] == "on_street") & parking["segment_id"].isin(kerbs.row_of.index)]
    if len(listed):
        spaces = listed["capacity"].fillna(1).to_numpy(dtype=float)
        middle_m, half = listed["offset_m"].to_numpy(), spaces * float(profile["bay.length"]) / 2
        tables.append(
            pd.DataFrame(
                {
                    "cause_id": listed["parking_id"].to_numpy(),
                    "kerb": kerbs.of(listed),
                    "from_m": middle_m - half,
                    "to_m": middle_m + half,
                    "cars": spaces,
                    "kind": "parallel",
                    "listed": True,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


class Clearance(NamedTuple):
    """The clearance of a kind of obstacle: its parameter, its metres, and its slots."""

    rule: str
    metres: float
    mask: int


def clearances(kerbs: Kerbs, surveyed: Surveyed, kinds: Mapping[str, Clearance]) -> list[Exclusions]:
    """
    Return the exclusions around obstacles.

    Parameters
    ----------
    kerbs, surveyed
        The kerbs and what stands at them.
    kinds
        The clearance of each kind of obstacle that counts: `corner`, `driveway`, `bay`, and kinds of facilities.

    Returns
    -------
    exclusions
        What stands at a kerb is measured along it, on round the corner; what has grounds, as the crow flies from those.
    """
    found = [
        _corners(kerbs, kinds),
        *_along(kerbs, surveyed.facilities, kinds),
        *_around(kerbs, surveyed.around, kinds),
    ]
    return [*found, _at_bays(surveyed.bays, kinds["bay"])] if "bay" in kinds else found


def _corners(kerbs: Kerbs, kinds: Mapping[str, Clearance]) -> Exclusions:
    corners = kerbs.corners
    service = (kerbs.roads["highway"] == "service").to_numpy()
    driveway = service[segment_of(corners.kerb)] | service[segment_of(corners.other)]
    reach = np.where(driveway, kinds["driveway"].metres, kinds["corner"].metres)
    # from where the kerb begins, and on where a segment ends within the clearance
    trimmed = np.where(
        corners.at_end, kerbs.length_m[corners.kerb] - kerbs.to_m[corners.kerb], kerbs.from_m[corners.kerb]
    )
    arm, length = end_of(segment_of(corners.kerb), corners.at_end), kerbs.segment_m
    side = side_of(corners.kerb)
    spread = kerbs.arms.spread(arm, side, trimmed + reach, np.arange(len(arm)), length, round_corners=False)
    kerb, from_m, to_m = spread.stretches(length)
    cause = kerbs.roads["segment_id"].to_numpy(dtype=object)[segment_of(corners.other)][spread.cause]
    rule = np.where(driveway, kinds["driveway"].rule, kinds["corner"].rule).astype(object)[spread.cause]
    every = Exclusions.of(kerb, from_m, to_m, rule, cause, kinds["corner"].mask, corners.xy[spread.cause])
    return every.where(reach[spread.cause] > 0)


def _along(kerbs: Kerbs, found: pd.DataFrame, kinds: Mapping[str, Clearance]) -> list[Exclusions]:
    """Return the stretches before and after obstacles at a kerb."""
    parts = []
    for kind, rows in found.groupby("kind", sort=True):
        clearance = kinds.get(str(kind))
        if clearance is None or clearance.metres <= 0:
            continue
        rule, reach, mask = clearance
        row, offset = rows["row"].to_numpy(), rows["offset_m"].to_numpy(dtype=float)
        sides = rows["side"].to_numpy()
        length = kerbs.segment_m[row]
        for side in (0, 1):
            here = np.flatnonzero((sides == side) | (sides == 2))
            cause = rows["facility_id"].to_numpy(dtype=object)[here]
            xy = rows[["x", "y"]].to_numpy(dtype=float)[here]
            kerb, at, end = kerb_of(row[here], side), offset[here], length[here]
            parts.append(
                Exclusions.of(kerb, np.maximum(at - reach, 0.0), np.minimum(at + reach, end), rule, cause, mask, xy)
            )
            for at_end, left in ((False, reach - at), (True, at + reach - end)):
                over = np.flatnonzero(left > ROUNDING)
                # the kerb goes on beyond its segment: from the node that it leaves by
                going = _beyond(kerbs, row[here][over], at_end, side, left[over], over)
                on, from_m, to_m = going.stretches(kerbs.segment_m)
                parts.append(Exclusions.of(on, from_m, to_m, rule, cause[going.cause], mask, xy[going.cause]))
    return parts


def _beyond(kerbs: Kerbs, row: Integers, at_end: bool, side: int, left: Floats, cause: Integers) -> Stretch:
    """Return where kerbs go on beyond the ends of segments."""
    # a walk from the segment's other end over all of it: what it reaches on the segment itself is left out
    arm, length = end_of(row, not at_end), kerbs.segment_m
    whole = length[row] + left
    spread = kerbs.arms.spread(
        arm, np.full(len(row), side), whole, np.arange(len(row)), length, True, kerbs.profile["streets.straight_within"]
    )
    own = (spread.segment == row[spread.cause]) & (spread.at_end == is_last(arm[spread.cause]))
    kept = Stretch(*(column[~own] for column in spread))
    return kept._replace(cause=cause[kept.cause])


def _around(kerbs: Kerbs, grounds: gpd.GeoDataFrame, kinds: Mapping[str, Clearance]) -> list[Exclusions]:
    """Return the stretches that lie within a distance of grounds."""
    parts = []
    for kind, rows in grounds.groupby("kind", sort=True):
        clearance = kinds.get(str(kind))
        if clearance is None or clearance.metres <= 0 or len(kerbs) == 0:
            continue
        rule, reach, mask = clearance
        shapes = rows.geometry.to_numpy()
        zones = shapely.buffer(shapes, reach, quad_segs=32)
        wide = float(kerbs.half_m.max())
        asked, row = kerbs.tree.query(shapes, predicate="dwithin", distance=reach + wide)
        part, kerb, from_m, to_m = inside(kerbs, zones[asked], row)
        centre = shapely.get_coordinates(shapely.point_on_surface(shapes))
        cause = rows["facility_id"].to_numpy(dtype=object)
        parts.append(Exclusions.of(kerb, from_m, to_m, rule, cause[asked[part]], mask, centre[asked[part]]))
    return parts


def inside(kerbs: Kerbs, zones: NDArray[np.object_], row: Integers) -> tuple[Integers, Integers, Floats, Floats]:
    """
    Return where the kerbs of segments run inside polygons.

    Parameters
    ----------
    zones
        Shape (k,): polygons in the metric CRS.
    row
        Shape (k,): the segment whose two kerbs each is tried on.

    Returns
    -------
    number, kerb, from_m, to_m
        Which polygon, and the stretch along the segment's centre line.
    """
    kerb = both_sides(row)
    number = np.repeat(np.arange(len(row)), 2)
    lines = kerbs.stretches(kerb, np.zeros(len(kerb)), kerbs.length_m[kerb])
    shapely.prepare(zones)
    touched = shapely.intersects(zones[number], lines)
    kerb, number, lines = kerb[touched], number[touched], lines[touched]
    pieces, of = shapely.get_parts(shapely.intersection(lines, zones[number]), return_index=True)
    line = shapely.get_type_id(pieces) == 1
    pieces, of = pieces[line], of[line]
    ends = [shapely.line_locate_point(lines[of], shapely.get_point(pieces, at)) for at in (0, -1)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    along = [kerbs.centre_metres(kerb[of], metres) for metres in (low, high)]
    return number[of], kerb[of], along[0], along[1]


def _at_bays(bays: pd.DataFrame, clearance: Clearance) -> Exclusions:
    more = clearance.metres
    return Exclusions.of(
        bays["kerb"].to_numpy(),
        bays["from_m"].to_numpy(dtype=float) - more,
        bays["to_m"].to_numpy(dtype=float) + more,
        clearance.rule,
        bays["cause_id"].to_numpy(dtype=object),
        clearance.mask,
    )
