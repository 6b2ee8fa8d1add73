"""Roads that carry neither stalls nor bays: by class, behind barriers, at works; by rules that a city changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.kerbs.ground import KerbGround
from geo.kerbs.road_kinds import ROAD_KINDS
from geo.kerbs.waterfall import waterfall
from geo.parking.room import BayRoom
from geo.parking.study import plan_bays
from geo.rules import Profile, load_profile
from geo.stalls.planning import make_plan
from geo.stalls.study import check_place, plan_stalls
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier, find_street
from tests.support.drawn import CRS, degrees, layers_of, road
from tests.support.extracts import grid, write_osm

KINDS: dict[str, dict[str, Any]] = {
    "motorways": {"highway": "motorway_link"},
    "trunk": {"highway": "trunk"},
    "links": {"highway": "secondary_link"},
    "motorroads": {"highway": "primary", "motorroad": True},
    "pedestrian": {"highway": "pedestrian"},
}
WORKS = {"roadworks": True}


def ground_of(profile: Profile, **columns: Any) -> KerbGround:
    return KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=14.0, **columns)]), CRS, profile)


@pytest.mark.parametrize("kind", ROAD_KINDS)
def test_a_class_carries_neither_until_a_rule_says_so(kind: str, profile: Profile) -> None:
    ground = ground_of(profile, **KINDS[kind])
    plan, room = make_plan(ground, profile), BayRoom(ground, profile)
    assert (len(plan.zones.kerb), len(room.zones.kerb)) == (0, 0)
    for each, rule in ((plan, f"stalls.on_{kind}"), (room, f"bay.on_{kind}")):
        steps = waterfall(each, 0).steps.set_index("rule")["metres"]
        assert steps[rule] > 0 or kind == "motorways", "a ramp is out as a ramp or as a motorway"
        assert rule in each.exclusions.rule
    allowed = profile.changed({f"{group}.on_{name}": True for group in ("stalls", "bay") for name in ROAD_KINDS})
    assert len(make_plan(ground, allowed).zones.kerb) == 2
    assert len(BayRoom(ground, allowed).zones.kerb) == 2


def test_displays_stand_on_pedestrian_streets_but_not_on_expressways(profile: Profile) -> None:
    for kind, runs in (("pedestrian", True), ("trunk", False)):
        plan = make_plan(ground_of(profile, **KINDS[kind]), profile, None, "display")
        assert bool((plan.free.value > 0).any()) is runs


def test_cars_let_into_a_pedestrian_street_may_stand_there_at_night_only(profile: Profile) -> None:
    ground = ground_of(profile, highway="pedestrian", car_access="yes")
    assert len(BayRoom(ground, profile, "all_day").zones.kerb) == 0
    assert len(BayRoom(ground, profile, "night").zones.kerb) == 2


def test_works_carry_neither(profile: Profile) -> None:
    ground = ground_of(profile, **WORKS)
    plan, room = make_plan(ground, profile), BayRoom(ground, profile)
    assert "stalls.at_works" in plan.exclusions.rule
    assert "bay.at_works" in room.exclusions.rule
    assert (len(plan.zones.kerb), len(room.zones.kerb)) == (0, 0)


def test_a_separated_side_has_no_bays_and_no_stalls_on_the_carriageway(profile: Profile) -> None:
    ground = ground_of(profile, separated_right=True)
    assert BayRoom(ground, profile).zones.kerb.tolist() == [0]
    assert make_plan(ground, profile).zones.kerb.tolist() == [0]
    wide = ground_of(profile, separated_right=True, pavement_m=5.0)
    assert make_plan(wide, profile).zones.kerb.tolist() == [0, 1], "stalls on the pavement are behind the barrier"
    allowed = profile.changed({"bay.beside_barriers": True})
    assert BayRoom(ground, allowed).zones.kerb.tolist() == [0, 1]


def test_a_railing_along_the_kerb_separates_and_a_fence_that_meets_it_does_not(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (200, 0)], width_m=14.0)])
    lines = [shapely.LineString([(50, 7.3), (110, 7.3)]), shapely.LineString([(150, 5), (150, 40)])]
    context = layers["context"]
    layers["context"] = (
        context.reindex(range(2)).assign(kind="barrier").set_geometry([degrees(x) for x in lines], crs=4326)
    )
    room = BayRoom(KerbGround.of(layers, CRS, profile), profile)
    taken = room.exclusions.where(room.exclusions.rule == "bay.beside_barriers")
    assert taken.kerb.tolist() == [0]
    assert np.allclose([taken.from_m[0], taken.to_m[0]], [50, 110], atol=0.5)


def town(folder: Path) -> Path:
    """A high street, an expressway, its ramp, a motor road and a pedestrian street, with a cross street."""
    nodes = grid(6)
    tags = [
        {"highway": "secondary", "name": "中华路", "width": "14"},
        {"highway": "trunk", "name": "快速路", "width": "20"},
        {"highway": "trunk_link", "name": "匝道", "width": "14"},
        {"highway": "primary", "name": "机场路", "width": "20", "motorroad": "yes"},
        {"highway": "pedestrian", "name": "步行街", "width": "14"},
        {"highway": "residential", "name": "背街", "width": "14"},
    ]
    ways = [(row + 1, [row * 6 + column for column in range(1, 7)], tags[row]) for row in range(6)]
    cross = {"highway": "residential", "name": "横街", "width": "12"}
    ways.append((70, [row * 6 + 3 for row in range(6)], cross))
    return write_osm(folder / "town.osm", nodes, ways)


def test_a_town_has_bays_and_zones_on_its_streets_only(tmp_path: Path) -> None:
    study = tmp_path / "town.gpkg"
    build_study(study, Inputs(town(tmp_path)))
    decide_tier(study, find_street(study, "快速路"), "secondary", "按管理要求定级")
    plan_stalls(study)
    summary = plan_bays(study, night=True)
    streets = read_layer(study, "streets").set_index("street_id")["name"]
    for layer in ("bays", "stall_zones"):
        assert set(read_layer(study, layer)["street_id"].map(streets)) == {"中华路", "背街", "横街"}
    taken = set(read_layer(study, "kerb_exclusions")["rule"])
    assert {"stalls.on_trunk", "stalls.on_links", "stalls.on_motorroads", "stalls.on_pedestrian"} <= taken
    lost = summary["metres_lost"]
    assert min(lost[f"bay.on_{kind}"] for kind in ("trunk", "links", "motorroads", "pedestrian")) > 100
    answer = check_place(study, 114.3537, 36.10107, dt.datetime(2026, 5, 1, 19)).as_dict()
    assert (answer["name"], answer["verdict"]) == ("快速路", "forbidden")
    rule = next(rule for rule in answer["rules"] if rule["id"] == "stalls.on_trunk")
    assert (rule["value"], rule["says"]) == (False, "forbids")
    assert rule["source"]

    rules = load_profile().changed({"stalls.on_trunk": True, "bay.on_trunk": True})
    plan_stalls(study, rules)
    plan_bays(study, rules)
    for layer in ("bays", "stall_zones"):
        assert "快速路" in set(read_layer(study, layer)["street_id"].map(streets))
