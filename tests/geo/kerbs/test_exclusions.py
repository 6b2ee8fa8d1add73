"""Stretches of kerb that a rule takes."""

from __future__ import annotations

import numpy as np

from geo.rules import load_profile
from geo.stalls.layers import exclusion_layer
from tests.support.drawn import layers_of, road
from tests.support.plans import plan_for


def test_the_inner_side_of_a_roundabout_has_no_frontage() -> None:
    turn = np.linspace(0, 2 * np.pi, 13)
    ring = [(20 * np.cos(a), 20 * np.sin(a)) for a in turn[:-1]]
    rows = [road([*ring, ring[0]], roundabout=True, oneway=True, highway="tertiary", tier="secondary")]
    plan = plan_for(layers_of(rows), load_profile())
    sides = exclusion_layer(plan).query("rule == 'kerb.median_within'")["side"].tolist()
    assert sides == ["left"]
