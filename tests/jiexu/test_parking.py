"""The verbs of parking: bays, the inventory, widths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
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


def test_the_inventory_is_taken_written_and_told(study: Path, tmp_path: Path) -> None:
    taken = run(app, ["parking", str(study), "--json", "--out", str(tmp_path / "parking.geojson")])
    assert taken.exit_code == 0, taken.output
    summary = json.loads(taken.stdout)
    layer = read_layer(study, "parking_inventory")
    assert len(json.loads((tmp_path / "parking.geojson").read_text(encoding="utf-8"))["features"]) == len(layer)
    assert summary["sides"]["mapped"] == len(
        layer.loc[layer["source"] == "mapped", ["segment_id", "side"]].drop_duplicates()
    )
    assert summary["accuracy"]["measured_on"] == "study"
    for group in summary["groups"]:
        rows = layer[(layer["source"] == group["source"]) & (layer["kind"] == group["kind"])]
        assert group["km"] == pytest.approx(rows["length_m"].sum() / 1000, abs=0.001)
        if group["spaces"] is not None:
            assert group["spaces"]["low"] <= group["spaces"]["likely"] <= group["spaces"]["high"]
            assert group["spaces"]["likely"] == pytest.approx(rows["capacity_likely"].sum(), abs=1)
    said = run(app, ["parking", str(study)]).stdout
    assert "precision" in said
    assert "When not to use this" in said
    higher = json.loads(run(app, ["parking", str(study), "--set", "inventory.parked_from=0.8", "--json"]).stdout)

    def likely(document: dict[str, Any]) -> float:
        kinds = {(group["source"], group["kind"]): group["km"] for group in document["groups"]}
        return float(kinds["model", "parallel"])

    assert likely(higher) < likely(summary)
    refused = run(app, ["parking", str(study), "--set", "inventory.level=ninety"])
    assert (refused.exit_code, refused.stdout) == (2, "")


@pytest.mark.parametrize("suffix", [".dxf", ".xlsx"])
def test_the_inventory_is_drawn_and_scheduled(suffix: str, study: Path, tmp_path: Path) -> None:
    file = tmp_path / f"parking{suffix}"
    assert run(app, ["parking", str(study), "--out", str(file)]).exit_code == 0
    layer = read_layer(study, "parking_inventory")
    if suffix == ".dxf":
        drawn = pyogrio.read_dataframe(file)
        assert set(drawn["Layer"]) == {f"PARKING_{state.upper()}" for state in layer["state"]}
        assert len(drawn) == len(layer)
        return
    table = pd.read_excel(file, engine="openpyxl")
    assert table["street_id"].nunique() == layer["street_id"].nunique()
    assert table["mapped_likely"].sum() == pytest.approx(
        layer.loc[layer["source"] != "model", "capacity_likely"].sum(), abs=2
    )
    assert (table["model_low"] <= table["model_likely"]).all()


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
