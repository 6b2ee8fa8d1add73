"""Who may drive and stop with a car: the most specific tag, its conditions, the class of the way."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.core.opening_hours import parse_windows
from geo.rules import Profile
from geo.streets.car_access import closed_to_cars
from geo.streets.roads import make_roads
from geo.study.schema import conform_geo
from tests.support.ways import make_ways


def roads_of(profile: Profile, tags: dict[str, str]) -> gpd.GeoDataFrame:
    roads, _ = make_roads(make_ways([[(0, 0), (2, 0)]], [tags]), profile, Path("a.osm"))
    return conform_geo(roads, "roads")


@pytest.mark.parametrize(
    ("tags", "by_day", "at_night"),
    [
        ({}, True, True),
        ({"access": "no"}, False, False),
        ({"access": "private"}, False, False),
        ({"access": "destination"}, True, True),
        ({"access": "customers"}, False, False),
        ({"access": "no", "vehicle": "yes"}, True, True),
        ({"vehicle": "no"}, False, False),
        ({"motor_vehicle": "delivery"}, False, False),
        ({"motor_vehicle": "no", "motorcar": "yes"}, True, True),
        ({"motor_vehicle": "yes", "motorcar": "no"}, False, False),
        ({"motor_vehicle:conditional": "no @ (07:00-19:00)"}, False, True),
        ({"motor_vehicle:conditional": "no @ (Mo-Fr 07:30-09:00); no @ (Mo-Fr 16:30-18:30)"}, False, True),
        ({"motor_vehicle:conditional": "no @ (22:00-06:00)"}, False, False),
        ({"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (19:00-08:00)"}, False, True),
        ({"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (22:00-06:00)"}, False, False),
        ({"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (Sa,Su 19:00-08:00)"}, False, False),
        ({"motor_vehicle:conditional": "no @ (Su)"}, False, False),
        ({"motor_vehicle:conditional": "no @ (weight>3.5)"}, True, True),
        ({"access:conditional": "no @ (07:00-19:00)"}, False, True),
        ({"access:conditional": "no @ (07:00-19:00)", "motorcar": "yes"}, True, True),
        ({"access:conditional": "something nobody can read"}, True, True),
        ({"highway": "pedestrian"}, False, False),
        ({"highway": "pedestrian", "access": "yes"}, False, False),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, True, True),
        ({"highway": "pedestrian", "motor_vehicle:conditional": "yes @ (19:00-09:00)"}, False, True),
        ({"highway": "busway"}, False, False),
    ],
)  # fmt: skip
def test_bays_need_access_for_cars_at_their_hours(
    tags: dict[str, str], by_day: bool, at_night: bool, profile: Profile
) -> None:
    roads = roads_of(profile, {"highway": "residential", **tags})
    night = parse_windows(profile["need.night"])
    for windows, open_ in ((None, by_day), (night, at_night)):
        assert closed_to_cars(roads, profile["bay.access"], windows).tolist() == [not open_]


def test_a_study_of_before_goes_by_its_flag(profile: Profile) -> None:
    roads = roads_of(profile, {"highway": "residential"}).assign(car_access=None, car_access_at=None)
    for drive in (True, False):
        assert closed_to_cars(roads.assign(drive=drive), profile["bay.access"], None).tolist() == [not drive]


@pytest.mark.parametrize(
    ("tags", "left", "right"),
    [
        ({}, False, False),
        ({"cycleway:right:separation:left": "bollard"}, False, True),
        ({"cycleway:left:separation": "guard_rail;planter"}, True, False),
        ({"cycleway:both:separation": "fence"}, True, True),
        ({"cycleway:right:separation:left": "bollard", "oneway": "-1"}, True, False),
        ({"cycleway:right:separation:left": "dashed_line"}, False, False),
    ],
)
def test_barriers_beside_cycle_lanes_separate_a_side(
    tags: dict[str, str], left: bool, right: bool, profile: Profile
) -> None:
    road = roads_of(profile, {"highway": "residential", **tags}).iloc[0]
    assert (road["separated_left"], road["separated_right"]) == (left, right)


@pytest.mark.parametrize(
    ("tags", "level"),
    [({}, 0), ({"bridge": "yes"}, 1), ({"tunnel": "yes"}, -1), ({"layer": "2", "bridge": "yes"}, 2),
     ({"layer": "-1"}, -1), ({"layer": "up"}, 0), ({"layer": "999"}, 0), ({"bridge": "no"}, 0)],
)  # fmt: skip
def test_the_level_of_a_way(tags: dict[str, str], level: int, profile: Profile) -> None:
    assert roads_of(profile, {"highway": "residential", **tags})["level"].tolist() == [level]


def test_motor_roads_and_works_are_known(profile: Profile) -> None:
    road = roads_of(profile, {"highway": "primary", "motorroad": "yes", "construction": "minor"}).iloc[0]
    assert road["motorroad"]
    assert road["roadworks"]
    road = roads_of(profile, {"highway": "primary", "motorroad": "no", "construction": "no"}).iloc[0]
    assert not road["motorroad"]
    assert not road["roadworks"]
