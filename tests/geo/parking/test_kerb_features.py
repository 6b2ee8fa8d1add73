"""Features of kerb for the model of parking."""

from __future__ import annotations

import numpy as np

from geo.kerbs.ground import KerbGround
from geo.parking.kerb_features import FEATURES, KerbPieces, kerb_features
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def test_no_feature_is_read_from_a_parking_tag(profile: Profile) -> None:
    tables = []
    for tags in ({}, {"parking_left": "parallel", "parking_right": "none", "parking_left_cars": 12.0}):
        layers = layers_of([road([(0, 0), (199, 0)], width_m=9.0, **tags)])
        ground = KerbGround.of(layers, CRS, profile)
        tables.append(kerb_features(KerbPieces.of(ground.kerbs), ground, layers["facilities"], layers["context"]))
    assert np.array_equal(tables[0], tables[1])
    assert tables[0].shape == (80, len(FEATURES))
    assert np.isfinite(tables[0]).all()
