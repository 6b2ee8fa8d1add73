"""A build keeps within its boundary, keeps what was imported, and never touches what is no study."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.core.errors import InputError, StudyError
from geo.study.figures import info
from geo.study.file import about, read_layer
from tests.support.broken_geometry import feature, write_geojson


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 84])
def test_a_file_that_is_no_study_is_refused_and_never_replaced(content: bytes, tmp_path: Path, sample: Inputs) -> None:
    path = tmp_path / "other.gpkg"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        about(path)
    with pytest.raises(StudyError):
        build_study(path, sample)
    assert path.read_bytes() == content


def test_somebody_elses_geopackage_is_refused(tmp_path: Path, sample: Inputs) -> None:
    path = tmp_path / "other.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([1], [2]), crs=4326).to_file(path, layer="places")
    with pytest.raises(StudyError, match="not a Jiexu study"):
        build_study(path, sample)


def test_a_boundary_keeps_the_streets_that_touch_it(sample: Inputs, tmp_path: Path) -> None:
    boundary = tmp_path / "boundary.geojson"
    gpd.GeoSeries.from_wkt(
        ["POLYGON((24.940 60.166, 24.946 60.166, 24.946 60.169, 24.940 60.169, 24.940 60.166))"], crs=4326
    ).to_file(boundary)
    build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=boundary))
    streets = read_layer(tmp_path / "part.gpkg", "streets")
    assert 0 < len(streets) < 200
    assert streets.intersects(gpd.read_file(boundary).geometry.iloc[0]).all()
    facilities = read_layer(tmp_path / "part.gpkg", "facilities")
    assert facilities.within(gpd.read_file(boundary).geometry.iloc[0]).all()


@pytest.mark.parametrize(
    ("wkt", "words"), [("POLYGON((0 0, 1 0, 1 1, 0 0))", "outside the extract"), ("POINT(24.94 60.17)", "no polygon")]
)
def test_a_boundary_that_cannot_serve_is_refused(wkt: str, words: str, sample: Inputs, tmp_path: Path) -> None:
    boundary = tmp_path / "boundary.geojson"
    gpd.GeoSeries.from_wkt([wkt], crs=4326).to_file(boundary)
    with pytest.raises(InputError, match=words):
        build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=boundary))
    assert not (tmp_path / "part.gpkg").exists()


def test_a_boundary_with_a_broken_row_is_built_and_the_row_is_a_finding(sample: Inputs, tmp_path: Path) -> None:
    corners = [[24.940, 60.166], [24.946, 60.166], [24.946, 60.169], [24.940, 60.169], [24.940, 60.166]]
    rings = [corners[:3], corners]
    file = write_geojson(tmp_path, [feature({"type": "Polygon", "coordinates": [ring]}) for ring in rings])
    build_study(tmp_path / "part.gpkg", Inputs(sample.osm, boundary=file))
    assert 0 < len(read_layer(tmp_path / "part.gpkg", "streets")) < 200
    findings = read_layer(tmp_path / "part.gpkg", "findings")
    (row,) = findings[findings["source"] == "areas.geojson"].itertuples()
    assert (row.layer, row.row, row.column) == ("roads", 2, "geometry")


def test_points_and_list_outlive_a_rebuild_from_the_extract_alone(study: Path, sample: Inputs) -> None:
    before, stalls = info(study), read_layer(study, "stalls")
    build_study(study, Inputs(sample.osm))
    after = info(study)
    assert after["layers"] == before["layers"]
    assert after["findings"] == before["findings"]
    assert after["streets_km"] == before["streets_km"]
    pd.testing.assert_frame_equal(pd.DataFrame(read_layer(study, "stalls")), pd.DataFrame(stalls))
