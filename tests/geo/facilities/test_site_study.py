"""Sites chosen for the sample study: what they cover, what they add, what they cost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.core.crs import WGS84
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import SITES, choose_sites, moved_share
from geo.study.file import read_layer
from geo.study.reader import Study


def test_sites_cover_what_they_say_and_each_of_them_adds(study: Path) -> None:
    summary = choose_sites(study, "toilet", SiteRequest(3))
    assert summary["proven"]
    assert summary["proven_gap"] == 0
    assert SITES.of_kind("toilet").known(Study(study)).fresh
    sites = gpd.GeoDataFrame(read_layer(study, "sites"), crs=WGS84)
    assert len(sites) == 3
    assert sites["rank"].tolist() == [1, 2, 3]
    assert sites["gain"].is_monotonic_decreasing
    assert sites["gain"].sum() == pytest.approx(summary["covered"] - summary["covered_before"], abs=1)
    places = [(point.x, point.y) for point in sites.geometry]
    facilities = FacilityStudy(Study(study), "toilet")
    assert moved_share(facilities, places)["share"] == pytest.approx(summary["share"], abs=1e-3)
    curve = summary["curve"]
    assert [row["count"] for row in curve] == [0, 1, 2, 3, 4, 5]
    assert curve[3]["share"] == summary["share"]
    assert curve[0]["share"] == summary["share_before"]
    gains = [row["gain"] for row in curve[1:]]
    assert gains == sorted(gains, reverse=True), "of nested coverage each next one adds less"
    assert 0 <= summary["stability"]["worst_regret"] < 0.5
    assert sites["chosen_share"].between(0, 1).all()


@pytest.mark.parametrize("model", ["median", "cover_all", "centre"])
def test_other_models_have_their_own_best(model: str, study: Path) -> None:
    summary = choose_sites(study, "market", SiteRequest(2, model))  # type: ignore[arg-type]
    assert summary["proven"]
    if model == "cover_all":
        assert summary["share"] == pytest.approx(1)
        assert len(summary["sites"]) == summary["objective"] > 2
        fewer = choose_sites(study, "market", SiteRequest(len(summary["sites"]) - 1))
        assert fewer["share"] < 1, "one less does not cover all"
    else:
        other = choose_sites(study, "market", SiteRequest(2))
        assert other["share"] >= summary["share"] - 1e-9
