"""Sites chosen for the sample study: what they cover, what they add, what they cost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.core.crs import WGS84
from geo.core.text import pick
from geo.facilities.coverage_study import cover
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.population import set_population
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import SITES, choose_sites, moved_share
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.study import grade_study


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


@pytest.mark.parametrize(
    "model",
    ["median", pytest.param("cover_all", marks=pytest.mark.slow), pytest.param("centre", marks=pytest.mark.slow)],
)
@pytest.mark.slow
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


def test_where_few_homes_are_mapped_nothing_is_called_proven_until_residents_are_known(
    study: Path, profile: Profile
) -> None:
    grade_study(study, profile.changed({"coverage.homes_least": 1.0}))
    summary = choose_sites(study, "toilet", SiteRequest(1))
    assert not summary["proven"]
    assert summary["proven_gap"] is None
    assert all(row["gap"] is None for row in summary["curve"])
    assert "jiexu population" in pick(summary["refused"] or "", "en")
    coverage = cover(study, "toilet")
    assert coverage["residents"] is not None
    assert coverage["residents"]["refused"] == summary["refused"]
    assert 0 < coverage["residents"]["streets_with_homes"] < 1
    set_population(study, None, total=20_000)
    known = choose_sites(study, "toilet", SiteRequest(1))
    assert known["refused"] is None
    assert known["proven"]
    points = choose_sites(study, "market", SiteRequest(1), "points")
    assert points["residents"] is None
    assert points["refused"] is None


def test_the_gains_of_the_sites_are_those_of_the_curve(study: Path) -> None:
    summary = choose_sites(study, "toilet", SiteRequest(5, "median", seconds=60.0))
    gains = [row["gain"] for row in summary["sites"]]
    assert [row["gain"] for row in summary["curve"][1 : len(gains) + 1]] == gains
    assert sum(gain or 0 for gain in gains) == pytest.approx(summary["covered"] - summary["covered_before"], abs=0.2)
    assert summary["seconds"] == 60
    assert summary["proposed"] == len(gains)
