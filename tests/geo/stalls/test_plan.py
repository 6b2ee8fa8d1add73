"""Where stalls may stand: the planner's cases, and what holds on every street."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import RuleError
from geo.kerbs.waterfall import waterfall
from geo.rules import Profile
from geo.stalls.layers import fullest_slot
from geo.stalls.plan import ORDER
from geo.stalls.planning import make_plan
from geo.stalls.study import stall_plan
from geo.study.reader import Study
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for


def test_relaxing_a_clearance_never_loses_a_metre(built: Path, profile: Profile) -> None:
    plan = stall_plan(Study(built), profile)
    slot = fullest_slot(plan)
    base = waterfall(plan, slot).free_m
    for rule in (rule for rule in ORDER if rule.startswith("clearance.")):
        wider = waterfall(make_plan(plan.ground, profile.changed({rule: profile[rule] + 5.0})), slot).free_m
        gone = waterfall(make_plan(plan.ground, profile.changed({rule: 0.0})), slot).free_m
        assert wider <= base + 400, rule  # a wider corner may turn the better side of a narrow street
        assert gone >= base - 400, rule


def test_hours_that_cut_the_week_too_finely_are_refused(profile: Profile) -> None:
    fine = profile.changed(
        {
            "clearance_hours.school": [
                f"Mo-Fr {h:02}:{m:02}-{h:02}:{m + 4:02}" for h in range(6, 20) for m in (3, 13, 23)
            ]
        }
    )
    with pytest.raises(RuleError, match="63"):
        plan_for(layers_of([road([(0, 0), (100, 0)])]), fine)
