"""Kerbs that face their own street have no frontage."""

from __future__ import annotations

import numpy as np

from geo.kerbs.frontage import facing_own_street
from geo.rules import Profile
from tests.support.drawn import road
from tests.support.plans import kerbs_of


def test_the_inner_sides_of_a_dual_carriageway_face_each_other(profile: Profile) -> None:
    kerbs = kerbs_of(profile, road([(0, 0), (200, 0)], oneway=True), road([(200, 15), (0, 15)], oneway=True))
    assert facing_own_street(kerbs).tolist() == [1, -1, 0, -1]


def test_beyond_the_widest_median_they_face_others(profile: Profile) -> None:
    away = float(profile["kerb.median_within"]) + 10
    kerbs = kerbs_of(profile, road([(0, 0), (200, 0)], oneway=True), road([(200, away), (0, away)], oneway=True))
    assert facing_own_street(kerbs).tolist() == [-1] * 4


def test_sections_of_one_street_are_one_street_and_streets_side_by_side_are_two(profile: Profile) -> None:
    for street, faces in (("s1.1", [1, -1, 0, -1]), ("s2", [-1] * 4)):
        other = road([(200, 15), (0, 15)], oneway=True, street_id=street)
        kerbs = kerbs_of(profile, road([(0, 0), (200, 0)], oneway=True), other)
        assert facing_own_street(kerbs).tolist() == faces, street


def test_the_inner_side_of_a_roundabout_faces_itself(profile: Profile) -> None:
    angles = np.linspace(0, 2 * np.pi, 25)
    ring = [(30 * float(np.cos(a)), 30 * float(np.sin(a))) for a in angles]
    assert facing_own_street(kerbs_of(profile, road(ring, roundabout=True))).tolist() == [0, -1], "anticlockwise"
    assert facing_own_street(kerbs_of(profile, road(ring[::-1], roundabout=True))).tolist() == [-1, 0]
