"""What each rule takes of the kerb adds up to what is left."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.waterfall import fall_document, waterfall
from geo.rules import Profile
from geo.stalls.layers import fullest_slot
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for

CROSSING = {"kind": "crossing", "x": 50.0, "y": 0.0}
STOP = {"kind": "bus_stop", "x": 52.0, "y": 5.0}


def test_two_rules_at_one_place_take_it_once_in_their_order(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], width_m=8.0)], [CROSSING, STOP]), profile)
    fall = waterfall(plan, fullest_slot(plan))
    steps = fall.steps.set_index("rule")
    assert fall.kerb_m == pytest.approx(200, abs=0.01), "two sides of a hundred metres"
    # a pitch of 2 m and a gap of 0.5 m: 40 on a hundred metres
    assert fall.kerb_pitches == 80
    # the crossing takes 5 m before and after it on both sides; the stop 15 m on its own, of which 10 m are gone already
    assert steps["metres"].to_dict() == pytest.approx({"clearance.crossing": 20, "clearance.bus_stop": 20}, abs=0.01)
    assert steps["sole_m"].to_dict() == pytest.approx({"clearance.crossing": 10, "clearance.bus_stop": 20}, abs=0.01)
    assert fall.free_m == pytest.approx(160, abs=0.01)
    assert fall.pitches == 80 - steps["pitches"].sum() == 18 + 18 + 15 + 13


def test_only_some_kerbs_are_counted_if_asked(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], width_m=8.0)], [CROSSING, STOP]), profile)
    right = waterfall(plan, fullest_slot(plan), np.array([False, True]))
    assert right.kerb_m == pytest.approx(100, abs=0.01)
    assert right.steps["rule"].tolist() == ["clearance.crossing"]
    assert right.pitches == 36


def test_what_is_too_short_for_a_pitch_is_a_remnant(profile: Profile) -> None:
    crossings = [{"kind": "crossing", "x": x, "y": 0.0} for x in (40.0, 51.5)]
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], width_m=8.0)], crossings), profile)
    fall = waterfall(plan, fullest_slot(plan))
    assert fall.remnants_m == pytest.approx(3.0, abs=0.02), "1.5 m between the two clearances, on either side"


def test_a_document_has_plain_values(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], width_m=8.0)], [CROSSING]), profile)
    document = fall_document(waterfall(plan, fullest_slot(plan)))
    assert document["metres_lost"] == {"clearance.crossing": 20.0}
    assert document["pitches_lost"] == {"clearance.crossing": 8}
    assert (document["free_m"], document["remnants_m"], document["pitches_at_moment"]) == (180.0, 0.0, 72)
