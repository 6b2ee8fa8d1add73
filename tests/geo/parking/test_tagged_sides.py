"""The sides of streets that the map tells of."""

from __future__ import annotations

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
