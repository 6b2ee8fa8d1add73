"""Kerbs by number: which segment, which side, what stands across."""

from __future__ import annotations

import numpy as np

from geo.kerbs.numbering import (
    both_sides,
    kerb_of,
    kerbs_beside,
    left_and_right,
    other_side,
    segment_of,
    side_names,
    side_of,
)


def test_a_kerb_is_a_segment_and_a_side() -> None:
    segment, side = np.array([0, 0, 3, 7]), np.array([0, 1, 1, 0])
    kerb = kerb_of(segment, side)
    assert kerb.tolist() == [0, 1, 7, 14]
    assert segment_of(kerb).tolist() == segment.tolist()
    assert side_of(kerb).tolist() == side.tolist()
    assert side_names(kerb).tolist() == ["left", "right", "right", "left"]
    assert (segment_of(7), side_of(7), other_side(7)) == (3, 1, 6)


def test_the_other_side_is_on_the_same_segment_and_back_again() -> None:
    kerb = np.arange(10)
    across = other_side(kerb)
    assert (segment_of(across) == segment_of(kerb)).all()
    assert (side_of(across) != side_of(kerb)).all()
    assert (other_side(across) == kerb).all()


def test_both_sides_follow_their_segments() -> None:
    assert both_sides(np.array([4, 1])).tolist() == [8, 9, 2, 3]
    left, right = left_and_right(np.array([5.0, 6.0, 7.0, 8.0]))
    assert (left.tolist(), right.tolist()) == ([5, 7], [6, 8])


def test_left_of_an_arm_is_the_right_kerb_where_the_segment_comes_to_the_node() -> None:
    """Arm 6 is where segment 3 begins, arm 7 where it ends: from there its left kerb is to the right."""
    left, right = kerbs_beside(np.array([6, 7]))
    assert side_names(left).tolist() == ["left", "right"]
    assert side_names(right).tolist() == ["right", "left"]
    assert segment_of(np.concatenate([left, right])).tolist() == [3, 3, 3, 3]
