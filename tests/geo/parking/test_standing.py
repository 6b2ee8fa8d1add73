"""Bays keep off sides where a sign or a tag forbids parking, at the hours of each."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from geo.core.opening_hours import DAY, parse_windows, week_of
from geo.kerbs.ground import KerbGround
from geo.kerbs.obstacles import AROUND, IN_LANE
from geo.kerbs.waterfall import waterfall
from geo.parking.bays import place_bays
from geo.parking.mapped import mapped_parking
from geo.parking.room import BayHours, BayRoom
from geo.parking.standing import SIGN_RULES, open_share
from geo.rules import Profile
from geo.rules.names import RULE_NAMES
from tests.support.drawn import CRS, layers_of, road


def ground_of(tags: dict[str, str], kind: str | None, profile: Profile, **more: Any) -> KerbGround:
    """Return a wide street of 200 m whose left side has tags in the words of the current scheme."""
    columns = {"parking_left": kind, "parking_left_tags": json.dumps(tags), "width_m": 14.0, **more}
    return KerbGround.of(layers_of([road([(0, 0), (200, 0)], **columns)]), CRS, profile)


def sides_with_bays(ground: KerbGround, profile: Profile, hours: BayHours) -> set[str]:
    return set(place_bays(BayRoom(ground, profile, hours))["side"])


BY_DAY = {"": "lane", "restriction:conditional": "no_parking @ (Mo-Fr 08:00-18:00)"}
BY_NIGHT = {"": "lane", "restriction:conditional": "no_stopping @ (22:00-06:00)"}
AT_NIGHT_ALLOWED = {"": "no", "restriction": "no_stopping", "restriction:conditional": "none @ (18:00-08:00)"}
SWEEPING = {"": "lane", "restriction:conditional": "no_parking @ (Tu,Th 08:00-11:00)"}


@pytest.mark.parametrize(
    ("tags", "kind", "all_day", "night"),
    [
        ({"": "lane"}, "parallel", True, True),
        ({"": "no"}, "none", False, False),
        ({"": "no", "restriction": "no_parking"}, "none", False, False),
        ({"restriction": "no_stopping"}, "none", False, False),
        (BY_DAY, "parallel", False, True),
        (AT_NIGHT_ALLOWED, "parallel", False, True),
        (BY_NIGHT, "parallel", False, False),
        (SWEEPING, "parallel", True, True),
        ({}, None, True, True),
    ],
)
def test_a_side_is_a_place_for_bays_at_the_hours_in_which_no_sign_forbids_it(
    tags: dict[str, str], kind: str | None, all_day: bool, night: bool, profile: Profile
) -> None:
    ground = ground_of(tags, kind, profile)
    hours: tuple[BayHours, ...] = ("all_day", "night")
    assert [("left" in sides_with_bays(ground, profile, each)) for each in hours] == [all_day, night]
    assert "right" in sides_with_bays(ground, profile, "all_day")


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({"": "no"}, "bay.on_tagged_no"),
        ({"": "no", "restriction": "no_parking"}, "bay.on_no_parking"),
        ({"": "lane", "access": "no"}, "bay.on_no_parking"),
        ({"": "no", "restriction": "no_standing"}, "bay.on_no_stopping"),
        (AT_NIGHT_ALLOWED, "bay.on_no_stopping"),
    ],
)
def test_the_rule_is_named_and_allows_bays_where_it_is_set(tags: dict[str, str], rule: str, profile: Profile) -> None:
    ground = ground_of(tags, "none", profile)
    room = BayRoom(ground, profile)
    left = np.array([True, False])
    taken = waterfall(room, 0, left).steps.set_index("rule")["metres"]
    assert taken[rule] == pytest.approx(200, abs=0.1)
    assert "left" in sides_with_bays(ground, profile.changed({rule: True}), "all_day")


def test_few_hours_of_the_week_are_a_rule(profile: Profile) -> None:
    ground = ground_of(SWEEPING, "parallel", profile)
    assert "left" not in sides_with_bays(ground, profile.changed({"bay.sign_hours": 5.9}), "all_day")
    assert "left" in sides_with_bays(ground, profile.changed({"bay.sign_hours": 6.0}), "all_day")


def test_a_side_without_tags_that_the_map_says_has_none_is_closed(profile: Profile) -> None:
    ground = KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=14.0, parking_left="none")]), CRS, profile)
    assert sides_with_bays(ground, profile, "all_day") == {"right"}


def test_spaces_count_by_the_hours_in_which_they_may_be_used(profile: Profile) -> None:
    mapped = mapped_parking(BayRoom(ground_of(BY_DAY, "parallel", profile), profile))
    cars = float(mapped.cars.sum())
    # of the hours of day the sign takes 50
    late = week_of(parse_windows(profile["need.night"]))
    day_hours = (~late).sum() / 60
    assert mapped.cars_in("day").sum() == pytest.approx(cars * (1 - 50 / day_hours))
    assert mapped.cars_in("night").sum() == pytest.approx(cars)


def test_the_share_of_open_hours_is_of_the_hours_that_are_asked(profile: Profile) -> None:
    roads = ground_of(BY_DAY, "parallel", profile).kerbs.roads
    monday = np.zeros(7 * DAY, dtype=bool)
    monday[:DAY] = True
    assert open_share(roads, monday).tolist() == pytest.approx([14 / 24, 1.0])


@pytest.mark.parametrize("kind", ["kerb_extension", "parking_obstacle"])
def test_a_kerb_extension_and_an_obstacle_in_the_parking_lane_take_kerb_of_their_side(
    kind: str, profile: Profile
) -> None:
    street = [road([(0, 0), (200, 0)], width_m=14.0)]
    for y, sides in ((6.0, {0}), (0.0, {0, 1})):
        ground = KerbGround.of(layers_of(street, [{"kind": kind, "x": 100, "y": y}]), CRS, profile)
        found = BayRoom(ground, profile).exclusions
        found = found.where(found.rule == f"clearance.{kind}")
        assert set(found.kerb.tolist()) == sides
        assert (found.to_m - found.from_m).max() == pytest.approx(2 * profile[f"clearance.{kind}"], abs=0.01)


def test_an_obstacle_with_grounds_takes_all_of_their_length(profile: Profile) -> None:
    item = {"kind": "parking_obstacle", "x": 100, "y": 6.0, "size_m": 12.0}
    ground = KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=14.0)], [item]), CRS, profile)
    found = BayRoom(ground, profile).exclusions
    found = found.where(found.rule == "clearance.parking_obstacle")
    assert (found.to_m - found.from_m).max() == pytest.approx(12 + 2 * profile["clearance.parking_obstacle"], abs=0.1)


def test_rules_of_signs_have_names() -> None:
    assert set(SIGN_RULES) <= set(RULE_NAMES)


def test_obstacles_in_the_parking_lane_are_no_conflict_of_places_for_stalls() -> None:
    assert not set(IN_LANE) & set(AROUND)
