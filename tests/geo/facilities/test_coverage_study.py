"""Coverage of the sample study: shares, catchments, gaps, demand."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.core.vocabulary import facility_kind
from geo.facilities.coverage_study import COVERAGE, cover
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.population import set_population
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study


def test_the_shares_are_those_of_the_layer(covered: Path) -> None:
    known = COVERAGE.of_kind("toilet").known(Study(covered))
    assert known.fresh
    summary = known.summary
    assert summary is not None
    layer = gpd.GeoDataFrame(read_layer(covered, "coverage"), crs=WGS84)
    assert layer["demand"].sum() == pytest.approx(summary["demand"]["total"], rel=1e-4)
    inside = layer["walk_m"] <= summary["within_m"]
    assert (inside == layer["covered"]).all()
    assert layer.loc[inside, "demand"].sum() / layer["demand"].sum() == pytest.approx(summary["share"], abs=1e-3)
    for rows in (summary["by_street"], summary["by_quarter"], summary["by_tier"]):
        assert sum(row["left_out"] for row in rows) == pytest.approx(
            summary["demand"]["total"] - summary["covered"], rel=1e-3
        )
    # a way is never shorter than the straight line between the outlines
    crs = Study(covered).crs
    study = FacilityStudy(Study(covered), "toilet")
    straight = shapely.distance(study.demand.shapes, study.supply.shapes[study.walks.facility])
    assert (study.walks.walk_m >= straight - 0.5)[study.walks.facility >= 0].all()
    assert crs is not None
    assert summary["within_source"]["source"]
    assert set(summary["demand"]["sources"]) == {"levels", "floor"}


def test_catchments_hold_the_covered_and_gaps_the_left_out(covered: Path) -> None:
    layer = gpd.GeoDataFrame(read_layer(covered, "coverage"), crs=WGS84)
    areas = gpd.GeoDataFrame(read_layer(covered, "catchments"), crs=WGS84).to_crs(Study(covered).crs)
    overlap = shapely.area(areas.geometry).sum() - shapely.union_all(areas.geometry.to_numpy()).area
    assert overlap < 0.001 * shapely.area(areas.geometry).sum(), "every place belongs to one facility"
    gaps = gpd.GeoDataFrame(read_layer(covered, "coverage_gaps"), crs=WGS84)
    left_out = layer[~layer["covered"]]
    ground = shapely.union_all(gaps.geometry.to_numpy())
    listed = left_out[shapely.intersects(ground, left_out.geometry.to_numpy())]
    assert listed["demand"].sum() >= gaps["demand"].sum() - 1
    assert gaps["demand"].is_monotonic_decreasing
    assert gaps["gap_id"].tolist()[0] == "toilet-001"


def test_a_shorter_standard_covers_fewer_and_kinds_stay_beside_each_other(study: Path) -> None:
    wide, narrow = cover(study, "toilet", 500)["share"], cover(study, "toilet", 150)["share"]
    assert narrow < wide
    cover(study, "market")
    layer = read_layer(study, "coverage")
    assert set(layer["kind"]) == {"toilet", "market"}
    assert COVERAGE.of_kind("toilet").known(Study(study)).fresh
    set_population(study, None, 12_345)
    assert cover(study, "market")["demand"]["total"] == pytest.approx(12_345)


def test_stalls_and_complaints_are_demand_too(study: Path, profile: Profile) -> None:
    summary = cover(study, "parking", asked="points")
    complaints = read_layer(study, "complaints")
    mine = complaints["category"].isin(profile["need.complaint_categories"]) & complaints["duplicate_of"].isna()
    assert summary["demand"]["total"] == summary["demand"]["synthetic"] == mine.sum(), "made-up points say so"
    assert list(summary["demand"]["sources"]) == ["complaints"]
    goods = read_layer(study, "stalls")["goods"]
    market = cover(study, "market", asked="points")
    assert market["demand"]["total"] == goods.str.contains("肉").sum()


def test_kinds_are_known_by_their_names(study: Path) -> None:
    assert [facility_kind(word) for word in ("market", "农贸市场", "Public Toilet", "停车场")] == [
        "market",
        "market",
        "toilet",
        "parking",
    ]
    with pytest.raises(StudyError):
        facility_kind("school")


def test_population_of_a_file_is_kept_through_a_rebuild(study: Path, sample: Inputs, tmp_path: Path) -> None:
    quarters = gpd.GeoDataFrame(read_layer(study, "quarters"), crs=WGS84)
    file = tmp_path / "人口.geojson"
    quarters.assign(人口=1000)[["name", "人口", "geometry"]].to_file(file)
    summary = set_population(study, file)
    assert summary["residents"] == 1000 * len(quarters)
    build_study(study, sample)
    assert len(read_layer(study, "population")) == len(quarters)
    sources = cover(study, "toilet")["demand"]["sources"]
    assert sources["population"] + sources.get("population_streets", 0) + sources.get(
        "population_points", 0
    ) == pytest.approx(1000 * len(quarters), rel=1e-3)


def test_layers_are_read_by_other_programs(covered: Path, tmp_path: Path) -> None:
    names = dict(pyogrio.list_layers(covered))
    assert names["coverage"] == "Point"
    assert names["catchments"] == names["coverage_gaps"] == "MultiPolygon"
    assert names["sites"] == "Point"
    document = json.dumps(COVERAGE.of_kind("toilet").known(Study(covered)).summary)
    assert "OpenStreetMap" in document
