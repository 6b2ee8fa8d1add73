"""Rows of pitches are broken by access gaps, within zones and between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.rules import Profile
from geo.stalls.rows import RowRules
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for


def packed(length_m: float, rules: RowRules) -> tuple[int, int]:
    """Return how many pitches fit, and the most in a row, putting one behind the other."""
    at, row, count, longest = 0.0, 0, 0, 0
    while at + rules.pitch_m <= length_m + 1e-6:
        count, row = count + 1, row + 1
        longest = max(longest, row)
        full = row == rules.most
        at += rules.pitch_m + (rules.access_m if full else rules.between_m)
        row = 0 if full else row
    return count, longest


@given(st.floats(0, 400), st.integers(1, 12), st.floats(0.5, 5))
def test_as_many_stand_in_rows_as_one_behind_the_other(length_m: float, most: int, access_m: float) -> None:
    rules = RowRules(2.0, 0.5, most, max(access_m, 0.5))
    count, longest = packed(length_m, rules)
    found = rules.in_rows(np.array([length_m]))
    assert found.tolist() == [count]
    assert rules.longest(found).tolist() == [longest]
    assert found[0] <= rules.unbroken(np.array([length_m]))[0]


def test_a_wall_of_pitches_is_broken(profile: Profile) -> None:
    # 239 m take 95 pitches without a gap; eight rows of ten and one of nine with gaps of 2.5 m
    rules = RowRules.of(profile)
    assert rules.unbroken(np.array([239.0])).tolist() == [95]
    assert rules.in_rows(np.array([239.0])).tolist() == [89]
    none = RowRules.of(profile.changed({"stalls.row.pitches": 0}))
    assert none.in_rows(np.array([239.0])).tolist() == [95]


def test_a_row_does_not_go_on_in_the_next_segment(profile: Profile) -> None:
    # 100 m of street, whole and cut at a node in the middle: the same rows and gaps
    whole = plan_for(layers_of([road([(0, 0), (99, 0)])]), profile)
    cut = plan_for(layers_of([road([(0, 0), (49.5, 0)]), road([(49.5, 0), (99, 0)])]), profile)
    assert whole.zones.pitches.tolist() == [39, 39]
    assert whole.supply.likely.tolist() == [37, 37]
    # each half takes 19 on 48.25 m: a row of ten, an access gap, and a row of eight
    assert cut.supply.likely.tolist() == [18, 18, 18, 18]


def test_zones_of_other_hours_beside_each_other_have_a_gap(profile: Profile) -> None:
    # a school closes the middle of the street when pupils come: three zones, one behind the other
    school = [{"kind": "school", "x": 100.0, "y": 60.0, "size_m": 20.0}]
    plan = plan_for(layers_of([road([(0, 0), (200, 0)])], school), profile)
    left = plan.zones.kerb == 0
    assert left.sum() == 3
    rules = RowRules.of(profile)
    alone = rules.in_rows(plan.zones.length_m[left])
    ends = np.array([1, 2, 1]) * rules.access_m / 2
    assert plan.supply.likely[left].tolist() == rules.in_rows(plan.zones.length_m[left] - ends).tolist()
    assert (plan.supply.likely[left] <= alone).all()


def test_a_gap_is_never_narrower_than_the_one_between_pitches(profile: Profile) -> None:
    rules = RowRules.of(profile.changed({"stalls.row.gap": 0.0}))
    assert rules.access_m == pytest.approx(0.5)
    assert rules.in_rows(np.array([239.0])).tolist() == [95]
