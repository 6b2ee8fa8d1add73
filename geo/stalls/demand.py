"""Demand for pitches: a study's stalls by quarter, and the places that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.core.arrays import Floats, Integers
from geo.core.crs import to_degrees, to_metric
from geo.stalls.positions import KerbPositions, stretch_holding
from geo.streets.quarters import quarter_of
from geo.study.reader import Study
from geo.study.results import MadeOf

if TYPE_CHECKING:
    from geo.stalls.plan import Plan

DEMAND: Final = MadeOf(layers=("vendors", "quarters", "places"), rules=("stalls", "kerb"))
"""The inputs of the demand for pitches."""


def read_demand(study: Study) -> Demand:
    """Return the demand for pitches of a study."""
    return Demand(study.layer("quarters"), study.layer("vendors"), study.layer("places"))


@dataclass(frozen=True)
class Demand:
    """
    The demand for pitches.

    Attributes
    ----------
    quarters
        The study's layer; without any, the study is one quarter.
    stalls
        The study's stalls, located.
    places
        The places for stalls that the city has, located; None for none.
    """

    quarters: gpd.GeoDataFrame
    stalls: gpd.GeoDataFrame
    places: gpd.GeoDataFrame | None = None

    @property
    def by_stalls(self) -> bool:
        """Whether the study has stalls to count."""
        return len(self.stalls) > 0

    def quarter_numbers(self, lonlat: Floats, crs: pyproj.CRS) -> Integers:
        """Return the row of `table` that each place, shape (k, 2), lies in."""
        if len(self.quarters) == 0:
            return np.zeros(len(lonlat), dtype=np.int64)
        found = quarter_of(lonlat, self.quarters, crs)
        return np.asarray(pd.Index(self.quarters["quarter_id"]).get_indexer(pd.Index(found)))

    def table(self, plan: Plan, frontage_m: Floats) -> pd.DataFrame:
        """
        Return a row per quarter: `quarter_id`, `name`, `frontage_m`, `stalls`, `existing`.

        Parameters
        ----------
        plan
            Of the study.
        frontage_m
            Shape (2 n,): metres of each of its kerbs that may front something.
        """
        kerbs = plan.kerbs
        if len(self.quarters) == 0:
            rows = pd.DataFrame({"quarter_id": [None], "name": [None]})
        else:
            rows = pd.DataFrame(self.quarters[["quarter_id", "name"]]).reset_index(drop=True)
        kerb = np.arange(len(kerbs))
        middle = to_degrees(kerbs.points(kerb, kerbs.length_m / 2), kerbs.crs)
        size = len(rows)
        rows["frontage_m"] = np.bincount(self.quarter_numbers(middle, kerbs.crs), frontage_m, minlength=size)
        stand = self.stalls.get_coordinates().to_numpy()
        rows["stalls"] = np.bincount(self.quarter_numbers(stand, kerbs.crs), minlength=size)
        places = plan.places
        quarter = self.quarter_numbers(to_degrees(places.middle, kerbs.crs), kerbs.crs)
        rows["existing"] = np.bincount(quarter, places.pitches, minlength=size).astype(np.int64)
        return rows

    def seats(self, plan: Plan) -> Integers:
        """Return how many stalls stand in each zone of a plan."""
        kerbs, zones = plan.kerbs, plan.zones
        rows = self.stalls[self.stalls["segment_id"].isin(kerbs.row_of.index)]
        if len(rows) == 0 or len(zones.kerb) == 0:
            return np.zeros(len(zones.kerb), dtype=np.int64)
        kerb = kerbs.of(rows)
        near = rows["distance_m"].to_numpy(dtype=float) - kerbs.half_m[kerb] <= float(plan.profile["kerb.asked_within"])
        kerb, offset_m = kerb[near], rows["offset_m"].to_numpy(dtype=float)[near]
        along = np.clip(offset_m, kerbs.from_m[kerb], np.maximum(kerbs.to_m, kerbs.from_m)[kerb])
        asked = KerbPositions(kerb, along, np.zeros(len(kerb)))
        run = stretch_holding(plan.free.kerb, plan.free.from_m, asked)
        zone = plan.zone_at(run, plan.slots.mask(plan.trading))
        return np.bincount(zone[zone >= 0], minlength=len(zones.kerb))

    def occupied(self, plan: Plan) -> Integers:
        """
        Return how many pitches of each zone of a plan stand where a place is that the city has.

        A place takes its pitches of the zones within `stalls.place.within`, the nearest first.
        """
        zones, places = plan.zones, plan.places
        result = np.zeros(len(zones.kerb), dtype=np.int64)
        if len(places) == 0 or len(result) == 0:
            return result
        lines = plan.kerbs.stretches(zones.kerb, zones.from_m, zones.to_m)
        within = float(plan.profile["stalls.place.within"])
        place, zone = shapely.STRtree(lines).query(places.shapes, predicate="dwithin", distance=within)
        away = shapely.distance(places.shapes[place], lines[zone])
        order = np.lexsort((zone, away, place))
        place, zone = place[order], zone[order]
        for number in np.unique(place):  # places of a city: few
            mine = zone[place == number]
            free = zones.pitches[mine] - result[mine]
            before = np.cumsum(free) - free
            result[mine] += np.clip(places.pitches[number] - before, 0, free)
        return result

    def metres_to_stalls(self, lonlat: Floats, crs: pyproj.CRS) -> Floats:
        """Return how far the nearest stall is from places, as the crow flies; 0 where the study has none."""
        result = np.zeros(len(lonlat))
        if not self.by_stalls or len(lonlat) == 0:
            return result
        tree = shapely.STRtree(shapely.points(to_metric(self.stalls.get_coordinates().to_numpy(), crs)))
        places = shapely.points(to_metric(lonlat, crs))
        (place, _), metres = tree.query_nearest(places, all_matches=False, return_distance=True)
        result[place] = metres
        return result
