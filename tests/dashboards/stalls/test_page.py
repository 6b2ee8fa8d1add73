"""The page Stalls answers from the study: zones at an hour, what if, who goes where, which step is due."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pytest

from geo.points.imports import add_points
from geo.points.reading import Options
from geo.rules import Profile, load_profile
from geo.stalls.study import plan_stalls
from geo.study.file import read_layer
from tests.conftest import is_fresh
from tests.support.pages import Serve, figures, labelled, opened


@pytest.fixture
def plan(planned: Path, tmp_path: Path, served: Serve) -> Path:
    """A copy of the sample study with its zones, which the pages show."""
    path = Path(shutil.copy(planned, tmp_path / "plan.gpkg"))
    served(path)
    return path


@pytest.mark.parametrize(("language", "label"), [("zh", "此刻可设摊位"), ("en", "Pitches at this hour")])
def test_the_hour_decides_what_is_open(language: str, label: str, plan: Path) -> None:
    zones = read_layer(plan, "stall_zones")
    evening = figures(opened("stalls", language))[label]
    afternoon = figures(opened("stalls", language, {"at": "workday-15:00"}))[label]
    night = figures(opened("stalls", language, {"at": "restday-23:30"}))[label]
    assert evening == f"{zones['pitches'].sum():,}"
    assert afternoon == f"{zones.loc[zones['tier'] == 'back_street', 'pitches'].sum():,}"
    assert night == "0"


def test_the_nights_of_a_weekend_are_asked_for_by_their_days(plan: Path) -> None:
    def pitches(at: str) -> str:
        page = opened("stalls", "en", {"at": at})
        assert not page.exception
        return figures(page)["Pitches at this hour"]

    assert pitches("monday-15:00") == pitches("workday-15:00"), "without such nights Monday is a working day"
    nights = load_profile().changed({"stalls.hours.back_street": ["Sa-Su 18:00-02:00"]})
    plan_stalls(plan, nights)
    assert pitches("saturday-01:00") == pitches("workday-01:00") == "0"
    assert pitches("restday-01:00") == pitches("monday-01:00") != "0"


def test_a_study_without_a_plan_offers_to_make_one(study: Path, served: Serve) -> None:
    served(study)
    page = opened("stalls")
    labelled(page.button, "Compute kerbs, zones and verdicts").click().run()
    assert not page.exception
    assert is_fresh(study)
    assert "Pitches at this hour" in figures(page)


def test_a_place_is_answered_and_its_zone_rejected(plan: Path) -> None:
    zones = read_layer(plan, "stall_zones")
    zone = zones.loc[zones["length_m"].idxmax()]
    middle = zone.geometry.interpolate(0.5, normalized=True)
    page = opened("stalls")
    page.session_state["asked_place"] = (middle.x, middle.y)
    page.run()
    texts = "\n".join(text.value for text in page.text)
    assert f"Zone {zone['zone_id']}: {zone['pitches']} pitches" in texts
    assert "✓" in texts
    reasons = [field for field in page.text_input if field.label == "Reason"]
    reasons[0].input("tactile paving")
    labelled(page.button, "Reject").click().run()
    assert not page.exception
    assert zone["zone_id"] not in set(read_layer(plan, "stall_zones")["zone_id"])
    assert is_fresh(plan), "a small study is planned anew at once"
    texts = "\n".join(text.value for text in page.text)
    assert "tactile paving" in texts, "the answer names the decision's reason"


def test_a_wider_clearance_loses_pitches_and_can_be_made_the_rule(plan: Path) -> None:
    page = opened("stalls")
    label = "Pitches that fit at this hour"
    before = int(read_layer(plan, "stall_zones")["pitches_geometric"].sum())
    labelled(page.number_input, "Pedestrian crossing (m)").set_value(15.0).run()
    assert not page.exception
    (metric,) = [metric for metric in page.metric if metric.label == label]
    then = int(metric.value.replace(",", ""))
    assert then < before
    assert metric.delta == f"{then - before:+,}"
    labelled(page.button, "Save as the study's rules").click().run()
    assert not page.exception
    zones = read_layer(plan, "stall_zones")
    assert zones["pitches_geometric"].sum() == then
    assert int(figures(page)["Pitches at this hour"].replace(",", "")) == zones["pitches"].sum()


def test_hours_that_are_none_are_refused_with_a_remedy(plan: Path) -> None:
    page = opened("stalls")
    labelled(page.multiselect, "Rules to try").set_value(["stalls.hours.back_street"]).run()
    labelled(page.text_input, "Back street: hours").input("whenever").run()
    assert not page.exception
    assert any("impossible" in text.value for text in page.text)


def test_the_first_figure_is_what_demand_and_rules_leave(plan: Path) -> None:
    zones = read_layer(plan, "stall_zones")
    page = opened("stalls")
    assert int(figures(page)["Pitches at this hour"]) == zones["pitches"].sum() < len(zones)
    captions = "\n".join(caption.value for caption in page.caption)
    assert f"{zones['pitches_geometric'].sum():,} pitches fit the kerb" in captions
    assert "demand in the quarter" in captions


def test_the_citys_own_places_are_listed_with_their_conflicts(plan: Path, profile: Profile, tmp_path: Path) -> None:
    assert any("no existing places" in caption.value for caption in opened("stalls").caption)
    streets = read_layer(plan, "streets")
    line = streets[streets["tier"] == "demonstration"].geometry.iloc[0].geoms[0]
    place = gpd.GeoDataFrame(
        {"编号": ["G1"], "名称": ["便民夜市"], "摊位数": [6], "管理单位": ["街道办"]},
        geometry=[line.interpolate(0.5, normalized=True)],
        crs=4326,
    )
    place.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    add_points(plan, tmp_path / "a.geojson", "stall_places", profile, Options(crs="WGS84"))
    plan_stalls(plan)
    page = opened("stalls")
    assert not page.exception
    (table,) = [frame.value for frame in page.dataframe if "In conflict with" in frame.value.columns]
    assert table["Name"].tolist() == ["便民夜市"]
    assert "Demonstration road" in table["In conflict with"].iloc[0]
    page.session_state["asked_place"] = (place.geometry.iloc[0].x, place.geometry.iloc[0].y)
    page.run()
    assert not page.exception
    assert any("Existing place 便民夜市: 6 pitches" in text.value for text in page.text)


def test_every_stall_in_the_way_finds_a_place(plan: Path) -> None:
    page = opened("stalls")
    labelled(page.button, "Relocate the stalls in the way").click().run()
    assert not page.exception
    assert any("no assignment is shorter by more than 0.000 m" in text.value for text in page.text)
    assert len(read_layer(plan, "moves")) > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_runs_on_a_study_without_points(language: str, bare: Path, tmp_path: Path, served: Serve) -> None:
    served(Path(shutil.copy(bare, tmp_path / "bare.gpkg")))
    page = opened("stalls", language)
    page.button[0].click().run()
    assert not page.exception
    assert len(page.metric) == 4
