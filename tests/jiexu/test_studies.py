"""The verbs of studies: sample, build, info, export."""

from __future__ import annotations

import json
from pathlib import Path

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_from_sample_to_study_to_decision_to_file(tmp_path: Path) -> None:
    data, study = tmp_path / "data", tmp_path / "study.gpkg"
    assert run(app, ["sample", str(data)]).exit_code == 0
    files = {kind: str(data / f"{kind}.csv") for kind in ("tiers", "complaints", "stalls", "parking")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", file)]
    built = run(app, ["build", str(study), "--osm", str(data / "helsinki.osm.pbf"), *options])
    assert built.exit_code == 0, built.output

    figures = json.loads(run(app, ["info", str(study), "--json"]).stdout)
    assert figures["layers"]["complaints"] == 600
    assert "synthetic data: complaints, stalls, parking" in run(app, ["info", str(study)]).stdout

    decided = run(app, ["tier", str(study), "--street", "Vuorikatu", "--tier", "secondary", "--reason", "bus lane"])
    assert decided.exit_code == 0, decided.output
    assert read_layer(study, "decisions")["reason"].tolist() == ["bus lane"]

    undone = run(app, ["decisions", str(study), "--undo", "D0001", "--reason", "no bus came", "--json"])
    assert undone.exit_code == 0, undone.output
    assert [(row["decision_id"], row["stands"]) for row in json.loads(undone.stdout)] == [
        ("D0001", False),
        ("D0002", True),
    ]
    assert "(undone)" in run(app, ["decisions", str(study)]).stdout

    to = tmp_path / "streets.geojson"
    assert run(app, ["export", str(study), "--layer", "streets", "--to", str(to)]).exit_code == 0
    assert len(json.loads(to.read_text(encoding="utf-8"))["features"]) == figures["layers"]["streets"]
