"""Databases: their address on any system; private ones are their owner's, made once, and refused where they are not."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from geo.core.databases import PrivateDatabase, address, utc_text
from geo.core.errors import StudyError
from geo.core.text import Text
from tests.support.at_once import failures_at_once


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (PurePosixPath("/data/a.gpkg"), "file:///data/a.gpkg?mode=rw"),
        (
            PurePosixPath("/数据/a b#1?x=%20&y.gpkg"),
            "file:///%E6%95%B0%E6%8D%AE/a%20b%231%3Fx%3D%2520%26y.gpkg?mode=rw",
        ),
        (PureWindowsPath("C:\\data\\a b.gpkg"), "file:///C:/data/a%20b.gpkg?mode=rw"),
        (PureWindowsPath("C:\\50%\\#1.gpkg"), "file:///C:/50%25/%231.gpkg?mode=rw"),
        (PureWindowsPath("\\\\server\\share\\x.gpkg"), "file:////server/share/x.gpkg?mode=rw"),
        (
            PureWindowsPath("\\\\10.0.0.5\\城管\\安阳.gpkg"),
            "file:////10.0.0.5/%E5%9F%8E%E7%AE%A1/%E5%AE%89%E9%98%B3.gpkg?mode=rw",
        ),
        (PureWindowsPath("\\\\?\\C:\\x.gpkg"), "file:%5C%5C%3F%5CC:%5Cx.gpkg?mode=rw"),
    ],
)
def test_the_address_of_a_study(path: PurePath, wanted: str) -> None:
    assert address(path) == wanted


class Notes(PrivateDatabase):
    """Notes, for these tests."""

    NAME = "notes #1.db"
    FORMAT = 7
    TABLES = "CREATE TABLE notes (text TEXT);CREATE INDEX by_text ON notes (text);"
    FOREIGN = Text("{path} 不是笔记", "{path} holds no notes")
    REMEDY = Text("移走", "Move it away")


def test_a_relative_path_is_below_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "copies").mkdir()
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(address(Path("copies") / "a b.db", "rwc"), uri=True)) as connection:
        connection.execute("CREATE TABLE t (n)")
    assert (tmp_path / "copies" / "a b.db").is_file()


def test_it_is_made_for_its_owner_when_something_is_kept(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "folder")
    assert not notes.exists
    with notes.changing() as connection:
        connection.execute("INSERT INTO notes VALUES ('a')")
    assert notes.exists
    assert sys.platform == "win32" or stat.S_IMODE(notes.path.stat().st_mode) == 0o600
    with notes.connected() as connection:
        assert [row["text"] for row in connection.execute("SELECT * FROM notes")] == ["a"]


def test_a_change_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    notes = Notes(tmp_path)
    with pytest.raises(ZeroDivisionError), notes.changing() as connection:
        connection.execute("INSERT INTO notes VALUES ('a')")
        raise ZeroDivisionError
    with notes.connected() as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone()[0] == 0


def test_many_that_make_it_at_once_make_one_and_lose_nothing(tmp_path: Path) -> None:
    def make() -> None:
        with Notes(tmp_path).changing() as connection:
            connection.execute("INSERT INTO notes VALUES ('a')")

    assert failures_at_once(make) == []
    with Notes(tmp_path).connected() as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone()[0] == 8


@pytest.mark.parametrize("held", [b"text, not a database" * 50, None])
def test_what_is_no_such_database_is_refused_by_its_path(tmp_path: Path, held: bytes | None) -> None:
    notes = Notes(tmp_path)
    if held is None:
        connection = sqlite3.connect(notes.path)
        connection.executescript("CREATE TABLE a (b);PRAGMA user_version = 6;")
        connection.close()
    else:
        notes.path.write_bytes(held)
    for opened in (notes.connected(), notes.changing()):
        with pytest.raises(StudyError, match=r"notes #1\.db holds no notes"), opened:
            pass


def test_moments_sort_as_text_and_are_in_utc() -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    at = dt.datetime(2026, 3, 1, 8, 0, 0, 5_999, shanghai)
    assert utc_text(at) == "2026-03-01T00:00:00.005Z"
    assert utc_text(at) < utc_text(at + dt.timedelta(milliseconds=1)) < utc_text()
