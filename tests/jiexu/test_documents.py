"""Every verb's JSON document has exactly the keys, and the types, of the TypedDict that describes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pytest
from typer.testing import CliRunner

from dashboards.access.documents import AccessLogDocument, NewTokenDocument
from geo.facilities.decisions import decide_site
from geo.points.imports import add_points
from geo.rules.loader import load_profile
from geo.stalls.penalty_steps import record_step, steps_due
from geo.study.documents import DecisionDocument, ImportRecord
from geo.study.file import read_layer
from geo.study.schema import COLUMNS
from geo.tiers.decisions import decide_tier, find_street
from jiexu.__main__ import app
from scripts.commands_page import DOCUMENTS
from tests.support.commands import run
from tests.support.documents import mismatches

COMPLAINTS = "编号,类别,时间,渠道,经度,纬度,处置,首次回复时间\n" + "".join(
    f"T{n},占道经营,2025-0{1 + n % 6}-1{n % 9} 09:00,热线,{24.941 + n / 9000:.5f},{60.168 + n / 9000:.5f},服务,"
    f"2025-0{1 + n % 6}-1{n % 9} 1{n % 9}:30\n"
    for n in range(20)
)
SHOPS = (
    "id,category,lon,lat,rating,status,received_at,closed_at,due_at\n"
    "S1,permit,24.9420,60.1690,4.5,open,2025-03-01,,2025-04-01\n"
    "S2,permit,24.9430,60.1692,3.5,closed,2025-03-03,2025-03-04,\n"
    "S3,hoarding,24.9440,60.1694,,open,2025-05-01,,2025-05-09\n"
)


@pytest.fixture(scope="module")
def busy(placed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with decisions of several kinds, imports, other lists, recorded steps."""
    folder = tmp_path_factory.mktemp("busy")
    path = Path(shutil.copy(placed, folder / "study.gpkg"))
    profile = load_profile()
    for name, kind, text in (("complaints.csv", "complaints", COMPLAINTS), ("shops.csv", "other", SHOPS)):
        (folder / name).write_text(text, encoding="utf-8")
        add_points(path, folder / name, kind, profile)  # type: ignore[arg-type]
    decide_tier(path, find_street(path, "Vuorikatu"), "secondary", "bus lane")
    decide_site(path, "toilet", 24.9452, 60.1710, "at the square")
    due = steps_due(read_layer(path, "stalls"), read_layer(path, "decisions"), profile)
    record_step(path, str(due["operator_id"].iloc[0]), "a talk on the spot")
    return path


def document(words: list[str]) -> Any:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# of each verb the words after the study; what {folder} stands for is written by the test
CASES: list[tuple[str, list[str]]] = [
    ("info", []),
    ("decisions", []),
    ("comments", ["--street", "Vuorikatu", "--add", "ask the school"]),
    ("imports", []),
    ("categories", []),
    ("verify", []),
    ("privacy", []),
    ("lists", []),
    ("response", []),
    ("steps", []),
    ("check", ["--lon", "24.9455", "--lat", "60.1675"]),
    ("check", ["--lon", "24.9455", "--lat", "60.1675", "--kind", "display", "--at", "2026-05-02T03:00"]),
    ("add", ["{folder}/stalls.csv", "--kind", "stalls"]),
    ("widths", ["{folder}/widths.csv"]),
    ("population", ["--total", "40000"]),
    ("population", ["{folder}/people.csv"]),
    ("guide", []),
    ("stalls", []),
    ("bays", []),
    ("bays", ["--night", "--budget", "10"]),
    ("parking", []),
    ("parking", ["--set", "inventory.least_streets=500"]),
    ("hotspots", []),
    ("hotspots", ["--at", "2025-06-01", "--from", "2025-02", "--to", "2025-11"]),
    ("patrols", ["--people", "4"]),
    ("coverage", ["--kind", "market"]),
    ("coverage", ["--kind", "parking", "--demand", "points"]),
    ("coverage", ["--kind", "toilet"]),
    ("site", ["--kind", "toilet", "--count", "1", "--model", "median"]),
    ("site", ["--kind", "market", "--count", "1", "--from", "kerbs"]),
    ("grade", []),
    ("grade", ["--list", "{folder}/tiers.csv"]),
]


@pytest.mark.parametrize(("verb", "words"), CASES, ids=[" ".join([verb, *words]) for verb, words in CASES])
def test_a_document_has_the_keys_that_are_described(verb: str, words: list[str], busy: Path, tmp_path: Path) -> None:
    study = Path(shutil.copy(busy, tmp_path / "study.gpkg"))
    (tmp_path / "stalls.csv").write_text("id,lon,lat\nX1,24.9425,60.1691\nX2,nowhere,\n", encoding="utf-8")
    (tmp_path / "widths.csv").write_text("street,width\nVuorikatu,7.5\nNowhere,9\n", encoding="utf-8")
    quarters = read_layer(study, "quarters")
    people = "\n".join(f"{name},900" for name in ["Nowhere", *quarters["name"].dropna().head(3)])
    (tmp_path / "people.csv").write_text(f"name,residents\n{people}\n", encoding="utf-8")
    streets = read_layer(study, "streets").dropna(subset="name").drop_duplicates("name").head(40)
    tiers = ("demonstration", "secondary", "back_street")
    listed = "\n".join(f"{name},{tiers[number % 3]}" for number, name in enumerate(streets["name"]))
    (tmp_path / "tiers.csv").write_text(f"street,tier\n{listed}\n", encoding="utf-8")
    said = document([verb, str(study), *(word.format(folder=tmp_path) for word in words)])
    assert mismatches(said, DOCUMENTS[verb]) == []
    assert said


def test_rules_are_as_described() -> None:
    assert mismatches(document(["rules", "china"]), DOCUMENTS["rules"]) == []


def test_documents_of_a_library_are_as_described(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    shutil.copy(bare, tmp_path / "studies" / "anyang.gpkg")
    found = {
        "studies": document(["studies", "--folder", str(tmp_path / "studies")]),
        "backup": document(["backup", str(tmp_path / "studies"), "--to", str(tmp_path / "copies")]),
    }
    copy = found["backup"]["files"][0]["copy"]
    found["restore"] = document(["restore", copy, str(tmp_path / "studies"), "--replace"])
    assert {verb: mismatches(said, DOCUMENTS[verb]) for verb, said in found.items()} == {verb: [] for verb in found}


def test_documents_of_accounts_and_jobs_are_as_described(tmp_path: Path) -> None:
    folder = ["--folder", str(tmp_path)]
    run(app, ["users", "add", "wang", "--role", "administrator", "--password-stdin", *folder], input="a long password")
    run(app, ["users", "add", "court", "--layers", "streets", "--password-stdin", *folder], input="a long password")
    token = document(["users", "token", "court", "--read-only", "--expires", "2099-12-31", *folder])
    log = document(["users", "log", *folder])
    found = {
        "users": mismatches(document(["users", "list", *folder]), DOCUMENTS["users"]),
        "token": mismatches(token, NewTokenDocument),
        "log": mismatches(log, AccessLogDocument),
        "jobs": mismatches(document(["jobs", str(tmp_path)]), DOCUMENTS["jobs"]),
    }
    assert found == {name: [] for name in found}
    assert [line["event"] for line in log["lines"]] == ["user_added", "user_added", "token_made"]


def test_every_verb_that_prints_a_document_is_tried() -> None:
    others = {"rules", "studies", "backup", "restore", "users", "jobs"}
    assert {verb for verb, _ in CASES} | others == set(DOCUMENTS)


def test_rows_of_tables_have_the_tables_columns() -> None:
    assert tuple(DecisionDocument.__annotations__) == (*COLUMNS["decisions"], "stands")
    assert tuple(ImportRecord.__annotations__) == COLUMNS["imports"]


class _Part(TypedDict):
    name: str | None
    more: NotRequired[float]


class _Whole(TypedDict):
    parts: list[_Part]
    sums: dict[str, int]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"parts": [{"name": None}, {"name": "a", "more": 1}], "sums": {"a": 1}}, []),
        ({"parts": [{}], "sums": {}}, ["$.parts[0]: no key name"]),
        ({"parts": [{"name": "a", "less": 1}], "sums": {}}, ["$.parts[0]: key less is not described"]),
        ({"parts": [], "sums": {"a": 1.5}}, ["$.sums.a: 1.5 is no int"]),
        ({"parts": [], "sums": {"a": True}}, ["$.sums.a: True is no int"]),
        ({"parts": [], "sums": []}, ["$.sums: no object"]),
        ({"parts": [{"name": 3}], "sums": {}}, ["$.parts[0].name: 3 is no str"]),
    ],
)
def test_the_check_finds_what_is_not_described(value: Any, said: list[str]) -> None:
    assert mismatches(value, _Whole) == said
