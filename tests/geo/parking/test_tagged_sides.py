"""The sides of streets that the map tells of."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.ground import KerbGround
from geo.parking.kerb_features import KerbPieces
from geo.parking.tagged_sides import tagged_sides
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def test_a_tag_holds_for_its_whole_side_and_separate_bays_only_where_they_lie(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (105.2, 0)], width_m=9.0, parking_left="parallel", parking_right="separate")])
    ground = KerbGround.of(layers, CRS, profile)
    sides, pieces = tagged_sides(ground, profile), KerbPieces.of(ground.kerbs)
    assert sides.known.tolist() == [True, False], "no area of the separate bays is mapped"
    assert sides.cars.tolist() == [20, 0]
    assert sides.parked(pieces)[pieces.kerb == 0].min() == 1


@pytest.mark.parametrize(("said", "cars"), [(40.0, 40), (-3.0, 20), (1e12, 20), (np.inf, 20)])
def test_a_number_of_cars_that_no_kerb_can_hold_is_not_taken(said: float, cars: float, profile: Profile) -> None:
    row = road([(0, 0), (105.2, 0)], width_m=9.0, parking_left="parallel", parking_left_cars=said)
    ground = KerbGround.of(layers_of([row]), CRS, profile)
    assert tagged_sides(ground, profile).cars.tolist() == [cars, 0]
