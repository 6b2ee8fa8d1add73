"""Stretches of kerb that a rule takes."""

from __future__ import annotations

import numpy as np

from geo.kerbs.exclusions import Exclusions, cut, holds, runs, together
from geo.rules import load_profile
from geo.stalls.layers import exclusion_layer
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for


def test_the_inner_side_of_a_roundabout_has_no_frontage() -> None:
    turn = np.linspace(0, 2 * np.pi, 13)
    ring = [(20 * np.cos(a), 20 * np.sin(a)) for a in turn[:-1]]
    rows = [road([*ring, ring[0]], roundabout=True, oneway=True, highway="tertiary", tier="secondary")]
    plan = plan_for(layers_of(rows), load_profile())
    sides = exclusion_layer(plan).query("rule == 'kerb.median_within'")["side"].tolist()
    assert sides == ["left"]


DAY, NIGHT = 0b01, 0b10


def of(kerb: list[int], from_m: list[float], to_m: list[float], mask: int = DAY, rule: str = "r") -> Exclusions:
    return Exclusions.of(np.array(kerb), np.array(from_m), np.array(to_m), rule, "cause", mask)


def test_a_mask_holds_in_its_slots() -> None:
    masks = np.array([0b01, 0b10, 0b11, 0], dtype=np.uint64)
    assert holds(masks, 0).tolist() == [True, False, True, False]
    assert holds(masks, 1).tolist() == [False, True, True, False]


def test_exclusions_are_clipped_to_their_kerbs_and_those_beyond_fall_away() -> None:
    begin, end = np.array([5.0, 0.0]), np.array([90.0, 40.0])
    found = of([0, 0, 1, 1], [-10, 80, 39, 50], [10, 120, 60, 70]).within(begin, end)
    assert found.kerb.tolist() == [0, 0, 1]
    assert found.from_m.tolist() == [5, 80, 39]
    assert found.to_m.tolist() == [10, 90, 40]
    assert set(found.rule) == {"r"}
    assert np.isnan(found.cause_xy).all(), "what has no place has none"


def test_kerbs_are_cut_where_exclusions_begin_and_end() -> None:
    found = together([of([0], [20], [60]), of([0], [50], [70], NIGHT)])
    pieces = cut(np.array([0.0, 0.0]), np.array([100.0, 30.0]), found)
    assert pieces.kerb.tolist() == [0, 0, 0, 0, 0, 1]
    assert pieces.from_m.tolist() == [0, 20, 50, 60, 70, 0]
    assert pieces.to_m.tolist() == [20, 50, 60, 70, 100, 30]
    assert pieces.excluded(found.mask).tolist() == [0, DAY, DAY | NIGHT, NIGHT, 0, 0]


def test_a_kerb_of_which_junctions_leave_nothing_has_no_pieces() -> None:
    pieces = cut(np.array([10.0]), np.array([8.0]), of([], [], []))
    assert len(pieces.kerb) == 0
    assert len(runs(pieces, np.zeros(0, dtype=np.uint64)).kerb) == 0


def test_pieces_alike_are_one_run_but_not_over_the_end_of_a_kerb() -> None:
    pieces = cut(np.array([0.0, 0.0]), np.array([100.0, 30.0]), of([0, 0], [20, 50], [60, 70]))
    found = runs(pieces, pieces.excluded(np.array([DAY, DAY], dtype=np.uint64)))
    assert found.kerb.tolist() == [0, 0, 0, 1]
    assert list(zip(found.from_m, found.to_m, found.value, strict=True)) == [
        (0, 20, 0),
        (20, 70, DAY),
        (70, 100, 0),
        (0, 30, 0),
    ]
    assert found.piece.tolist() == [0, 1, 1, 1, 2, 3]
