"""Who looks for a parking space along each street, by day and at night, and how many there are within a walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import WGS84
from geo.core.metric_geometry import metric_lines, metric_shapes
from geo.core.opening_hours import minutes_of, parse_windows
from geo.kerbs.numbering import segment_of
from geo.network.graph import Network, Positions
from geo.network.lixels import Lixels
from geo.network.searches import distances
from geo.network.snapping import snap
from geo.parking.mapped import Mapped
from geo.points.cases import placed_cases
from geo.rules.loader import Profile
from geo.study.schema import conform_geo

Period = Literal["day", "night"]
PERIODS: Final[tuple[Period, ...]] = ("day", "night")

_SPOT_M: Final = 25.0


class Supply(NamedTuple):
    """
    Parking that is there already.

    Attributes
    ----------
    at
        Where it is on the network on foot.
    spaces
        By period, shape (k,).
    """

    at: Positions
    spaces: dict[Period, Floats]


class WalkReach(NamedTuple):
    """Pairs of a place and a cell of the streets within a walk of each other: `place`, `cell`, `walk_m`."""

    place: Integers
    cell: Integers
    walk_m: Floats


class Cells(Lixels):
    """
    The streets open to walkers in short pieces, the places of cars and bays.

    Parameters
    ----------
    roads
        The study's layer.
    network
        On foot, made of it.
    at_most_m
        `need.cell`: no piece is longer.
    """

    def __init__(self, roads: gpd.GeoDataFrame, network: Network, at_most_m: float) -> None:
        walkable = roads["walk"].to_numpy(dtype=bool)
        super().__init__(roads, at_most_m, walkable)
        self._network, self._segment = network, np.cumsum(walkable) - 1

    def positions(self, cell: Integers) -> Positions:
        """Return the middles of cells on the network."""
        return Positions(self._segment[self.row[cell]], self.middle_m(cell))


def demand(
    roads: gpd.GeoDataFrame,
    cells: Cells,
    context: gpd.GeoDataFrame,
    complaints: pd.DataFrame,
    crs: pyproj.CRS,
    profile: Profile,
    timezone: str,
) -> dict[Period, Floats]:
    """
    Estimate the cars that look for a space along the streets.

    Cars at buildings are their floor area (footprint by `levels`, else `need.default_levels`) times a rate
    (`need.cars_per_100m2.*`, homes and others), less those with a space of their own (`need.own_space`); they belong to
    the nearest street that is open to walkers. Each complaint of illegal parking stands for `need.cars_per_complaint`
    cars that found none, by the hour at which it was received (`need.night`); of several reports of one event, one
    counts, and none of a doubted time or place.

    Parameters
    ----------
    roads
        The study's layer.
    cells
        Its pieces.
    context
        Its buildings: `use`, `levels`.
    complaints
        Its layer, located.
    crs
        Its metric CRS.
    profile
        `need.*`.
    timezone
        The study's clock, by which complaints are of the day or the night.

    Returns
    -------
    demand
        By period, shape (c,): cars by cell.
    """
    cars: dict[Period, Floats] = {period: np.zeros(len(cells)) for period in PERIODS}
    walkable = np.flatnonzero(roads["walk"].to_numpy(dtype=bool))
    buildings = context[(context["kind"] == "building") & ~context["use"].isin(profile["need.no_demand"])]
    if len(buildings) and len(walkable):
        shapes = metric_shapes(buildings.geometry.to_numpy(), crs)
        levels = buildings["levels"].fillna(float(profile["need.default_levels"])).to_numpy(dtype=float)
        floor = shapely.area(shapes) * np.clip(levels, 1.0, None)
        home = buildings["use"].isin(profile["need.dwellings"]).to_numpy()
        lines, middle = metric_lines(roads.geometry.to_numpy()[walkable], crs), shapely.centroid(shapes)
        building, nearest = shapely.STRtree(lines).query_nearest(middle, all_matches=False)
        cell = cells.at(walkable[nearest], shapely.line_locate_point(lines[nearest], middle[building]))
        for period in PERIODS:
            rate = np.where(
                home,
                float(profile[f"need.cars_per_100m2.dwelling_{period}"]),
                float(profile[f"need.cars_per_100m2.other_{period}"]),
            )
            own = floor / 100 * rate * (1 - float(profile["need.own_space"]))
            cars[period] += cells.sums(cell, own[building])
    complaints = placed_cases(complaints).rows
    cell = cells.of(complaints)
    counts = complaints["category"].isin(profile["need.complaint_categories"]) & complaints["duplicate_of"].isna()
    late = at_night(complaints["received_at"], profile, timezone)
    for period, when in (("day", ~late), ("night", late)):
        cars[period] += cells.sums(cell[(counts & when).to_numpy()]) * float(profile["need.cars_per_complaint"])
    return cars


def at_night(received_at: pd.Series, profile: Profile, timezone: str) -> NDArray[np.bool_]:
    """Tell whether moments (UTC) lie in the hours of `need.night` on a clock; an unknown one does not."""
    minute = minutes_of(received_at.dt.tz_convert(timezone))
    late = np.zeros(len(received_at), dtype=bool)
    for begin, end in parse_windows(profile["need.night"]):
        late |= (minute >= begin) & (minute < end)
    return late


def off_street(
    facilities: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    parking: gpd.GeoDataFrame,
    network: Network,
    crs: pyproj.CRS,
    profile: Profile,
) -> Supply:
    """
    Return the car parks off the street: of the extract, and of the study's own list.

    A capacity that nobody says is the car park's area by `need.area_per_space`, or `need.default_spaces` where only a
    point is known. Those closed to others (`need.closed`) count for nothing.
    """
    lots = facilities[(facilities["kind"] == "parking") & ~facilities["access"].isin(profile["need.closed"])]
    ground = pd.Series(
        shapely.area(metric_shapes(areas.geometry.to_numpy(), crs)), index=areas["facility_id"].to_numpy()
    )
    ground = ground[~ground.index.duplicated()].reindex(lots["facility_id"]).to_numpy(dtype=float)
    guess = np.floor(ground / float(profile["need.area_per_space"]))
    spaces = lots["capacity"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    spaces = np.where(np.isfinite(spaces), spaces, guess)
    listed = parking[parking["kind"] == "off_street"]
    own = listed["capacity"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    every = np.concatenate([spaces, own])
    every = np.where(np.isfinite(every), every, float(profile["need.default_spaces"]))
    night_only = np.concatenate([np.zeros(len(lots), dtype=bool), listed["night_only"].to_numpy(dtype=bool)])
    places = np.concatenate([lots.geometry.to_numpy(), shapely.centroid(listed.geometry.to_numpy())])
    if network.size == 0 or len(places) == 0:
        none = np.zeros(0)
        return Supply(Positions(none.astype(np.int64), none), dict.fromkeys(PERIODS, none))
    at, _ = snap(network, gpd.GeoSeries(places, crs=WGS84))
    return Supply(at, {"day": np.where(night_only, 0.0, every), "night": every})


def on_street(mapped: Mapped, parking: gpd.GeoDataFrame, cells: Cells) -> dict[Period, Floats]:
    """
    Return the spaces at the kerbs of each cell: mapped ones, and the ones of the study's list.

    Where a sign forbids parking in some hours, a mapped space counts by the share of the period's hours left.
    """
    there = ~mapped.listed
    # what a tag says of a whole side is spread over its cells
    cars_in = {period: mapped.cars_in(period)[there] for period in PERIODS}
    spots = {period: spread(mapped.from_m[there], mapped.to_m[there], cars_in[period]) for period in PERIODS}
    cell = cells.of(parking)
    listed = (parking["kind"] == "on_street").to_numpy()
    cars = parking["capacity"].fillna(1).to_numpy(dtype=float)
    night_only = parking["night_only"].to_numpy(dtype=bool)
    found: dict[Period, Floats] = {}
    for period in PERIODS:
        counted = listed & (~night_only if period == "day" else True)
        (at_m, parked), which = spots[period]
        spaces = cells.sums(cells.at(segment_of(mapped.kerb[there][which]), at_m), parked)
        found[period] = spaces + cells.sums(cell[counted], cars[counted])
    return found


def spread(from_m: Floats, to_m: Floats, cars: Floats) -> tuple[tuple[Floats, Floats], Integers]:
    """Return the cars of stretches at spots along them: their places and cars, and the number of each one's stretch."""
    counts = np.maximum(np.ceil((to_m - from_m) / _SPOT_M), 1).astype(np.int64)
    which, number = members(counts)
    share = (number + 0.5) / counts[which]
    return (from_m[which] + share * (to_m - from_m)[which], (cars / counts)[which]), which


def within_walk(network: Network, cells: Cells, places: Positions, targets: Integers, within_m: float) -> WalkReach:
    """Return the pairs of places and cells (`targets`) within a walk of each other."""
    if network.size == 0 or len(places.segment) == 0 or len(targets) == 0:
        none = np.zeros(0, dtype=np.int64)
        return WalkReach(none, none, none.astype(float))
    pairs = distances(network, places, cells.positions(targets), limit=within_m)
    cell = targets[pairs["target"].to_numpy(dtype=np.int64)]
    return WalkReach(pairs["start"].to_numpy(dtype=np.int64), cell, pairs["cost"].to_numpy(dtype=float))


def spaces_within(reach: WalkReach, spaces: Floats, cars: Floats) -> Floats:
    """
    Return the share of the spaces within a walk that falls to the cars of each cell, shape of `cars`.

    Each place shares its spaces among the cars within a walk of it; what a cell's cars get of all places in reach is
    added up: the two-step floating catchment area method (Luo and Wang 2003, doi:10.1068/b29120).
    """
    seeking = np.bincount(reach.place, weights=cars[reach.cell], minlength=len(spaces))
    each = np.divide(spaces, seeking, out=np.zeros(len(spaces)), where=seeking > 0)
    return np.asarray(cars * np.bincount(reach.cell, weights=each[reach.place], minlength=len(cars)))


def need_layer(
    streets: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    cells: Cells,
    cars: dict[Period, Floats],
    spaces: dict[Period, Floats],
    more: Mapping[str, NDArray[np.number]],
) -> gpd.GeoDataFrame:
    """
    Return the layer `parking_need`: the streets with demand and spaces along them.

    Parameters
    ----------
    streets, roads
        The study's layers.
    cells
        The pieces of `roads`.
    cars, spaces
        By period and cell.
    more
        Further sums by cell: `bays`, `relieved`.

    Returns
    -------
    need
        `street_id`, `tier`, `demand_*` (cars), `spaces_*` within a walk that fall to them, `pressure_*` (cars per
        space; none where there is no space), and `more`; the streets with cars or bays only.
    """
    table = pd.DataFrame({"street_id": roads["street_id"].to_numpy(dtype=object)[cells.row]})
    for period in PERIODS:
        table[f"demand_{period}"], table[f"spaces_{period}"] = cars[period], spaces[period]
    for name, values in more.items():
        table[name] = values
    sums = table.groupby("street_id", as_index=False).sum()
    sums = streets[["street_id", "tier", "geometry"]].merge(sums, on="street_id")
    for period in PERIODS:
        had = sums[f"spaces_{period}"] > 0
        sums[f"pressure_{period}"] = (sums[f"demand_{period}"] / sums[f"spaces_{period}"].where(had)).round(2)
        for what in ("demand", "spaces"):
            sums[f"{what}_{period}"] = sums[f"{what}_{period}"].round(1)
    some = (sums[["demand_day", "demand_night"]].sum(axis=1) > 0) | (sums["bays"] > 0)
    return conform_geo(gpd.GeoDataFrame(sums[some], geometry="geometry", crs=WGS84), "parking_need")
