"""Every verb that changes or exports something leaves a line in the log of access, with who and what."""

from __future__ import annotations

import ast
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from dashboards.access import accounts
from dashboards.access.access_log import broken_at, lines
from dashboards.access.acts import ends_noted
from dashboards.access.libraries import back_up_all
from dashboards.access.store import Store
from geo.background import submit
from geo.jobs.queue import Queue
from geo.points.imports import add_points
from geo.rules import load_profile
from geo.stalls.penalty_steps import steps_due
from geo.study.comments import add_comment
from geo.study.file import read_layer
from geo.study.rights import Actor, Grant, acting, system_user
from jiexu.__main__ import app
from jiexu.verbs import verbs
from tests.conftest import ROOT
from tests.support.commands import run

EXTRACT = ROOT / "geo" / "sample_extract" / "helsinki.osm.pbf"

# of each verb that changes a study: the words after the study, and the event with the beginning of its subject
CHANGES: dict[str, tuple[list[str], str, str]] = {
    "tier": (["--street", "Kalevankatu", "--tier", "secondary", "--reason", "market"], "changed", "decide_tier"),
    "grade": ([], "changed", "grade_study"),
    "decisions": (["--undo", "D0001", "--reason", "no"], "changed", "undo"),
    "add": (["{folder}/shops.csv", "--kind", "other"], "changed", "add_points"),
    "imports": (["--remove", "{import}"], "changed", "remove_import"),
    "stalls": ([], "changed", "plan_stalls"),
    "guide": ([], "changed", "guide_stalls"),
    "zone": (["--accept", "{zone}", "--reason", "good"], "changed", "decide_zone"),
    "steps": (["--record", "{operator}", "--reason", "talk"], "changed", "record_step"),
    "bays": (["--budget", "3"], "changed", "plan_bays"),
    "parking": ([], "changed", "inventory_parking"),
    "widths": (["{folder}/widths.csv"], "changed", "add_widths"),
    "hotspots": ([], "changed", "find_hotspots"),
    "patrols": (["--people", "3"], "changed", "plan_patrols"),
    "coverage": (["--kind", "market"], "changed", "cover"),
    "site": (["--kind", "toilet", "--count", "1"], "changed", "choose_sites"),
    "accept-site": (
        ["--kind", "toilet", "--lon", "24.9452", "--lat", "60.171", "--reason", "x"],
        "changed",
        "decide_s",
    ),
    "population": (["--total", "40000"], "changed", "set_population"),
    "comments": (["--street", "Kalevankatu", "--add", "ask"], "changed", "add_comment"),
    "privacy": (["--mask"], "changed", ""),
    "build": (["--osm", str(EXTRACT)], "built", "build_study"),
    "export": (["--layer", "streets", "--to", "{folder}/streets.geojson"], "exported", "streets →"),
    "categories": (["--to", "{folder}/words.csv"], "exported", "category_words →"),
}
ELSEWHERE = {"verify", "studies", "backup", "restore", "users", "jobs"}
"""Verbs with tests of their own below, or whose lines other tests look at."""
ONLY_READ = {"info", "rules", "check", "response", "lists", "serve", "sample"}
"""Verbs that change no study with accounts beside it, and write no file of one."""

SHOPS = "id,category,lon,lat,received_at\nS1,permit,24.9420,60.1690,2025-03-01\n"


@pytest.fixture(scope="module")
def ready(placed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study on which every verb has something to do."""
    path = Path(shutil.copy(placed, tmp_path_factory.mktemp("ready") / "study.gpkg"))
    file = path.parent / "first.csv"
    file.write_text(SHOPS.replace("S1", "S0"), encoding="utf-8")
    add_points(path, file, "other", load_profile())
    add_comment(path, read_layer(path, "streets")["street_id"].iloc[0], "call")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE comments SET text = '电话 13812345678'")
    run(app, ["tier", str(path), "--street", "Bulevardi", "--tier", "secondary", "--reason", "market"])
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    """Accounts in the folder of the study."""
    store = Store(tmp_path)
    accounts.add(store, "wang", "a long password", Grant("administrator"), by="root")
    return store


@pytest.mark.parametrize("verb", CHANGES)
def test_a_verb_that_changes_or_exports_leaves_a_line(verb: str, ready: Path, kept: Store, tmp_path: Path) -> None:
    study = Path(shutil.copy(ready, tmp_path / "anyang.gpkg"))
    for beside in ready.parent.glob("*.key"):
        shutil.copy(beside, tmp_path / "anyang.key")
    (tmp_path / "shops.csv").write_text(SHOPS, encoding="utf-8")
    (tmp_path / "widths.csv").write_text("street,width\nVuorikatu,7.5\n", encoding="utf-8")
    words, event, subject = CHANGES[verb]
    due = steps_due(read_layer(study, "stalls"), read_layer(study, "decisions"), load_profile())
    given = {
        "folder": str(tmp_path),
        "import": read_layer(study, "imports")["import_id"].iloc[-1],
        "zone": read_layer(study, "stall_zones")["zone_id"].iloc[0],
        "operator": due["operator_id"].iloc[0],
    }
    before = len(lines(kept))
    result = run(app, [verb, str(study), *(word.format(**given) for word in words)])
    assert result.exit_code == 0, result.output
    fresh = lines(kept)[before:]
    assert fresh, "no line"
    line = fresh[-1]
    assert (line.name, line.event, line.study, line.host) == (system_user().name, event, "anyang", None)
    assert str(line.subject).startswith(subject), line.subject
    assert broken_at(lines(kept)) is None


def test_every_verb_is_looked_at() -> None:
    assert set(CHANGES) | ELSEWHERE | ONLY_READ == set(verbs())


def test_verbs_that_only_read_leave_no_line(ready: Path, kept: Store, tmp_path: Path) -> None:
    study = Path(shutil.copy(ready, tmp_path / "anyang.gpkg"))
    before = len(lines(kept))
    for words in (["info"], ["decisions"], ["response"], ["lists"], ["comments"], ["verify"]):
        run(app, [words[0], str(study), *words[1:]])
    assert len(lines(kept)) == before


def test_moves_and_copies_of_a_library_are_lines(bare: Path, kept: Store, tmp_path: Path) -> None:
    shutil.copy(bare, tmp_path / "anyang.gpkg")
    folder = ["--folder", str(tmp_path)]
    (tmp_path / "out").mkdir()
    before = len(lines(kept))
    for words in (
        ["studies", "rename", "anyang", "--to", "安阳", *folder],
        ["studies", "archive", "安阳", *folder],
        ["studies", "restore", "安阳", *folder],
        ["studies", "remove", "安阳", *folder],
        ["studies", "restore", "安阳", "--from", "bin", *folder],
        ["backup", str(tmp_path), "--to", str(tmp_path / "out")],
    ):
        result = run(app, words)
        assert result.exit_code == 0, result.output
    copy = next((tmp_path / "out").glob("安阳.*.gpkg"))
    assert run(app, ["restore", str(copy), str(tmp_path), "--replace"]).exit_code == 0
    said = [(line.event, line.study) for line in lines(kept)[before:]]
    assert said == [
        ("renamed", "安阳"),
        ("archived", "安阳"),
        ("restored", "安阳"),
        ("removed", "安阳"),
        ("restored", "安阳"),
        ("backed_up", None),
        ("restored", "安阳"),
    ]
    assert {line.name for line in lines(kept)[before:]} == {system_user().name}
    accounts_copy = next((tmp_path / "out").glob("jiexu-accounts.*.db"))
    assert run(app, ["restore", str(accounts_copy), str(tmp_path), "--replace"]).exit_code == 0
    assert lines(kept)[-1].event == "restored"


def test_a_backup_of_one_study_names_it(bare: Path, kept: Store, tmp_path: Path) -> None:
    study = Path(shutil.copy(bare, tmp_path / "anyang.gpkg"))
    (tmp_path / "out").mkdir()
    back_up_all(study, tmp_path / "out")
    assert (lines(kept)[-1].event, lines(kept)[-1].study) == ("backed_up", "anyang")


def test_the_end_of_each_job_is_a_line_with_whoever_it_acted_for(bare: Path, kept: Store, tmp_path: Path) -> None:
    study = Path(shutil.copy(bare, tmp_path / "anyang.gpkg"))
    with acting(Actor("wang", {"*": Grant("planner")})):
        submit(study, "parking", {})
        other = submit(study, "hotspots", {})
    assert run(app, ["jobs", str(tmp_path), "--cancel", str(other.number)]).exit_code == 0
    assert run(app, ["jobs", str(tmp_path), "--run"]).exit_code == 0
    said = [(line.name, line.event, line.study, line.subject) for line in lines(kept)[1:]]
    # an account's job acts with the rights that the account has now
    assert said == [
        (system_user().name, "job_cancelled", "anyang", f"{other.number}: hotspots"),
        ("wang", "job_done", "anyang", f"{other.number - 1}: parking"),
    ]
    queue = Queue(tmp_path)
    job = queue.find(other.number)
    ends_noted(tmp_path)(job, None)
    assert lines(kept)[-1].event == "job_cancelled"


def test_without_accounts_nothing_is_written(ready: Path, tmp_path: Path) -> None:
    study = Path(shutil.copy(ready, tmp_path / "anyang.gpkg"))
    run(app, ["comments", str(study), "--street", "Kalevankatu", "--add", "ask"])
    assert not (tmp_path / "jiexu-accounts.db").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights of files do not hold for this user")
def test_a_log_that_cannot_be_written_is_said_and_loses_nothing(ready: Path, kept: Store, tmp_path: Path) -> None:
    study = Path(shutil.copy(ready, tmp_path / "anyang.gpkg"))
    kept.path.chmod(0o400)
    result = run(app, ["comments", str(study), "--street", "Kalevankatu", "--add", "ask"])
    assert result.exit_code == 0
    assert len(read_layer(study, "comments")) == 1


def test_every_download_of_a_page_is_noted() -> None:
    """What a download button gives is made by `exporting`, which notes it."""
    found = []
    for file in (ROOT / "dashboards").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("download_button"):
                data = next((ast.unparse(word.value) for word in node.keywords if word.arg == "data"), "")
                found.append((file.name, data.startswith("exporting(")))
    assert found
    assert all(noted for _, noted in found), found
