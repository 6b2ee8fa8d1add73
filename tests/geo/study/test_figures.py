"""A study's figures add up."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.build import Inputs, build_study
from geo.study.figures import info


def test_figures_add_up(built: Path) -> None:
    figures = info(built)
    roads = gpd.read_file(built, layer="roads")
    total = roads["length_m"].sum() / 1000
    assert sum(figures["streets_km"]["tier"].values()) == pytest.approx(total, abs=0.01)
    assert sum(figures["streets_km"]["tier_source"].values()) == pytest.approx(total, abs=0.01)
    assert sum(row["complaints"] for row in figures["per_tier"].values()) == 597
    assert figures["layers"]["complaints"] == 600
    assert figures["left_out"] == {"complaints": {"no_place": 3}}, "cases without a place are of no tier"
    assert figures["synthetic"] == {"complaints": 600, "stalls": 90, "parking": 36}
    assert figures["metric_crs"] == "EPSG:32635"
    assert str(figures["osm_date"]).startswith("2019-04-17")
    assert figures["profile"]["name"] == "china"
    assert figures["findings"]["streets"] == 2  # the misspelt street and the tier that does not exist
    assert "OpenStreetMap" in figures["credit"]


def test_chinese_studies_measure_in_cgcs2000(shared: object, tmp_path: Path) -> None:
    build_study(tmp_path / "guixi.gpkg", Inputs(shared("guixi.osm.pbf")))  # type: ignore[operator]
    assert info(tmp_path / "guixi.gpkg")["metric_crs"] == "EPSG:4548"
