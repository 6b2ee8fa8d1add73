"""Kerbs run beside their centre lines, from corner to corner."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.frontage import facing_own_street
from geo.kerbs.lines import Kerbs
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def kerbs_of(profile: Profile, *lines: list[tuple[float, float]]) -> Kerbs:
    layers = layers_of([road(line) for line in lines])
    context = layers["context"]
    return Kerbs(layers["roads"], context[context["kind"].isin(["kerb", "carriageway"])], CRS, profile)


def test_a_straight_street_has_two_kerbs_as_far_apart_as_it_is_wide(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0)])
    assert len(kerbs) == 2
    left, right = (kerbs.points(np.array([kerb]), np.array([50.0]))[0] for kerb in (0, 1))
    assert left[1] - right[1] == pytest.approx(kerbs.carriageway_m[0], abs=0.05)
    assert kerbs.carriageway_m[0] == pytest.approx(kerbs.roads["width_m"].iloc[0])
    assert kerbs.kerb_metres(np.array([0]), np.zeros(1), np.full(1, 100.0)) == pytest.approx([100], abs=0.1)
    assert not kerbs.mapped.any()
    assert (facing_own_street(kerbs) == -1).all()


def test_on_a_bend_the_outer_kerb_is_longer_and_positions_go_there_and_back(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0), (100, 100)])
    metres = kerbs.kerb_metres(np.array([0, 1]), np.zeros(2), kerbs.length_m)
    assert metres[0] < kerbs.length_m[0] < metres[1]
    at = np.array([20.0, 150.0])
    kerb = np.array([1, 1])
    assert kerbs.centre_metres(kerb, kerbs.at_kerb(kerb, at)) == pytest.approx(at, abs=0.01)


def test_kerbs_end_at_the_corners_of_a_junction_not_at_its_node(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)], [(100, 0), (100, -100)])
    half = kerbs.half_m[4]
    assert kerbs.to_m[:2] == pytest.approx(kerbs.length_m[:2] - half, abs=0.2)
    assert kerbs.from_m[2:8] == pytest.approx([half] * 6, abs=0.2)
    assert len(kerbs.corners.kerb) == 8
    corner = kerbs.corners.xy - kerbs.arms.node_xy[kerbs.arms.degree == 4]
    assert np.abs(corner) == pytest.approx(np.full((8, 2), half), abs=0.1)
