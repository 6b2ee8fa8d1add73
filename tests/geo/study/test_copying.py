"""Layers copied from one GeoPackage into another: rows, spatial index, descriptions."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.study.copying import copy_tables, drop_table, tables_in
from geo.study.database import connect, locked
from geo.study.file import layer_names, read_layer


@pytest.fixture
def other(study: Path, tmp_path: Path) -> Path:
    """A GeoPackage with other streets, and a layer of its own whose geometry has an unusual name."""
    path = tmp_path / "other.gpkg"
    streets = read_layer(study, "streets").iloc[:50]
    pyogrio.write_dataframe(
        streets,
        path,
        layer="streets",
        driver="GPKG",
        geometry_type="MultiLineString",
        layer_options={"GEOMETRY_NAME": "geom"},
    )
    places = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=shapely.points([[24.9, 60.1], [25.0, 60.2]]), crs=4326)
    pyogrio.write_dataframe(
        places, path, layer='own "layer"', driver="GPKG", layer_options={"GEOMETRY_NAME": "the_geom"}
    )
    return path


def sound(path: Path) -> bool:
    with connect(path) as connection:
        checks = [connection.execute("PRAGMA integrity_check").fetchone()]
        for (index,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%rtree%'"):
            checks.append(connection.execute("SELECT rtreecheck(?)", (index,)).fetchone())
    return set(checks) == {("ok",)}


def check(study: Path) -> None:
    assert sound(study)
    assert len(read_layer(study, "streets")) == 50
    own = pyogrio.read_dataframe(study, layer='own "layer"')
    assert own["name"].tolist() == ["甲", "乙"]
    assert pyogrio.read_info(study, layer="streets")["features"] == 50
    within = pyogrio.read_dataframe(study, layer='own "layer"', bbox=(24.8, 60.0, 24.95, 60.15))
    assert within["name"].tolist() == ["甲"]
    assert len(pyogrio.read_dataframe(study, layer="streets", bbox=(20, 50, 30, 70))) == 50
    with locked(study) as connection:  # the triggers of the index are there
        connection.execute("DELETE FROM streets WHERE fid > 40")
        connection.execute("COMMIT")
    assert sound(study)
    assert pyogrio.read_info(study, layer="streets")["features"] == 40


def test_layers_come_with_their_index_and_their_descriptions(study: Path, other: Path) -> None:
    before = layer_names(study)
    with locked(study, attached=other) as connection:
        assert tables_in(connection, "aside") == ["streets", 'own "layer"']
        copy_tables(connection, tables_in(connection, "aside"))
        connection.execute("COMMIT")
    assert sorted(layer_names(study)) == sorted([*before, 'own "layer"'])
    check(study)


def test_an_index_is_filled_anew_where_pages_are_of_another_size(study: Path, other: Path) -> None:
    with connect(study) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")
    with locked(study, attached=other) as connection:
        copy_tables(connection, tables_in(connection, "aside"))
        connection.execute("COMMIT")
    check(study)


def test_a_copy_that_is_not_kept_leaves_everything(study: Path, other: Path, tmp_path: Path) -> None:
    before = Path(shutil.copy(study, tmp_path / "before.gpkg")).read_bytes()
    with locked(study, attached=other) as connection:
        copy_tables(connection, ["streets"])
    assert study.read_bytes() == before


def test_a_layer_that_is_dropped_leaves_no_trace(study: Path) -> None:
    with locked(study) as connection:
        drop_table(connection, "stalls")
        drop_table(connection, "no such table")
        connection.execute("COMMIT")
        names = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%stalls%'").fetchall()
        assert names == []
        assert connection.execute("SELECT * FROM gpkg_extensions WHERE table_name = 'stalls'").fetchall() == []
    assert "stalls" not in layer_names(study)
    assert sound(study)
