"""Points, stretches and areas come into a study from every map format; each record is imported or left out."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.core.errors import InputError
from geo.points.imports import add_points, place_in
from geo.points.options import Options
from geo.points.reading import Place
from geo.rules import Profile
from geo.study.reader import Study
from tests.support.map_formats import AREAS, LAT, LINES, LON, POINTS, drawing, packed, rows, written

SUFFIXES = (".tab", ".mif", ".gdb", ".fgb", ".gml", ".kml", ".kmz", ".geojsonl", ".geojsons", ".gpkg", ".geojson")


@pytest.fixture(scope="module")
def place(bare: Path) -> Place:
    return place_in(Study(bare))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", ["complaints", "stalls", "parking", "facilities"])
def test_points_of_every_kind(
    suffix: str, kind: str, bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    frame = rows(POINTS).assign(kind="toilet") if kind == "facilities" else rows(POINTS)
    file = written(tmp_path, suffix, frame)
    outcome = add_points(bare, file, kind, profile, Options(crs="WGS84"), dry_run=True, place=place)  # type: ignore[arg-type]
    document = outcome.as_dict()
    assert (document["rows"], document["added"], document["refused"], document["unplaced"]) == (2, 2, 0, 0)
    distance = shapely.distance(outcome.points.geometry.to_numpy(), POINTS)
    assert distance.max() < 1e-6


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("shapes", [LINES, AREAS], ids=["stretches", "areas"])
def test_places_keep_their_shapes(
    suffix: str, shapes: list[shapely.Geometry], bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    file = written(tmp_path, suffix, rows(shapes))
    outcome = add_points(bare, file, "stall_places", profile, Options(crs="WGS84"), dry_run=True, place=place)
    assert (outcome.reading.rows, len(outcome.points)) == (2, 2)
    assert (shapely.get_dimensions(outcome.points.geometry) == shapely.get_dimensions(shapes)).all()


def test_a_drawing_in_the_grid_of_the_study_is_placed_by_its_streets(
    bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    roads = Study(bare).layer("segments").geometry
    # corners of streets, in the national grid
    at = gpd.GeoSeries(shapely.points(shapely.get_coordinates(roads.iloc[:1])[:1]), crs=4326).to_crs(3067).iloc[0]
    outcome = add_points(bare, drawing(tmp_path, at.x, at.y), "stalls", profile, dry_run=True, place=place)
    assert str(outcome.reading.system) == "EPSG:3067" or outcome.reading.questions
    assert outcome.reading.rows == 3
    document = outcome.as_dict()
    assert {"name": "道路", "rows": 1, "read": False} in document["parts"]


def test_an_easting_that_stands_second_is_found_by_the_streets(
    bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    middles = shapely.centroid(Study(bare).layer("segments").geometry.to_numpy()[:60])
    frame = gpd.GeoDataFrame({"id": range(60)}, geometry=middles, crs=4326)
    turned = frame.to_crs(3067)
    turned = turned.set_geometry(shapely.transform(turned.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=3067)
    outcome = add_points(bare, written(tmp_path, ".gpkg", turned), "stalls", profile, dry_run=True, place=place)
    assert str(outcome.reading.system) == "EPSG:3067 (y, x)"


def test_service_requests_of_open311_come_in(bare: Path, place: Place, profile: Profile, tmp_path: Path) -> None:
    requests = [
        {"service_request_id": str(n), "description": "乱停车", "requested_datetime": f"2026-04-1{n}T06:37:38-08:00",
         "lat": LAT, "long": LON + n / 1e4}
        for n in range(3)
    ]  # fmt: skip
    file = tmp_path / "requests.json"
    file.write_text(json.dumps([*requests, "x"]), encoding="utf-8")
    outcome = add_points(bare, file, "complaints", profile, Options(crs="WGS84"), dry_run=True, place=place)
    document = outcome.as_dict()
    assert (document["rows"], document["added"], document["refused"]) == (4, 3, 1)
    assert document["format"] == "json"


@pytest.mark.parametrize("times", [["2025-03-01T08:30:00+08:00", "2025-03-01T08:30:00Z", "2025-07-01 08:30"]])
def test_times_with_and_without_zones_in_one_column(
    times: list[str], bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"id": n, "received_at": time},
            "geometry": {"type": "Point", "coordinates": [LON, LAT]},
        }
        for n, time in enumerate(times)
    ]
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    outcome = add_points(bare, file, "complaints", profile, Options(crs="WGS84"), dry_run=True, place=place)
    assert outcome.points["received_at"].notna().all()
    assert str(outcome.points["received_at"].iloc[0]) == "2025-03-01 00:30:00+00:00"


def test_rows_of_a_folder_and_of_its_archive_are_the_same(
    bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    file = written(tmp_path, ".gdb", rows(POINTS))
    found = [
        add_points(bare, given, "stalls", profile, Options(crs="WGS84"), dry_run=True, place=place)
        for given in (file, packed(file))
    ]
    assert found[0].points["stall_id"].tolist() == found[1].points["stall_id"].tolist() == ["1", "2"]


def test_a_file_of_one_broken_shape_is_refused_by_its_row(
    bare: Path, place: Place, profile: Profile, tmp_path: Path
) -> None:
    file = tmp_path / "a.geojson"
    ring = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 1, LAT]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": ring}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    with pytest.raises(InputError, match="not closed") as caught:
        add_points(bare, file, "stall_places", profile, Options(crs="WGS84"), dry_run=True, place=place)
    assert caught.value.row == 2
