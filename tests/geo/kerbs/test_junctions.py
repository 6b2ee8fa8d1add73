"""The arms of junctions: who stands next to whom, and where a kerb goes on."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.junctions import Arms
from tests.support.drawn import CRS, road, roads_layer

CROSS = roads_layer([road([(0, 0), end]) for end in ((100, 0), (0, 80), (-60, 0), (0, -40))])
"""Four streets from one junction: east, north, west, south; arm 2 i is the start of street i."""

LENGTHS = np.array([100.0, 80.0, 60.0, 40.0])


def arms_of(roads: object) -> Arms:
    return Arms(roads.geometry.to_numpy(), CRS)  # type: ignore[attr-defined]


def test_arms_stand_round_their_node_anticlockwise() -> None:
    arms = arms_of(CROSS)
    east = np.array([0])
    assert arms.next_arm(east).tolist() == [2], "north"
    assert arms.next_arm(east, -1).tolist() == [6], "south"
    assert sorted(arms.degree) == [1, 1, 1, 1, 4]
    first, second, angle = arms.neighbours()
    assert dict(zip(first.tolist(), second.tolist(), strict=True)) == {0: 2, 2: 4, 4: 6, 6: 0}
    assert angle == pytest.approx(np.full(4, np.pi / 2), abs=1e-3)


def test_an_arm_leaves_its_node_in_its_direction() -> None:
    arms = arms_of(CROSS)
    assert arms.direction[[0, 2, 4, 6]] == pytest.approx(np.array([[1, 0], [0, 1], [-1, 0], [0, -1]]), abs=1e-3)
    assert arms.direction[1] == pytest.approx([-1, 0], abs=1e-3), "the far end leaves back to the junction"


def reached(arms: Arms, metres: float, round_corners: bool) -> dict[tuple[int, bool, int], float]:
    """Return what a walk from the far end of the eastern street along its right side, as drawn, reaches."""
    found = arms.spread(np.array([1]), np.array([1]), np.array([metres]), np.array([7]), LENGTHS, round_corners)
    assert set(found.cause) == {7}
    return {
        (int(segment), bool(at_end), int(side)): float(reach)
        for segment, at_end, side, reach in zip(*found[:4], strict=True)
    }


def test_a_kerb_ends_at_a_junction_unless_it_goes_round_the_corner_and_straight_on() -> None:
    arms = arms_of(CROSS)
    assert reached(arms, 70, True) == {(0, True, 1): 70}
    assert reached(arms, 130, False) == {(0, True, 1): 100}
    # the southern kerb of the eastern street: round the corner to the east of the southern one, and on to the west
    assert reached(arms, 130, True) == pytest.approx({(0, True, 1): 100, (3, False, 0): 30, (2, False, 0): 30})


def test_stretches_are_linear_references() -> None:
    found = arms_of(CROSS).spread(
        np.array([1, 0]), np.array([1, 0]), np.array([70.0, 30.0]), np.array([0, 1]), LENGTHS, False
    )
    kerb, from_m, to_m = found.stretches(LENGTHS)
    assert kerb.tolist() == [1, 0]
    assert (from_m.tolist(), to_m.tolist()) == ([30, 0], [100, 30])


def test_where_only_two_segments_meet_the_kerb_goes_on_whichever_way_they_are_drawn() -> None:
    arms = arms_of(roads_layer([road([(0, 0), (100, 0)]), road([(180, 0), (100, 0)])]))
    found = arms.spread(np.array([0]), np.array([0]), np.array([150.0]), np.array([0]), np.array([100.0, 80.0]), False)
    assert found.segment.tolist() == [0, 1]
    assert found.side.tolist() == [0, 1], "the left of one is the right of the other, drawn against it"
    assert found.reach == pytest.approx([100, 50])
