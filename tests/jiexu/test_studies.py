"""The verbs of studies: sample, build, info, export."""

from __future__ import annotations

import json
from pathlib import Path

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run
from tests.support.extracts import grid, write_osm


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


def test_a_boundary_may_be_a_box_and_info_says_how_exact_lengths_are(tmp_path: Path) -> None:
    nodes = {**grid(3, origin=(-86.3, 32.36)), **{n + 100: at for n, at in grid(3, origin=(9.52, 47.14)).items()}}
    ways = [(first, [first + 1, first + 2, first + 3], {"highway": "residential"}) for first in (0, 3, 100, 103)]
    file = write_osm(tmp_path / "two.osm", nodes, [(first + 1, line, tags) for first, line, tags in ways])
    build = ["build", str(tmp_path / "one.gpkg"), "--osm", str(file)]
    refused = run(app, build)
    assert refused.exit_code == 2
    assert "--boundary" in refused.output
    assert run(app, [*build, "--boundary", "-86.31,33,-86.29,32"]).exit_code == 2
    built = run(app, [*build, "--boundary", "-86.31,32.35,-86.29,32.37"])
    assert built.exit_code == 0, built.output
    figures = json.loads(run(app, ["info", str(tmp_path / "one.gpkg"), "--json"]).stdout)
    assert (figures["layers"]["streets"], figures["place"]["country"]) == (2, "US")
    assert 0.0003 < figures["scale_error"] < 0.0005
    said = run(app, ["info", str(tmp_path / "one.gpkg")], env={"LC_ALL": "en_US.UTF-8"}).stdout
    assert f"lengths are right to {figures['scale_error']:.3%}" in said
    said = run(app, ["info", str(tmp_path / "one.gpkg")], env={"LC_ALL": "zh_CN.UTF-8"}).stdout
    assert f"长度误差：范围内最大 {figures['scale_error']:.3%}" in said
