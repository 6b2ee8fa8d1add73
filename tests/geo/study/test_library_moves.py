"""Studies are renamed, archived, removed and restored with their keys; none is lost, whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study import database, library_moves
from geo.study.checks import verify
from geo.study.file import about
from geo.study.geometry_blobs import add_shape_functions
from geo.study.keys import keep_key, key_path, study_key
from geo.study.library import studies
from geo.study.library_moves import Moved, archive, place, remove, rename, restore
from geo.study.rights import Actor, Grant, RightError, acting
from geo.tiers.decisions import decide_tier, find_street


@pytest.fixture
def folder(bare: Path, tmp_path: Path) -> Path:
    """Return a library of one study, with the key of its pseudonyms."""
    made = tmp_path / "studies"
    made.mkdir()
    path = Path(shutil.copy(bare, made / "anyang.gpkg"))
    keep_key(path, study_key(path, {}))
    return made


def there(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_study_goes_with_its_keys_to_every_shelf_and_back(folder: Path) -> None:
    (folder / "anyang.0123456789abcdef-00ff.key").write_text("an older key")
    (folder / "anyang.2026.key").write_text("of another study")
    content, key = (folder / "anyang.gpkg").read_bytes(), key_path(folder / "anyang.gpkg").read_text()
    about(folder / "anyang.gpkg")
    steps: list[tuple[Callable[[], Moved], str, str]] = [
        (lambda: rename(folder, "anyang", "安阳 2027"), "安阳 2027", "安阳 2027"),
        (lambda: archive(folder, "安阳 2027"), "archived/安阳 2027", "archived:安阳 2027"),
        (lambda: remove(folder, "安阳 2027", "archived"), "bin/安阳 2027", "bin:安阳 2027"),
        (lambda: restore(folder, "安阳 2027", "bin"), "安阳 2027", "安阳 2027"),
        (lambda: remove(folder, "安阳 2027"), "bin/安阳 2027", "bin:安阳 2027"),
    ]
    before = "anyang"
    for step, place_now, role in steps:
        moved = step()
        assert (moved.before, moved.after) == (before, role)
        before = role
        assert moved.path == folder / f"{place_now}.gpkg"
        assert there(folder) == {
            f"{place_now}.gpkg",
            f"{place_now}.key",
            f"{place_now}.0123456789abcdef-00ff.key",
            "anyang.2026.key",
        }
        assert moved.path.read_bytes() == content
        assert key_path(moved.path).read_text() == key
        assert about(moved.path)["study_id"]
    assert [(each.name, each.shelf) for each in studies(folder)] == [("安阳 2027", "bin")]


def test_names_that_collide_get_a_number(folder: Path, bare: Path) -> None:
    for number in range(3):
        shutil.copy(bare, folder / "x.gpkg")
        assert remove(folder, "x").path.stem == ("x" if not number else f"x {number + 1}")
    shutil.copy(bare, folder / "x.gpkg")
    assert restore(folder, "x 3", "bin").path.stem == "x 3"
    assert restore(folder, "x", "bin").path.stem == "x 2"
    assert {each.name for each in studies(folder, "current")} == {"anyang", "x", "x 2", "x 3"}


def test_a_name_is_taken_or_none_and_nothing_moves(folder: Path, bare: Path) -> None:
    shutil.copy(bare, folder / "linzhou.gpkg")
    before = there(folder)
    for new in ("linzhou", "LINZHOU", "../x", "con", "", "a/b"):
        with pytest.raises(StudyError):
            rename(folder, "anyang", new)
    with pytest.raises(StudyError, match="no study"):
        rename(folder, "../studies/anyang", "x")
    with pytest.raises(StudyError, match="no study"):
        archive(folder, "nobody")
    with pytest.raises(StudyError, match="in the bin already"):
        remove(folder, "anyang", "bin")
    with pytest.raises(StudyError, match="neither"):
        restore(folder, "anyang", "current")
    assert there(folder) == before
    assert rename(folder, "anyang", " anyang ").path == folder / "anyang.gpkg"
    assert rename(folder, "anyang", "Anyang").path == folder / "Anyang.gpkg"


def test_a_key_of_another_study_is_in_the_way(folder: Path) -> None:
    other = folder / "x.gpkg"
    keep_key(other, study_key(other, {}))
    with pytest.raises(StudyError, match="no longer there"):
        rename(folder, "anyang", "x")
    assert there(folder) == {"anyang.gpkg", "anyang.key", "x.key"}


def test_a_study_that_another_program_writes_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    for mode in ("DELETE", "WAL"):
        other = sqlite3.connect(folder / "anyang.gpkg", isolation_level=None)
        other.execute(f"PRAGMA journal_mode = {mode}")
        if mode == "DELETE":
            other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE about SET value = value WHERE key = 'credit'")
        before = there(folder)
        with pytest.raises(StudyError, match="Another program holds"):
            rename(folder, "anyang", "x")
        assert there(folder) == before
        if mode == "DELETE":
            other.execute("ROLLBACK")
        other.close()
    assert rename(folder, "anyang", "x").path.is_file()
    assert there(folder) == {"x.gpkg", "x.key"}


def test_a_half_done_change_of_a_killed_program_is_rolled_back_before(folder: Path, tmp_path: Path) -> None:
    study = folder / "anyang.gpkg"
    other = sqlite3.connect(study, isolation_level=None)
    add_shape_functions(other)
    other.execute("PRAGMA cache_size = 1")
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE roads SET name = 'half done'")
    copied = tmp_path / "killed"
    copied.mkdir()
    for file in folder.iterdir():  # as the disk is where the program is killed now
        shutil.copy(file, copied / file.name)
    other.execute("ROLLBACK")
    other.close()
    assert (copied / "anyang.gpkg-journal").stat().st_size
    moved = rename(copied, "anyang", "x").path
    assert there(copied) == {"x.gpkg", "x.key"}
    assert verify(moved)["sound"]


def test_a_log_beside_a_file_that_is_no_database_stays_with_it(folder: Path) -> None:
    (folder / "anyang.gpkg").write_bytes(b"destroyed" * 1000)
    (folder / "anyang.gpkg-wal").write_bytes(b"a part")
    with pytest.raises(StudyError, match="A part of"):
        remove(folder, "anyang")
    (folder / "anyang.gpkg-wal").unlink()
    assert remove(folder, "anyang").path.read_bytes().startswith(b"destroyed")


def test_a_move_that_fails_leaves_study_and_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = there(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library_moves, "place", full)
    with pytest.raises(StudyError, match="No space left"):
        archive(folder, "anyang")
    assert there(folder) == before


def test_whoever_does_not_administer_a_study_moves_nothing(folder: Path) -> None:
    planner = Actor("wang", {"*": Grant("planner"), "linzhou": Grant("administrator")})
    owner = Actor("li", {"anyang": Grant("administrator")})
    with acting(planner):
        for step in (
            lambda: rename(folder, "anyang", "x"),
            lambda: archive(folder, "anyang"),
            lambda: remove(folder, "anyang"),
            lambda: restore(folder, "anyang", "bin"),
        ):
            with pytest.raises(RightError):
                step()
    with acting(owner):
        assert archive(folder, "anyang").after == "archived:anyang"
        with pytest.raises(RightError):
            restore(folder, "anyang", "archived")
    with acting(Actor("li", {"archived:anyang": Grant("administrator")})):
        assert restore(folder, "anyang", "archived").path.is_file()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_is_not_moved(folder: Path, bare: Path) -> None:
    (folder / "elsewhere.gpkg").symlink_to(bare)
    with pytest.raises(StudyError, match="is a link"):
        remove(folder, "elsewhere")
    assert bare.is_file()


def test_whoever_writes_meanwhile_loses_nothing(folder: Path) -> None:
    """A decision is either in the study before it moves, or refused."""
    study = folder / "anyang.gpkg"
    street = find_street(study, "Bulevardi")
    refused: list[StudyError] = []

    def decide() -> None:
        for number in range(6):
            try:
                decide_tier(study, street, "demonstration", f"because {number}")
            except StudyError as error:
                refused.append(error)

    thread = threading.Thread(target=decide)
    thread.start()
    moved = rename(folder, "anyang", "x").path
    thread.join()
    with sqlite3.connect(moved) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM decisions").fetchone()
    connection.close()
    assert kept + len(refused) == 6
    assert there(folder) == {"x.gpkg", "x.key"}
    assert verify(moved)["sound"]


def test_a_file_that_has_come_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    new, target = tmp_path / "new", tmp_path / "target"
    new.write_text("new")
    target.write_text("somebody else's")
    with pytest.raises(FileExistsError):
        place(new, target)
    assert target.read_text() == "somebody else's"
    target.unlink()
    place(new, target)
    assert target.read_text() == "new"
    assert not new.exists()
