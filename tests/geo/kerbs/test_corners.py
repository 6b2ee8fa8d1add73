"""Kerbs begin and end at the corners of junctions, where they meet those of the next street."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.rules import Profile, load_profile
from geo.stalls.layers import kerb_layer
from tests.support.drawn import layers_of, plain, road
from tests.support.plans import kerbs_of, plan_for


def test_kerbs_end_at_the_corners_of_a_junction_not_at_its_node(profile: Profile) -> None:
    kerbs = kerbs_of(
        profile,
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100, 100)]),
        road([(100, 0), (100, -100)]),
    )
    half = kerbs.half_m[4]
    assert kerbs.to_m[:2] == pytest.approx(kerbs.length_m[:2] - half, abs=0.2)
    assert kerbs.from_m[2:8] == pytest.approx([half] * 6, abs=0.2)
    assert len(kerbs.corners.kerb) == 8
    corner = kerbs.corners.xy - kerbs.arms.node_xy[kerbs.arms.degree == 4]
    assert np.abs(corner) == pytest.approx(np.full((8, 2), half), abs=0.1)


def test_kerbs_meet_at_corners_not_at_nodes() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100, 80)], width_m=10.0, street_id="s2"),
    ]
    plan = plan_for(layers_of(rows), load_profile())
    kerbs = kerb_layer(plan).set_index(["segment_id", "side"])
    corner = [
        plain(*shapely.get_coordinates(kerbs.geometry[key])[at])
        for key, at in ((("1-0", "left"), -1), (("3-0", "left"), 0))
    ]
    assert corner[0] == pytest.approx((95, 3.5), abs=0.03)
    assert corner[1] == pytest.approx((95, 3.5), abs=0.03)
    assert kerbs.loc[("1-0", "right"), "to_m"] == pytest.approx(100, abs=0.03), "no corner opposite a side street"


def test_a_narrow_fork_meets_further_on() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100 + 80 * np.cos(np.pi / 6), 80 * np.sin(np.pi / 6))], street_id="s2"),
    ]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index(["segment_id", "side"])
    # two kerbs 3.5 m beside lines that part at 30 degrees: 3.5 / tan(15 degrees) from the node
    assert kerbs.loc[("2-0", "left"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)
    assert kerbs.loc[("3-0", "right"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)


def test_each_corner_is_that_of_two_kerbs_and_where_nothing_meets_there_is_none(profile: Profile) -> None:
    corners = kerbs_of(
        profile, road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)]), road([(100, 0), (100, 80)], street_id="s2")
    ).corners
    pairs = set(zip(corners.kerb.tolist(), corners.other.tolist(), strict=True))
    assert pairs == {(0, 4), (4, 0), (2, 5), (5, 2)}, "the left kerbs, on the side of the side street"
    assert corners.at_end[corners.kerb == 0].all()
    assert not corners.at_end[corners.kerb != 0].any()
    assert len(kerbs_of(profile, road([(0, 0), (100, 0)])).corners.kerb) == 0


def test_a_corner_is_no_further_from_its_node_than_the_rules_say(profile: Profile) -> None:
    # at five degrees two kerbs of 7 m streets would meet 80 m from the node
    rows = [road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)])]
    fork = road([(100, 0), (100 + 90 * np.cos(np.pi / 36), 90 * np.sin(np.pi / 36))], street_id="s2")
    rules = profile.changed({"kerb.corner_at_most": 20.0, "streets.straight_within": 2.0})
    kerbs = kerbs_of(rules, *rows, fork)
    assert kerbs.from_m[[2, 5]] == pytest.approx([20, 20], abs=0.01)
