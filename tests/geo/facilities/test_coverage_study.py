"""Coverage, sites and lists, from and into the study file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.core.errors import InputError, StudyError
from geo.core.place import place_at
from geo.facilities.coverage_study import COVERAGE, FacilityStudy, check_kind, cover, set_population
from geo.facilities.decisions import decide_site
from geo.facilities.site_study import SITES, SiteStudy, Wish, choose_sites, moved_share
from geo.parking.decisions import adopt_bays
from geo.points.imports import add_points
from geo.points.other_lists import lists_of, working_days
from geo.points.reading import Options
from geo.rules import Profile
from geo.stalls.study import guide_stalls
from geo.study.file import metric_crs_of, profile_of, read_layer
from geo.study.reader import Study
from geo.tiers.decisions import undo
from geo.tiers.study import grade_study


@pytest.fixture(scope="module")
def covered(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study with its coverage by toilets. Do not change it."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("covered") / "sample.gpkg"))
    cover(path, "toilet")
    return path


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
    crs = metric_crs_of(covered)
    study = FacilityStudy(Study(covered), "toilet")
    straight = shapely.distance(study.demand.shapes, study.supply.shapes[study.walks.facility])
    assert (study.walks.walk_m >= straight - 0.5)[study.walks.facility >= 0].all()
    assert crs is not None
    assert summary["within_source"]["source"]
    assert set(summary["demand"]["sources"]) == {"levels", "floor"}


def test_catchments_hold_the_covered_and_gaps_the_left_out(covered: Path) -> None:
    layer = gpd.GeoDataFrame(read_layer(covered, "coverage"), crs=WGS84)
    areas = gpd.GeoDataFrame(read_layer(covered, "catchments"), crs=WGS84).to_crs(metric_crs_of(covered))
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


def test_parking_is_balanced_by_day_and_night(placed: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(placed, tmp_path / "study.gpkg"))
    before = pd.DataFrame(cover(path, "parking")["balance"])
    assert (before["bays_day"] == 0).all()
    expected = before["off_street_night"] + before["bays_night"] - before["cars_night"]
    assert before["balance_night"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.11)
    assert before["balance_night"].is_monotonic_increasing
    bays = read_layer(path, "bays")
    adopt_bays(path, "a trial")
    after = pd.DataFrame(cover(path, "parking")["balance"])
    assert after["bays_night"].sum() == len(bays)
    assert after["bays_day"].sum() == (bays["hours"] == "all_day").sum()


def test_stalls_that_move_into_halls_are_market_demand(study: Path) -> None:
    moves = guide_stalls(study).moves
    balance = pd.DataFrame(cover(study, "market")["balance"])
    assert balance["stalls_to_halls"].sum() == (moves["to_kind"] == "hall").sum()
    assert balance["hall_places"].sum() > 0


# ---- sites -----------------------------------------------------------------------------------------------------------


def test_sites_cover_what_they_say_and_each_of_them_adds(study: Path) -> None:
    summary = choose_sites(study, "toilet", Wish(3))
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
    sited = SiteStudy(facilities, Wish(4))
    place, site, walk = sited.asked.demand, sited.asked.site, sited.asked.walk_m
    near = np.zeros((len(facilities.demand.weight), sited.problem.sites), dtype=bool)
    near[place, site] = walk <= sited.within_m
    covered = np.asarray(near[:, : sited.before].any(axis=1))
    for _ in range(4):
        gain = (near & ~covered[:, None]).T @ facilities.demand.weight
        covered |= near[:, int(gain.argmax())]
    assert sited.chosen.objective >= facilities.demand.weight[covered].sum() - 1e-6


@pytest.mark.parametrize("model", ["median", "cover_all", "centre"])
def test_other_models_have_their_own_best(model: str, study: Path) -> None:
    summary = choose_sites(study, "market", Wish(2, model))  # type: ignore[arg-type]
    assert summary["proven"]
    if model == "cover_all":
        assert summary["share"] == pytest.approx(1)
        assert len(summary["sites"]) == summary["objective"] > 2
        fewer = choose_sites(study, "market", Wish(len(summary["sites"]) - 1))
        assert fewer["share"] < 1, "one less does not cover all"
    else:
        other = choose_sites(study, "market", Wish(2))
        assert other["share"] >= summary["share"] - 1e-9


def test_candidates_of_a_file_with_prices_and_a_budget(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), Wish(1)).lonlat[:60]
    file = tmp_path / "地块.csv"
    table = {"名称": [f"地块{n}" for n in range(60)], "经度": junctions[:, 0], "纬度": junctions[:, 1]}
    pd.DataFrame({**table, "造价": [n % 3 + 1 for n in range(60)]}).to_csv(file, index=False, encoding="gbk")
    summary = choose_sites(study, "toilet", Wish(10, file=file, budget=4))
    assert summary["candidates"] == {"number": 60, "source": "file"}
    assert sum(row["price"] or np.inf for row in summary["sites"]) <= 4
    assert all((row["name"] or "").startswith("地块") for row in summary["sites"])
    bad = tmp_path / "bad.csv"
    pd.DataFrame({**table, "造价": ["cheap"] * 60}).to_csv(bad, index=False)
    with pytest.raises(InputError) as caught:
        choose_sites(study, "toilet", Wish(1, file=bad))
    assert (caught.value.row, caught.value.column) == (2, "price")


def test_a_parcel_is_reached_at_its_edge_and_every_source_has_candidates(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "market")
    for source in ("junctions", "kerbs", "lots"):
        sited = SiteStudy(facilities, Wish(1, source=source))  # type: ignore[arg-type]
        assert len(sited.candidates.table) > 10, source
        assert set(sited.access.owner) == set(range(len(sited.candidates.table)))
    west, south, east, north = read_layer(study, "roads").total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    corners = np.array([[x, y], [x + 0.002, y], [x + 0.002, y + 0.001], [x, y + 0.001]])
    drawn = choose_sites(study, "market", Wish(1, corners=corners))
    assert drawn["candidates"] == {"number": 1, "source": "drawn"}
    assert drawn["share"] > drawn["share_before"]
    with pytest.raises(StudyError) as caught:
        choose_sites(study, "market", Wish(1, source="vacant"))
    assert "no candidates" in caught.value.problem.en


def test_one_may_be_closed_for_a_better_one(study: Path) -> None:
    kept = choose_sites(study, "market", Wish(0))
    moved = choose_sites(study, "market", Wish(0, closable=("all",)))
    assert moved["share"] > kept["share"], "the one market moves to where more people live"
    assert len(moved["closed"]) == len(moved["sites"]) == 1
    assert set(read_layer(study, "sites")["status"]) == {"proposed", "closed"}
    with pytest.raises(StudyError):
        choose_sites(study, "market", Wish(0, closable=("no such",)))


def test_an_accepted_site_counts_until_it_is_undone_and_stays_through_a_rebuild(study: Path, sample: Inputs) -> None:
    first = choose_sites(study, "toilet", Wish(1))
    place = first["sites"][0]
    decision = decide_site(study, "toilet", place["lon"], place["lat"], "near the school", "王")
    assert read_layer(study, "sites")["status"].tolist() == ["accepted"]
    assert cover(study, "toilet")["share_with_accepted"] == pytest.approx(first["share"], abs=1e-3)
    with pytest.raises(StudyError):
        decide_site(study, "toilet", place["lon"], place["lat"], "again")
    with pytest.raises(StudyError):
        decide_site(study, "toilet", place["lon"] + 0.001, place["lat"], "  ")
    second = choose_sites(study, "toilet", Wish(1))
    assert second["share_before"] == pytest.approx(first["share"], abs=1e-3), "the next one is beside it"
    set_population(study, None, 30_000)
    build_study(study, sample)
    grade_study(study, profile_of(study))
    assert FacilityStudy(Study(study), "toilet").accepted["subject"].tolist() == [place["site_id"]]
    assert FacilityStudy(Study(study), "toilet").demand.weight.sum() == pytest.approx(30_000)
    undo(study, decision, "the plot was sold")
    assert FacilityStudy(Study(study), "toilet").accepted.empty


def test_capacity_limits_what_a_facility_serves(study: Path, tmp_path: Path) -> None:
    junctions = SiteStudy(FacilityStudy(Study(study), "toilet"), Wish(1)).lonlat[:25]
    file = tmp_path / "small.csv"
    table = {"lon": junctions[:, 0], "lat": junctions[:, 1], "capacity": 100, "name": "x"}
    pd.DataFrame(table).to_csv(file, index=False)
    summary = choose_sites(study, "toilet", Wish(2, file=file, with_capacity=True))
    assert summary["covered"] - summary["covered_before"] <= 200 + 1e-6
    assert all(row["demand"] is not None and row["demand"] <= 100 + 1e-6 for row in summary["sites"])


def test_kinds_are_known_by_their_names(study: Path) -> None:
    assert [check_kind(word) for word in ("market", "农贸市场", "Public Toilet", "停车场")] == [
        "market",
        "market",
        "toilet",
        "parking",
    ]
    with pytest.raises(StudyError):
        check_kind("school")


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


# ---- other lists -----------------------------------------------------------------------------------------------------


def test_working_days_skip_weekends() -> None:
    friday = ["2025-03-07 15:00"] * 3
    later = ["2025-03-07 16:00", "2025-03-10 09:00", "2025-03-11 02:00", "2025-03-11 03:00"]
    begin, end = (pd.to_datetime(pd.Series(times), utc=True) for times in ([*friday, None], later))
    begin, end = begin - pd.Timedelta(hours=8), end - pd.Timedelta(hours=8)
    anyang = place_at(114.3, 36.0, 114.4, 36.2)
    assert working_days(begin, end, anyang).tolist()[:3] == [0, 1, 2], "from a Friday to Monday is one working day"
    assert pd.isna(working_days(begin, end, anyang).iloc[3])


def test_any_list_has_counts_ratings_ages_and_what_is_overdue(study: Path, tmp_path: Path) -> None:
    place = read_layer(study, "roads").geometry.iloc[:40].map(lambda line: line.interpolate(0.5, normalized=True))
    rows = pd.DataFrame({"经度": [p.x for p in place], "纬度": [p.y for p in place]})
    kinds = ["店铺星级"] * 20 + ["外摆许可"] * 12 + ["围挡"] * 8
    rows["类型"] = kinds
    rows["名称"] = [f"{kind}{n}" for n, kind in enumerate(kinds)]
    rows["星级"] = [3 + n % 3 for n in range(20)] + [None] * 20
    rows["申请时间"] = ["2025-03-07 10:00"] * 40
    rows["审批时间"] = [None] * 20 + ["2025-03-10 11:00"] * 9 + ["2025-03-14 11:00"] * 3 + [None] * 8
    rows["到期时间"] = [None] * 32 + ["2025-04-01"] * 5 + ["2025-12-01"] * 3
    file = tmp_path / "名单.csv"
    rows.to_csv(file, index=False, encoding="gbk")
    add_points(study, file, "other", profile_of(study), Options(crs="WGS84"))
    found = {each["list"]: each for each in lists_of(study, pd.Timestamp("2025-05-01", tz="UTC"))}
    assert {name: each["rows"] for name, each in found.items()} == {"店铺星级": 20, "外摆许可": 12, "围挡": 8}
    stars = found["店铺星级"]["rating"]
    assert stars
    assert stars["low"] is not None
    assert stars["high"] is not None
    assert stars["mean"] == pytest.approx(np.mean([3 + n % 3 for n in range(20)]), abs=1e-3)
    assert stars["low"] < stars["mean"] < stars["high"]
    assert found["外摆许可"]["answered"] == {
        "limit_days": 1,
        "answered": 12,
        "within_limit": 9,
        "share": 0.75,
        "median_days": 1.0,
    }
    late = found["围挡"]["overdue"]
    assert len(late) == 5
    assert all(row["days"] == pytest.approx(30.125, abs=0.05) for row in late), "from midnight in Helsinki"
    ages = found["围挡"]["age_days"]
    assert ages
    assert ages["open"] == 8
    assert sum(row["rows"] for row in found["围挡"]["by_quarter"]) == 8
    assert sum(row["overdue"] for row in found["围挡"]["by_street"]) == 5
