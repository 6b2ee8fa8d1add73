"""Rows along kerbs go on where their street does, and stop at corners."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.exclusions import Runs
from geo.kerbs.ground import KerbGround
from geo.kerbs.rows import Joins
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def joins_of(profile: Profile, *rows: dict[str, object]) -> Joins:
    return Joins(KerbGround.of(layers_of(rows), CRS, profile).kerbs)


def whole(joins: Joins) -> Runs:
    """Return every kerb as one free stretch."""
    kerbs = joins.kerbs
    kerb = np.arange(len(kerbs))
    return Runs(kerb, kerbs.from_m, kerbs.to_m, np.ones(len(kerb), dtype=np.uint64), kerb)


HALVES = (road([(0, 0), (100, 0)]), road([(100, 0), (160, 0)]))


def test_a_street_that_is_cut_in_the_middle_has_one_row_on_each_side(profile: Profile) -> None:
    joins = joins_of(profile, *HALVES)
    # end 2 k is where kerb k begins, 2 k + 1 where it ends
    assert joins.other.tolist() == [-1, 4, -1, 6, 1, -1, 3, -1]
    chains = joins.chains(whole(joins), np.ones(4, dtype=bool), one_way=True)
    assert chains.total_m == pytest.approx([160] * 4, abs=0.05)
    assert chains.before_m == pytest.approx([0, 0, 100, 100], abs=0.05)
    assert not chains.reverse.any()


def test_a_side_street_stops_the_row_on_its_side_only(profile: Profile) -> None:
    joins = joins_of(profile, *HALVES, road([(100, 0), (100, 80)], street_id="s2"))
    assert joins.other[:8].tolist() == [-1, -1, -1, 6, -1, -1, 3, -1], "opposite the side street the kerb goes on"
    chains = joins.chains(whole(joins), np.ones(6, dtype=bool), one_way=True)
    assert chains.total_m[[1, 3]] == pytest.approx([160, 160], abs=0.05)
    assert chains.total_m[[0, 2]] == pytest.approx([96.5, 56.5], abs=0.05)


@pytest.mark.parametrize(
    ("change", "joined"),
    [({}, True), ({"street_id": "s2"}, False), ({"width_m": 7.5}, True), ({"width_m": 8.0}, False)],
)
def test_a_row_goes_on_along_its_own_street_as_wide_as_before(
    change: dict[str, object], joined: bool, profile: Profile
) -> None:
    # half of 0.5 m more is within `kerb.joined_step` of 0.3 m, half of 1 m is not
    joins = joins_of(profile, HALVES[0], road([(100, 0), (160, 0)], **change))
    assert (joins.other >= 0).any() == joined


def test_a_row_does_not_go_round_a_sharp_turn(profile: Profile) -> None:
    angle = np.radians(19), np.radians(21)
    gentle, sharp = (
        joins_of(profile, HALVES[0], road([(100, 0), (100 + 60 * np.cos(a), 60 * np.sin(a))])) for a in angle
    )
    assert (gentle.other >= 0).sum() == 4
    assert (sharp.other >= 0).sum() == 0
    # turning to the left, the left kerb is shorter on the inside, the right one longer: 3.5 m times tan(9.5 degrees)
    assert np.abs(gentle.trim_m[[1, 3]]) == pytest.approx([3.5 * np.tan(np.radians(9.5))] * 2, abs=0.01)
    assert gentle.trim_m[1] == pytest.approx(-gentle.trim_m[3])


def test_a_row_against_the_drawing_follows_it_backwards_unless_it_is_one_way(profile: Profile) -> None:
    against = joins_of(profile, HALVES[0], road([(160, 0), (100, 0)]))
    stretches = whole(against)
    both = against.chains(stretches, np.ones(4, dtype=bool), one_way=False)
    assert both.total_m == pytest.approx([160] * 4, abs=0.05)
    # the left kerb of the first segment goes on as the right one of the second, and each chain has one direction
    assert both.reverse.tolist() in ([False, False, True, True], [True, True, False, False])
    alone = against.chains(stretches, np.ones(4, dtype=bool), one_way=True)
    assert alone.total_m == pytest.approx([100, 100, 60, 60], abs=0.05)


def test_what_is_not_free_is_a_row_of_its_own(profile: Profile) -> None:
    joins = joins_of(profile, *HALVES)
    chains = joins.chains(whole(joins), np.array([True, True, False, True]), one_way=True)
    assert chains.total_m == pytest.approx([100, 160, 60, 160], abs=0.05)


def test_a_position_beyond_the_end_is_on_the_next_kerb(profile: Profile) -> None:
    joins = joins_of(profile, *HALVES)
    kerb, metre = joins.resolve(np.array([0, 0, 2, 3]), np.array([40.0, 130.0, -10.0, 70.0]))
    assert kerb.tolist() == [0, 2, 0, 3], "at the end of the street it stays"
    assert metre == pytest.approx([40, 30, 90, 70], abs=0.05)
