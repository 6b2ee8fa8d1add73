"""A folder of studies on the command line: list, moves with roles, backup and restore with keys and accounts."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dashboards.access import accounts, sessions
from dashboards.access.access_log import broken_at, lines
from dashboards.access.store import NAME, Store
from geo.study.keys import keep_key, study_key
from geo.study.library_documents import BackupDocument, LibraryDocument, RestoredDocument
from geo.study.rights import Grant
from jiexu.__main__ import app
from tests.support.commands import run
from tests.support.documents import mismatches


@pytest.fixture
def folder(bare: Path, tmp_path: Path) -> Path:
    """Return a library with accounts: the court may see one study."""
    made = tmp_path / "studies"
    made.mkdir()
    for name in ("anyang", "linzhou"):
        shutil.copy(bare, made / f"{name}.gpkg")
    keep_key(made / "anyang.gpkg", study_key(made / "anyang.gpkg", {}))
    store = Store(made)
    accounts.add(store, "管理员", None, Grant("administrator"), by="root")
    accounts.add(store, "court", None, Grant("viewer"), "anyang", by="root")
    accounts.add(store, "old", None, Grant("planner"), "安阳", by="root")
    return made


def roles(folder: Path, name: str) -> dict[str, str]:
    account = accounts.find(Store(folder), name)
    assert account is not None
    return {study: grant.role for study, grant in account.grants.items()}


def document(words: list[str], status: int = 0) -> Any:
    result = run(app, [*words, "--json"])
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_roles_go_with_a_study_and_stay_with_no_other(folder: Path) -> None:
    for action, name, options, role in (
        ("rename", "anyang", ["--to", "安阳"], "安阳"),
        ("archive", "安阳", [], "archived:安阳"),
        ("restore", "安阳", [], "安阳"),
        ("remove", "安阳", [], "bin:安阳"),
    ):
        result = run(app, ["studies", action, name, "--folder", str(folder), *options])
        assert result.exit_code == 0, result.output
        assert roles(folder, "court") == {role: "viewer"}
        assert roles(folder, "old") == {}, "a role on a study of before is none on another one with its name"
    assert roles(folder, "管理员") == {"*": "administrator"}
    every = lines(Store(folder))
    assert broken_at(every) is None
    assert every[-1].subject == "安阳 → bin:安阳"
    assert run(app, ["studies", "restore", "安阳", "--from", "archived", "--folder", str(folder)]).exit_code == 2
    assert run(app, ["studies", "restore", "安阳", "--folder", str(folder)]).exit_code == 0


def test_the_list_is_a_document_and_lines(folder: Path) -> None:
    (folder / "notes.gpkg").write_text("no study")
    found = document(["studies", "list", "--folder", str(folder)])
    assert mismatches(found, LibraryDocument) == []
    assert {each["name"]: each["state"] for each in found["studies"]} == {
        "anyang": "sound",
        "linzhou": "sound",
        "notes": "no_study",
    }
    text = run(app, ["studies", "--folder", str(folder)]).stdout
    assert "anyang  current  FI" in text
    assert "is not a Jiexu study" in text
    after = document(["studies", "archive", "linzhou", "--folder", str(folder)])
    assert [each["shelf"] for each in after["studies"] if each["name"] == "linzhou"] == ["archived"]


@pytest.mark.parametrize(
    "words", [["rename", "anyang"], ["archive"], ["remove", "nobody"], ["rename", "anyang", "--to", "../x"]]
)
def test_what_cannot_be_done_is_a_sentence(words: list[str], folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    result = run(app, ["studies", *words, "--folder", str(folder)])
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_backup_has_studies_keys_and_accounts_and_comes_back(folder: Path, tmp_path: Path) -> None:
    store, to = Store(folder), tmp_path / "copies"
    account = accounts.find(store, "court")
    assert account is not None
    session = sessions.digest_of(sessions.open_session(store, account, None))
    found = document(["backup", str(folder), "--to", str(to), "--keep", "1"])
    assert mismatches(found, BackupDocument) == []
    found = document(["backup", str(folder), "--to", str(to), "--keep", "1"])
    assert [each["name"] for each in found["files"]] == ["anyang", "linzhou", NAME]
    assert sorted(path.suffix for path in to.iterdir()) == [".db", ".gpkg", ".gpkg", ".key"]
    copies = {each["name"]: each["copy"] for each in found["files"]}
    if os.name != "nt":
        assert Path(copies[NAME]).stat().st_mode & 0o077 == 0

    accounts.set_role(store, "court", Grant("administrator"), by="somebody")
    (folder / "anyang.gpkg").unlink()
    (folder / "anyang.key").unlink()
    assert mismatches(document(["restore", copies["anyang"], str(folder)]), RestoredDocument) == []
    assert (folder / "anyang.key").is_file()
    assert run(app, ["restore", copies[NAME], str(folder)]).exit_code == 2
    again = document(["restore", copies[NAME], str(folder), "--replace"])
    assert again["replaced"] == str(folder / "bin" / NAME)
    assert roles(folder, "court") == {"anyang": "viewer"}
    assert sessions.in_force(store, session) is None, "a session of before is not in force again"
    assert broken_at(lines(store)) is None


def test_a_backup_that_lacks_a_study_says_so_by_its_status(folder: Path, tmp_path: Path) -> None:
    content = (folder / "anyang.gpkg").read_bytes()
    (folder / "anyang.gpkg").write_bytes(content[: len(content) // 2])
    store = Store(folder)
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    found = document(["backup", str(folder), "--to", str(tmp_path / "copies")], status=1)
    assert {each["name"]: each["status"] for each in found["files"]} == {
        "anyang": "failed",
        "linzhou": "copied",
        NAME: "failed",
    }
    result = run(app, ["backup", str(folder), "--to", str(tmp_path / "copies")])
    assert result.exit_code == 1
    assert "- anyang: " in result.stdout
    assert run(app, ["backup", str(folder), "--to", str(folder)]).exit_code == 2
    assert run(app, ["restore", str(tmp_path / "nothing.gpkg"), str(folder)]).exit_code == 2


def test_folders_of_backups_may_be_relative(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = document(["backup", "studies", "--to", "copies"])
    copies = {each["name"]: Path(each["copy"]).name for each in found["files"]}
    assert set(copies) == {"anyang", "linzhou", NAME}
    document(["restore", f"copies/{copies['anyang']}", "studies", "--replace"])
    document(["restore", f"copies/{copies[NAME]}", "studies", "--replace"])
    assert roles(folder, "court") == {"anyang": "viewer"}
