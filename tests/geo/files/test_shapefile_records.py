"""A Shapefile that is not whole gives what is there of it, and says how many of how many."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.files.formats import read_file
from geo.files.shapefile_records import make_whole, table_of
from tests.support.shapefiles import LON, write_shapefile

FIELDS = [("编号", 6), ("类型", 20)]
ROWS = [[str(number), "占道经营"] for number in range(10)]
POINT = 28
"""The bytes of a record of a point."""


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    return write_shapefile(tmp_path / "a.shp", FIELDS, ROWS, "gbk", b"GBK")


def told(file: Path) -> list[tuple[str, str]]:
    return [(finding.column, finding.problem.en) for finding in read_file(file).findings if finding.row is None]


@pytest.mark.parametrize("index", [True, False])
def test_a_shapefile_cut_in_its_shapes_keeps_all_rows_and_the_good_shapes(index: bool, shapefile: Path) -> None:
    shapefile.write_bytes(shapefile.read_bytes()[: 100 + 6 * POINT + 11])
    if not index:
        shapefile.with_suffix(".shx").unlink()
    raw = read_file(shapefile)
    assert raw.records == 10
    assert raw.table["编号"].tolist() == [row[0] for row in ROWS]
    assert raw.points is not None
    assert shapely.is_missing(raw.points).tolist() == [False] * 6 + [True] * 4
    assert shapely.get_x(raw.points[:6]) == pytest.approx(LON + np.arange(6) * 1e-5)
    assert (".shp", "The .shp is incomplete: 6 of 10 records have a shape") in told(shapefile)


def test_a_shapefile_cut_in_its_table_keeps_all_shapes(shapefile: Path) -> None:
    table = table_of(shapefile.with_suffix(".dbf"))
    assert table is not None
    assert (table.stated, table.there, [field.width for field in table.fields]) == (10, 10, [6, 20])
    data = shapefile.with_suffix(".dbf").read_bytes()
    shapefile.with_suffix(".dbf").write_bytes(data[: table.start + 7 * table.length + 3])
    raw = read_file(shapefile)
    assert raw.table["编号"].tolist() == [*(row[0] for row in ROWS[:7]), None, None, None]
    assert raw.points is not None
    assert not shapely.is_missing(raw.points).any()
    assert told(shapefile) == [(".dbf", "The .dbf is incomplete: 7 of 10 records have attributes")]


def test_records_without_shape_and_attributes_are_counted(shapefile: Path) -> None:
    table = table_of(shapefile.with_suffix(".dbf"))
    assert table is not None
    data = shapefile.with_suffix(".dbf").read_bytes()
    shapefile.with_suffix(".dbf").write_bytes(data[: table.start + 7 * table.length])
    shapefile.write_bytes(shapefile.read_bytes()[: 100 + 5 * POINT])
    raw = read_file(shapefile)
    assert (len(raw.table), raw.unread, raw.records) == (7, 3, 10)
    assert told(shapefile) == [
        (".shp", "The .shp is incomplete: 5 of 10 records have a shape"),
        (".dbf", "The .dbf is incomplete: 7 of 10 records have attributes"),
    ]


@pytest.mark.parametrize("damage", ["cut", "wrong", "gone"])
def test_an_index_that_is_wrong_is_made_anew(damage: str, shapefile: Path) -> None:
    whole = read_file(shapefile)
    shx = shapefile.with_suffix(".shx")
    data = shx.read_bytes()
    if damage == "gone":
        shx.unlink()
    else:
        shx.write_bytes(data[:130] if damage == "cut" else data[:100] + struct.pack(">20i", *range(7, 27)))
    raw = read_file(shapefile)
    assert raw.points is not None
    assert whole.points is not None
    assert raw.points.tolist() == whole.points.tolist()
    assert told(shapefile) == ([(".shx", "The .shx file is missing")] if damage == "gone" else [])


def test_a_table_with_more_rows_than_shapes_keeps_them(shapefile: Path, tmp_path: Path) -> None:
    other = write_shapefile(tmp_path / "b.shp", FIELDS, ROWS[:6], "gbk")
    shapefile.write_bytes(other.read_bytes())
    shapefile.with_suffix(".shx").write_bytes(other.with_suffix(".shx").read_bytes())
    raw = read_file(shapefile)
    assert raw.records == 10
    assert told(shapefile) == [(".shp", "The .shp is incomplete: 6 of 10 records have a shape")]


def test_a_table_with_fewer_rows_than_shapes_loses_no_shape(shapefile: Path, tmp_path: Path) -> None:
    other = write_shapefile(tmp_path / "b.shp", FIELDS, ROWS[:6], "gbk")
    shapefile.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    raw = read_file(shapefile)
    assert raw.records == 10
    assert told(shapefile) == [(".dbf", "The .dbf is incomplete: 6 of 10 records have attributes")]


def test_a_table_that_is_none_is_said_and_the_shapes_are_read(shapefile: Path) -> None:
    shapefile.with_suffix(".dbf").write_bytes(b"\0" * 10)
    raw = read_file(shapefile)
    assert raw.records == 10
    assert told(shapefile) == [(".dbf", "The .dbf is damaged")]


def test_deleted_rows_are_no_records(shapefile: Path) -> None:
    table = table_of(shapefile.with_suffix(".dbf"))
    assert table is not None
    data = bytearray(shapefile.with_suffix(".dbf").read_bytes())
    data[table.start + 3 * table.length] = ord("*")
    shapefile.with_suffix(".dbf").write_bytes(bytes(data))
    raw = read_file(shapefile)
    assert raw.table["编号"].tolist() == [row[0] for row in ROWS if row[0] != "3"]
    assert raw.points is not None
    assert raw.points[3].x == pytest.approx(LON + 4e-5)


def test_whole_parts_stay_as_they_are(shapefile: Path) -> None:
    before = {part.suffix: part.read_bytes() for part in shapefile.parent.iterdir()}
    assert make_whole(shapefile) == (0, [])
    assert {part.suffix: part.read_bytes() for part in shapefile.parent.iterdir()} == before
