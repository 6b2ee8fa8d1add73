"""Zones are accepted or rejected by decisions, and all of it can be undone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.core.errors import StudyError
from geo.kerbs.decided import zone_decisions
from geo.rules import Profile
from geo.stalls.decisions import decide_zone
from geo.stalls.study import check_place, plan_stalls
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.decisions import decide_tier, undo
from tests.conftest import is_fresh


def longest_zone(study: Path) -> pd.Series:
    zones = read_layer(study, "stall_zones")
    return zones.loc[zones["length_m"].idxmax()]


def test_a_rejected_zone_is_forbidden_at_once_and_after_a_new_plan(plan: Path) -> None:
    before = read_layer(plan, "stall_zones")
    zone = longest_zone(plan)
    decision = decide_zone(plan, zone["zone_id"], False, "盲道", "王")
    for again in (False, True):
        zones, exclusions = read_layer(plan, "stall_zones"), read_layer(plan, "kerb_exclusions")
        assert zone["zone_id"] not in set(zones["zone_id"])
        mine = exclusions[(exclusions["rule"] == "decisions") & (exclusions["cause_id"] == decision)]
        assert set(mine["hours"]) == {"24/7"}
        assert (mine["to_m"] - mine["from_m"]).sum() == pytest.approx(zone["to_m"] - zone["from_m"], abs=0.1)
        assert zones["pitches_geometric"].sum() == before["pitches_geometric"].sum() - zone["pitches_geometric"]
        assert is_fresh(plan) == again
        plan_stalls(plan)
    middle = zone.geometry.interpolate(0.5, normalized=True)
    answer = check_place(plan, middle.x, middle.y)
    assert answer.verdict == "forbidden"
    assert [rule["source"] for rule in answer.rules if rule["id"] == "decisions"] == ["盲道"]


def test_an_undone_rejection_brings_the_zone_back(plan: Path) -> None:
    zone = longest_zone(plan)
    decision = decide_zone(plan, zone["zone_id"], False, "盲道", "王")
    undone = undo(plan, decision, "已改道", "李")
    plan_stalls(plan)
    assert zone["zone_id"] in set(read_layer(plan, "stall_zones")["zone_id"])
    assert zone_decisions(read_layer(plan, "decisions")).empty
    with pytest.raises(StudyError, match="undone already"):
        undo(plan, decision, "再次")
    undo(plan, undone, "仍为盲道")
    plan_stalls(plan)
    assert zone["zone_id"] not in set(read_layer(plan, "stall_zones")["zone_id"])


def test_an_accepted_zone_stays_accepted_through_a_rebuild(plan: Path, sample: Inputs) -> None:
    zone = longest_zone(plan)
    decision = decide_zone(plan, zone["zone_id"], True, "宽敞", "王")
    assert longest_zone(plan)[["status", "decision_id"]].tolist() == ["accepted", decision]
    build_study(plan, sample)
    plan_stalls(plan)
    assert longest_zone(plan)[["zone_id", "status", "decision_id"]].tolist() == [
        zone["zone_id"],
        "accepted",
        decision,
    ]


def test_where_only_accepted_places_count_the_others_are_not_designated(plan: Path, profile: Profile) -> None:
    zones = read_layer(plan, "stall_zones")
    zone = zones[zones["tier"] == "secondary"].iloc[0]
    decide_zone(plan, zone["zone_id"], True, "夜市", "王")
    strict = profile.changed({"stalls.designation": "accepted"}, "strict")
    plan_stalls(plan, strict)
    after = read_layer(plan, "stall_zones")
    left = after.loc[after["tier"] == "secondary", "pitches_geometric"].sum()
    assert left == pytest.approx(zone["pitches_geometric"], abs=1)
    assert (after["tier"] == "back_street").sum() == (zones["tier"] == "back_street").sum()
    assert Study(plan).profile.name == "strict", "a study keeps the rules that it was computed with"
    assert "stalls.designation" in set(read_layer(plan, "kerb_exclusions")["rule"])


@pytest.mark.parametrize(("zone", "reason", "words"), [("Z0", "why", "no zone Z0"), (None, "  ", "reason is empty")])
def test_a_decision_needs_a_zone_and_a_reason(plan: Path, zone: str | None, reason: str, words: str) -> None:
    before = read_layer(plan, "stall_zones")
    with pytest.raises(StudyError, match=words):
        decide_zone(plan, zone or str(before["zone_id"].iloc[0]), False, reason)
    assert len(read_layer(plan, "stall_zones")) == len(before)
    assert read_layer(plan, "decisions").empty


def test_zone_decisions_leave_tiers_alone(plan: Path) -> None:
    zone = longest_zone(plan)
    decide_tier(plan, zone["street_id"], "secondary", "夜市街")
    decide_zone(plan, zone["zone_id"], False, "盲道")
    streets = read_layer(plan, "streets").set_index("street_id")
    assert streets.loc[zone["street_id"], "tier"] == "secondary"
    undo(plan, "D0001", "误判")
    assert read_layer(plan, "streets").set_index("street_id").loc[zone["street_id"], "tier_source"] != "manual"
