"""Geometries are kept as the GeoPackage standard says, and as GDAL writes and reads them."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.study.geometry_blobs import as_kept, geometry_blob, geometry_of

SHAPES = [
    shapely.Point(114.35, 36.1),
    shapely.LineString([(114.3, 36.0), (114.4, 36.2)]),
    shapely.MultiPolygon([shapely.box(114.3, 36.0, 114.31, 36.01), shapely.box(114.4, 36.1, 114.41, 36.11)]),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.geom_type)
def test_a_geometry_comes_back(shape: shapely.Geometry) -> None:
    assert geometry_of(geometry_blob(shape)).equals(shape)


def test_the_header_says_wgs_84_and_the_envelope() -> None:
    blob = geometry_blob(SHAPES[1])
    assert blob[:2] == b"GP"
    assert struct.unpack("<i4d", blob[4:40]) == (4326, 114.3, 114.4, 36.0, 36.2)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.geom_type)
def test_gdal_reads_what_we_write_and_we_read_what_it_writes(shape: shapely.Geometry, tmp_path: Path) -> None:
    file = tmp_path / "places.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=4326).to_file(file, layer="places")
    with sqlite3.connect(file) as connection:
        (theirs,) = connection.execute("SELECT geom FROM places").fetchone()
        assert geometry_of(theirs).equals(shape)
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger[0]}"')
        connection.execute("UPDATE places SET geom = ?", (geometry_blob(shape),))
    connection.close()
    assert gpd.read_file(file).geometry.iloc[0].equals(shape)


_LINE, _LINES = shapely.LineString([(0, 0), (1, 1)]), shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])
_AREA = shapely.box(0, 0, 1, 1)
_AREAS = shapely.MultiPolygon([_AREA])


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        ("MultiLineString", [_LINE, None, _LINES]),
        ("MultiLineString", [_LINE, _LINE]),
        ("MultiPolygon", [_AREA, shapely.MultiPolygon()]),
        ("Unknown", [_AREA, _AREAS, None]),
        ("Unknown", [_AREA, _AREAS, _LINE]),
        ("Unknown", [_AREA, _LINE, shapely.Point(1, 2)]),
        ("Polygon", [_AREA, None]),
        ("Point", [None, None]),
    ],
)
def test_whole_columns_are_written_as_gdal_writes_row_by_row(
    kind: str, shapes: list[shapely.Geometry | None], tmp_path: Path
) -> None:
    table = gpd.GeoDataFrame({"name": [f"n{number}" for number in range(len(shapes))]}, geometry=shapes, crs=4326)
    kept = table.set_geometry(gpd.GeoSeries(as_kept(table.geometry.to_numpy(), kind), crs=4326))
    rows = []
    for name, layer, options in (
        ("one", table, {}),
        ("columns", kept, {"use_arrow": True, "promote_to_multi": False}),
    ):
        file = tmp_path / f"{name}.gpkg"
        layer.to_file(file, layer="x", driver="GPKG", engine="pyogrio", geometry_type=kind, **options)
        with sqlite3.connect(file) as connection:
            rows.append(connection.execute("SELECT * FROM x").fetchall())
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(shapes)
