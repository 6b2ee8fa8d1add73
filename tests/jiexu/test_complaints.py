"""The verbs of complaints: hotspots, response, patrols."""

from __future__ import annotations

import json
from pathlib import Path

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
