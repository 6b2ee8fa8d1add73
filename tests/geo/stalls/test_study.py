"""The plan of stalls in the study file: kept with what it is made of, and guided."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.stalls.study import guide_stalls, plan_stalls, stall_plan
from geo.stalls.verdicts import FORBIDDEN
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.decisions import decide_tier
from tests.conftest import is_fresh


def test_the_sample_is_guided_and_kept(study: Path) -> None:
    assert not is_fresh(study)
    found = guide_stalls(study)
    assert is_fresh(study)
    moves = read_layer(study, "moves")
    stalls = read_layer(study, "stalls")
    zones = read_layer(study, "stall_zones").set_index("zone_id")
    assert set(moves["stall_id"]) == set(stalls.loc[stalls["verdict"] == FORBIDDEN, "stall_id"])
    used = moves.loc[moves["to_kind"] == "zone", "to_id"].value_counts()
    assert (used <= zones.loc[used.index, "pitches"]).all()
    assert (moves["walk_m"].dropna() <= 1500).all()
    assert found.gap_m == pytest.approx(0, abs=1e-3)


def test_a_plan_is_out_of_date_when_a_tier_changes(study: Path, tmp_path: Path) -> None:
    first = plan_stalls(study)
    assert is_fresh(study)
    copy = Path(shutil.copy(study, tmp_path / "copy.gpkg"))
    street = read_layer(study, "stall_zones")["street_id"].iloc[0]
    decide_tier(copy, street, "demonstration", "创建示范街")
    assert not is_fresh(copy)
    again = plan_stalls(copy)
    assert again["pitches_geometric"] < first["pitches_geometric"]
    assert not (read_layer(copy, "stall_zones")["street_id"] == street).any()
    plan = stall_plan(Study(copy), Study(copy).profile)
    assert plan.zones.pitches.sum() == again["pitches_geometric"]
    assert plan.supply.likely.sum() == again["pitches"]["likely"]
