"""Demand for pitches: stalls by quarter, seats in zones, and places that stand in the way of them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.core.crs import to_degrees, to_metric
from geo.rules import Profile
from geo.stalls.demand import Demand
from tests.support.drawn import CRS, degrees, road
from tests.support.supply import places_of, plan_with, quarters_of, stalls_at, stalls_of


def test_places_of_a_study_are_told_apart_by_quarter() -> None:
    demand = Demand(quarters_of((0, -50, 100, 50), (100, -50, 200, 50)), stalls_of())
    places = [degrees(shapely.Point(x, 0)) for x in (20, 180, 230)]
    lonlat = np.array([[place.x, place.y] for place in places])
    # a place beyond all quarters belongs to the nearest
    assert demand.quarter_numbers(lonlat, CRS).tolist() == [0, 1, 1]
    assert not demand.by_stalls


def test_the_nearest_stall_is_as_far_as_the_crow_flies() -> None:
    demand = Demand(quarters_of(), stalls_of((0, 4), (100, 4)))
    origin = to_metric(np.array([[degrees(shapely.Point(0, 0)).x, degrees(shapely.Point(0, 0)).y]]), CRS)
    lonlat = to_degrees(origin + np.array([[40.0, 4.0]]), CRS)
    assert demand.metres_to_stalls(lonlat, CRS) == pytest.approx([40.0], abs=0.1)
    assert demand.by_stalls


def test_stalls_in_a_zone_have_seats_there(profile: Profile) -> None:
    lane = [road([(0, 0), (200, 0)])]
    plan, _ = plan_with(profile, places_of(), stalls_at([20.0, 30.0], y=4.0), lane)
    assert plan.demand is not None
    assert plan.demand.seats(plan).tolist() == [2, 0]
    road_of_none, _ = plan_with(profile, places_of(), stalls_at([20.0, 30.0]))
    assert road_of_none.demand is not None
    assert road_of_none.demand.seats(road_of_none).tolist() == []


def test_a_place_takes_its_pitches_of_the_nearest_zones(profile: Profile) -> None:
    lane = [road([(0, 0), (20, 0)])]
    plan, _ = plan_with(profile, places_of((shapely.Point(10, 4), {"pitches": 11})), stalls_at([]), lane)
    assert plan.demand is not None
    # eight pitches fit the nearer side; the rest is on the other
    assert plan.zones.pitches.tolist() == [8, 8]
    assert plan.demand.occupied(plan).tolist() == [8, 3]
