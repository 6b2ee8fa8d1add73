"""May a stall stand here: the planner's cases, and answers that agree with the zones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.opening_hours import DayKind, open_at, read_hours
from geo.kerbs.numbering import SIDES
from geo.network.graph import walking
from geo.rules import Profile, load_profile
from geo.stalls.judging import judge
from geo.stalls.layers import zone_layer
from geo.stalls.study import stall_plan
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS, check, next_time
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.conftest import ROOT
from tests.support.drawn import CRS, degrees, layers_of, road, study_street
from tests.support.plans import DAYS, moment, place_of, plan_for

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "stalls.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any]) -> None:
    layers = study_street(case)
    plan = plan_for(layers, load_profile(case.get("profile", "china")), case.get("kind", "stall"))
    ask, expect = case["ask"], case["expect"]
    when = moment(ask["time"])
    answer = check(
        plan, *place_of(plan, ask["at_m"], ask["side"]), when, lambda: walking(layers["roads"], layers["paths"], CRS)
    )
    assert answer.verdict == expect["verdict"], answer.rules
    assert answer.side == ask["side"]
    day: DayKind = "restday" if when.weekday() >= 5 else "workday"
    minute = when.hour * 60 + when.minute
    now = [rule for rule in answer.rules if rule["says"] == "forbids" and open_at(rule["hours"], day, minute)]
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
        assert holding["pitches"].tolist() == [expect["pitches"]]


def test_there_are_forty_cases_and_more() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_zones_answer_as_they_say(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    zones = zone_layer(plan)
    middle = shapely.line_interpolate_point(zones.geometry.to_numpy(), 0.5, normalized=True)
    for place, row in list(zip(middle, zones.itertuples(), strict=True))[::25]:
        begin = read_hours(row.hours)[0][0]
        day = DAYS["Mo"] if begin < 1440 else DAYS["Sa"]
        when = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=begin % 1440)
        answer = check(plan, place.x, place.y, when, lambda: pytest.fail("a place that is allowed asks no network"))
        assert (answer.verdict, answer.hours) == (ALLOWED, row.hours)


def test_stalls_are_judged_as_their_places_are_answered(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    stalls = gpd.GeoDataFrame(read_layer(built, "stalls"), crs=WGS84)
    judged = judge(plan, stalls)
    assert set(judged.verdict) <= {ALLOWED, OTHER_HOURS, FORBIDDEN}
    when = moment("Mo 18:30")
    network = walking(read_layer(built, "roads"), read_layer(built, "paths"), plan.kerbs.crs)
    same = 0
    for row, verdict, reasons in list(zip(stalls.itertuples(), judged.verdict, judged.reasons, strict=True))[::6]:
        answer = check(plan, row.geometry.x, row.geometry.y, when, lambda: network)
        if (answer.segment_id, answer.side) != (row.segment_id, row.side):
            continue  # nearest kerb and nearest street may differ by a metre at corners
        same += 1
        assert (answer.verdict == FORBIDDEN) == (verdict == FORBIDDEN)
        if verdict == FORBIDDEN:
            forbids = {rule["id"] for rule in answer.rules if rule["says"] == "forbids"}
            assert set(reasons.split(", ")) <= forbids
    assert same > 8


def test_what_stands_at_no_street_is_not_judged(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    plan = plan_for(layers, profile)
    stalls = pd.DataFrame(
        {"segment_id": ["1-0", None], "side": ["left", None], "offset_m": [50.0, np.nan], "distance_m": [80.0, np.nan]}
    )
    judged = judge(plan, stalls)
    assert judged.verdict.tolist() == ["off_street", None]
    assert judged.reasons.tolist() == ["kerb.asked_within", ""]
    far = degrees(shapely.Point(50, 80))
    with pytest.raises(InputError, match="no street"):
        check(plan, far.x, far.y, moment("Mo 10:00"), lambda: pytest.fail("not asked"))


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
