"""May a stall stand here: the planner's cases, and answers that agree with the zones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import yaml

from geo.core.opening_hours import DAY, DAY_KINDS, day_kind, open_at, read_hours
from geo.kerbs.numbering import SIDES
from geo.network.graph import walking
from geo.rules import Profile, load_profile
from geo.stalls.layers import zone_layer
from geo.stalls.study import stall_plan
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, check, next_time
from geo.study.reader import Study
from tests.conftest import ROOT
from tests.support.drawn import CRS, layers_of, road, study_street
from tests.support.plans import DAYS, moment, place_of, plan_for

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "stalls.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any]) -> None:
    layers = study_street(case)
    rules = load_profile(case.get("profile", "china")).changed(case.get("set", {}))
    plan = plan_for(layers, rules, case.get("kind", "stall"))
    ask, expect = case["ask"], case["expect"]
    when = moment(ask["time"])
    answer = check(
        plan, *place_of(plan, ask["at_m"], ask["side"]), when, lambda: walking(layers["roads"], layers["paths"], CRS)
    )
    assert answer.verdict == expect["verdict"], answer.rules
    assert answer.side == ask["side"]
    minute = when.hour * 60 + when.minute
    forbids = [rule for rule in answer.rules if rule["says"] == "forbids"]
    now = [rule for rule in forbids if open_at(rule["hours"], day_kind(when), minute)]
    decides = {rule["id"] for rule in (now or answer.rules) if rule["says"] == ("forbids" if now else "allows")}
    assert decides == {expect["rule"]}
    rule = next(rule for rule in answer.rules if rule["id"] == expect["rule"])
    assert rule["source"]
    kerb = plan.kerbs
    number = int(np.flatnonzero(kerb.roads["segment_id"] == answer.segment_id)[0]) * 2 + SIDES.index(answer.side)
    if "depth_m" in expect:
        assert plan.depth_m[number] == pytest.approx(expect["depth_m"])
    if "pitches" in expect:
        zones = zone_layer(plan)
        mine = zones[(zones["segment_id"] == answer.segment_id) & (zones["side"] == answer.side)]
        holding = mine[(mine["from_m"] <= answer.offset_m) & (mine["to_m"] >= answer.offset_m)]
        assert holding["pitches_geometric"].tolist() == [expect["pitches"]]


def test_there_are_forty_cases_and_more() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_zones_answer_as_they_say(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    zones = zone_layer(plan)
    middle = shapely.line_interpolate_point(zones.geometry.to_numpy(), 0.5, normalized=True)
    for place, row in list(zip(middle, zones.itertuples(), strict=True))[::25]:
        begin = read_hours(row.hours)[0][0]
        day = next(day for day in DAYS.values() if day_kind(day) == DAY_KINDS[begin // DAY])
        when = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=begin % DAY)
        answer = check(plan, place.x, place.y, when, lambda: pytest.fail("a place that is allowed asks no network"))
        assert (answer.verdict, answer.hours) == (ALLOWED, row.hours)


def test_the_nearest_place_is_the_nearest_on_foot(profile: Profile) -> None:
    # a demonstration road; a back street that opens onto it 60 m away, another that is near as the crow flies only
    rows = [
        road([(0, 0), (60, 0)], tier="demonstration", highway="primary", width_m=12.0),
        road([(60, 0), (60, 100)], street_id="s2", name="近巷"),
        road([(0, 40), (40, 40)], street_id="s3", name="隔墙巷"),
    ]
    layers = layers_of(rows)
    plan = plan_for(layers, profile)
    answer = check(
        plan, *place_of(plan, 5, "left"), moment("Mo 10:00"), lambda: walking(layers["roads"], layers["paths"], CRS)
    )
    assert answer.verdict == FORBIDDEN
    assert answer.nearest is not None
    assert answer.nearest["name"] == "近巷"
    assert answer.nearest["walk_m"] >= 55


def test_the_next_hour_is_told_over_midnight_and_weekends(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], tier="secondary", highway="tertiary", width_m=10.0)]), profile)
    mask = plan.open_hours("secondary")
    friday = dt.datetime(2026, 5, 8, 23, 0)
    assert next_time(plan, mask, friday) == dt.datetime(2026, 5, 9, 16, 0)
    assert next_time(plan, mask, dt.datetime(2026, 5, 9, 17, 0)) == dt.datetime(2026, 5, 9, 17, 0)
    assert next_time(plan, 0, friday) is None


def test_a_night_market_of_the_weekend_ends_on_the_next_morning(profile: Profile) -> None:
    nights = profile.changed({"stalls.hours.back_street": ["Sa-Su 18:00-02:00"]})
    plan = plan_for(layers_of([road([(0, 0), (200, 0)], tier="back_street", width_m=7.0)]), nights)

    def verdict(text: str) -> str:
        return check(plan, *place_of(plan, 100, "left"), moment(text), lambda: pytest.fail("near enough")).verdict

    asked = ["Sa 01:00", "Sa 18:00", "Su 01:00", "Su 02:00", "Mo 01:00", "Mo 02:00", "Tu 01:00"]
    free = [text for text in asked if bool(plan.zones.mask[0] >> np.uint64(plan.slots.at(moment(text))) & np.uint64(1))]
    assert free == ["Sa 18:00", "Su 01:00", "Mo 01:00"]
    assert [verdict(text) for text in free] == [ALLOWED] * 3
    assert set(zone_layer(plan)["hours"]) == {"Sa-Su 18:00-02:00"}
    mask = int(plan.zones.mask[0])
    assert next_time(plan, mask, moment("Sa 01:00")) == moment("Sa 18:00")
    assert next_time(plan, mask, moment("Mo 01:30")) == moment("Mo 01:30")
    assert next_time(plan, mask, moment("Mo 02:00")) == dt.datetime(2026, 5, 9, 18, 0)
