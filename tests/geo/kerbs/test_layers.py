"""Stretches of kerb as rows of a layer: lines in degrees, linear references in centimetres or finer."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.core.metric_geometry import metric_lines
from geo.kerbs.layers import references, stretch_lines
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, plain, road
from tests.support.plans import plan_for

KERB, FROM_M, TO_M = np.array([0, 1]), np.array([10.0, 20.12345]), np.array([60.0, 35.0])


def test_lines_run_beside_the_street_in_its_direction(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)])]), profile)
    lines = stretch_lines(plan.kerbs, KERB, FROM_M, TO_M)
    assert shapely.length(metric_lines(lines, CRS)) == pytest.approx(TO_M - FROM_M, abs=0.02)
    ends = [[plain(*lonlat) for lonlat in shapely.get_coordinates(line)] for line in lines]
    assert ends[0] == [pytest.approx((10, 3.5), abs=0.03), pytest.approx((60, 3.5), abs=0.03)]
    assert ends[1] == [pytest.approx((20.12, -3.5), abs=0.03), pytest.approx((35, -3.5), abs=0.03)]


def test_references_name_segment_side_street_and_tier(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)], tier="secondary")]), profile)
    found = references(plan, KERB, FROM_M, TO_M)
    assert {name: list(values) for name, values in found.items()} == {
        "segment_id": ["1-0", "1-0"],
        "side": ["left", "right"],
        "street_id": ["s1", "s1"],
        "tier": ["secondary", "secondary"],
        "from_m": [10.0, 20.123],
        "to_m": [60.0, 35.0],
    }


def test_no_stretches_are_no_lines(profile: Profile) -> None:
    plan = plan_for(layers_of([road([(0, 0), (100, 0)])]), profile)
    none = np.zeros(0)
    assert len(stretch_lines(plan.kerbs, none.astype(np.int64), none, none)) == 0
