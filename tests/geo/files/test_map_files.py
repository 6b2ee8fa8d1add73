"""Map files give the rows and shapes that they have; a broken shape is its own row's fault in every format."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

from geo.core.errors import InputError
from geo.files.formats import read_file
from tests.support.broken_geometry import RING, SQUARE, UNCLOSED, feature, unclosed_wkb, write_geojson, write_geopackage

POLYGON = shapely.Polygon(RING)


def named(file: Path) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙"]}, geometry=[shapely.Point(1, 2), shapely.Point(3, 4)], crs=4326)
    if file.suffix == ".shp":
        frame.to_file(file, encoding="gbk")
    elif file.suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_file(file)
    return frame


@pytest.mark.parametrize("name", ["a.geojson", "a.shp", "a.gpkg", "a.parquet"])
def test_every_format_gives_text_and_points_by_row(name: str, tmp_path: Path) -> None:
    frame = named(tmp_path / name)
    raw = read_file(tmp_path / name)
    assert raw.table["名称"].tolist() == ["甲", "乙"]
    assert raw.table.index.tolist() == [2, 3]
    assert raw.points is not None
    assert raw.shapes is not None
    assert raw.points.tolist() == frame.geometry.tolist()
    assert raw.shapes.tolist() == frame.geometry.tolist()
    assert raw.findings == []


def test_a_broken_feature_of_a_geojson_is_named_and_a_point_of_the_other_is_taken(tmp_path: Path) -> None:
    file = write_geojson(tmp_path, [feature(UNCLOSED, name="a"), feature(SQUARE, name="b"), feature(None, name="c")])
    raw = read_file(file, wanted="all")
    assert raw.table["name"].tolist() == ["a", "b", "c"]
    assert raw.points is not None
    assert [point is None for point in raw.points] == [True, False, True]
    assert POLYGON.covers(raw.points[1])
    assert [(finding.row, finding.column) for finding in raw.findings] == [(2, "geometry")]


def test_members_of_a_geojson_that_are_no_text_are_kept_as_json(tmp_path: Path) -> None:
    document = {"type": "Feature", "id": 7, "properties": {"tags": {"a": [1]}}, "geometry": None}
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps(document), encoding="utf-8")
    raw = read_file(file, wanted="all")
    assert raw.table.iloc[0].to_dict() == {"tags": '{"a": [1]}', "id": "7"}
    file.write_text('{"type": "Polygon"}', encoding="utf-8")
    with pytest.raises(InputError, match="feature collection"):
        read_file(file, wanted="all")


@pytest.mark.filterwarnings("ignore:Non closed ring")
def test_an_open_ring_of_a_shapefile_is_named(tmp_path: Path) -> None:
    """The last point of the first record is moved."""
    file = tmp_path / "a.shp"
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[POLYGON, POLYGON], crs=4326).to_file(file)
    data = bytearray(file.read_bytes())
    end = 108 + 2 * struct.unpack(">i", data[104:108])[0]
    data[end - 16 : end] = struct.pack("<2d", 25.0, 61.0)
    file.write_bytes(bytes(data))
    raw = read_file(file, wanted="all")
    assert raw.table["name"].tolist() == ["a", "b"]
    assert raw.points is not None
    assert [point is None for point in raw.points] == [True, False]
    assert [finding.row for finding in raw.findings] == [2]


@pytest.mark.parametrize("suffix", [".shx", ".prj", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_read_and_says_so(suffix: str, tmp_path: Path) -> None:
    named(tmp_path / "a.shp")
    (tmp_path / f"a{suffix}").unlink()
    raw = read_file(tmp_path / "a.shp", wanted="all")
    assert raw.points is not None
    assert raw.points.tolist() == [shapely.Point(1, 2), shapely.Point(3, 4)]
    assert raw.table.index.tolist() == [2, 3]
    assert [finding.column for finding in raw.findings] == [suffix]


def test_a_broken_row_of_a_geopackage_is_named(tmp_path: Path) -> None:
    raw = read_file(write_geopackage(tmp_path), wanted="all")
    assert raw.points is not None
    assert [point is None for point in raw.points] == [False, True]
    assert [finding.row for finding in raw.findings] == [3]


def test_a_geopackage_of_points_and_areas_gives_the_one_that_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"name": ["area"]}, geometry=[POLYGON], crs=4326).to_file(file, layer="areas")
    gpd.GeoDataFrame({"name": ["point"]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(file, layer="points")
    assert read_file(file).table["name"].tolist() == ["point"]
    assert read_file(file, prefer_areas=True).table["name"].tolist() == ["area"]


def test_a_broken_row_of_a_geoparquet_is_named(tmp_path: Path) -> None:
    good = tmp_path / "good.parquet"
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[POLYGON, POLYGON], crs=4547).to_parquet(good)
    table = parquet.read_table(good)
    blobs = [shapely.to_wkb(POLYGON), unclosed_wkb()]
    broken = table.set_column(table.schema.get_field_index("geometry"), "geometry", pa.array(blobs, pa.binary()))
    parquet.write_table(broken.replace_schema_metadata(table.schema.metadata), tmp_path / "broken.parquet")
    raw = read_file(tmp_path / "broken.parquet", wanted="all")
    assert raw.table["name"].tolist() == ["a", "b"]
    assert raw.crs is not None
    assert raw.crs.to_epsg() == 4547
    assert raw.shapes is not None
    assert raw.shapes[0] == POLYGON
    assert [finding.row for finding in raw.findings] == [3]


def test_a_plain_parquet_table_has_no_shapes(tmp_path: Path) -> None:
    pd.DataFrame({"id": [1, 2], "lon": [1.5, None]}).to_parquet(tmp_path / "a.parquet")
    raw = read_file(tmp_path / "a.parquet", wanted="all")
    assert (raw.format, raw.shapes) == ("parquet", None)
    assert raw.table["lon"].tolist() == ["1.5", None]


def test_placemarks_of_a_kml_are_points_lines_and_areas_and_a_broken_one_is_named(tmp_path: Path) -> None:
    ring = " ".join(f"{x},{y}" for x, y in RING)
    hole = "24.9405,60.1672 24.9408,60.1672 24.9408,60.1674 24.9405,60.1672"
    bodies = [
        "<Point><coordinates>24.94,60.17,0</coordinates></Point>",
        "<LineString><coordinates>24.94,60.17 24.95,60.18</coordinates></LineString>",
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>" + ring + "</coordinates></LinearRing></outerBoundaryIs>"
        "<innerBoundaryIs><LinearRing><coordinates>" + hole + "</coordinates></LinearRing></innerBoundaryIs></Polygon>",
        "<Point><coordinates>east,north</coordinates></Point>",
        "",
    ]
    marks = "".join(
        f'<Placemark><name>{i}</name><ExtendedData><Data name="n"><value>{i * 2}</value></Data></ExtendedData>'
        f"{body}</Placemark>"
        for i, body in enumerate(bodies)
    )
    file = tmp_path / "a.kml"
    file.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', encoding="utf-8")
    raw = read_file(file, wanted="all")
    assert raw.table["name"].tolist() == ["0", "1", "2", "3", "4"]
    assert raw.table["n"].tolist() == ["0", "2", "4", "6", "8"]
    assert raw.shapes is not None
    assert [None if shape is None else shape.geom_type for shape in raw.shapes] == [
        *("Point", "LineString", "Polygon", None, None)
    ]
    assert len(raw.shapes[2].interiors) == 1
    assert [finding.row for finding in raw.findings] == [5]
