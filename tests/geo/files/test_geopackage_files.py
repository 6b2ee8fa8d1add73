"""A GeoPackage is read with the rows in its write-ahead log, whoever has it open and whoever may write to it."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from pathlib import Path

import pytest
import shapely

from geo.core.errors import InputError
from geo.files.formats import read_file
from tests.support.map_formats import AREAS, POINTS, rows


def in_wal(folder: Path) -> tuple[Path, sqlite3.Connection]:
    """Return a file with one row in it, another in its log, and the connection that keeps the log open."""
    file = folder / "rows.gpkg"
    rows(POINTS).to_file(file, layer="rows", layer_options={"SPATIAL_INDEX": "NO"})
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DELETE FROM rows WHERE id = '2'")
    connection.close()
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("INSERT INTO rows (geom, id, text) SELECT geom, '在日志中', text FROM rows")
    return file, writer


def test_rows_in_the_log_are_read_and_nothing_is_changed(tmp_path: Path) -> None:
    file, writer = in_wal(tmp_path)
    before = {part.name: part.read_bytes() for part in tmp_path.iterdir() if not part.name.endswith("-shm")}
    raw = read_file(file)
    assert raw.table["id"].tolist() == ["1", "在日志中"]
    assert [finding.column for finding in raw.findings] == ["-wal"]
    assert {part.name: part.read_bytes() for part in tmp_path.iterdir() if part.name in before} == before
    assert writer.execute("SELECT count(*) FROM rows").fetchone() == (2,)
    writer.close()


def test_rows_in_the_log_are_read_while_somebody_writes_and_from_a_folder_that_is_read_only(tmp_path: Path) -> None:
    file, writer = in_wal(tmp_path)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("UPDATE rows SET text = 'not yet'")
    for part in tmp_path.iterdir():
        part.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        raw = read_file(file)
    finally:
        tmp_path.chmod(0o755)
    assert raw.table["id"].tolist() == ["1", "在日志中"]
    assert "not yet" not in raw.table["text"].tolist()
    writer.execute("ROLLBACK")
    writer.close()


def test_a_log_goes_along_in_an_archive_and_a_lost_one_is_said(tmp_path: Path) -> None:
    file, writer = in_wal(tmp_path)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for name in ("rows.gpkg", "rows.gpkg-wal"):
            archive.write(tmp_path / name, f"data/{name}")
    with zipfile.ZipFile(tmp_path / "alone.zip", "w") as archive:
        archive.write(file, "rows.gpkg")
    writer.close()
    assert read_file(tmp_path / "both.zip").table["id"].tolist() == ["1", "在日志中"]
    alone = read_file(tmp_path / "alone.zip")
    assert alone.table["id"].tolist() == ["1"]
    assert "its -wal file is not beside it" in alone.findings[0].problem.en


def test_a_log_that_is_no_log_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "rows.gpkg"
    rows(POINTS).to_file(file, layer="rows")
    (tmp_path / "rows.gpkg-wal").write_bytes(os.urandom(5000))
    assert read_file(file).table["id"].tolist() == ["1", "2"]


def test_arcs_become_lines_and_heights_are_dropped(tmp_path: Path) -> None:
    file = tmp_path / "rows.gpkg"
    rows(AREAS).to_file(file, layer="rows", layer_options={"SPATIAL_INDEX": "NO"})
    circle = shapely.to_wkb(shapely.LineString([(0, 0, 5), (2, 0, 5), (0, 0, 5)]), flavor="iso")
    arc = circle[:1] + (1008).to_bytes(4, "little") + circle[5:]
    curved = b"\x01" + (1010).to_bytes(4, "little") + b"\x01\x00\x00\x00" + arc
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE rows SET geom = ? WHERE id = '1'", (b"GP\x00\x01\x00\x00\x00\x00" + curved,))
    connection.close()
    raw = read_file(file, prefer_areas=True)
    assert raw.shapes is not None
    assert shapely.area(raw.shapes[0]) == pytest.approx(3.14159, rel=0.01)
    assert not shapely.has_z(raw.shapes).any()


def test_a_table_without_geometry_gives_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.gpkg"
    rows(POINTS).to_file(file, layer="rows")
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE list (id TEXT, lon REAL, lat REAL)")
        connection.execute("INSERT INTO list VALUES ('a', 24.9, 60.1)")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('list', 'attributes', 'list')"
        )
    connection.close()
    assert read_file(file).table["id"].tolist() == ["1", "2"]
    assert read_file(file, sheets=("list",)).table["id"].tolist() == ["a"]
    with pytest.raises(InputError, match=r"list \(1 rows\)"):
        read_file(file, sheets=("nothing",))
