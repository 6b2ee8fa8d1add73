"""Sites chosen for the sample study: what they cover, what they add, what they cost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.core.crs import WGS84
from geo.core.errors import InputError, StudyError
from geo.facilities.candidates import SOURCES
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.site_choice import SiteStudy
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


def test_the_greedy_choice_is_never_better(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "toilet")
    sited = SiteStudy(facilities, SiteRequest(4))
    place, site, walk = sited.within_limit.demand, sited.within_limit.site, sited.within_limit.walk_m
    near = np.zeros((len(facilities.demand.weight), sited.problem.sites), dtype=bool)
    near[place, site] = walk <= sited.within_m
    covered = np.asarray(near[:, : sited.before].any(axis=1))
    for _ in range(4):
        gain = (near & ~covered[:, None]).T @ facilities.demand.weight
        covered |= near[:, int(gain.argmax())]
    assert sited.chosen.objective >= facilities.demand.weight[covered].sum() - 1e-6


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


def test_candidates_of_a_file_with_prices_and_a_budget(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), SiteRequest(1)).lonlat[:60]
    file = tmp_path / "地块.csv"
    table = {"名称": [f"地块{n}" for n in range(60)], "经度": junctions[:, 0], "纬度": junctions[:, 1]}
    pd.DataFrame({**table, "造价": [n % 3 + 1 for n in range(60)]}).to_csv(file, index=False, encoding="gbk")
    summary = choose_sites(study, "toilet", SiteRequest(10, file=file, budget=4))
    assert summary["candidates"] == {"number": 60, "source": "file"}
    assert sum(row["price"] or np.inf for row in summary["sites"]) <= 4
    assert all((row["name"] or "").startswith("地块") for row in summary["sites"])
    bad = tmp_path / "bad.csv"
    pd.DataFrame({**table, "造价": ["cheap"] * 60}).to_csv(bad, index=False)
    with pytest.raises(InputError) as caught:
        choose_sites(study, "toilet", SiteRequest(1, file=bad))
    assert (caught.value.row, caught.value.column) == (2, "price")


def test_a_parcel_is_reached_at_its_edge_and_every_source_has_candidates(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "market")
    for source in SOURCES:
        if source == "vacant":
            continue  # the sample has no empty land: refused below
        sited = SiteStudy(facilities, SiteRequest(1, source=source))
        assert len(sited.candidates.table) > 10, source
        assert set(sited.access.owner) == set(range(len(sited.candidates.table)))
    west, south, east, north = read_layer(study, "roads").total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    corners = np.array([[x, y], [x + 0.002, y], [x + 0.002, y + 0.001], [x, y + 0.001]])
    drawn = choose_sites(study, "market", SiteRequest(1, corners=corners))
    assert drawn["candidates"] == {"number": 1, "source": "drawn"}
    assert drawn["share"] > drawn["share_before"]
    with pytest.raises(StudyError) as caught:
        choose_sites(study, "market", SiteRequest(1, source="vacant"))
    assert "no candidates" in caught.value.problem.en


def test_one_may_be_closed_for_a_better_one(study: Path) -> None:
    kept = choose_sites(study, "market", SiteRequest(0))
    moved = choose_sites(study, "market", SiteRequest(0, closable=("all",)))
    assert moved["share"] > kept["share"], "the one market moves to where more people live"
    assert len(moved["closed"]) == len(moved["sites"]) == 1
    assert set(read_layer(study, "sites")["status"]) == {"proposed", "closed"}
    with pytest.raises(StudyError):
        choose_sites(study, "market", SiteRequest(0, closable=("no such",)))


def test_capacity_limits_what_a_facility_serves(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), SiteRequest(1)).lonlat[:25]
    file = tmp_path / "small.csv"
    table = {"lon": junctions[:, 0], "lat": junctions[:, 1], "capacity": 100, "name": "x"}
    pd.DataFrame(table).to_csv(file, index=False)
    summary = choose_sites(study, "toilet", SiteRequest(2, file=file, with_capacity=True))
    assert summary["covered"] - summary["covered_before"] <= 200 + 1e-6
    assert all(row["demand"] is not None and row["demand"] <= 100 + 1e-6 for row in summary["sites"])
