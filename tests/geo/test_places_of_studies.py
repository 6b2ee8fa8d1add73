"""Studies around the world: built, asked and exported by the clock, the kerb and the grid of where they lie."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo.build import Inputs, build_study
from geo.complaints.study import response_of
from geo.core.errors import StudyError
from geo.core.place import DrivingSide
from geo.files.crs_detection import detect, streets_index
from geo.kerbs.ground import KerbGround, read_ground
from geo.kerbs.numbering import SIDES
from geo.parking.bays import place_bays
from geo.parking.room import BayRoom
from geo.parking.study import plan_bays
from geo.points.imports import add_points
from geo.points.other_lists import lists_of
from geo.points.reading import Options
from geo.rules import Profile
from geo.stalls.planning import make_plan
from geo.stalls.study import check_place
from geo.study.export import export_layer
from geo.study.figures import info
from geo.study.file import about, read_layer
from geo.study.reader import Study
from jiexu.__main__ import app
from tests.support.drawn import CRS, layers_of, road
from tests.support.extracts import write_osm

LEEDS, TOKYO, ANYANG, URUMQI = (-1.55, 53.80), (139.70, 35.68), (114.35, 36.10), (87.60, 43.80)
HONG_KONG, NEW_YORK, FIJI = (114.17, 22.30), (-74.00, 40.70), (179.999, -16.801)


def study_at(folder: Path, place: tuple[float, float], timezone: str | None = None, country: str | None = None) -> Path:
    """Build a study of a one-way street to the east with a bus stop mapped on it, and a street that crosses it."""
    lon, lat = place
    steps = [(-0.002, 0), (-0.001, 0), (0, 0), (0.002, 0), (0, -0.002), (0, 0.002)]
    nodes = {
        number: ((lon + east + 180) % 360 - 180, lat + north) for number, (east, north) in enumerate(steps, start=1)
    }
    tags = {"highway": "residential", "width": "8.9"}
    ways = [
        (1, [1, 2, 3, 4], {**tags, "name": "High Street", "oneway": "yes"}),
        (2, [5, 3, 6], {**tags, "name": "Low"}),
    ]
    osm = write_osm(folder / "town.osm", nodes, ways, {2: {"highway": "bus_stop"}})
    study = folder / "town.gpkg"
    build_study(study, Inputs(osm, timezone=timezone, country=country))
    return study


@pytest.mark.parametrize(
    ("place", "side"), [(LEEDS, "left"), (TOKYO, "left"), (HONG_KONG, "left"), (ANYANG, "right"), (NEW_YORK, "right")]
)
def test_the_bus_stop_of_a_one_way_street_is_on_the_near_kerb(
    place: tuple[float, float], side: str, tmp_path: Path
) -> None:
    study = study_at(tmp_path, place)
    ground = read_ground(Study(study))
    stops = ground.surveyed.facilities
    stops = stops[stops["kind"] == "bus_stop"]
    assert [SIDES[int(number)] for number in stops["side"]] == [side]
    assert ground.drives_on == side


def test_a_stop_on_a_two_way_street_stands_at_both_kerbs(profile: Profile) -> None:
    stop = [{"kind": "bus_stop", "x": 50, "y": 0}]
    for oneway, sides in ((False, [2]), (True, [0])):
        layers = layers_of([road([(0, 0), (100, 0)], oneway=oneway)], stop)
        assert KerbGround.of(layers, CRS, profile, "left").surveyed.facilities["side"].tolist() == sides


@pytest.mark.parametrize("drives_on", ["left", "right"])
@pytest.mark.parametrize("line", [[(0, 0), (200, 0)], [(200, 0), (0, 0)], [(0, 0), (0, 200)], [(0, 200), (0, 0)]])
def test_bays_on_one_side_of_a_one_way_street_are_on_the_near_one(
    drives_on: DrivingSide, line: list[tuple[float, float]], profile: Profile
) -> None:
    layers = layers_of([road(line, oneway=True, width_m=8.9)])
    bays = place_bays(BayRoom(KerbGround.of(layers, CRS, profile, drives_on), profile))
    assert len(bays) == 33
    assert set(bays["side"]) == {drives_on}


@pytest.mark.parametrize("drives_on", ["left", "right"])
@pytest.mark.parametrize("oneway", [True, False])
@pytest.mark.parametrize("line", [[(0, 0), (200, 0)], [(200, 0), (0, 0)], [(0, 200), (0, 0)]])
def test_the_one_row_of_a_narrow_street_is_on_the_side_of_its_traffic(
    drives_on: DrivingSide, oneway: bool, line: list[tuple[float, float]], profile: Profile
) -> None:
    # one row of bays on 8.5 m, one row of stalls on 6 m beside the fire lane
    for width_m in (8.5, 6.0):
        ground = KerbGround.of(layers_of([road(line, oneway=oneway, width_m=width_m)]), CRS, profile, drives_on)
        zones = BayRoom(ground, profile).zones if width_m > 8 else make_plan(ground, profile).zones
        assert [SIDES[int(kerb) % 2] for kerb in zones.kerb] == [drives_on]


@pytest.mark.parametrize(("place", "side"), [(LEEDS, "left"), (HONG_KONG, "left"), (ANYANG, "right")])
def test_bays_of_a_study_are_on_the_side_of_its_traffic(place: tuple[float, float], side: str, tmp_path: Path) -> None:
    lon, lat = place
    nodes = {1: (lon, lat), 2: (lon + 0.003, lat), 3: (lon + 0.003, lat + 0.002), 4: (lon, lat + 0.002)}
    two_way, one_way = ({"highway": "residential", "width": "8.5", "name": name} for name in ("Two Way", "One Way"))
    ways = [(1, [2, 1], two_way), (2, [3, 4], {**one_way, "oneway": "yes"})]
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(write_osm(tmp_path / "a.osm", nodes, ways)))
    plan_bays(study)
    bays = read_layer(study, "bays")
    assert bays["street_id"].nunique() == 2
    assert set(bays["side"]) == {side}


def test_times_are_read_and_told_by_the_studys_clock(tmp_path: Path) -> None:
    study = study_at(tmp_path, LEEDS)
    lon, lat = LEEDS
    rows = {"received_at": ["2025-07-01 08:30", "2025-01-01 08:30", "2025-10-26 01:30", "2025-07-31 23:30"]}
    table = pd.DataFrame({**rows, "lon": lon - 0.0005, "lat": lat, "category": "noise"})
    table["closed_at"] = ["2025-07-01 18:00", "2025-01-02 08:30", None, "2025-07-31T23:00:00Z"]
    table.to_csv(tmp_path / "c.csv", index=False)
    add_points(study, tmp_path / "c.csv", "complaints", Study(study).profile, Options(crs="WGS84"))
    stored = read_layer(study, "complaints")["received_at"].dt.strftime("%m-%d %H:%M").tolist()
    assert stored == ["07-01 07:30", "01-01 08:30", "10-26 00:30", "07-31 22:30"]
    findings = read_layer(study, "findings")
    assert findings["problem"].str.contains("showed this time twice").sum() == 1, "clocks are put back in October"
    weekdays = np.array(response_of(study)["weekday_hours"])
    assert weekdays[1, 8] == 1, "a Tuesday in July"
    assert weekdays[3, 23] == 1


def test_answers_take_the_working_days_of_the_place(tmp_path: Path) -> None:
    """Over the Spring Festival of 2025 there are fewer working days in Anyang than in Leeds."""
    days = {}
    for place in (LEEDS, ANYANG):
        folder = tmp_path / str(place)
        folder.mkdir()
        study = study_at(folder, place)
        table = pd.DataFrame({"lon": [place[0]], "lat": [place[1]], "category": "sign"})
        table = table.assign(received_at="2025-01-24 10:00", closed_at="2025-02-10 10:00")
        table.to_csv(folder / "o.csv", index=False)
        add_points(study, folder / "o.csv", "other", Study(study).profile, Options(crs="WGS84"))
        answered = lists_of(study)[0]["answered"]
        assert answered is not None
        days[place] = answered["median_days"]
    # of eleven weekdays six were holidays; Sunday 26 January and Saturday 8 February were worked
    assert days == {LEEDS: 11.0, ANYANG: 7.0}


def test_check_asks_of_now_on_the_studys_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.datetime] = []
    monkeypatch.setattr("geo.stalls.study.check", lambda plan, lon, lat, at, *more: asked.append(at))
    study = study_at(tmp_path, NEW_YORK)
    check_place(study, NEW_YORK[0] - 0.0005, NEW_YORK[1])
    here = dt.datetime.now(dt.UTC).replace(tzinfo=None) - asked[0]
    assert dt.timedelta(hours=3.9) < here < dt.timedelta(hours=5.1)


def test_xinjiang_keeps_beijing_time_unless_a_person_says_otherwise(tmp_path: Path) -> None:
    assert Study(study_at(tmp_path, URUMQI)).place.timezone == "Asia/Shanghai"
    study = study_at(tmp_path, URUMQI, timezone="Asia/Urumqi", country="CN")
    assert Study(study).place.timezone == "Asia/Urumqi"
    assert Study(study_at(tmp_path, URUMQI)).place.timezone == "Asia/Urumqi", "it stays when built anew"
    assert about(study)["place_chosen"] == "timezone country"
    assert Study(study_at(tmp_path, URUMQI, timezone="Asia/Shanghai")).place.timezone == "Asia/Shanghai"


def test_a_study_on_both_sides_of_the_antimeridian(tmp_path: Path) -> None:
    study = study_at(tmp_path, FIJI)
    facts = about(study)
    assert facts["timezone"] == "Pacific/Fiji"
    assert facts["metric_crs"] in ("EPSG:32760", "EPSG:32701")
    roads = read_layer(study, "roads")
    assert roads["length_m"].sum() == pytest.approx(
        0.004 * 111_320 * np.cos(np.radians(16.8)) + 0.004 * 110_650, rel=0.01
    )


def test_info_shows_the_place_and_export_offers_its_grid(tmp_path: Path) -> None:
    study = study_at(tmp_path, LEEDS)
    place = info(study)["place"]
    assert {key: place[key] for key in ("country", "timezone", "national_grid", "drives_on")} == {
        "country": "GB",
        "timezone": "Europe/London",
        "national_grid": "EPSG:27700",
        "drives_on": "left",
    }
    assert info(study)["metric_crs"] == "EPSG:32630", "the grid is for exports, never for computing"
    shown = CliRunner().invoke(app, ["info", str(study)])
    assert "GB, Europe/London, EPSG:27700" in shown.output
    to = tmp_path / "streets.gpkg"
    assert (
        CliRunner().invoke(app, ["export", str(study), "--layer", "roads", "--to", str(to), "--crs", "grid"]).exit_code
        == 0
    )
    west, south, *_ = gpd.read_file(to, layer="roads").total_bounds
    assert (west, south) == pytest.approx((429_600, 433_900), abs=600)
    export_layer(study, "facilities", tmp_path / "f.csv", "EPSG:27700")
    assert {"x", "y"} <= set(pd.read_csv(tmp_path / "f.csv").columns)
    with pytest.raises(StudyError, match="27700"):
        export_layer(study, "roads", to, "atlantis")
    wrong = CliRunner().invoke(app, ["build", str(study), "--osm", str(tmp_path / "town.osm"), "--timezone", "Mars/X"])
    assert wrong.exit_code == 2


def test_the_detective_tries_what_can_be_true_at_the_place(tmp_path: Path) -> None:
    """In Hong Kong its own grid and no shift, in Anyang the shifts."""
    for place, tried in ((HONG_KONG, set()), (ANYANG, {"GCJ-02", "BD-09"})):
        folder = tmp_path / str(place[0])
        folder.mkdir()
        study = study_at(folder, place)
        roads = gpd.GeoDataFrame(read_layer(study, "roads"))
        ground = streets_index(roads.geometry.to_numpy(), roads.estimate_utm_crs())
        lonlat = np.array([place] * 20) + np.linspace(-0.001, 0.001, 20)[:, None] * [1, 0]
        found = {candidate.system.name for candidate in detect(lonlat, ground).candidates}
        assert found & {"GCJ-02", "BD-09"} <= tried
        if place == HONG_KONG:
            grid = gpd.GeoSeries.from_xy(*lonlat.T, crs=4326).to_crs(2326)
            verdict = detect(np.column_stack([grid.x, grid.y]), ground)
            assert str(verdict.system) == "EPSG:2326"
            assert verdict.sure
