"""The state of a study's file, without dropping a lock that SQLite has on it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study.database import connect, locked, real
from geo.study.file import about, changing, read_layer
from geo.study.file_state import left_beside, renamed, says_wal, stamp
from geo.study.versions import put_facts

TRY = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
    print("begun")
except sqlite3.OperationalError as error:
    print(error)
"""


def another_writes(study: Path) -> str:
    run = subprocess.run([sys.executable, "-c", TRY, str(study)], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_every_change_gives_another_state(study: Path) -> None:
    states = [stamp(study)]
    for number in range(20):  # faster than the clock of the disk
        with locked(study) as connection:
            put_facts(connection, {"note": str(number)})
            connection.execute("COMMIT")
        states.append(stamp(study))
        assert about(study)["note"] == str(number)
    assert len(set(states)) == 21


def test_looking_at_a_study_leaves_the_lock_of_a_change_in_this_process(study: Path) -> None:
    with changing(study) as connection:
        put_facts(connection, {"note": "mine"})
        thread = threading.Thread(target=about, args=(study,))
        thread.start()
        thread.join()
        about(study)
        assert another_writes(study) == "database is locked"
    assert about(study)["note"] == "mine"
    assert another_writes(study) == "begun"


def test_gdal_reads_before_or_after_a_change_of_this_process(study: Path) -> None:
    read: list[int] = []
    with changing(study) as connection:
        put_facts(connection, {"note": "mine"})
        thread = threading.Thread(target=lambda: read.append(len(read_layer(study, "streets"))))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert another_writes(study) == "database is locked"
        with pytest.raises(RuntimeError, match="through the connection"):
            read_layer(study, "streets")
    thread.join()
    assert read == [207]


def test_a_write_ahead_log_is_known_and_has_no_state_of_the_file(study: Path) -> None:
    assert not says_wal(study)
    with closing(sqlite3.connect(study)) as viewer:
        viewer.execute("PRAGMA journal_mode = WAL")
        viewer.execute("UPDATE about SET value = 'seen' WHERE key = 'credit'")
        viewer.commit()
        assert says_wal(study)
        assert stamp(study) is None
        assert left_beside(study) == study.with_name("study.gpkg-wal")
        assert about(study)["credit"] == "seen"
        viewer.execute("UPDATE about SET value = 'seen again' WHERE key = 'credit'")
        viewer.commit()
        assert about(study)["credit"] == "seen again"
    assert left_beside(study) is None


def test_a_study_behind_a_link_is_changed_where_it_stands(study: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gpkg"
    link.symlink_to(study)
    with changing(link) as connection:
        put_facts(connection, {"note": "through the link"})
    assert link.is_symlink()
    assert real(link) == real(study)
    with connect(study) as connection:
        assert connection.execute("SELECT value FROM about WHERE key = 'note'").fetchone() == ("through the link",)


def test_a_renamed_study_keeps_the_lock_of_a_change_in_this_process(study: Path, tmp_path: Path) -> None:
    new = tmp_path / "renamed.gpkg"
    assert stamp(real(study)) is not None
    with locked(real(study)):
        study.rename(new)
        renamed(real(study), real(new))
        with pytest.raises(StudyError):
            about(study)
        assert stamp(real(new)) is not None
        assert another_writes(new) == "database is locked"
    assert another_writes(new) == "begun"
