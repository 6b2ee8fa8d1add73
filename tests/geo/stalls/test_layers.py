"""The layers of a plan of stalls: every metre of kerb is a zone, an exclusion or too short, at every hour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.build import Inputs, build_study
from geo.core.opening_hours import DAY, DAY_KINDS, open_at
from geo.kerbs.numbering import SIDES
from geo.kerbs.waterfall import waterfall
from geo.rules import Profile, load_profile
from geo.stalls.layers import exclusion_layer, kerb_layer, zone_layer
from geo.stalls.plan import ORDER, Plan
from geo.stalls.study import stall_plan
from geo.study.reader import Study
from tests.support.drawn import TIERS_OF, layers_of, road
from tests.support.plans import plan_for

Interval = tuple[float, float]


def union(intervals: list[Interval]) -> list[Interval]:
    """Return intervals joined where they overlap or touch: the plain definition."""
    joined: list[Interval] = []
    for begin, end in sorted(intervals):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def without(whole: Interval, taken: list[Interval]) -> list[Interval]:
    """Return what is left of an interval."""
    left, at = [], whole[0]
    for begin, end in union(taken):
        if begin > at:
            left.append((at, min(begin, whole[1])))
        at = max(at, end)
    return [*left, (at, whole[1])] if at < whole[1] else left


def by_kerb(layer: pd.DataFrame) -> dict[tuple[str, str], list[tuple[Interval, str]]]:
    found: dict[tuple[str, str], list[tuple[Interval, str]]] = {}
    for row in layer.itertuples():
        found.setdefault((row.segment_id, row.side), []).append(((row.from_m, row.to_m), row.hours))
    return found


def assert_disjoint_and_complete(plan: Plan) -> None:
    """Along every kerb and at every hour: kerb = exclusions + zones + remnants too short for a pitch, exactly."""
    kerbs, zones, exclusions = kerb_layer(plan), by_kerb(zone_layer(plan)), by_kerb(exclusion_layer(plan))
    row_of = {segment: row for row, segment in enumerate(plan.kerbs.roads["segment_id"])}
    texts = {hours for part in (zones, exclusions) for rows in part.values() for _, hours in rows}
    remnants: list[tuple[int, float, float]] = []
    for start in plan.slots.starts.tolist():
        open_ = {text: open_at(text, DAY_KINDS[start // DAY], start % DAY) for text in texts}
        for kerb in kerbs.itertuples():
            name, whole = (kerb.segment_id, kerb.side), (kerb.from_m, kerb.to_m)
            taken = [span for span, hours in exclusions.get(name, []) if open_[hours]]
            used = union([span for span, hours in zones.get(name, []) if open_[hours]])
            free = without(whole, taken)
            for begin, end in used:
                inside = [(max(begin, one), min(end, two)) for one, two in free if one < end and two > begin]
                assert sum(two - one for one, two in inside) == pytest.approx(end - begin, abs=0.01), name
            number = 2 * row_of[kerb.segment_id] + SIDES.index(kerb.side)
            left = [part for span in free for part in without(span, used)]
            remnants += [(number, one, two) for one, two in left if two - one > 0.005]
    if remnants:
        rows, from_m, to_m = (np.array(column) for column in zip(*remnants, strict=True))
        # a piece that is open longer than its neighbour may be cut off by it: each is too short by itself
        assert plan.pitches(plan.kerbs.kerb_metres(rows, from_m, to_m) - 0.01).max() == 0


@pytest.mark.parametrize("name", ["neukolln.osm.pbf", "guixi.osm.pbf", "beijing_wudaokou.osm.pbf"])
def test_every_metre_of_real_kerbs_is_accounted_for_at_every_hour(
    name: str, shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(shared(name)))
    assert_disjoint_and_complete(stall_plan(Study(study), profile))


KINDS = ("crossing", "bus_stop", "hydrant", "entrance", "school", "hospital", "station", "fuel", "level_crossing")
streets = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.sampled_from(sorted(TIERS_OF)),
        st.sampled_from([3.5, 5.5, 6.0, 7.0, 12.0]),
        st.booleans(),
        st.sampled_from([np.nan, 0.0, 2.5, 4.0]),
    ).filter(lambda street: street[0] != street[1]),
    min_size=1,
    max_size=8,
)
things = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 200), st.integers(0, 200)), min_size=0, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streets, things)
def test_every_metre_of_random_kerbs_is_accounted_for_at_every_hour(
    drawn: list[Any], standing: list[tuple[str, int, int]]
) -> None:
    profile = load_profile()
    rows = [
        road(
            [(x * 40.0, y * 40.0) for x, y in (one, two)],
            highway=highway,
            tier=TIERS_OF[highway],
            width_m=width,
            oneway=oneway,
            pavement_m=pavement,
            street_id=f"s{number % 3}",
        )
        for number, (one, two, highway, width, oneway, pavement) in enumerate(drawn)
    ]
    facilities = [{"kind": kind, "x": float(x), "y": float(y)} for kind, x, y in standing]
    plan = plan_for(layers_of(rows, facilities), profile)
    assert_disjoint_and_complete(plan)
    for slot in range(len(plan.slots)):
        fall = waterfall(plan, slot)
        assert fall.steps["metres"].sum() + fall.free_m == pytest.approx(fall.kerb_m, abs=1e-6)
        assert fall.kerb_pitches - fall.steps["pitches"].sum() == fall.pitches


def test_zones_lie_on_their_kerbs_and_exclusions_name_rules_of_the_profile(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    zones, exclusions, kerbs = zone_layer(plan), exclusion_layer(plan), kerb_layer(plan)
    assert set(exclusions["rule"]) <= set(ORDER)
    assert {rule for rule in exclusions["rule"] if rule != "decisions"} <= set(profile.leaves)
    assert exclusions["cause_id"].notna().all()
    assert zones["zone_id"].is_unique
    assert (zones["tier"] != "demonstration").all()
    for text in {rule for rules in zones["rules"] for rule in rules.split(", ")}:
        assert text in profile.leaves
    own = kerbs.set_index(["segment_id", "side"]).geometry.to_crs(plan.kerbs.crs)
    lines = zones.geometry.to_crs(plan.kerbs.crs)
    for row, line in zip(zones.itertuples(), lines, strict=True):
        assert own[row.segment_id, row.side].hausdorff_distance(line) >= 0
        assert own[row.segment_id, row.side].buffer(0.05).covers(line)
