"""A folder of studies: its list, with whatever else lies in it, and names that studies can have."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study import library
from geo.study.library import checked_name, find, free_path, library_document, names, numbered_path, role_name, studies
from geo.study.reader import recording
from tests.support.damage import edit


@pytest.fixture
def shelf(bare: Path, tmp_path: Path) -> Path:
    """Return a folder with a study, and files of all kinds that are none."""
    folder = tmp_path / "studies"
    (folder / "archived").mkdir(parents=True)
    for name in ("安阳.2027", "archived/linzhou"):
        shutil.copy(bare, folder / f"{name}.gpkg")
    (folder / "notes.gpkg").write_text("街道,等级\n文明路,次干道\n", encoding="utf-8")
    (folder / "empty.gpkg").touch()
    with sqlite3.connect(folder / "layers.gpkg") as connection:
        connection.execute("CREATE TABLE parcels (id INTEGER)")
    connection.close()
    shutil.copy(bare, folder / "old.gpkg")
    edit(folder / "old.gpkg", "UPDATE about SET value = 'jiexu-study-3' WHERE key = 'format'")
    content = bare.read_bytes()
    (folder / "half.gpkg").write_bytes(content[: len(content) // 2])
    (folder / "a folder.gpkg").mkdir()
    (folder / ".hidden.gpkg").write_bytes(b"")
    (folder / "plan.pdf").write_bytes(b"")
    return folder


def test_every_file_is_listed_with_its_state_and_no_layer_is_read(shelf: Path) -> None:
    before = {path: path.read_bytes() for path in shelf.rglob("*.gpkg") if path.is_file()}
    with recording() as reads:
        found = {each.name: each for each in studies(shelf)}
    assert [layer for each in reads for layer in each.layers] == []
    assert {name: (each.shelf, each.state) for name, each in found.items()} == {
        "安阳.2027": ("current", "sound"),
        "linzhou": ("archived", "sound"),
        "notes": ("current", "no_study"),
        "empty": ("current", "no_study"),
        "layers": ("current", "no_study"),
        "half": ("current", "damaged"),
        "old": ("current", "older"),
    }
    sound = found["安阳.2027"]
    assert (sound.country, sound.problem) == ("FI", None)
    assert sound.built_at is not None
    assert sound.changed_at is not None
    assert sound.size_bytes == sound.path.stat().st_size
    assert "build it again" in str(found["old"].problem)
    assert all(each.problem is not None for each in found.values() if each.state != "sound")
    assert {path: path.read_bytes() for path in before} == before, "looking changes nothing"


def test_a_study_that_another_program_is_writing_does_not_hold_up_the_list(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_WAIT_S", 0.05)
    path = Path(shutil.copy(bare, tmp_path / "open.gpkg"))
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert [(each.name, each.state) for each in studies(tmp_path)] == [("open", "unreadable")]
        other.execute("ROLLBACK")
    other.close()
    assert [each.state for each in studies(tmp_path)] == ["sound"]


def test_the_document_is_the_list(shelf: Path) -> None:
    document = library_document(shelf)
    assert [each["name"] for each in document["studies"]][-1] == "linzhou"
    assert {each["state"] for each in document["studies"] if each["problem"]} == {"no_study", "damaged", "older"}
    with pytest.raises(StudyError, match="no folder"):
        library_document(shelf / "nowhere")


def test_a_study_is_found_by_its_very_name(shelf: Path) -> None:
    (shelf / "Twice.gpkg").touch()
    assert find(shelf, "安阳.2027") == shelf / "安阳.2027.gpkg"
    for name in ("安阳", "安阳.2027.gpkg", "twice", "../studies/notes", "archived/linzhou", ".hidden", "", "a folder"):
        assert find(shelf, name) is None
    assert find(shelf, "linzhou", "archived") is not None
    assert names(shelf / "nowhere") == []


@pytest.mark.skipif(os.name == "nt", reason="one name there")
def test_names_that_differ_by_their_suffix_are_one_study(tmp_path: Path) -> None:
    for name in ("a.GPKG", "a.gpkg", "b.GpKg"):
        (tmp_path / name).touch()
    assert [find(tmp_path, name) for name in names(tmp_path)] == [tmp_path / "a.gpkg", tmp_path / "b.GpKg"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [(" 安阳 ", "安阳"), ("a.b", "a.b"), ("anyang.gpkg", "anyang"), ("O'Hara (2)", "O'Hara (2)")],
)
def test_names_in_any_script_will_do(typed: str, name: str) -> None:
    assert checked_name(typed) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "  ",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "C:x",
            ".hidden",
            "-rf",
            "~x",
            "x.",
            "a\nb",
            "a\x00",
            "\u202egpkg",
        ),
        *("CON", "nul.2027", "Com1", "lpt¹", "a*", "a?", "a|b", '"', "<a>", "\ud800", "x" * 201),
        *("安" * 67, ".gpkg"),
    ],
)
def test_names_that_lead_elsewhere_or_that_systems_keep_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError):
        checked_name(name)
    with pytest.raises(StudyError):
        free_path(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("there", "wanted"), [("anyang.gpkg", "ANYANG"), ("é.gpkg", "e\u0301"), ("x.GPKG", "x")])
def test_a_name_is_taken_in_every_spelling(there: str, wanted: str, tmp_path: Path) -> None:
    (tmp_path / there).touch()
    with pytest.raises(StudyError, match="already"):
        free_path(tmp_path, wanted)


@pytest.mark.parametrize("left", ["x.key", "x.gpkg-journal", "x.gpkg-wal"])
def test_files_of_a_lost_study_are_in_the_way_of_another(left: str, tmp_path: Path) -> None:
    (tmp_path / left).write_text("something")
    with pytest.raises(StudyError, match="no longer there"):
        free_path(tmp_path, "x")
    assert numbered_path(tmp_path, "x", "current").name == "x 2.gpkg"


def test_no_current_study_is_called_like_one_of_another_shelf() -> None:
    assert role_name("a") == "a"
    with pytest.raises(StudyError):
        checked_name(role_name("a", "bin"))
