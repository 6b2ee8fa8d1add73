"""Assumptions ranked by how much a study's answers move: the list that a bureau should settle first."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.assumptions.documents import AssumptionsDocument
from geo.assumptions.ranking import rank_assumptions
from geo.core.errors import RuleError
from geo.rules import load_profile
from geo.stalls.study import plan_stalls
from geo.study.reader import Study
from tests.support.documents import mismatches


@pytest.mark.slow
def test_the_most_influential_stands_first_and_says_what_it_moves(built: Path) -> None:
    before = built.read_bytes()
    steps: list[str] = []
    found = rank_assumptions(
        built, ["stalls.pitch", "clearance.crossing"], on_step=lambda n, of, path: steps.append(path)
    )
    assert mismatches(found, AssumptionsDocument) == []
    assert built.read_bytes() == before, "nothing is written"
    rows = found["assumptions"]
    assert {row["path"] for row in rows} == {
        "stalls.pitch.length",
        "stalls.pitch.depth",
        "stalls.pitch.gap",
        "clearance.crossing",
    }
    assert sorted(steps) == steps
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    effects = [row["effect"] for row in rows]
    assert effects == sorted(effects, reverse=True)
    assert effects[0] > 0
    for row in rows:
        for move in row["moves"]:
            assert move["change"] == pytest.approx((move["after"] - move["before"]) / move["before"], abs=1e-5)
            assert move["before"] == found["figures"][move["figure"]]
    again = rank_assumptions(built, ["stalls.pitch", "clearance.crossing"])
    assert again == found, "the same study gives the same ranking"


@pytest.mark.slow
def test_a_move_is_what_a_plan_with_that_value_says(study: Path) -> None:
    (row,) = rank_assumptions(study, ["stalls.pitch.length"])["assumptions"]
    assert row["moved_to"] == [1.6, 2.4]
    longer = next(move for move in row["moves"] if move["figure"] == "pitches" and move["value"] == 2.4)
    plan = plan_stalls(study, load_profile().changed({"stalls.pitch.length": 2.4}))
    assert longer["after"] == plan["pitches"]["likely"]


def test_what_nobody_reads_is_said_and_not_moved(bare: Path) -> None:
    found = rank_assumptions(bare, ["answer.limit", "clearance_hours", "bay.aisle.angled_30"])
    why = {row["path"]: row["why"] for row in found["unmeasured"]}
    assert why["bay.aisle.angled_30"] == why["answer.limit.other"] == "not_read"
    assert why["clearance_hours.school"] == "a_list"
    assert found["assumptions"] == []


def test_sourced_parameters_are_not_moved(bare: Path) -> None:
    found = rank_assumptions(bare, ["bay.cycle_lane"])
    assert found["counts"] == {"sourced": 1, "assumption": 1, "undefined": 0}
    assert [row["path"] for row in found["assumptions"]] == ["bay.cycle_lane.beside"]


def test_a_group_that_does_not_exist_is_refused(bare: Path) -> None:
    with pytest.raises(RuleError, match="moon"):
        rank_assumptions(bare, ["moon"])


def test_the_rules_of_another_day_are_ranked(bare: Path) -> None:
    study = Study(bare).under_rules_of(load_profile().day)
    assert rank_assumptions(study, ["stalls.pitch.gap"])["on"] == study.day.isoformat()
