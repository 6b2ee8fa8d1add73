"""Complaints, from and into the study file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.complaints.hot_streets import CROSS_VALIDATED, Moment
from geo.complaints.patrol_study import PATROLS, plan_patrols
from geo.complaints.study import HOTSPOTS, find_hotspots, response_of
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.points.imports import add_points
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.complaints import timeless_complaints


def test_hotspots_are_lixels_of_the_streets(study: Path) -> None:
    summary = find_hotspots(study)
    layer, roads = read_layer(study, "hotspots"), read_layer(study, "roads")
    assert set(layer["segment_id"]) == set(roads["segment_id"])
    assert (layer["to_m"] - layer["from_m"]).max() <= 25.01
    length = gpd.GeoDataFrame(layer, crs=WGS84).to_crs(Study(study).crs).length
    assert length.sum() == pytest.approx(roads["length_m"].sum(), rel=1e-3)
    # an event keeps its mass at junctions: the density adds up to the complaints, but for what runs out of the study
    mass = (layer["density"] / 1000 * (layer["to_m"] - layer["from_m"])).sum()
    assert 0.85 * summary["complaints"] < mass <= summary["complaints"] * 1.02
    assert layer["complaints"].sum() == summary["complaints"]
    hot = layer.drop_duplicates("segment_id")
    assert hot["hot"].sum() == summary["hot"] > 0
    assert (hot.loc[hot["hot"], "gi_z"] > 0).all()
    assert hot["p_value"].between(0, 1).all()
    names = {row["cluster"] for row in summary["clusters"]}
    assert names == set(hot["cluster"].dropna())
    assert all(row["complaints"] > row["expected"] and row["p_value"] <= 0.1 for row in summary["clusters"])
    assert sum(summary["emerging"].values()) == hot["emerging"].notna().sum()


def test_streets_that_are_high_come_first_and_streets_without_complaints_last(study: Path) -> None:
    summary = find_hotspots(study)
    layer = read_layer(study, "hotspots").drop_duplicates("segment_id")
    streets = summary["streets"]
    high = [row["high"] for row in streets]
    assert high == sorted(high, reverse=True)
    assert any(high)
    assert all(row["complaints"] > 0 for row in streets if row["high"])
    assert all(row["high"] or row["hot_neighbourhood"] for row in streets)
    rest = [row["complaints"] == 0 for row in streets if not row["high"]]
    assert rest == sorted(rest)
    assert {row["street_id"] for row in streets if row["hot_neighbourhood"]} == set(
        layer.loc[layer["hot"], "street_id"]
    )
    for row in streets:
        assert row["rate"] is not None
        assert row["rate_low"] <= row["rate"] <= row["rate_high"]  # type: ignore[operator]
        assert (row["hot_m"] > 0) == row["hot_neighbourhood"]
        if row["high"]:
            assert row["ratio_low"] is not None
            assert row["ratio_low"] > 1
    assert layer["high"].sum() == summary["high"]
    assert (layer["rate_low"] <= layer["rate"] + 1e-9).all()
    assert (layer["rate"] <= layer["rate_high"] + 1e-9).all()
    assert set(layer["change"].dropna()) <= {"worse", "better", "same"}
    change = summary["change"]
    assert (change["first_month"], change["last_month"], change["whole_months"]) == ("2025-01", "2025-12", 12)
    assert change["tested"] > 5
    spring = find_hotspots(study, months=("2025-03", "2025-05"))
    assert spring["worse"] == []
    assert "at least 6 are needed" in (spring["change"]["says"] or "")


@pytest.mark.slow
def test_the_scan_and_gi_look_at_one_category_or_some_months(study: Path) -> None:
    every = find_hotspots(study)["complaints"]
    one = find_hotspots(study, "noise" if every == 0 else "illegal_parking_motor")["complaints"]
    spring = find_hotspots(study, months=("2025-03", "2025-05"))["complaints"]
    assert 0 < one < every
    assert 0 < spring < every / 2
    with pytest.raises(StudyError, match="no complaints to analyse"):
        find_hotspots(study, "no such category")
    with pytest.raises(StudyError, match="footfall"):
        find_hotspots(study, exposure="footfall")
    assert find_hotspots(study, bandwidth_m=CROSS_VALIDATED)["bandwidth_m"] in (50, 100, 150, 200, 300, 400)


@pytest.mark.slow
def test_a_kernel_in_time_sees_what_was_near_then(study: Path) -> None:
    find_hotspots(study)
    whole = read_layer(study, "hotspots")["density"].sum()
    find_hotspots(study, when=Moment(pd.Timestamp("2025-06-15T00:00Z"), 30.0))
    near = read_layer(study, "hotspots")["density"].sum()
    assert 0.03 * whole < near < 0.2 * whole
    weights = Moment(pd.Timestamp("2025-06-15T00:00Z"), 10.0).weights(
        pd.Series(pd.to_datetime(["2025-06-15", "2025-06-20", "2025-06-26", None], utc=True)), "epanechnikov"
    )
    assert weights == pytest.approx([1.0, 0.75, 0.0, 0.0])


def test_what_was_found_is_dated(study: Path, profile: Profile, tmp_path: Path) -> None:
    assert HOTSPOTS.known(Study(study)).summary is None
    find_hotspots(study)
    plan_patrols(study, 5)
    assert HOTSPOTS.known(Study(study)).fresh
    assert PATROLS.known(Study(study)).fresh
    file = tmp_path / "more.csv"
    file.write_text("编号,类别,经度,纬度\n9001,违停,24.9405,60.1702\n", encoding="utf-8")
    add_points(study, file, "complaints", profile)
    assert not HOTSPOTS.known(Study(study)).fresh


def test_the_answers_add_up(study: Path) -> None:
    summary = response_of(study)
    complaints = read_layer(study, "complaints")
    share = summary["shares"]
    assert share is not None
    assert share["service"] + share["management"] + share["enforcement"] == pytest.approx(1)
    assert sum(row["answered"] for row in summary["by_month"]) == share["answered"] == len(complaints)
    assert sum(row["answered"] for row in summary["by_quarter"]) == len(complaints) - 3
    assert summary["without_place"]["cases"] == 3
    assert summary["left_out"]["by_quarter"] == {"no_place": 3}
    assert "shares" in summary["without_place"]["counted_in"]
    assert summary["hours"]["open"] + summary["hours"]["closed"] == len(complaints)
    assert sum(row["complaints"] for row in summary["channels"]) == len(complaints)
    assert len(summary["overdue"]) <= complaints["closed_at"].isna().sum()
    assert summary["measures"] == []


def test_a_study_without_complaints_says_so(sample: Inputs, tmp_path: Path) -> None:
    path = tmp_path / "bare.gpkg"
    build_study(path, Inputs(sample.osm))
    for work in (find_hotspots, response_of):
        with pytest.raises(StudyError, match="no"):
            work(path)
    # people can be sent round all the same: every street has to be walked
    assert np.isfinite(plan_patrols(path, 4)["balance"])


@pytest.mark.slow
def test_complaints_without_times_are_analysed_as_far_as_they_go(sample: Inputs, tmp_path: Path) -> None:
    path = tmp_path / "timeless.gpkg"
    build_study(path, Inputs(sample.osm, points={"complaints": timeless_complaints(tmp_path)}))
    found = find_hotspots(path)
    assert (found["complaints"], found["change"]["whole_months"], found["worse"]) == (12, 0, [])
    summary = response_of(path)
    assert (summary["until"], summary["shares"], summary["overdue"]) == (None, None, [])
    assert all(row["rate"] is None for row in summary["tiers"])
    assert plan_patrols(path, 3)["priorities"] == []
