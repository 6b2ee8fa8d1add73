"""The file of a queue is its owner's, made once, and refused where it is something else."""

from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from geo.core.databases import utc_text
from geo.core.errors import StudyError
from geo.jobs.database import Database, seconds_between
from tests.support.at_once import failures_at_once


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_the_file_and_what_jobs_read_are_their_owners(tmp_path: Path) -> None:
    database = Database(tmp_path)
    assert not database.exists
    assert database.stamp == 0
    with database.changing() as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone()[0] == 0
    assert mode_of(database.path) == 0o600
    file = tmp_path / "投诉 of 王.CSV"
    file.write_text("text", encoding="utf-8")
    token, names = database.keep({"file": file})
    assert names == {"file": "0.csv"}, "no name of a person outlives the upload"
    assert mode_of(database.kept(token)) == 0o700
    assert (database.kept(token) / "0.csv").read_text(encoding="utf-8") == "text"
    database.drop(token)
    database.drop(None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["jiexu-jobs.db", "投诉 of 王.CSV"]


def test_a_change_is_whole_or_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with pytest.raises(ZeroDivisionError), database.changing() as connection:
        connection.execute(
            "INSERT INTO jobs (study, work, arguments, by_name, rights, state, submitted_at) "
            "VALUES ('a', 'b', '{}', '', '{}', 'waiting', '')"
        )
        raise ZeroDivisionError
    with database.connected() as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone()[0] == 0


def test_many_that_make_it_at_once_make_one(tmp_path: Path) -> None:
    def make() -> None:
        with Database(tmp_path).changing() as connection:
            connection.execute("SELECT * FROM jobs")

    assert failures_at_once(make) == []


def test_another_file_under_this_name_is_refused_in_a_sentence(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.path.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StudyError, match="no queue of work"), database.connected():
        pass
    database.path.unlink()
    sqlite3.connect(database.path).executescript("CREATE TABLE a (b); PRAGMA user_version = 99;")
    with pytest.raises(StudyError, match="no queue of work"), database.changing():
        pass


def test_moments_sort_as_texts() -> None:
    first, last = "2026-11-27T09:00:00.000Z", "2026-11-27T09:01:00.500Z"
    assert seconds_between(first, last) == 60.5
    assert first < last < utc_text()
