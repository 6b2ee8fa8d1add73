"""Backups: whole, verified, with keys, while others write; a study that cannot be copied stops no other."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study import backups, database
from geo.study.backups import back_up, bring_back, copy_database, copy_name, keep_newest, stamp_of
from geo.study.checks import verify
from geo.study.file import about, read_layer
from geo.study.geometry_blobs import add_shape_functions
from geo.study.keys import keep_key, key_path, study_key
from geo.study.library import studies
from geo.study.rights import Actor, Grant, RightError, acting
from geo.tiers.decisions import decide_tier, find_street
from tests.support.damage import edit, flip


@pytest.fixture
def folder(bare: Path, tmp_path: Path) -> Path:
    """Return a library of two studies, one with a key, and an archived one."""
    made = tmp_path / "studies"
    (made / "archived").mkdir(parents=True)
    for name in ("安阳", "linzhou", "archived/old"):
        shutil.copy(bare, made / f"{name}.gpkg")
    keep_key(made / "安阳.gpkg", study_key(made / "安阳.gpkg", {}))
    return made


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "disk" / "copies"


def at(minute: int) -> dt.datetime:
    return dt.datetime(2027, 3, 1, 2, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_every_study_is_copied_with_its_key_and_is_a_study_of_its_own(folder: Path, to: Path) -> None:
    found = back_up(folder, to, moment=at(5))
    assert found["complete"]
    assert [(each["name"], each["shelf"], each["key"]) for each in found["files"]] == [
        ("linzhou", "current", False),
        ("安阳", "current", True),
        ("old", "archived", False),
    ]
    stamp = "20270228T180500000Z"
    assert {path.relative_to(to).as_posix() for path in to.rglob("*") if path.is_file()} == {
        f"linzhou.{stamp}.gpkg",
        f"安阳.{stamp}.gpkg",
        f"安阳.{stamp}.key",
        f"archived/old.{stamp}.gpkg",
    }
    for each in found["files"]:
        copy = Path(str(each["copy"]))
        assert verify(copy)["sound"]
        assert each["size_bytes"] == copy.stat().st_size
    copy = to / f"安阳.{stamp}.gpkg"
    assert key_path(copy).read_text() == key_path(folder / "安阳.gpkg").read_text()
    assert os.name == "nt" or key_path(copy).stat().st_mode & 0o077 == 0
    assert read_layer(copy, "streets").equals(read_layer(folder / "安阳.gpkg", "streets"))


def test_the_names_of_copies_sort_by_time() -> None:
    moments = [at(59), at(5), at(7) + dt.timedelta(days=300), at(5) + dt.timedelta(milliseconds=2)]
    assert sorted(map(stamp_of, moments)) == list(map(stamp_of, sorted(moments)))
    assert copy_name(Path(f"a.2027.{stamp_of(at(5))}.gpkg")) == ("a.2027", stamp_of(at(5)), ".gpkg")
    assert copy_name(Path("a.2027.gpkg")) is None


def test_the_newest_copies_of_each_study_stay(folder: Path, to: Path) -> None:
    for minute in range(3):
        found = back_up(folder, to, keep=2, moment=at(minute))
    mine = sorted(path.name for path in to.glob("安阳.*"))
    assert [name for name in mine if name.endswith(".gpkg")] == [f"安阳.{stamp_of(at(n))}.gpkg" for n in (1, 2)]
    assert len(mine) == 4, "with their keys, and no key of a copy that has gone"
    assert len(list((to / "archived").iterdir())) == 2
    assert [len(each["removed"]) for each in found["files"]] == [1, 1, 1]


def test_copies_of_another_study_with_the_name_stay(folder: Path, to: Path, built: Path) -> None:
    back_up(folder, to, keep=1, moment=at(1))
    shutil.copy(built, folder / "linzhou.gpkg")
    back_up(folder, to, keep=1, moment=at(2))
    assert len(list(to.glob("linzhou.*.gpkg"))) == 2
    (to / "安阳.notes.gpkg").write_text("mine")
    back_up(folder, to, keep=1, moment=at(3))
    assert (to / "安阳.notes.gpkg").exists()
    assert len(list(to.glob("linzhou.*.gpkg"))) == 2


def test_a_damaged_study_is_a_sentence_keeps_its_older_copies_and_stops_no_other(folder: Path, to: Path) -> None:
    back_up(folder, to, keep=1, moment=at(1))
    content = (folder / "linzhou.gpkg").read_bytes()
    (folder / "linzhou.gpkg").write_bytes(content[: len(content) * 2 // 3])
    flip(folder / "安阳.gpkg", "Bulevardi", "Bulevarda")
    (folder / "garbage.gpkg").write_bytes(b"no database" * 100)
    with sqlite3.connect(folder / "layers.gpkg") as connection:
        connection.execute("CREATE TABLE parcels (id INTEGER)")
    connection.close()
    found = back_up(folder, to, keep=1, moment=at(2))
    assert not found["complete"]
    assert {each["name"]: each["status"] for each in found["files"]} == {
        "garbage": "failed",
        "layers": "skipped",
        "linzhou": "failed",
        "安阳": "failed",
        "old": "copied",
    }
    assert all(each["problem"] for each in found["files"] if each["status"] != "copied")
    assert [path.name for path in to.glob("*.gpkg")] == [path.name for path in to.glob(f"*.{stamp_of(at(1))}.gpkg")], (
        "nothing half, nothing aside, and the sound copies of before"
    )
    assert len(list(to.glob("*.gpkg"))) == 2
    assert [path for path in to.iterdir() if path.name.startswith(".")] == []


def test_edits_in_qgis_and_odd_rows_are_copied_with_a_note(folder: Path, to: Path) -> None:
    edit(folder / "linzhou.gpkg", "UPDATE roads SET name = 'x' WHERE rowid = 1")
    found = back_up(folder / "linzhou.gpkg", to)
    (only,) = found["files"]
    assert (only["name"], only["status"]) == ("linzhou", "copied")
    assert any("outside Jiexu" in note["en"] for note in only["notes"])


def test_a_change_under_way_is_not_in_the_copy_and_a_lock_is_a_sentence(
    folder: Path, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(folder / "linzhou.gpkg", isolation_level=None)
    add_shape_functions(other)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE roads SET name = 'half done'")
    found = back_up(folder, to, moment=at(1))
    assert found["complete"], "whoever edits meanwhile does not stop it"
    copy = to / f"linzhou.{stamp_of(at(1))}.gpkg"
    assert "half done" not in set(read_layer(copy, "roads")["name"])
    other.execute("ROLLBACK")
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(database, "WAIT_S", 0.2)
    found = back_up(folder, to, moment=at(2))
    assert {each["name"]: each["status"] for each in found["files"]} == {
        "linzhou": "failed",
        "安阳": "copied",
        "old": "copied",
    }
    other.execute("ROLLBACK")
    other.close()


def test_a_copy_of_a_study_with_a_log_is_one_file(folder: Path, to: Path) -> None:
    other = sqlite3.connect(folder / "linzhou.gpkg", isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("UPDATE about SET value = 'in the log' WHERE key = 'credit'")
    to.mkdir(parents=True)
    copy_database(folder / "linzhou.gpkg", to / "x.gpkg")
    other.close()
    assert [path.name for path in to.iterdir()] == ["x.gpkg"]
    assert about(to / "x.gpkg")["credit"] == "in the log"
    assert [path.name for path in to.iterdir()] == ["x.gpkg"]


def test_copies_do_not_go_among_the_studies(folder: Path) -> None:
    for place in (folder, folder / "archived", folder / "bin", folder / "archived" / ".." / "archived"):
        with pytest.raises(StudyError, match="Choose another folder"):
            back_up(folder, place)
    assert back_up(folder, folder / "backup")["complete"]
    assert len(studies(folder, "current")) == 2
    with pytest.raises(StudyError, match="no study"):
        back_up(folder / "nowhere", folder / "backup")


def test_a_study_comes_back_with_its_key_and_its_decisions(folder: Path, to: Path) -> None:
    study = folder / "安阳.gpkg"
    decide_tier(study, find_street(study, "Bulevardi"), "demonstration", "because")
    back_up(folder, to, moment=at(1))
    copy, key = to / f"安阳.{stamp_of(at(1))}.gpkg", key_path(study).read_text()
    study.unlink()
    found = bring_back(copy, folder)  # its key is still there
    assert (found["file"], found["key"], found["replaced"]) == (str(study), True, None)
    assert len(read_layer(study, "decisions")) == 1
    assert verify(study)["sound"]
    with pytest.raises(StudyError, match="--replace"):
        bring_back(copy, folder)
    decide_tier(study, find_street(study, "Bulevardi"), "secondary", "later")
    replaced = bring_back(copy, folder, replace=True)["replaced"]
    assert replaced == str(folder / "bin" / "安阳.gpkg")
    assert len(read_layer(study, "decisions")) == 1
    assert len(read_layer(Path(replaced), "decisions")) == 2
    assert key_path(study).read_text() == key_path(Path(replaced)).read_text() == key
    elsewhere = folder.parent / "new" / "trial.gpkg"
    assert bring_back(copy, elsewhere)["file"] == str(elsewhere)
    assert key_path(elsewhere).read_text() == key


def test_nothing_is_restored_from_a_damaged_copy_or_over_what_is_in_the_way(
    folder: Path, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(folder, to, moment=at(1))
    copy = to / f"安阳.{stamp_of(at(1))}.gpkg"
    study = folder / "安阳.gpkg"
    before = study.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "place", full)
    with pytest.raises(StudyError, match="No space left"):
        bring_back(copy, folder, replace=True)
    monkeypatch.undo()
    assert study.read_bytes() == before, "the former study is back where the new one does not come"
    assert key_path(study).exists()
    assert list((folder / "bin").iterdir()) == []

    broken = to / "broken.gpkg"
    broken.write_bytes(copy.read_bytes()[:200_000])
    for wrong, target, word in (
        (broken, folder, "damaged"),
        (to / "nothing.gpkg", folder, "no study"),
        (copy, folder / "x.txt", "neither a folder"),
        (study, folder, "--replace"),
        (copy, folder / "LINZHOU.gpkg", "already"),
    ):
        with pytest.raises(StudyError, match=word):
            bring_back(wrong, target, replace=word != "--replace")
    keep_key(folder / "x.gpkg", study_key(folder / "x.gpkg", {}))
    with pytest.raises(StudyError, match="another key"):
        bring_back(copy, folder / "x.gpkg")
    assert study.read_bytes() == before
    assert not (folder / "x.gpkg").exists()


def test_only_administrators_copy_and_restore(folder: Path, to: Path) -> None:
    back_up(folder, to, moment=at(1))
    copy = to / f"linzhou.{stamp_of(at(1))}.gpkg"
    with acting(Actor("wang", {"*": Grant("planner"), "linzhou": Grant("administrator")})):
        with pytest.raises(RightError):
            back_up(folder, to)
        with pytest.raises(RightError):
            bring_back(copy, folder / "安阳.gpkg", replace=True)


def test_files_of_other_names_are_no_copies(tmp_path: Path) -> None:
    for name in ("a.db", "a.20270301T000000000Z.db", "a.20270302T000000000Z.db", "ab.20270101T000000000Z.db"):
        (tmp_path / name).touch()
    assert keep_newest(tmp_path, "a", ".db", None, lambda _: True) == []
    assert keep_newest(tmp_path, "a", ".db", 1, lambda _: True) == [str(tmp_path / "a.20270301T000000000Z.db")]
    assert keep_newest(tmp_path, "a", ".db", 1, lambda _: True) == []
