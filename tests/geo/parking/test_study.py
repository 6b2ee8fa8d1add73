"""Bays of the sample study: by day and at night, within a budget, on some streets, clear of accepted zones."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.core.crs import WGS84
from geo.parking.bays import place_bays
from geo.parking.room import BayRoom
from geo.parking.study import SPREADS, BayStudy, plan_bays
from geo.rules import load_profile
from geo.stalls.decisions import decide_zone
from geo.study.file import read_layer
from geo.study.reader import Study


def test_a_budget_chooses_bays_that_relieve(planned: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    path.write_bytes(planned.read_bytes())
    # a city of cars without spaces of their own
    rules = load_profile().changed({"need.own_space": 0.0, "need.within": 150.0, "need.kerb_share": 0.2})
    every = plan_bays(path, rules, night=True)
    assert "choice" not in every
    room = read_layer(path, "bays")
    summary = plan_bays(path, rules, night=True, budget=40)
    bays, found = read_layer(path, "bays"), summary["choice"]
    assert found["chosen"] == len(bays) == 40 == found["relieved"]
    assert set(bays["hours"]) == {"night"}
    assert (found["proven_gap"], found["period"]) == (0, "night")
    assert set(bays["bay_id"]) < set(room["bay_id"])
    assert not bays["mapped"].any(), "no bay where cars are parked already"
    assert bays["accessible"].sum() > 0
    need = read_layer(path, "parking_need")
    assert need["relieved"].sum() == 40
    assert need["bays"].sum() == 40
    kerbs = read_layer(path, "kerbs").groupby("street_id")["length_m"].sum()
    taken = bays.groupby("street_id").size() * 6.0
    assert (taken <= 0.2 * kerbs.reindex(taken.index) + 1e-6).all()
    some = need[need["spaces_night"] > 5]
    assert len(some) > 10
    assert np.allclose(some["pressure_night"], some["demand_night"] / some["spaces_night"], rtol=0.05, atol=0.02)


def test_nothing_is_chosen_where_everybody_finds_a_space(study: Path) -> None:
    rules = load_profile().changed({"need.own_space": 1.0, "need.cars_per_complaint": 0.001})
    summary = plan_bays(study, rules, budget=40)
    assert summary["choice"]["chosen"] == 0
    assert "every street has enough spaces" in str(summary["choice"]["nothing"])
    assert {street["why"] for street in summary["choice"]["streets"]} <= {"enough_spaces"}
    assert read_layer(study, "bays").empty


@pytest.mark.parametrize(("night", "hours"), [(True, "night"), (False, "all_day")])
def test_a_budget_counts_bays_of_its_hours_and_no_street_gets_more_than_it_lacks(
    night: bool, hours: str, planned: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(planned, tmp_path / "study.gpkg"))
    rules = load_profile().changed({"need.own_space": 0.5})
    summary = plan_bays(path, rules, night=night, budget=60)
    bays, choice = read_layer(path, "bays"), summary["choice"]
    assert set(bays["hours"]) == {hours}
    assert summary["bays"] == {"all_day": 0, "night": 0, hours: choice["chosen"]}
    assert 0 < len(bays) == choice["chosen"] <= 60
    assert choice["mean_walk_m"] > 0
    streets = {street["street_id"]: street for street in choice["streets"]}
    assert bays["street_id"].value_counts().to_dict() == {
        street_id: street["bays"] for street_id, street in streets.items() if street["bays"]
    }
    for street in streets.values():
        assert street["bays"] <= street["need"] <= street["cars"] + 1
        assert street["bays"] <= street["room"]
        assert street["need"] >= street["cars"] - street["spaces"] - 0.2
        if street["bays"] < street["need"]:
            assert street["why"] not in ("need_met", "enough_spaces")
    need = read_layer(path, "parking_need").set_index("street_id")
    period = "night" if night else "day"
    for street_id, street in streets.items():
        assert need.loc[street_id, f"demand_{period}"] == pytest.approx(street["cars"], abs=0.06)
        assert need.loc[street_id, f"spaces_{period}"] == pytest.approx(street["spaces"], abs=0.06)


def test_a_budget_keeps_to_the_chosen_streets(planned: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(planned, tmp_path / "study.gpkg"))
    rules = load_profile().changed({"need.own_space": 0.0, "need.within": 150.0})
    everywhere = [street for street in plan_bays(path, rules, budget=40)["choice"]["streets"] if street["bays"]]
    asked = [street["street_id"] for street in everywhere[1:3]]
    choice = plan_bays(path, rules, asked, budget=500)["choice"]
    assert {street["street_id"] for street in choice["streets"]} <= set(asked)
    assert set(read_layer(path, "bays")["street_id"]) <= set(asked)
    assert 0 < choice["chosen"] <= sum(street["need"] for street in choice["streets"])


@pytest.mark.parametrize("streets", [False, True])
def test_the_likely_capacity_is_the_rows_of_the_layer(streets: bool, study: Path) -> None:
    plan_bays(study)
    asked = read_layer(study, "bays")["street_id"].value_counts().index[:3].tolist() if streets else None
    summary = plan_bays(study, street_ids=asked, night=True)
    rows = read_layer(study, "bays")["hours"].value_counts()
    for hours in ("all_day", "night"):
        capacity = summary["capacity"][hours]
        assert capacity["low"] <= capacity["likely"] <= capacity["high"]
        assert capacity["likely"] == rows.get(hours, 0) == summary["bays"][hours]
    # the waterfall ends at the same number: what each rule takes of all bays that kerbs could hold, and the rest
    assert summary["bays_lost"].get("bay.overlaps", 0) >= 0


def test_chosen_bays_keep_clear_of_accepted_zones(planned: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    path.write_bytes(planned.read_bytes())
    rules = load_profile().changed({"need.own_space": 0.0})
    plan_bays(path, rules, budget=60)
    bays, zones = read_layer(path, "bays"), read_layer(path, "stall_zones")
    over = gpd.GeoDataFrame(zones, crs=WGS84).to_crs(Study(path).crs)
    over["geometry"] = over.geometry.buffer(1.0)
    hit = gpd.sjoin(over, gpd.GeoDataFrame(bays, crs=WGS84).to_crs(over.crs), predicate="intersects")
    zone = hit["zone_id"].iloc[0]
    decide_zone(path, zone, True, "夜市")
    plan_bays(path, rules, budget=60)
    after = gpd.GeoDataFrame(read_layer(path, "bays"), crs=WGS84).to_crs(over.crs)
    line = over.loc[over["zone_id"] == zone].geometry.iloc[0].buffer(-0.5)
    assert not after.geometry.buffer(-0.2).intersects(line).any()


def test_capacity_is_known_by_quarter(study: Path) -> None:
    summary = plan_bays(study)
    bays, quarters = read_layer(study, "bays"), read_layer(study, "quarters")
    assert sum(summary["per_quarter"].values()) == len(bays)
    assert set(bays["quarter_id"]) <= set(quarters["quarter_id"])


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


@pytest.mark.parametrize("orientation", ["parallel", "angled_45"])
def test_bays_of_several_rooms_at_once_are_those_of_each_alone(orientation: str, built: Path) -> None:
    profile = load_profile().changed({"bay.orientation": orientation})
    study = BayStudy(Study(built), profile)
    study.fit(["night"], SPREADS.values())
    for off in SPREADS.values():
        widths = np.where(study._guessed, 1 + off * float(profile["roads.width.spread"]), 1.0)
        placed = {}
        for hours in ("all_day", "night"):
            alone = BayRoom(study.ground, profile, hours, study._traffic, study._rails, study._kept, widths)
            assert all(
                np.array_equal(one, two, equal_nan=one.dtype == float)
                for one, two in zip(alone.standing, study.room("all_day").standing, strict=True)
            )
            placed[hours] = place_bays(alone, study.buildings)
            assert study.placed(hours, off).equals(placed[hours][study.placed(hours, off).columns])
        assert len(study.fitted("all_day", off).kerb) == len(placed["all_day"])
        alone = placed["night"][clear_of(placed["all_day"], placed["night"])]
        late = study.fitted("night", off)
        assert np.array_equal(late.kerb, study.ground.kerbs.of(alone))
        assert late.accessible.tolist() == alone["accessible"].tolist()


def clear_of(first: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> np.ndarray:
    """Return whether each of the others shares no more than a thousandth of its ground with any of the first."""
    one, two = shapely.STRtree(first.geometry.to_numpy()).query(others.geometry.to_numpy(), predicate="intersects")
    shapes = others.geometry.to_numpy()[one]
    shared = shapely.area(shapely.intersection(shapes, first.geometry.to_numpy()[two])) / shapely.area(shapes)
    return ~np.isin(np.arange(len(others)), one[shared > 1e-3])
