"""Parking bays: the planner's cases, and what holds on every street."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.build import Inputs, build_study
from geo.complaints.study import response_of
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.kerbs.ground import KerbGround
from geo.kerbs.waterfall import waterfall
from geo.parking.bays import place_bays
from geo.parking.decisions import adopt_bays
from geo.parking.files import write_bays
from geo.parking.room import BAY_ORDER, BayRoom
from geo.parking.study import BayStudy, plan_bays
from geo.rules import Profile, load_profile
from geo.stalls.decisions import decide_zone
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.decisions import undo
from tests.conftest import ROOT
from tests.geo.stalls.test_plan import TIERS_OF
from tests.support.drawn import CRS, layers_of, road, study_street

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "bays.yaml").read_text(encoding="utf-8"))


def room_for(case: dict[str, Any], profile: Profile) -> BayRoom:
    layers = study_street(case)
    ground = KerbGround.of(layers, CRS, profile, case.get("drives_on", "right"))
    traffic = np.full(len(layers["roads"]), float(case.get("traffic", 0.0)))
    return BayRoom(ground, profile.changed(case.get("set", {})), case.get("hours", "all_day"), traffic)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any], profile: Profile) -> None:
    room = room_for(case, profile)
    bays = place_bays(room)
    expect = case["expect"]
    main = room.kerbs.roads["street_id"] == "s1"
    if "twin_at_m" in case["street"]:
        main &= room.kerbs.roads["segment_id"] == "1-0"
    mine = bays[bays["segment_id"].isin(room.kerbs.roads.loc[main, "segment_id"])]
    for number, side in enumerate(("left", "right")):
        if side in expect:
            assert (mine["side"] == side).sum() == expect[side], side
        if f"why_{side}" in expect:
            counted = np.zeros(len(room.kerbs), dtype=bool)
            counted[number::2] = main
            steps = waterfall(room, 0, counted).steps.set_index("rule")["metres"]
            assert steps.idxmax() == expect[f"why_{side}"]


def test_there_are_forty_cases_and_more() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


# ---- what holds of all bays ---------------------------------------------------------------------------------------


def assert_sound(room: BayRoom, bays: gpd.GeoDataFrame, crs: Any) -> None:
    """No two bays overlap, each lies within the carriageway side that it names, and none within a clearance."""
    shapes = bays.geometry.to_crs(crs).to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < two
    assert shapely.area(shapely.intersection(shapes[one[pairs]], shapes[two[pairs]])).max(initial=0.0) < 0.05
    row = {segment: number for number, segment in enumerate(room.kerbs.roads["segment_id"])}
    named = zip(bays["segment_id"], bays["side"], strict=True)
    kerb = np.array([2 * row[segment] + (side == "right") for segment, side in named], dtype=np.int64)
    lines = room.kerbs.lines[kerb // 2] if len(kerb) else np.zeros(0, dtype=object)
    # from the kerb to the carriageway's other kerb: on bends the inner corners lie a little closer
    far = shapely.hausdorff_distance(shapes, shapely.centroid(shapes)) if len(kerb) else np.zeros(0)
    away = shapely.distance(shapely.centroid(shapes), lines)
    assert (away <= room.kerbs.half_m[kerb] + 0.3).all()
    assert (far < 5.0).all()
    found = room.exclusions
    half = room.pitch_m / 2 - 0.02
    along = bays["offset_m"].to_numpy()
    span = (
        room.kerbs.centre_metres(kerb, room.kerbs.at_kerb(kerb, along) - half),
        room.kerbs.centre_metres(kerb, room.kerbs.at_kerb(kerb, along) + half),
    )
    for number in np.unique(kerb):
        mine = kerb == number
        here = found.kerb == number
        for begin, end in zip(found.from_m[here], found.to_m[here], strict=True):
            assert not ((span[0][mine] < end - 0.05) & (span[1][mine] > begin + 0.05)).any()


@pytest.mark.parametrize("name", ["neukolln.osm.pbf", "guixi.osm.pbf", "beijing_wudaokou.osm.pbf"])
@pytest.mark.parametrize("orientation", ["parallel", "angled_45", "perpendicular"])
def test_bays_on_real_streets_are_sound(
    name: str, orientation: str, shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    path = tmp_path / "study.gpkg"
    build_study(path, Inputs(shared(name)))
    study = BayStudy(Study(path), profile.changed({"bay.orientation": orientation}))
    for hours in ("all_day", "night"):
        room = study.room(hours)
        bays = place_bays(room, study.buildings)
        assert len(bays) <= room.zones.pitches.sum()
        assert_sound(room, bays, Study(path).crs)


streets = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.sampled_from(sorted(TIERS_OF)),
        st.sampled_from([5.5, 7.0, 9.0, 12.0, 18.0]),
        st.booleans(),
    ).filter(lambda street: street[0] != street[1]),
    min_size=1,
    max_size=7,
)
things = st.lists(
    st.tuples(
        st.sampled_from(["crossing", "bus_stop", "hydrant", "fuel", "signals", "level_crossing"]),
        st.integers(0, 250),
        st.integers(0, 250),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streets, things, st.sampled_from(["parallel", "angled_45", "angled_60", "perpendicular"]))
def test_bays_on_random_streets_are_sound(
    drawn: list[Any], standing: list[tuple[str, int, int]], orientation: str
) -> None:
    profile = load_profile().changed({"bay.orientation": orientation})
    rows = [
        road(
            [(x * 50.0, y * 50.0) for x, y in (one, two)],
            highway=highway,
            tier=TIERS_OF[highway],
            width_m=width,
            oneway=oneway,
            street_id=f"s{number % 3}",
        )
        for number, (one, two, highway, width, oneway) in enumerate(drawn)
    ]
    layers = layers_of(rows, [{"kind": kind, "x": float(x), "y": float(y)} for kind, x, y in standing])
    room = BayRoom(KerbGround.of(layers, CRS, profile), profile)
    assert_sound(room, place_bays(room), CRS)
    fall = waterfall(room, 0)
    assert fall.steps["metres"].sum() + fall.free_m == pytest.approx(fall.kerb_m, abs=1e-6)


CLEARANCES = ("clearance.crossing", "clearance.corner", "clearance.driveway", "clearance.signals", "clearance.bus_stop")


@pytest.mark.parametrize("rule", CLEARANCES)
def test_relaxing_a_rule_never_loses_bays_on_a_street_and_tightening_never_gains(
    rule: str, built: Path, profile: Profile
) -> None:
    # where both sides may be used, so that no street changes the side that it uses
    wide = {f"bay.min_carriageway_width.{name}": 0.0 for name in profile.group("bay.min_carriageway_width")}
    wide |= {"fire_lane.clear_width": 0.0, "bay.aisle.parallel": 0.0}
    base = BayStudy(Study(built), profile.changed(wide))
    counts = []
    for change in (-2.0, 0.0, 2.0, 5.0):
        tried = profile.changed({**wide, rule: max(profile[rule] + change, 0.0)})
        room = BayStudy(Study(built), tried, base.ground).room("all_day")
        street = room.street_ids(room.zones.kerb)
        counts.append(pd.Series(room.zones.pitches).groupby(street).sum())
    for looser, tighter in pairwise(counts):
        both = pd.DataFrame({"looser": looser, "tighter": tighter}).fillna(0)
        assert (both["looser"] >= both["tighter"]).all()


# ---- the study ----------------------------------------------------------------------------------------------------


def test_night_time_bays_stand_where_there_is_none_by_day(study: Path) -> None:
    summary = plan_bays(study, night=True)
    bays = read_layer(study, "bays")
    assert summary["bays"] == {hours: int((bays["hours"] == hours).sum()) for hours in ("all_day", "night")}
    assert bays["bay_id"].is_unique
    metric = bays.to_crs(Study(study).crs)
    day, night = (metric[metric["hours"] == hours].geometry.to_numpy() for hours in ("all_day", "night"))
    one, two = shapely.STRtree(day).query(night, predicate="intersects")
    assert shapely.area(shapely.intersection(night[one], day[two])).max(initial=0.0) < 0.05
    assert summary["capacity"]["all_day"]["low"] <= summary["capacity"]["all_day"]["likely"]
    assert summary["capacity"]["all_day"]["likely"] <= summary["capacity"]["all_day"]["high"]
    assert set(bays["width_source"]) <= {"tag", "lanes", "default", "mapped"}
    for text in {rule for rules in bays["rules"] for rule in rules.split(", ")}:
        assert text in load_profile().leaves


def test_an_accepted_zone_for_stalls_keeps_its_kerb(planned: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(planned, tmp_path / "plan.gpkg"))
    plan_bays(path)
    before, zones = read_layer(path, "bays"), read_layer(path, "stall_zones")
    shared = zones.merge(before[["segment_id", "side", "offset_m"]], on=["segment_id", "side"])
    shared = shared[(shared["offset_m"] > shared["from_m"]) & (shared["offset_m"] < shared["to_m"])]
    zone = shared["zone_id"].value_counts().idxmax()
    decide_zone(path, zone, True, "夜市")
    plan_bays(path)
    row = zones.set_index("zone_id").loc[zone]
    after = read_layer(path, "bays")
    mine = after[(after["segment_id"] == row["segment_id"]) & (after["side"] == row["side"])]
    assert not ((mine["offset_m"] > row["from_m"]) & (mine["offset_m"] < row["to_m"])).any()


def test_bays_on_chosen_streets_only(study: Path) -> None:
    plan_bays(study)
    street = read_layer(study, "bays")["street_id"].value_counts().idxmax()
    summary = plan_bays(study, street_ids=[street])
    assert set(read_layer(study, "bays")["street_id"]) == {street}
    assert summary["kerb_km"] < 5


def test_engineers_get_a_drawing_in_metres_and_a_schedule(study: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no bays"):
        write_bays(study, tmp_path / "bays.dxf")
    plan_bays(study, night=True)
    bays = read_layer(study, "bays")
    assert write_bays(study, tmp_path / "bays.dxf") == len(bays)
    drawing = pyogrio.read_dataframe(tmp_path / "bays.dxf")
    assert len(drawing) == len(bays)
    assert set(drawing["Layer"]) >= {"BAY_ALL_DAY_PARALLEL", "BAY_NIGHT_PARALLEL"}
    west, south, _, _ = gpd.GeoDataFrame(bays, crs=WGS84).to_crs(Study(study).crs).total_bounds
    assert drawing.total_bounds[:2] == pytest.approx([west, south], abs=0.01)
    assert "OpenStreetMap" in (tmp_path / "bays.dxf.credit.txt").read_text(encoding="utf-8")
    write_bays(study, tmp_path / "bays.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "bays.xlsx")["bays"]
    header = [cell.value for cell in sheet[1]]
    cells = [[row[header.index(name)].value for name in ("all_day", "night")] for row in list(sheet.rows)[1:]]
    counts = [int(str(day)) + int(str(night)) for day, night in cells]
    assert sum(counts) == len(bays)
    assert counts == sorted(counts, reverse=True)
    write_bays(study, tmp_path / "bays.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "bays.gpkg", layer="bays")) == len(bays)
    styles = pyogrio.read_dataframe(tmp_path / "bays.gpkg", layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["bays"]
    assert 'attr="hours"' in styles["styleQML"].iloc[0]


def test_every_rule_of_bays_is_a_parameter_or_a_decision(profile: Profile) -> None:
    assert {rule for rule in BAY_ORDER if rule != "decisions"} <= set(profile.leaves)


def test_bays_that_were_decided_on_are_a_measure(study: Path) -> None:
    plan_bays(study, budget=30)
    with pytest.raises(StudyError, match="reason"):
        adopt_bays(study, " ")
    assert read_layer(study, "decisions").empty
    decided = adopt_bays(study, "夜间停车难", "王")
    decisions, bays = read_layer(study, "decisions"), read_layer(study, "bays")
    assert decisions["decision_id"].tolist() == decided
    assert set(decisions["street_id"]) == set(bays["street_id"])
    assert set(decisions["kind"]) == {"bays"}
    assert {effect["decision_id"] for effect in response_of(study)["measures"]} == set(decided)
    undo(study, decided[0], "误判")
    assert decided[0] not in {effect["decision_id"] for effect in response_of(study)["measures"]}


def test_no_bays_are_no_decision(study: Path) -> None:
    with pytest.raises(StudyError, match="no bays"):
        adopt_bays(study, "夜间停车难")
