"""The verbs of parking: bays, widths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_bays_are_placed_counted_and_drawn(study: Path, tmp_path: Path) -> None:
    placed = run(app, ["bays", str(study), "--night", "--json", "--out", str(tmp_path / "bays.dxf")])
    assert placed.exit_code == 0, placed.output
    summary = json.loads(placed.stdout)
    assert summary["bays"]["all_day"] + summary["bays"]["night"] == len(read_layer(study, "bays"))
    assert summary["left_out"] == {"no_place": 3}
    assert set(summary["capacity"]["all_day"]) == {"low", "likely", "high"}
    assert (tmp_path / "bays.dxf").is_file()
    wider = json.loads(run(app, ["bays", str(study), "--set", "clearance.crossing=15", "--json"]).stdout)
    assert wider["bays"]["all_day"] < summary["bays"]["all_day"]
    strict = json.loads(run(app, ["bays", str(study), "--set", "bay.reading=strict", "--json"]).stdout)
    assert "bay.strict.corner" in strict["metres_lost"]
    street = read_layer(study, "bays")["street_id"].iloc[0]
    assert run(app, ["bays", str(study), "--streets", street]).exit_code == 0
    assert set(read_layer(study, "bays")["street_id"]) == {street}
    refused = run(app, ["bays", str(study), "--set", "clearance.crossing=wide"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "impossible" in refused.stderr
    assert json.loads(run(app, ["info", str(study), "--json"]).stdout)["profile"]["name"] == "china"


def test_surveyed_widths_by_command(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "widths.csv"
    file.write_text("street,width\nVuorikatu,12\nNowhere,9\n", encoding="utf-8")
    summary = json.loads(run(app, ["widths", str(study), str(file), "--json"]).stdout)
    assert summary["rows"] == 2
    assert len(summary["findings"]) == 1
    said = run(app, ["widths", str(study), str(file)])
    assert said.exit_code == 0
    assert "No street with the name “Nowhere”" in said.stdout


@pytest.mark.parametrize(("options", "key"), [(["--budget", "20", "--night"], "choice"), ([], "agreement")])
def test_bays_print_one_document_or_a_few_lines(options: list[str], key: str, study: Path) -> None:
    result = run(app, ["bays", str(study), *options, "--json"])
    assert result.exit_code == 0, result.output
    assert key in json.loads(result.stdout)
    plain = run(app, ["bays", str(study), *options])
    assert plain.exit_code == 0, plain.output
    assert plain.stdout.strip()
