"""The verb rules, and --on of the verbs that are judged by rules: last year's study by last year's rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geo.assumptions.documents import AssumptionsDocument
from geo.parking.study import BAYS
from geo.stalls.study import STALLS
from geo.study.file import about, read_layer
from geo.study.reader import Study
from geo.tiers.result import TIERS
from jiexu.__main__ import app
from tests.support.commands import run
from tests.support.documents import mismatches

DATED = """base: china
clearance:
  corner:
    values: {2000-01-01: 40.0, "2020-07-01": 10.0}
    unit: m
    source: our notice
    status: sourced
stalls:
  stance:
    back_street: {values: {2000-01-01: forbidden, 2020-07-01: orderly}, unit: stance, source: us, status: sourced}
tiers:
  score:
    threshold:
      demonstration: {values: {2000-01-01: 95, 2020-07-01: 60}, unit: points, source: us, status: assumption}
"""


def document(*words: str | Path) -> Any:
    result = run(app, [*map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def dated(study: Path, tmp_path: Path) -> Path:
    """The sample with rules that changed on 1 July 2020; its plan is of the rules in force now."""
    file = tmp_path / "ours.yaml"
    file.write_text(DATED, encoding="utf-8")
    document("stalls", study, "--rules", file)
    return study


def test_a_profile_says_how_much_of_it_is_sourced() -> None:
    said = document("rules", "china")
    status = [leaf["status"] for leaf in said["parameters"].values()]
    assert said["counts"] == {
        "sourced": status.count("sourced"),
        "assumption": status.count("assumption"),
        "undefined": 0,
    }
    assert said["counts"]["sourced"] >= 80
    words = run(app, ["rules", "china"]).stdout
    assert f"{said['counts']['sourced']} sourced, {said['counts']['assumption']} assumed" in words
    lane = said["parameters"]["roads.width.lane.primary"]
    assert (lane["status"], lane["checked"]) == ("sourced", "2026-11-26")
    assert "5.3.2" in lane["source"]
    assert lane["address"].startswith("https://")
    article = next(each for each in said["articles"] if each["id"] == "unlicensed_3")
    assert (article["article"]["zh"], article["since"]) == ("第三条第（一）项", "2017-10-01")


def test_rules_of_a_day(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(DATED, encoding="utf-8")
    early, late = (document("rules", file, "--on", day) for day in ("2020-06-30", "2020-07-01"))
    corner = early["parameters"]["clearance.corner"]
    assert (early["on"], corner["value"], corner["in_force_since"]) == ("2020-06-30", 40.0, "2000-01-01")
    assert late["parameters"]["clearance.corner"]["value"] == 10.0
    assert corner["values"] == {"0001-01-01": 10.0, "2000-01-01": 40.0, "2020-07-01": 10.0}
    assert early["hash"] != late["hash"]
    assert document("rules", file)["hash"] == late["hash"]


@pytest.mark.parametrize("day", ["soon", "2020-02-30", "", "30.06.2020"])
def test_a_day_that_is_none_is_refused(day: str, study: Path) -> None:
    for words in (["rules", "china"], ["stalls", str(study)], ["bays", str(study)], ["grade", str(study)]):
        result = run(app, [*words, "--on", day])
        assert result.exit_code == 2, words
        assert "--on" in result.output


def test_a_study_says_its_own_rules(dated: Path) -> None:
    said = document("rules", dated, "--explain", "clearance.corner", "--on", "2010-01-01")
    assert (said["name"], said["parameters"]["clearance.corner"]["value"]) == ("ours", 40.0)
    assert run(app, ["rules", str(dated.with_name("none.gpkg"))]).exit_code == 2


def test_stalls_are_judged_by_the_rules_of_the_day(dated: Path) -> None:
    now = STALLS.known(Study(dated))
    assert now.fresh
    assert now.repeat is not None
    assert now.repeat["rules_on"] == Study(dated).day.isoformat()
    early = document("stalls", dated, "--on", "2020-06-30")
    assert early["pitches_geometric"] < now.summary["pitches_geometric"]  # type: ignore[index]
    assert "back_street" not in early["per_tier"]
    known = STALLS.known(Study(dated))
    assert known.repeat is not None
    assert known.repeat["rules_on"] == "2020-06-30"
    assert str(known.repeat["command"]).endswith("--on 2020-06-30")
    assert not known.fresh, "other values are in force now"
    assert all(name.startswith("rules:") for name in known.changed)
    later = document("stalls", dated, "--on", "2021-01-01")
    assert later["pitches"] == now.summary["pitches"]  # type: ignore[index]
    assert STALLS.known(Study(dated)).fresh, "the values of 2021 are those of now"
    assert about(dated)["profile"] == "ours", "the study keeps its rules, with every date"
    assert document("stalls", dated, "--on", "2020-06-30")["pitches"] == early["pitches"]


def test_a_place_is_checked_by_the_rules_of_its_moment(dated: Path) -> None:
    zones = read_layer(dated, "stall_zones")
    zone = zones[(zones["tier"] == "back_street") & (zones["hours"] == "Mo-Su 06:00-22:00")].iloc[0]
    middle = zone.geometry.interpolate(0.5, normalized=True)
    at = ("--lon", str(middle.x), "--lat", str(middle.y), "--at")
    assert document("check", dated, *at, "2026-05-06T10:00")["verdict"] == "allowed"
    early = document("check", dated, *at, "2020-05-06T10:00")
    assert early["verdict"] == "forbidden"
    assert early["rules"][0]["id"] == "stalls.stance.back_street"
    assert document("check", dated, *at, "2020-05-06T10:00", "--on", "2026-01-01")["verdict"] == "allowed"


@pytest.mark.slow
def test_bays_are_placed_by_the_rules_of_the_day(dated: Path) -> None:
    early, late = (document("bays", dated, "--on", day) for day in ("2020-06-30", "2020-07-01"))
    assert early["capacity"]["all_day"]["likely"] < late["capacity"]["all_day"]["likely"], "40 m at corners, then 10 m"
    known = BAYS.known(Study(dated))
    assert known.fresh
    assert known.repeat is not None
    assert known.repeat["rules_on"] == "2020-07-01"
    assert {article["id"] for article in late["basis"]} == {"traffic_33", "traffic_63"}
    assert set(read_layer(dated, "bays")["basis"]) == {"traffic_33, traffic_63"}


def test_streets_are_graded_by_the_rules_of_the_day(dated: Path) -> None:
    document("grade", dated, "--on", "2020-06-30")
    early = (read_layer(dated, "streets")["tier"] == "demonstration").sum()
    assert not TIERS.known(Study(dated)).fresh
    document("grade", dated)
    late = (read_layer(dated, "streets")["tier"] == "demonstration").sum()
    assert early < late
    assert TIERS.known(Study(dated)).fresh


def test_zones_and_steps_name_the_law_that_stands_behind_them(planned: Path) -> None:
    zones = read_layer(planned, "stall_zones")
    assert set(zones["basis"]) == {"unlicensed_3"}
    steps = document("steps", planned)
    assert steps
    for row in steps:
        if row["step"] == "guidance":
            assert {article["id"] for article in row["basis"]} == {"unlicensed_10", "penalties_33"}
        assert row["basis"]
    assert "Administrative Penalties Law, Art. 33" in run(app, ["steps", str(planned)]).stdout


@pytest.mark.slow
def test_assumptions_are_ranked_on_the_command_line(bare: Path) -> None:
    result = run(app, ["rules", str(bare), "--assumptions", "--only", "stalls.pitch", "--limit", "1", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert mismatches(said, AssumptionsDocument) == []
    assert len(said["assumptions"]) == 1
    words = run(app, ["rules", str(bare), "--assumptions", "--only", "stalls.pitch"])
    assert said["assumptions"][0]["path"] in words.stdout
    assert "pitches" in words.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["rules", "china", "--assumptions"],
        ["rules", "china", "--limit", "3"],
        ["rules", "{study}", "--only", "bay"],
        ["rules", "{study}", "--assumptions", "--only", "moon"],
        ["rules", "{study}", "--assumptions", "--limit", "0"],
    ],
)
def test_assumptions_need_a_study_and_groups_that_exist(words: list[str], bare: Path) -> None:
    result = run(app, [word.format(study=bare) for word in words])
    assert result.exit_code == 2
    assert result.stdout == ""
