"""The ground of a plan: kerbs and what stands at them, made once, with pavements and medians in the order of kerbs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geo.kerbs.ground import GROUND, KerbGround, read_ground
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.drawn import CRS, layers_of, road


def test_pavements_are_in_the_order_of_kerbs_left_before_right(profile: Profile) -> None:
    rows = [
        {**road([(0, 0), (100, 0)]), "pavement_left_m": 2.5, "pavement_right_m": 0.0},
        {**road([(0, 90), (100, 90)], street_id="s2"), "pavement_right_m": 4.0},
    ]
    found = KerbGround.of(layers_of(rows), CRS, profile).pavement_m
    assert np.array_equal(found, [2.5, 0.0, np.nan, 4.0], equal_nan=True)


def test_the_inner_sides_of_a_dual_carriageway_face_each_other_and_the_outer_ones_nothing(profile: Profile) -> None:
    rows = [road([(0, 0), (200, 0)], oneway=True), road([(200, 15), (0, 15)], oneway=True)]
    # both run with their traffic, so that the left side of each is towards the median
    assert KerbGround.of(layers_of(rows), CRS, profile).facing.tolist() == [1, -1, 0, -1]


def test_two_streets_side_by_side_have_no_median(profile: Profile) -> None:
    rows = [road([(0, 0), (200, 0)], oneway=True), road([(200, 15), (0, 15)], oneway=True, street_id="s2")]
    assert KerbGround.of(layers_of(rows), CRS, profile).facing.tolist() == [-1, -1, -1, -1]


def test_rows_along_kerbs_are_joined_once(profile: Profile) -> None:
    ground = KerbGround.of(layers_of([road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)])]), CRS, profile)
    assert ground.joins is ground.joins
    assert (ground.joins.other >= 0).sum() == 4


def test_the_ground_of_a_study_has_two_kerbs_for_each_of_its_segments(built: Path, profile: Profile) -> None:
    ground = read_ground(Study(built), profile)
    assert len(ground.kerbs) == len(ground.facing) == len(ground.pavement_m) == 2 * len(read_layer(built, "roads"))
    assert set(GROUND.layers) == {"roads", "paths", "facilities", "facility_areas", "context", "parking"}
