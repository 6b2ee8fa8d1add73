"""What a plan of any use says of kerbs: whose they are, how wide the carriageway is, which side has less room."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.exclusions import Exclusions
from geo.kerbs.plan import KerbPlan
from geo.rules import Profile
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for


def nothing() -> Exclusions:
    none = np.zeros(0)
    return Exclusions.of(none.astype(np.int64), none, none, "r", "", 0)


def plan_of(profile: Profile, *rows: dict[str, object]) -> KerbPlan:
    return plan_for(layers_of(rows), profile)


def test_kerbs_know_their_segment_street_tier_and_carriageway(profile: Profile) -> None:
    plan = plan_of(
        profile, road([(0, 0), (90, 0)]), road([(0, 80), (90, 80)], street_id="s2", tier="secondary", width_m=12.0)
    )
    kerb = np.arange(4)
    assert plan.segment_ids(kerb).tolist() == ["1-0", "1-0", "2-0", "2-0"]
    assert plan.street_ids(kerb).tolist() == ["s1", "s1", "s2", "s2"]
    assert plan.tier.tolist() == ["back_street", "back_street", "secondary", "secondary"]
    assert plan.carriageway_m.tolist() == [7, 7, 12, 12]
    assert plan.on_streets(["s2"]).tolist() == [False, False, True, True]


def test_bridges_and_tunnels_have_no_frontage_where_the_rules_say_so(profile: Profile) -> None:
    rows = road([(0, 0), (90, 0)], bridge=True), road([(0, 80), (90, 80)], tunnel=True)
    allowed = {"stalls.on_bridges": True, "stalls.in_tunnels": True}
    for rules, taken in (
        (profile, {"stalls.on_bridges": [0, 1], "stalls.in_tunnels": [2, 3]}),
        (profile.changed(allowed), {}),
    ):
        found = [part for part in plan_of(rules, *rows).without_frontage("stalls") if len(part.kerb)]
        assert {part.rule[0]: part.kerb.tolist() for part in found} == taken


def test_of_narrow_streets_the_side_with_less_room_is_left_out(profile: Profile) -> None:
    plan = plan_of(profile, road([(0, 0), (100, 0)]))
    narrow = np.ones(2, dtype=bool)
    every = plan.slots.all
    left, right = (
        Exclusions.of(np.array([side]), np.array([10.0]), np.array([30.0]), "r", "", every) for side in (0, 1)
    )
    assert plan.worse_side(narrow, left).tolist() == [0]
    assert plan.worse_side(narrow, right).tolist() == [1]
    assert plan.worse_side(narrow, nothing()).tolist() == [0], "of sides that are alike it is the left one"
    assert plan.worse_side(np.zeros(2, dtype=bool), left).tolist() == []


def test_the_side_is_one_for_all_of_a_street_whichever_way_its_segments_are_drawn(profile: Profile) -> None:
    plan = plan_of(profile, road([(0, 0), (100, 0)]), road([(200, 0), (100, 0)]), road([(200, 0), (300, 0)]))
    # the northern side has 20 m less on the first segment: kerbs 0, 3 and 4 are on that side
    taken = Exclusions.of(np.array([0]), np.array([10.0]), np.array([30.0]), "r", "", plan.slots.all)
    assert plan.worse_side(np.ones(6, dtype=bool), taken).tolist() == [0, 3, 4]


def test_zones_lie_where_nothing_excludes_and_a_pitch_fits(profile: Profile) -> None:
    plan = plan_of(profile, road([(0, 0), (100, 0)], width_m=8.0))
    zones = plan.zones
    assert zones.kerb.tolist() == [0, 1]
    assert zones.length_m == pytest.approx([100, 100], abs=0.01)
    assert zones.pitches.tolist() == [40, 40]
    assert set(zones.mask) == set(plan.free.value) - {0}
