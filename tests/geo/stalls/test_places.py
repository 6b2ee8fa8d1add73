"""Places that a city has: supply for vendors, checked against the rules, and no reason to plan more."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.network.graph import walking
from geo.points.imports import add_points
from geo.points.reading import Options
from geo.rules import Profile
from geo.stalls.judging import judge
from geo.stalls.places import conflicts_of
from geo.stalls.plan import Plan
from geo.stalls.relocation import Guidance, guide
from geo.stalls.study import check_place, guide_stalls, plan_stalls
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS, check
from geo.study.file import read_layer
from tests.support.drawn import CRS, degrees, road
from tests.support.plans import moment
from tests.support.supply import places_of, plan_with, stalls_at


def guided(plan: Plan, layers: dict[str, gpd.GeoDataFrame], stalls: gpd.GeoDataFrame) -> Guidance:
    return guide(
        plan, judge(plan, stalls), stalls, layers["facilities"], walking(layers["roads"], layers["paths"], CRS)
    )


def test_vendors_go_to_the_citys_own_place_and_no_more_than_it_takes(profile: Profile) -> None:
    # a demonstration road without zones, and a yard beside it with three pitches
    stalls = stalls_at([20.0, 30.0, 40.0, 50.0])
    yard = places_of((shapely.box(150, 40, 170, 60), {"pitches": 3, "goods": "水果、蔬菜"}))
    plan, layers = plan_with(profile, yard, stalls)
    moves = guided(plan, layers, stalls).moves
    assert moves["to_kind"].value_counts().to_dict() == {"place": 3, "none": 1}
    assert set(moves.loc[moves["to_kind"] == "place", "to_id"]) == {"P1"}
    assert moves.loc[moves["to_kind"] == "none", "reason"].tolist() == ["no_room"]


@pytest.mark.parametrize(
    ("sold", "place", "to"),
    [
        ("水果", "小吃", "none"),
        ("水果", None, "place"),
        ("古玩", "小吃", "place"),
        ("卤味", None, "none"),
        ("卤味", "熟食、卤味", "place"),
    ],
)
def test_goods_decide_who_goes_there(profile: Profile, sold: str, place: str | None, to: str) -> None:
    stalls = stalls_at([20.0], sold)
    plan, layers = plan_with(profile, places_of((shapely.Point(60, 30), {"pitches": 3, "goods": place})), stalls)
    assert guided(plan, layers, stalls).moves["to_kind"].tolist() == [to]


def test_a_place_that_is_closed_in_trading_hours_takes_nobody(profile: Profile) -> None:
    stalls = stalls_at([20.0])
    early = places_of((shapely.Point(60, 30), {"pitches": 3, "hours": "Mo-Su 05:00-09:00"}))
    plan, layers = plan_with(profile, early, stalls)
    assert guided(plan, layers, stalls).moves["to_kind"].tolist() == ["none"]


def test_who_stands_in_a_place_may_stay_as_far_as_it_has_pitches(profile: Profile) -> None:
    stalls = stalls_at([100.0, 101.0, 20.0])
    plan, layers = plan_with(profile, places_of((shapely.Point(100, 8), {"pitches": 1})), stalls)
    judged = judge(plan, stalls)
    assert judged.verdict.tolist() == [ALLOWED, ALLOWED, FORBIDDEN]
    assert judged.reasons.tolist()[:2] == ["stall_places"] * 2
    assert judged.place.tolist() == [0, 0, -1]
    moves = guided(plan, layers, stalls).moves.set_index("stall_id")
    assert moves["reason"].to_dict() == {"T1": "no_room", "T2": "no_room"}
    early = places_of((shapely.Point(100, 8), {"pitches": 5, "hours": "Mo-Su 05:00-09:00"}))
    morning, _ = plan_with(profile, early, stalls)
    assert judge(morning, stalls).verdict.tolist() == [OTHER_HOURS, OTHER_HOURS, FORBIDDEN]


def test_an_area_takes_pitches_by_its_room_and_a_stretch_by_its_rows(profile: Profile) -> None:
    square, line, point = shapely.box(0, 40, 30.1, 60), shapely.LineString([(0, 30), (60, 30)]), shapely.Point(90, 30)
    plan, _ = plan_with(
        profile, places_of((square, {}), (line, {}), (point, {}), (square, {"pitches": 12})), stalls_at([])
    )
    # 600 m², seven tenths of it at 2.5 m by 3 m each; 60 m are two rows of ten and one of two
    assert plan.places.pitches.tolist() == [56, 22, profile["stalls.place.pitches"], 12]


def test_conflicts_are_named_and_the_place_is_kept(profile: Profile) -> None:
    school = [{"kind": "school", "x": 100.0, "y": 80.0, "size_m": 20.0}]
    places = places_of(
        (shapely.Point(100, 30), {"hours": "Mo-Su 06:00-09:00"}),  # 40 m from the school's grounds, as pupils arrive
        (shapely.Point(100, 30), {"hours": "Sa-Su 06:00-09:00"}),
        (shapely.Point(20, 6), {}),  # on a demonstration road
        (shapely.box(0, 40, 10, 50), {"pitches": 90}),  # 100 m² for ninety
        (shapely.Point(20, 45), {}),
    )
    plan, _ = plan_with(profile, places, stalls_at([]), things=school)
    found = conflicts_of(plan, plan.places)
    by_place = found.groupby("place")["rule"].agg(set).to_dict()
    assert by_place[0] >= {"clearance.school"}
    assert "clearance.school" not in by_place.get(1, set())
    assert by_place[2] == {"stalls.stance.demonstration"}
    assert by_place[3] == {"stalls.area.usable"}
    assert 4 not in by_place
    assert found.loc[found["rule"] == "clearance.school", "cause_id"].tolist() == ["node/1"]


def test_a_place_is_supply_so_that_fewer_zones_are_needed(profile: Profile) -> None:
    lane = [road([(0, 0), (200, 0)])]
    stalls = stalls_at([20.0, 30.0, 40.0, 50.0, 60.0], y=4.0)
    without, _ = plan_with(profile, places_of(), stalls, lane)
    far = places_of((shapely.box(90, 100, 110, 120), {"pitches": 4}))
    beside, _ = plan_with(profile, far, stalls, lane)
    assert (without.supply.likely.sum(), beside.supply.likely.sum()) == (6, 2)
    # a place on the kerb takes its pitches of the zone that it lies along
    along, _ = plan_with(profile, places_of((shapely.Point(100, 4), {"pitches": 4})), stalls, lane)
    assert along.supply.taken["existing_places"] == 4
    assert (along.supply.high + np.array([4, 0]) <= along.supply.in_rows).all()


def test_a_place_off_the_street_is_answered_in_its_hours(profile: Profile) -> None:
    yard = places_of((shapely.box(150, 60, 170, 80), {"name": "夜市", "pitches": 3, "hours": "Mo-Su 18:00-02:00"}))
    plan, layers = plan_with(profile, yard, stalls_at([]))
    at = degrees(shapely.Point(160, 70))
    network = walking(layers["roads"], layers["paths"], CRS)

    def verdict(time: str) -> str:
        return check(plan, at.x, at.y, moment(time), lambda: network).verdict

    assert [verdict(time) for time in ("Mo 19:00", "Mo 01:00", "Mo 12:00")] == [ALLOWED, ALLOWED, OTHER_HOURS]
    found = check(plan, at.x, at.y, moment("Mo 12:00"), lambda: network)
    assert found.place is not None
    assert (found.place["name"], found.place["pitches"]) == ("夜市", 3)
    (own,) = [rule for rule in found.rules if rule["id"] == "stall_places"]
    assert (own["says"], own["cause_id"], own["status"]) == ("allows", "P1", "sourced")
    # from the road, the place is the nearest one
    street = degrees(shapely.Point(100, 6))
    there = check(plan, street.x, street.y, moment("Mo 19:00"), lambda: network).nearest
    assert there is not None
    assert (there["place_id"], there["zone_id"], there["name"]) == ("P1", None, "夜市")


def test_hours_that_another_program_wrote_are_at_all_hours(profile: Profile) -> None:
    plan, _ = plan_with(profile, places_of((shapely.Point(60, 30), {"hours": "sunrise-sunset"})), stalls_at([]))
    assert plan.places.open_in(plan.trading).tolist() == [True]


@pytest.mark.slow
def test_the_sample_with_a_place_of_its_own(study: Path, profile: Profile, tmp_path: Path) -> None:
    first = plan_stalls(study)
    stalls = read_layer(study, "stalls")
    where = stalls.loc[stalls["verdict"] == "forbidden"].geometry.iloc[0]
    table = {"编号": ["G1"], "名称": ["便民疏导点"], "摊位数": [6]}
    square = where.buffer(0.0002, cap_style="square")
    file = tmp_path / "a.geojson"
    gpd.GeoDataFrame(table, geometry=[square], crs=4326).to_file(file, driver="GeoJSON")
    add_points(study, file, "stall_places", profile, Options(crs="WGS84"))
    guide_stalls(study)
    again = plan_stalls(study)
    assert again["stall_places"]["places"] == 1
    assert again["stalls"]["forbidden"] < first["stalls"]["forbidden"]
    assert again["demand"]["existing"] == 6
    assert again["pitches"]["likely"] < first["pitches"]["likely"]
    found = guide_stalls(study)
    sent = found.moves["to_id"].value_counts()
    assert sent.get("G1", 0) <= 6
    answer = check_place(study, where.x, where.y)
    assert answer.verdict == ALLOWED
    assert answer.place is not None
    assert answer.place["place_id"] == "G1"
