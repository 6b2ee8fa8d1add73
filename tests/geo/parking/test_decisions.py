"""Bays that are decided on: one decision for each street, compared before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.complaints.study import response_of
from geo.core.errors import StudyError
from geo.parking.decisions import adopt_bays
from geo.parking.study import plan_bays
from geo.study.file import read_layer
from geo.tiers.decisions import undo


def test_bays_that_were_decided_on_are_a_measure(study: Path) -> None:
    plan_bays(study, budget=30)
    with pytest.raises(StudyError, match="reason"):
        adopt_bays(study, " ")
    assert read_layer(study, "decisions").empty
    decided = adopt_bays(study, "夜间停车难", "王")
    decisions, bays = read_layer(study, "decisions"), read_layer(study, "bays")
    assert decisions["decision_id"].tolist() == decided
    assert set(decisions["street_id"]) == set(bays["street_id"])
    assert set(decisions["kind"]) == {"bays"}
    assert {effect["decision_id"] for effect in response_of(study)["measures"]} == set(decided)
    undo(study, decided[0], "误判")
    assert decided[0] not in {effect["decision_id"] for effect in response_of(study)["measures"]}


def test_no_bays_are_no_decision(study: Path) -> None:
    with pytest.raises(StudyError, match="no bays"):
        adopt_bays(study, "夜间停车难")
