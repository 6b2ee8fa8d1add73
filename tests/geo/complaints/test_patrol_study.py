"""Patrols of the sample study: districts of even work, rounds that walk every graded street."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.complaints.patrol_study import plan_patrols
from geo.core.crs import WGS84
from geo.study.file import read_layer
from geo.study.reader import Study


def test_patrols_cover_every_graded_street(study: Path) -> None:
    summary = plan_patrols(study, 12)
    districts, rounds = read_layer(study, "patrol_districts"), read_layer(study, "patrol_rounds")
    roads = read_layer(study, "roads")
    walked = roads[roads["walk"] & (roads["tier"] != "unclassified")]
    assert len(districts) == len(rounds) == 12
    assert districts["length_m"].sum() >= walked["length_m"].sum() - 1
    assert summary["left_out"]["districts"] == {"no_place": 3}
    assert districts["complaints"].sum() == len(read_layer(study, "complaints")) - 3
    assert summary["balance"] == pytest.approx(districts["work"].max() / districts["work"].mean(), abs=0.01)
    assert summary["bound"] <= summary["balance"] <= 1.4
    metric = gpd.GeoDataFrame(rounds, crs=WGS84).to_crs(Study(study).crs)
    # a round walks every segment once or twice
    assert (metric.length <= rounds["length_m"] + 1).all()
    assert (2 * metric.length >= rounds["length_m"] - 1).mean() > 0.8
    assert all(row["to_hour"] - row["from_hour"] == 2 for row in summary["priorities"])
