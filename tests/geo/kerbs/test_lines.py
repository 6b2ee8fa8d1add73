"""Kerbs run beside their centre lines, from corner to corner, and longer or shorter on bends."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.frontage import facing_own_street
from geo.rules import Profile, load_profile
from geo.stalls.layers import kerb_layer
from tests.support.drawn import layers_of, road
from tests.support.plans import kerbs_of, plan_for


def test_a_straight_street_has_two_kerbs_as_far_apart_as_it_is_wide(profile: Profile) -> None:
    kerbs = kerbs_of(profile, road([(0, 0), (100, 0)]))
    assert len(kerbs) == 2
    left, right = (kerbs.points(np.array([kerb]), np.array([50.0]))[0] for kerb in (0, 1))
    assert left[1] - right[1] == pytest.approx(kerbs.carriageway_m[0], abs=0.05)
    assert kerbs.carriageway_m[0] == pytest.approx(kerbs.roads["width_m"].iloc[0])
    assert kerbs.kerb_metres(np.array([0]), np.zeros(1), np.full(1, 100.0)) == pytest.approx([100], abs=0.1)
    assert not kerbs.mapped.any()
    assert (facing_own_street(kerbs) == -1).all()


def test_on_a_bend_the_outer_kerb_is_longer_and_positions_go_there_and_back(profile: Profile) -> None:
    kerbs = kerbs_of(profile, road([(0, 0), (100, 0), (100, 100)]))
    metres = kerbs.kerb_metres(np.array([0, 1]), np.zeros(2), kerbs.length_m)
    assert metres[0] < kerbs.length_m[0] < metres[1]
    at = np.array([20.0, 150.0])
    kerb = np.array([1, 1])
    assert kerbs.centre_metres(kerb, kerbs.at_kerb(kerb, at)) == pytest.approx(at, abs=0.01)


def test_the_inner_kerb_of_a_bend_is_shorter() -> None:
    rows = [road([(0, 0), (50, 0), (50, 50)])]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index("side")
    assert kerbs.loc["left", "length_m"] == pytest.approx(100 - 7, abs=0.05)
    assert kerbs.loc["right", "length_m"] == pytest.approx(100 + 7, abs=0.05)
