"""Where bays have room: the planner's cases, and what every rule takes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from geo.kerbs.ground import KerbGround
from geo.kerbs.waterfall import waterfall
from geo.parking.bays import place_bays
from geo.parking.room import BAY_ORDER, BayRoom
from geo.parking.study import BayStudy
from geo.rules import Profile
from geo.study.reader import Study
from tests.conftest import ROOT
from tests.support.drawn import CRS, study_street

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "bays.yaml").read_text(encoding="utf-8"))


def room_for(case: dict[str, Any], profile: Profile) -> BayRoom:
    layers = study_street(case)
    ground = KerbGround.of(layers, CRS, profile, case.get("drives_on", "right"))
    traffic = np.full(len(layers["roads"]), float(case.get("traffic", 0.0)))
    return BayRoom(ground, profile.changed(case.get("set", {})), case.get("hours", "all_day"), traffic)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any], profile: Profile) -> None:
    room = room_for(case, profile)
    bays = place_bays(room)
    expect = case["expect"]
    main = room.kerbs.roads["street_id"] == "s1"
    if "twin_at_m" in case["street"]:
        main &= room.kerbs.roads["segment_id"] == "1-0"
    mine = bays[bays["segment_id"].isin(room.kerbs.roads.loc[main, "segment_id"])]
    for number, side in enumerate(("left", "right")):
        if side in expect:
            assert (mine["side"] == side).sum() == expect[side], side
        if f"why_{side}" in expect:
            counted = np.zeros(len(room.kerbs), dtype=bool)
            counted[number::2] = main
            steps = waterfall(room, 0, counted).steps.set_index("rule")["metres"]
            assert steps.idxmax() == expect[f"why_{side}"]


def test_there_are_forty_cases_and_more() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


CLEARANCES = ("clearance.crossing", "clearance.corner", "clearance.driveway", "clearance.signals", "clearance.bus_stop")


@pytest.mark.parametrize("rule", CLEARANCES)
def test_relaxing_a_rule_never_loses_bays_on_a_street_and_tightening_never_gains(
    rule: str, built: Path, profile: Profile
) -> None:
    # where both sides may be used, so that no street changes the side that it uses
    wide = {f"bay.min_carriageway_width.{name}": 0.0 for name in profile.group("bay.min_carriageway_width")}
    wide |= {"fire_lane.clear_width": 0.0, "bay.aisle.parallel": 0.0}
    base = BayStudy(Study(built), profile.changed(wide))
    counts = []
    for change in (-2.0, 0.0, 2.0, 5.0):
        tried = profile.changed({**wide, rule: max(profile[rule] + change, 0.0)})
        room = BayStudy(Study(built), tried, base.ground).room("all_day")
        street = room.street_ids(room.zones.kerb)
        counts.append(pd.Series(room.zones.pitches).groupby(street).sum())
    for looser, tighter in pairwise(counts):
        both = pd.DataFrame({"looser": looser, "tighter": tighter}).fillna(0)
        assert (both["looser"] >= both["tighter"]).all()


def test_every_rule_of_bays_is_a_parameter_or_a_decision(profile: Profile) -> None:
    assert {rule for rule in BAY_ORDER if rule != "decisions"} <= set(profile.leaves)
