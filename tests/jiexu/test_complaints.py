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
