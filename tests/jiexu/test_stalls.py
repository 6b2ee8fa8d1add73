"""The verbs of stalls: rules, stalls, check, guide, zone, steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.study.file import read_layer
from jiexu.__main__ import app
from tests.support.commands import run


def test_rules_are_printed_with_their_sources() -> None:
    document = json.loads(run(app, ["rules", "nyc", "--json"]).stdout)
    assert document["name"] == "nyc"
    leaf = document["parameters"]["clearance.corner"]
    assert (leaf["value"], leaf["unit"], leaf["status"]) == (3.048, "m", "sourced")
    assert "20-465" in leaf["source"]
    assert all(leaf["source"] and leaf["unit"] for leaf in document["parameters"].values())
    said = run(app, ["rules", "--explain", "clearance.school"]).stdout
    assert "clearance.school = 50.0 m" in said
    assert "clearance.corner" not in said
    some = json.loads(run(app, ["rules", "anyang", "--explain", "response", "--json"]).stdout)["parameters"]
    assert set(some) == {"response.ladder", "response.hardship_lighter_by"}


def test_stalls_are_planned_asked_guided_and_met_step_by_step(study: Path, tmp_path: Path) -> None:
    planned = run(app, ["stalls", str(study), "--json"])
    assert planned.exit_code == 0, planned.output
    summary = json.loads(planned.stdout)
    assert summary["zones"] == len(read_layer(study, "stall_zones"))
    assert "clearance.crossing" in summary["metres_lost"]
    assert summary["kerb_km"] * 1000 == pytest.approx(
        sum(summary["metres_lost"].values()) + summary["free_m"], abs=len(summary["metres_lost"])
    )
    assert "Pedestrian crossing" in run(app, ["stalls", str(study)]).stdout

    zones = read_layer(study, "stall_zones")
    zone = zones.loc[zones["length_m"].idxmax()]
    place = zone.geometry.interpolate(0.5, normalized=True)
    where = ["--lon", f"{place.x}", "--lat", f"{place.y}"]
    evening = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T19:00", "--json"]).stdout)
    assert evening["verdict"] == "allowed"
    night = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T23:30", "--json"]).stdout)
    assert night["verdict"] == "other_hours"
    assert {"id", "distance_m", "source"} <= set(night["rules"][0])
    assert night["nearest"]["at"].startswith("2026-05-02T")
    said = run(app, ["check", str(study), *where, "--at", "2026-05-01T23:30"]).stdout
    assert "allowed at other hours" in said
    shown = run(app, ["check", str(study), *where, "--kind", "display", "--json"])
    assert json.loads(shown.stdout)["verdict"] in ("allowed", "other_hours", "forbidden")

    rejected = run(app, ["zone", str(study), "--reject", zone["zone_id"], "--reason", "tactile paving"])
    assert rejected.exit_code == 0, rejected.output
    after = json.loads(run(app, ["check", str(study), *where, "--at", "2026-05-01T19:00", "--json"]).stdout)
    assert (after["verdict"], after["rules"][0]["id"]) == ("forbidden", "decisions")
    assert after["rules"][0]["source"] == "tactile paving"

    guided = json.loads(run(app, ["guide", str(study), "--json"]).stdout)
    assert guided["proven_gap_m"] == pytest.approx(0, abs=1e-3)
    assert guided["total_walk_m"] == pytest.approx(sum(m["walk_m"] or 0 for m in guided["moves"]), abs=10)
    assert {move["to_kind"] for move in guided["moves"]} <= {"zone", "hall", "none"}
    assert "of walking in total" in run(app, ["guide", str(study)]).stdout

    due = json.loads(run(app, ["steps", str(study), "--json"]).stdout)
    recorded = run(app, ["steps", str(study), "--record", due[-1]["operator_id"], "--reason", "talked", "--by", "Li"])
    assert recorded.exit_code == 0, recorded.output
    kinds = read_layer(study, "decisions")["kind"].tolist()
    assert kinds == ["zone", "step"]


def test_a_citys_own_rules_stay_with_the_study(study: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours.yaml"
    own.write_text("clearance:\n  crossing: {value: 15, unit: m, source: ours, status: assumption}\n")
    first = json.loads(run(app, ["stalls", str(study), "--json"]).stdout)
    wider = json.loads(run(app, ["stalls", str(study), "--rules", str(own), "--json"]).stdout)
    assert wider["pitches_geometric"] < first["pitches_geometric"]
    assert wider["profile"]["name"] == "ours"
    assert json.loads(run(app, ["stalls", str(study), "--json"]).stdout)["pitches"] == wider["pitches"]
    assert json.loads(run(app, ["info", str(study), "--json"]).stdout)["profile"]["name"] == "ours"
    back = json.loads(run(app, ["stalls", str(study), "--rules", "china", "--json"]).stdout)
    assert back["pitches"] == first["pitches"]
