"""Making a plan: what each use needs, and what happens when hours cut the week too finely."""

from __future__ import annotations

import numpy as np
import pytest

from geo.core.errors import RuleError
from geo.kerbs.ground import KerbGround
from geo.rules import Profile
from geo.stalls.planning import make_plan
from tests.support.drawn import CRS, layers_of, road


@pytest.fixture
def ground(profile: Profile) -> KerbGround:
    """Return the kerbs of one back street of 200 m."""
    return KerbGround.of(layers_of([road([(0, 0), (200, 0)])]), CRS, profile)


def test_a_plan_says_where_things_stand_by_kind(ground: KerbGround, profile: Profile) -> None:
    stalls, displays = make_plan(ground, profile), make_plan(ground, profile, kind="display")
    for plan in (stalls, displays):
        assert plan.place.shape == plan.depth_m.shape == plan.pavement_m.shape == plan.stance.shape == (2,)
        assert set(plan.exclusions.rule) <= set(plan.order)
    assert stalls.depth_m.tolist() == [float(profile["stalls.pitch.depth"])] * 2
    assert not set(displays.exclusions.rule) & {"clearance.entrance", "clearance.bay"}
    assert stalls.decided.accepted.kerb.size == 0


def test_the_same_ground_is_planned_anew_under_other_rules(ground: KerbGround, profile: Profile) -> None:
    before = make_plan(ground, profile)
    none_fits = make_plan(ground, profile.changed({"pavement.clear": 30.0, "fire_lane.clear_width": 30.0}))
    assert (none_fits.place == np.array([None, None])).all()
    assert none_fits.zones.pitches.sum() == 0
    assert before.ground is none_fits.ground


def test_hours_that_cut_the_week_too_finely_are_refused_with_their_number(ground: KerbGround, profile: Profile) -> None:
    hours = [path for path, leaf in profile.leaves.items() if leaf.unit == "hours"]
    minutes = [f"{m // 60:02d}:{m % 60:02d}" for m in range(0, 23 * 60, 9)]
    windows = [f"Mo-Fr {begin}-{end}" for begin, end in zip(minutes[::2], minutes[1::2], strict=False)]
    with pytest.raises(RuleError, match=r"\b1\d\d\b"):
        make_plan(ground, profile.changed({hours[0]: windows}))
