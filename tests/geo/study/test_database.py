"""A study's database: its lock among many writers, its log in a GIS program."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.writers import DECISIONS, WRITERS, decided_at_once
from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.stalls.study import STALLS, plan_stalls
from geo.study import database
from geo.study.database import connect
from geo.study.file import about, read_layer
from geo.study.reader import Study
from geo.tiers.decisions import decide_tier
from tests.support.extracts import write_osm

VIEWER = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode = {sys.argv[3]}")
connection.execute("SELECT count(*) FROM gpkg_contents").fetchone()
if sys.argv[2] == "reading":
    connection.execute("BEGIN")
    cursor = connection.execute("SELECT * FROM roads")
    cursor.fetchone()
if sys.argv[2] in ("writing", "saved"):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE about SET value = 'edited' WHERE key = 'credit'")
    if sys.argv[2] == "saved":
        connection.execute("COMMIT")
print("open", flush=True)
if sys.stdin.readline() == "kill\\n":
    os._exit(9)
"""


@contextmanager
def viewer(study: Path, does: str, mode: str = "WAL") -> Iterator[subprocess.Popen[str]]:
    """A program such as QGIS that has a study open."""
    process = subprocess.Popen(
        [sys.executable, "-c", VIEWER, str(study), does, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    try:
        yield process
    finally:
        process.communicate("" if process.poll() is None else None)


NODES = {1: (114.300, 36.0), 2: (114.301, 36.0), 3: (114.302, 36.0), 4: (114.301, 36.001), 5: (114.301, 35.999)}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Two streets that cross."""
    ways = [
        (10, [1, 2, 3], {"highway": "residential", "name": "文明路", "width": "9"}),
        (11, [4, 2, 5], {"highway": "secondary", "name": "解放路"}),
    ]
    return Inputs(write_osm(tmp_path_factory.mktemp("town") / "town.osm", NODES, ways))


@pytest.fixture(scope="module")
def made(town: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "study.gpkg"
    build_study(path, town)
    return path


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """A small study that a test may change."""
    return Path(shutil.copy(made, tmp_path / "study.gpkg"))


def sound(study: Path) -> str:
    with connect(study) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def street(study: Path, number: int = 0) -> str:
    return str(read_layer(study, "streets")["street_id"].iloc[number])


@pytest.mark.parametrize("name", ["a b#1?mode=ro&x=%20.gpkg", "安阳市 街道.gpkg", "a'b\"c.gpkg", "100%.gpkg"])
def test_a_study_of_any_name_is_read_and_changed(study: Path, name: str) -> None:
    path = study.rename(study.with_name(name))
    decision = decide_tier(path, street(path), "secondary", "试")
    plan_stalls(path)
    assert read_layer(path, "decisions")["decision_id"].tolist() == [decision]
    assert [each.name for each in path.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", ["街" * 90 + ".gpkg", "a" * 248 + ".gpkg", "a" * 243 + ".gpkg", "街" * 300])
def test_a_name_that_is_too_long_is_a_sentence(name: str, town: Inputs, tmp_path: Path) -> None:
    for act in (lambda: about(tmp_path / name), lambda: build_study(tmp_path / name, town)):
        with pytest.raises(StudyError, match="too long"):
            act()


def test_the_longest_name_and_folder_work(study: Path) -> None:
    folder = study.parent
    while len(os.fsencode(folder)) < 300:
        folder = folder / ("f" * 60)
    folder.mkdir(parents=True)
    path = study.rename(folder / ("a" * (503 - len(os.fsencode(folder)) - 6 - len(".gpkg")) + ".gpkg"))
    decide_tier(path, street(path), "secondary", "试")
    plan_stalls(path)
    assert len(read_layer(path, "decisions")) == 1


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("does", ["looking", "saved"])
def test_a_study_that_is_open_elsewhere_keeps_everything(does: str, mode: str, study: Path, town: Inputs) -> None:
    with viewer(study, does, mode):
        first = decide_tier(study, street(study), "secondary", "开着时")
        plan_stalls(study)
        assert STALLS.known(Study(study)).fresh
        assert about(study)["credit"] == ("edited" if does == "saved" else about(study)["credit"])
        second = decide_tier(study, street(study, 1), "secondary", "再试")
        build_study(study, town)
        assert set(read_layer(study, "decisions")["decision_id"]) == {first, second}
    assert sound(study) == "ok"
    assert set(read_layer(study, "decisions")["decision_id"]) == {first, second}
    decide_tier(study, street(study), "secondary", "关闭后")
    assert sorted(path.name for path in study.parent.iterdir()) == ["study.gpkg"]  # all in one file again


def test_a_reader_in_wal_keeps_its_view_while_others_write(study: Path) -> None:
    with viewer(study, "reading"):
        decide_tier(study, street(study), "secondary", "试")
        plan_stalls(study)
    assert sound(study) == "ok"
    assert len(read_layer(study, "decisions")) == 1


def test_a_log_that_a_killed_program_left_is_taken_in(study: Path, town: Inputs) -> None:
    with viewer(study, "looking") as process:
        decision = decide_tier(study, street(study), "secondary", "试")
        process.communicate("kill\n")
    assert study.with_name("study.gpkg-wal").stat().st_size > 0
    build_study(study, town)
    assert read_layer(study, "decisions")["decision_id"].tolist() == [decision]
    assert sound(study) == "ok"
    assert not study.with_name("study.gpkg-wal").exists()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_an_unsaved_edit_elsewhere_is_refused_by_name(
    mode: str, study: Path, town: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.4)
    streets = [street(study)]
    with viewer(study, "writing", mode) as process:
        for act in (
            lambda: decide_tier(study, streets[0], "secondary", "试"),
            lambda: plan_stalls(study),
            lambda: build_study(study, town),
        ):
            with pytest.raises(StudyError) as refused:
                act()
            assert "QGIS" in refused.value.remedy.zh
            assert "close it in QGIS" in refused.value.remedy.en
            if Path("/proc/locks").exists():
                assert str(process.pid) in refused.value.problem.en
        assert not [path for path in study.parent.iterdir() if path.name.startswith(".")]
    assert sound(study) == "ok"
    decide_tier(study, streets[0], "secondary", "关闭后")


def test_files_of_a_study_that_is_gone_are_not_read_into_a_new_one(study: Path, town: Inputs) -> None:
    with viewer(study, "saved") as process:
        process.communicate("kill\n")
    study.unlink()
    with pytest.raises(StudyError, match="no longer there"):
        build_study(study, town)
    study.with_name("study.gpkg-wal").unlink()
    build_study(study, town)
    assert sound(study) == "ok"


@pytest.mark.parametrize("wait", [pytest.param(database.WAIT_S, marks=pytest.mark.slow), 3.0])
def test_twenty_writers_lose_nothing(wait: float, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where all of them together take longer than one waits for another: the queue moves."""
    monkeypatch.setattr(database, "WAIT_S", wait)
    study = Path(shutil.copy(built, tmp_path / "many.gpkg"))
    streets = read_layer(study, "streets")["street_id"].tolist()[: WRITERS * DECISIONS]
    taken = decided_at_once(study, streets)
    log = read_layer(study, "decisions")
    assert len(taken) == len(log) == WRITERS * DECISIONS
    assert {number for _, number in taken} == set(log["decision_id"])
    assert set(log["subject"]) == set(streets)
    assert sound(study) == "ok"


def test_a_clock_that_is_set_back_changes_no_order(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = about(study)
    one = street(study)
    moments = [dt.datetime(2025, 3, 2, 10, tzinfo=dt.UTC), dt.datetime(2025, 3, 1, 9, tzinfo=dt.UTC)]
    for tier, moment in zip(("demonstration", "back_street"), moments, strict=True):
        monkeypatch.setattr("geo.tiers.decisions.now", lambda moment=moment: moment)
        decide_tier(study, one, tier, "时钟")
        os.utime(study, (moment.timestamp(), moment.timestamp()))
        assert about(study)["version:decisions"] != before["version:decisions"]
        before = about(study)
    log = read_layer(study, "decisions")
    assert log["decision_id"].tolist() == ["D0001", "D0002"]
    streets = read_layer(study, "streets").set_index("street_id")
    assert streets.loc[one, "tier"] == "back_street"  # the newest counts, whatever the clock said
