"""Rows put in, taken out and changed one by one: stored as GDAL stores them, and known by the checksums."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.study.checks import verify
from geo.study.file import changing, connect, read_layer
from geo.study.reader import Study
from geo.study.row_changes import RowChanges
from geo.study.rows import rows_in
from geo.study.schema import conform_geo, together
from geo.study.writing import ChangedError

MOMENT = pd.Timestamp("2025-03-01 08:30:00.250", tz="UTC")
ROWS = {
    "complaints": gpd.GeoDataFrame(
        {
            "complaint_id": ["T1", "T2", "T3"],
            "received_at": [MOMENT, MOMENT.floor("s"), pd.NaT],
            "text": ["占道经营", "a 'quoted' text", None],
            "offset_m": [1.5, None, 0.0],
            "ambiguous": [True, False, False],
        },
        geometry=[shapely.Point(24.94, 60.17), None, shapely.Point(24.95, 60.16)],
        crs=4326,
    ),
    "parking": gpd.GeoDataFrame(
        {"parking_id": ["P1", "P2"], "capacity": pd.array([40, None], dtype="Int64")},
        geometry=[shapely.Point(24.94, 60.17), shapely.box(24.94, 60.17, 24.95, 60.18)],
        crs=4326,
    ),
}


def stored(study: Path, layer: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(study) as connection:
        rows = connection.execute(f'SELECT * FROM "{layer}"').fetchall()
        described = connection.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (layer,)
        ).fetchall()
        counted = connection.execute(
            "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (layer,)
        ).fetchall()
        index = connection.execute(f'SELECT * FROM "rtree_{layer}_geom" ORDER BY id').fetchall()
    return [*rows, *described, *counted, *index]


@pytest.mark.parametrize("layer", ROWS)
def test_rows_are_stored_as_gdal_stores_them(layer: str, study: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gpkg"
    other.write_bytes(study.read_bytes())
    rows = conform_geo(ROWS[layer], layer)
    Study(study).write({}, rows={layer: RowChanges(rows)})
    Study(other).write({layer: together(Study(other).layer(layer), rows, layer)})
    assert stored(study, layer) == stored(other, layer)
    assert read_layer(study, layer).equals(read_layer(other, layer))
    assert verify(study)["sound"]


@pytest.mark.parametrize("layer", ROWS)
def test_rows_are_read_as_gdal_reads_them(layer: str, study: Path) -> None:
    Study(study).write({layer: conform_geo(ROWS[layer], layer)})
    with connect(study) as connection:
        rows = rows_in(connection, layer)
    whole = read_layer(study, layer)
    assert rows.index.tolist() == list(range(1, len(whole) + 1))
    pd.testing.assert_frame_equal(pd.DataFrame(rows.reset_index(drop=True)), pd.DataFrame(whole))


def test_rows_go_and_change_and_the_checksums_follow(study: Path) -> None:
    opened = Study(study)
    before = len(opened.layer("complaints"))
    opened.write({}, rows={"complaints": RowChanges(ROWS["complaints"])})
    opened.write({}, rows={"complaints": RowChanges(removed=[before + 2], values={"text": {before + 3: "changed"}})})
    left = read_layer(study, "complaints").iloc[before:]
    assert left["complaint_id"].tolist() == ["T1", "T3"]
    assert left["text"].tolist() == ["占道经营", "changed"]
    assert verify(study)["sound"]


def test_a_change_of_the_counts_leaves_the_view_of_the_lines_as_it_was(study: Path) -> None:
    opened = Study(study)
    before = opened.versions("streets", "street_lines")
    opened.write({}, rows={"streets": RowChanges(values={"complaints": {1: 7}})})
    after = opened.versions("streets", "street_lines")
    assert after["street_lines"] == before["street_lines"]
    assert after["streets"] != before["streets"]


def test_no_change_is_none(study: Path) -> None:
    opened = Study(study)
    before = opened.versions("complaints")
    opened.write({}, {"note": "1"}, {"complaints": RowChanges()})
    assert opened.versions("complaints") == before
    assert opened.seen["note"] == "1"


def test_a_study_that_changed_meanwhile_is_left_alone(study: Path) -> None:
    opened, other, before = Study(study), Study(study), len(read_layer(study, "complaints"))
    other.write({}, {"note": "1"})
    with pytest.raises(ChangedError):
        opened.write({}, rows={"complaints": RowChanges(ROWS["complaints"])})
    assert len(read_layer(study, "complaints")) == before
    other.write({}, rows={"complaints": RowChanges(ROWS["complaints"])})
    with pytest.raises(ChangedError):
        opened.some("complaints")


def test_a_damaged_row_stays_known_as_damaged(study: Path) -> None:
    opened = Study(study)
    opened.write({}, rows={"complaints": RowChanges(ROWS["complaints"])})
    with changing(study) as connection:
        connection.execute("UPDATE jiexu_checksums SET digest = '00' WHERE layer = 'complaints'")
    opened.refresh()
    opened.write({}, rows={"complaints": RowChanges(removed=[1])})
    states = {state["layer"]: state["status"] for state in verify(study)["layer_states"]}
    assert states["complaints"] == "damaged"


def test_columns_and_layers_that_came_later_are_made(study: Path) -> None:
    before = len(read_layer(study, "complaints"))
    with connect(study) as connection:
        connection.execute("ALTER TABLE complaints DROP COLUMN doubted")
        connection.execute("DROP TABLE rtree_other_geom")
        connection.execute("DROP TABLE other")
        for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_extensions"):
            connection.execute(f"DELETE FROM {table} WHERE table_name = 'other'")
    opened = Study(study)
    other = gpd.GeoDataFrame({"other_id": ["X"]}, geometry=[shapely.Point(24.94, 60.17)], crs=4326)
    assert len(opened.some("other")) == 0
    opened.write({}, rows={"complaints": RowChanges(ROWS["complaints"]), "other": RowChanges(other)})
    assert len(read_layer(study, "complaints")) == before + len(ROWS["complaints"])
    assert len(read_layer(study, "other")) == 1
