"""The verbs of complaints: hotspots, response, patrols."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiexu.__main__ import app
from tests.support.commands import run


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["hotspots", "{study}", "--bandwidth", "100"], "bandwidth_m"),
        (["hotspots", "{study}", "--from", "2025-03", "--to", "2025-05"], "clusters"),
        (["hotspots", "{study}", "--at", "2025-06-15", "--days", "20"], "when"),
        (["response", "{study}"], "by_month"),
        (["patrols", "{study}", "--people", "6"], "balance"),
        (["patrols", "{study}", "--people", "6", "--afresh"], "says"),
    ],
)
def test_analyses_print_one_document_or_a_few_lines(words: list[str], key: str, study: Path) -> None:
    asked = [word.format(study=study) for word in words]
    result = run(app, [*asked, "--json"])
    assert result.exit_code == 0, result.output
    assert key in json.loads(result.stdout)
    plain = run(app, asked)
    assert plain.exit_code == 0, plain.output
    assert plain.stdout.strip()


@pytest.mark.parametrize(
    "words", [["--bandwidth", "wide"], ["--bandwidth", "0"], ["--from", "March"], ["--at", "soon"], ["--to", "2025-13"]]
)
def test_what_hotspots_takes_is_said(words: list[str], study: Path) -> None:
    result = run(app, ["hotspots", str(study), *words])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_patrols_are_kept_without_those_who_are_absent(study: Path) -> None:
    assert run(app, ["patrols", str(study), "--people", "6"]).exit_code == 0
    result = run(app, ["patrols", str(study), "--without", "W02, W05", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["people"] == 4
    assert [row["district_id"] for row in found["districts"]] == ["W01", "W03", "W04", "W06"]
    assert found["kept"]["ended"] == ["W02", "W05"]
    plain = run(app, ["patrols", str(study), "--people", "5"])
    assert "W07" in plain.stdout
    assert "stays in its district" in plain.stdout
    assert run(app, ["patrols", str(study), "--without", "W99"]).exit_code == 2
    assert run(app, ["patrols", str(study), "--without", "W01", "--afresh"]).exit_code == 2


def test_hot_streets_are_told_with_their_kind_and_changes_with_their_numbers() -> None:
    from jiexu import complaints  # noqa: PLC0415

    row: Any = {
        "name": None,
        "complaints": 72,
        "high": True,
        "hot_neighbourhood": False,
        "ratio": 3.21,
        "ratio_low": 2.5,
        "ratio_high": None,
        "gi_z": 4.0,
        "hot_m": 120.0,
    }
    told = complaints._hot_street(row)
    assert "72 complaints, 3.2 times the rate of comparable streets (2.5–∞)" in told
    assert "neighbourhood" not in told
    assert "none on comparable streets" in complaints._hot_street(row | {"ratio": None})
    quiet = complaints._hot_street(row | {"high": False, "complaints": 0})
    assert "in a hot neighbourhood (Gi* 4.0, 120 m); not high itself: 0 complaints" in quiet
    worse: Any = {
        "name": "人民路",
        "since": "2025-07",
        "before_per_month": 2.0,
        "after_per_month": 9.9,
        "ratio": 4.95,
        "low": 2.5,
        "high": 10.0,
    }
    assert "人民路  9.9 a month since 2025-07, 2.0 before, 5.0 times as many (2.5–10.0)" in complaints._worse(worse)
    assert "times" not in complaints._worse(worse | {"ratio": None})
