"""Geometries are kept as the GeoPackage standard says, and as GDAL writes and reads them."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.study.geometry_blobs import geometry_blob, geometry_of

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
