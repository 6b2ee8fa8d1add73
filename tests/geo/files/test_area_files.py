"""Areas are read in WGS 84 and valid; a row whose geometry is broken is named, and the others are kept."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.area_files import read_areas
from geo.files.crs_detection import streets_index
from tests.support.broken_geometry import RING, SQUARE, UNCLOSED, feature, write_geojson, write_geopackage

WHAT = Text("片区", "quarters")


def test_good_rows_are_kept_and_a_ring_that_is_not_closed_is_named_by_its_row(tmp_path: Path) -> None:
    file = write_geojson(
        tmp_path, [feature(SQUARE, name="甲"), feature(UNCLOSED, name="乙"), feature(SQUARE, name="丙")]
    )
    areas = read_areas(file, WHAT)
    assert areas.table["name"].tolist() == ["甲", "丙"]
    assert areas.table.geometry.is_valid.all()
    (finding,) = areas.findings
    assert (finding.row, finding.column) == (3, "geometry")
    assert finding.problem.en == "A ring of the polygon is not closed"
    assert "Fix geometries" in finding.action.en


def test_a_file_without_a_usable_area_is_refused_with_the_row_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not closed") as caught:
        read_areas(write_geojson(tmp_path, [feature(UNCLOSED)]), WHAT)
    assert caught.value.row == 2
    assert "Fix geometries" in str(caught.value)


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        ({"type": "Polygon", "coordinates": [[["a", "b"], *RING[1:]]]}, "cannot be read"),
        ({"type": "Polygon", "coordinates": [RING[:2]]}, "not closed"),
        (
            {"type": "Polygon", "coordinates": [[[999, 0], [999, 9], [5, 5], [999, 0]]]},
            "none of that system",
        ),
        ({"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0], RING[0]]]}, "Its area is 0"),
        ({"type": "Blob", "coordinates": []}, "cannot be read"),
        ({"type": "LineString", "coordinates": RING}, "Not an area"),
        ({"type": "Point", "coordinates": RING[0]}, "Not an area"),
    ],
)
def test_whatever_is_wrong_with_one_row_the_other_is_read(geometry: Any, problem: str, tmp_path: Path) -> None:
    areas = read_areas(write_geojson(tmp_path, [feature(geometry), feature(SQUARE, name="乙")]), WHAT)
    assert areas.table["name"].tolist() == ["乙"]
    assert [finding.row for finding in areas.findings] == [2]
    assert problem in areas.findings[0].problem.en


def test_a_bow_tie_is_made_valid(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    areas = read_areas(write_geojson(tmp_path, [feature(bow)]), WHAT)
    assert areas.table.geometry.iloc[0].is_valid
    assert areas.table.geometry.iloc[0].area == pytest.approx(0.5)
    assert [(finding.row, finding.action.en) for finding in areas.findings] == [(2, "It was repaired; check it")]


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.shp", "areas.geojson", "areas.parquet"])
def test_every_format_is_converted_to_degrees(name: str, tmp_path: Path) -> None:
    box = shapely.box(114.30, 36.0, 114.31, 36.01)
    frame = gpd.GeoDataFrame({"社区": ["西关"]}, geometry=[box], crs=4326).to_crs(4547)
    file = tmp_path / name
    if file.suffix == ".parquet":
        frame.to_parquet(file)
    elif file.suffix == ".shp":
        frame.to_file(file, encoding="gbk")
    else:
        frame.to_file(file)
    areas = read_areas(file, WHAT).table
    assert areas["社区"].tolist() == ["西关"]
    assert areas.crs.to_epsg() == 4326
    assert shapely.hausdorff_distance(areas.geometry.iloc[0], box) < 1e-6


def test_a_geopackage_of_points_and_areas_gives_its_areas_also_from_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "city.gpkg"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(file, layer="points")
    gpd.GeoDataFrame({"name": ["b"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(file, layer="areas")
    packed = tmp_path / "city.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(file, "city.gpkg")
    for given in (file, packed):
        assert read_areas(given, WHAT).table["name"].tolist() == ["b"]


def test_a_broken_row_of_a_geopackage_is_named(tmp_path: Path) -> None:
    areas = read_areas(write_geopackage(tmp_path), WHAT)
    assert areas.table["name"].tolist() == ["good"]
    assert [finding.row for finding in areas.findings] == [3]


@pytest.mark.parametrize("text", ["name,population\na,1\n", json.dumps({"type": "FeatureCollection", "features": []})])
def test_a_file_without_areas_is_refused_in_words(text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_areas(file, WHAT)
    file.write_text("id,lon,lat\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no polygon"):
        read_areas(file, WHAT)


def test_a_row_without_geometry_is_named_so_that_nothing_is_lost_unsaid(tmp_path: Path) -> None:
    file = write_geojson(
        tmp_path, [feature(SQUARE, name="a"), feature(None), feature({"type": "Polygon", "coordinates": []})]
    )
    areas = read_areas(file, WHAT)
    assert len(areas.table) + len(areas.findings) == 3
    assert {(finding.row, finding.problem.en) for finding in areas.findings} == {(3, "No geometry"), (4, "No geometry")}


@pytest.mark.parametrize(
    ("ring", "bounds"),
    [
        ([[179.9, -17], [180.1, -17], [180.1, -16.9], [179.9, -16.9], [179.9, -17]], (-180, -17, 180, -16.9)),
        ([[179.9, -17], [-179.9, -17], [-179.9, -16.9], [179.9, -16.9], [179.9, -17]], (-180, -17, 180, -16.9)),
        ([[190, -17], [191, -17], [191, -16.9], [190, -17]], (-170, -17, -169, -16.9)),
        ([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]], (-180, -90, 180, 90)),
    ],
)
def test_areas_at_the_antimeridian_keep_their_size(ring: list[Any], bounds: tuple[float, ...], tmp_path: Path) -> None:
    (area,) = read_areas(
        write_geojson(tmp_path, [feature({"type": "Polygon", "coordinates": [ring]})]), WHAT
    ).table.geometry
    assert area.bounds == pytest.approx(bounds)
    assert area.area == pytest.approx({179.9: 0.02, 190: 0.05, -180: 360 * 180}[ring[0][0]])


def test_latitude_first_is_told_by_the_poles_or_by_the_streets(tmp_path: Path) -> None:
    box = shapely.box(114.30, 36.0, 114.31, 36.01)
    turned = shapely.transform(box, lambda xy: xy[:, ::-1])
    file = tmp_path / "a.geojson"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[turned], crs=4326).to_file(file)
    areas = read_areas(file, WHAT)
    assert areas.table.geometry.iloc[0].bounds == pytest.approx(box.bounds)
    assert "Latitude stands before longitude" in [finding.problem.en for finding in areas.findings]
    berlin = shapely.box(13.43, 52.48, 13.44, 52.49)
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.transform(berlin, lambda xy: xy[:, ::-1])], crs=4326).to_file(
        file
    )
    ground = streets_index(np.array([shapely.LineString([(13.42, 52.47), (13.45, 52.5)])]), pyproj.CRS(32633))
    areas = read_areas(file, WHAT, ground)
    assert areas.table.geometry.iloc[0].bounds == pytest.approx(berlin.bounds)
    assert [finding.action.en for finding in areas.findings] == ["They are read as WGS84 (lat, lon)"]


def test_a_datum_that_a_system_names_is_undone(tmp_path: Path) -> None:
    file = tmp_path / "a.shp"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(114.30, 36.0, 114.31, 36.01)], crs=4326).to_file(file)
    projection = file.with_suffix(".prj")
    projection.write_text(projection.read_text().replace("GCS_WGS_1984", "GCS_GCJ_02"))
    west, south, _, _ = read_areas(file, WHAT).table.geometry.iloc[0].bounds
    assert 0.003 < 114.30 - west < 0.009
    assert 0 < abs(36.0 - south) < 0.004
