"""A study of 0.1 is brought up to date when it is opened: nothing is lost, and its results say that they are old."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pyogrio
import pytest

from geo.core.errors import StudyError
from geo.facilities.coverage_study import COVERAGE, cover
from geo.parking.study import BAYS
from geo.stalls.study import STALLS, plan_stalls
from geo.study.file import FORMAT, OLDER, about, changing, connect, layer_names
from geo.study.migrations import STEPS, migrate
from geo.study.qgis_styles import layer_styles
from geo.study.reader import Study
from geo.study.schema import LAYERS
from geo.study.versions import VIEWS, version_key
from geo.tiers.decisions import decide_tier, find_street, undo
from geo.tiers.result import TIERS
from geo.tiers.study import grade_study
from tests.conftest import ROOT


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A small town's study of version 0.1: a list, two complaints, a stall, two decisions, stalls, bays, coverage."""
    path = tmp_path / "town.gpkg"
    path.write_bytes(gzip.decompress((ROOT / "tests" / "data" / "study-0.1.gpkg.gz").read_bytes()))
    return path


def rows(path: Path) -> dict[str, int]:
    there = layer_names(path)
    return {name: pyogrio.read_info(path, layer=name)["features"] for name in LAYERS if name in there}


def test_nothing_in_it_is_lost(old: Path) -> None:
    before = rows(old)
    facts = dict(sqlite3.connect(old).execute("SELECT key, value FROM about"))
    assert facts["format"] in STEPS
    study = Study(old)
    assert study.seen["format"] == FORMAT
    assert rows(old) == before
    kept = {key: value for key, value in facts.items() if not key.startswith(("format", "inference"))}
    kept = {key: value for key, value in kept.items() if "_computed" not in key}
    assert kept.items() <= study.seen.items()
    assert {version_key(name) for name in (*LAYERS, *VIEWS, "build", "decisions:zone")} <= set(study.seen)
    decisions = study.table("decisions")
    assert decisions["kind"].tolist() == ["tier", "zone"]
    zones = study.layer("stall_zones")
    assert zones.loc[zones["status"] == "accepted", "decision_id"].tolist() == ["D0002"]


def test_its_results_are_kept_and_known_to_be_out_of_date(old: Path) -> None:
    study = Study(old)
    for result in (TIERS, STALLS, BAYS, COVERAGE.of_kind("toilet")):
        known = result.known(study)
        assert known.summary is not None
        assert not known.fresh
    assert STALLS.known(study).summary["zones"] == len(study.layer("stall_zones"))  # type: ignore[index]
    assert not any("computed" in key or key == "inference" for key in study.seen)


def test_work_on_it_goes_on(old: Path) -> None:
    decide_tier(old, find_street(old, "乙路"), "secondary", "夜市")
    grade_study(old)
    plan_stalls(old)
    assert cover(old, "toilet")["share"] > 0
    study = Study(old)
    assert all(result.known(study).fresh for result in (TIERS, STALLS, COVERAGE.of_kind("toilet")))
    streets = study.table("streets").set_index("name")
    assert streets.loc[["甲路", "乙路"], "tier_source"].tolist() == ["manual", "manual"]
    assert streets.loc["人民路", "tier_source"] == "official"
    undo(old, "D0001", "不再需要")
    assert Study(old).table("streets").set_index("name").loc["甲路", "tier_source"] == "inferred"


def test_qgis_gets_the_styles_of_now(old: Path) -> None:
    Study(old)
    with connect(old) as connection:
        styles = connection.execute("SELECT f_table_name, ui, update_time FROM layer_styles").fetchall()
    assert {row[0] for row in styles} == set(layer_styles()["f_table_name"])
    assert all(row[2] for row in styles)
    assert len(pyogrio.read_dataframe(old, layer="layer_styles")) == len(styles)


def test_it_is_done_once_and_is_safe_to_do_twice(old: Path) -> None:
    first = about(old)
    with connect(old) as connection:
        connection.execute("BEGIN IMMEDIATE")
        migrate(connection)
        connection.execute("COMMIT")
    assert about(old) == first


def test_a_study_that_cannot_be_written_says_so_and_stays(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = old.read_bytes()

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM about WHERE key = 'credit'")
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("geo.study.migrations.migrate", fails)
    with pytest.raises(StudyError):
        Study(old)
    assert old.read_bytes() == content


def test_every_step_leads_from_an_older_format_to_the_next() -> None:
    assert set(STEPS) <= set(OLDER)
    assert FORMAT not in STEPS


def test_a_study_of_this_format_stays_as_it_is(study: Path) -> None:
    before = about(study)
    with changing(study) as connection:
        migrate(connection)
    assert about(study) == before
