"""Pitches are what demand and rules leave: within streets, quarters and kerb, and never more than fit."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.kerbs.ground import KerbGround
from geo.rules import Profile
from geo.stalls.demand import Demand
from geo.stalls.layers import zone_layer
from geo.stalls.plan import Plan
from geo.stalls.planning import make_plan
from geo.stalls.study import guide_stalls, plan_stalls, stall_plan
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.drawn import CRS, layers_of, road
from tests.support.supply import quarters_of, stalls_of

LEVELS = ("low", "likely", "high")
COLUMNS = {"low": "pitches_low", "likely": "pitches", "high": "pitches_high"}


def planned(rows: list[dict], profile: Profile, quarters: gpd.GeoDataFrame, stalls: gpd.GeoDataFrame) -> Plan:
    ground = KerbGround.of(layers_of(rows), CRS, profile)
    return make_plan(ground, profile, demand=Demand(quarters, stalls))


def assert_believable(plan: Plan) -> None:
    """Low, likely and high within each other, within what fits, and within the caps of streets and quarters."""
    zones, supply, profile = zone_layer(plan), plan.supply, plan.profile
    assert (zones["pitches_low"] <= zones["pitches"]).all()
    assert (zones["pitches"] <= zones["pitches_high"]).all()
    assert (zones["pitches_high"] <= zones["pitches_geometric"]).all()
    assert (zones["row_pitches"] <= profile["stalls.row.pitches"]).all()
    module = profile["stalls.pitch.length"] + profile["stalls.pitch.gap"]
    front = np.where(plan.ground.facing < 0, plan.kerbs.to_m - plan.kerbs.from_m, 0.0).clip(min=0)
    street = pd.Series(front).groupby(plan.street_ids(np.arange(len(front)))).sum()
    for level in LEVELS:
        by_street = zones.groupby("street_id")[COLUMNS[level]].sum()
        # on bends the kerb itself is longer than its reference
        share = profile[f"stalls.supply.street_share.{level}"]
        assert (by_street * module <= share * street.reindex(by_street.index) * 1.1 + 1e-6).all()
        by_quarter = np.bincount(supply.quarter, zones[COLUMNS[level]], minlength=len(supply.quarters))
        assert (by_quarter <= supply.quarters[f"cap_{level}"].to_numpy()).all()
    assert sum(supply.taken.values()) == zones["pitches_geometric"].sum() - zones["pitches"].sum()
    assert min(supply.taken.values()) >= 0


def test_two_stalls_make_three_pitches_in_their_quarter(profile: Profile) -> None:
    # two quarters, on either half of a back street of 400 m; two stalls in the first
    rows = [road([(0, 0), (200, 0)]), road([(200, 0), (400, 0)])]
    quarters = quarters_of((-10, -50, 200, 50), (200, -50, 410, 50))
    plan = planned(rows, profile, quarters, stalls_of((20, 4), (30, 4)))
    zones = zone_layer(plan)
    assert zones.groupby("quarter_id")["pitches"].sum().to_dict() == {"Q001": 3, "Q002": 0}
    first = zones[zones["pitches"] > 0].iloc[0]
    assert (first["side"], first["segment_id"]) == ("left", "1-0"), "the zone in which the stalls stand"
    assert first[["pitches_low", "pitches", "pitches_high", "pitches_geometric"]].tolist() == [2, 3, 3, 80]
    assert set(zones["capped_by"]) == {"demand"}
    assert_believable(plan)


def test_without_stalls_a_share_of_the_frontage_counts(profile: Profile) -> None:
    # 400 m of street have 800 m of frontage: half a percent is 4 m, one pitch and a gap
    plan = planned([road([(0, 0), (400, 0)])], profile, quarters_of((-10, -50, 410, 50)), stalls_of())
    assert [int(getattr(plan.supply, level).sum()) for level in LEVELS] == [0, 1, 3]
    assert set(plan.supply.capped_by) == {"quarter_share"}
    assert plan.supply.quarters["frontage_m"].tolist() == pytest.approx([800.0], abs=0.1)
    assert_believable(plan)


def test_a_street_keeps_most_of_its_frontage(profile: Profile) -> None:
    # a hundred stalls ask for 120 pitches; a street of 200 m with two sides may give a quarter of 400 m: 40
    stalls = stalls_of(*((10 + 1.5 * number, 4.0) for number in range(100)))
    plan = planned([road([(0, 0), (200, 0)])], profile, quarters_of((-10, -50, 210, 50)), stalls)
    assert [int(getattr(plan.supply, level).sum()) for level in LEVELS] == [24, 40, 64]
    assert "street_share" in set(plan.supply.capped_by)
    assert_believable(plan)


def test_a_designated_place_is_not_a_single_pitch(profile: Profile) -> None:
    street = road([(0, 0), (200, 0)], tier="secondary", highway="tertiary", width_m=10.0, pavement_m=4.0)
    one = planned([street], profile, quarters_of((-10, -50, 210, 50)), stalls_of((100, 6)))
    assert one.supply.likely.sum() == 0, "a place on a street like this holds three pitches at least"
    three = planned([street], profile, quarters_of((-10, -50, 210, 50)), stalls_of((100, 6), (101, 6), (102, 6)))
    assert three.supply.likely.max() == 4
    assert_believable(three)


def test_a_study_without_quarters_is_one(profile: Profile) -> None:
    plan = planned([road([(0, 0), (200, 0)])], profile, quarters_of(), stalls_of((100, 4), (100, -4)))
    assert plan.supply.likely.sum() == 3
    assert plan.supply.quarters["quarter_id"].tolist() == [None]
    assert zone_layer(plan)["quarter_id"].isna().all()


def test_a_profile_with_levels_the_wrong_way_round_keeps_them_in_order(profile: Profile) -> None:
    odd = profile.changed({"stalls.supply.factor.low": 3.0, "stalls.supply.factor.high": 1.0})
    plan = planned([road([(0, 0), (200, 0)])], odd, quarters_of(), stalls_of((100, 4), (100, -4)))
    low, likely, high = (int(getattr(plan.supply, level).sum()) for level in LEVELS)
    assert low <= likely <= high


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1))
def test_pitches_are_believable_on_random_streets(profile: Profile, seed: int) -> None:
    random = np.random.default_rng(seed)
    kinds = [("residential", "back_street"), ("tertiary", "secondary"), ("primary", "demonstration")]
    rows = []
    for _ in range(int(random.integers(1, 8))):
        highway, tier = kinds[random.integers(3)]
        x, y = random.random(2) * 600
        rows.append(
            road(
                [(x, y), (x + random.random() * 300 + 5, y + random.random() * 80)],
                street_id=f"s{random.integers(4)}",
                highway=highway,
                tier=tier,
                width_m=float(random.choice([5.5, 7.0, 9.0, 14.0])),
                pavement_m=float(random.choice([np.nan, 1.0, 3.5])),
            )
        )
    cut = float(random.random() * 600)
    quarters = quarters_of((-50, -50, cut, 900), (cut, -50, 1000, 900)) if random.random() < 0.7 else quarters_of()
    stalls = stalls_of(*((float(x), float(y)) for x, y in random.random((int(random.integers(0, 60)), 2)) * 600))
    shares = {f"stalls.supply.street_share.{level}": float(random.random()) for level in LEVELS}
    rules = profile.changed({**shares, "stalls.row.pitches": int(random.integers(0, 12))})
    plan = planned(rows, rules if random.random() < 0.5 else profile, quarters, stalls)
    supply = plan.supply
    assert (supply.low <= supply.likely).all()
    assert (supply.likely <= supply.high).all()
    assert (supply.high <= supply.in_rows).all()
    assert (supply.in_rows <= plan.zones.pitches).all()
    few = np.where(plan.stance[plan.zones.kerb] == "designated", profile["stalls.min_pitches.designated"], 1)
    assert ((supply.likely == 0) | (supply.likely >= few)).all()
    if plan.profile is profile and len(plan.zones.kerb):
        assert_believable(plan)


def test_the_samples_totals_are_the_sums_of_its_zones(study: Path) -> None:
    document = plan_stalls(study)
    zones, stalls = read_layer(study, "stall_zones"), read_layer(study, "stalls")
    assert document["pitches"] == {level: zones[column].sum() for level, column in COLUMNS.items()}
    assert document["pitches_geometric"] == zones["pitches_geometric"].sum()
    assert document["pitches_geometric"] - sum(document["capped_by"].values()) == document["pitches"]["likely"]
    assert document["longest_row"] <= 10
    assert document["demand"]["by"] == "stalls"
    assert document["demand"]["stalls"] == len(stalls)
    by_quarter = zones.groupby("quarter_id")["pitches"].sum()
    for row in document["demand"]["per_quarter"]:
        assert row["pitches"]["likely"] == by_quarter.get(row["quarter_id"], 0) <= row["cap"]["likely"]
    assert len(stalls) / 2 < document["pitches"]["likely"] < 2 * len(stalls), "as many as there are vendors"
    assert_believable(stall_plan(Study(study), Study(study).profile))


def test_nobody_is_sent_to_a_zone_beyond_its_pitches(study: Path) -> None:
    guide_stalls(study)
    zones, moves = read_layer(study, "stall_zones").set_index("zone_id"), read_layer(study, "moves")
    sent = moves.loc[moves["to_kind"] == "zone", "to_id"].value_counts()
    assert len(sent) > 0
    assert (sent <= zones.loc[sent.index, "pitches"]).all()


def test_a_large_stall_needs_a_long_zone(profile: Profile) -> None:
    from geo.stalls.judging import judge  # noqa: PLC0415

    # a lane that leaves 12 m on its left: 18 m² at a depth of 1.5 m fit, 21 m² do not
    plan = planned([road([(0, 0), (12, 0)])], profile, quarters_of(), stalls_of())
    stalls = stalls_of((6, 4), (6, 4), (6, 4)).assign(area_m2=[18.0, 21.0, None])
    judged = judge(plan, stalls)
    assert judged.verdict.tolist() == ["allowed", "forbidden", "allowed"]
    assert judged.reasons.tolist()[1] == "stalls.pitch.length"
    assert judged.zone.tolist()[1] == -1
