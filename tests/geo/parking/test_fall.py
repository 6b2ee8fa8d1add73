"""The waterfall of bays ends at the bays that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.kerbs.ground import KerbGround
from geo.parking.bays import place_bays
from geo.parking.fall import OVERLAPS, bay_waterfall
from geo.parking.room import BayRoom
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def test_a_building_over_bays_is_the_last_step(profile: Profile) -> None:
    ground = KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=12.0)]), CRS, profile)
    room = BayRoom(ground, profile)
    middle = shapely.line_interpolate_point(ground.kerbs.lines[0], 100)
    every, clear = place_bays(room), place_bays(room, np.array([middle.buffer(8)], dtype=object))
    lost = len(every) - len(clear)
    assert len(every) == 66
    assert lost > 0
    assert OVERLAPS not in bay_waterfall(room, every).steps["rule"].tolist()
    fall = bay_waterfall(room, clear)
    assert fall.steps["rule"].iloc[-1] == OVERLAPS
    assert (fall.pitches, fall.steps["pitches"].iloc[-1]) == (len(clear), lost)
    assert fall.kerb_m == pytest.approx(fall.steps["metres"].sum() + fall.free_m)
    assert fall.kerb_pitches - fall.steps["pitches"].sum() == fall.pitches
    left = np.array([True, False])
    assert bay_waterfall(room, clear, left).pitches == (clear["side"] == "left").sum()
    # a city that wants them all draws them all
    everything = BayRoom(ground, profile.changed({"bay.overlaps": True}))
    assert len(place_bays(everything, np.array([middle.buffer(8)], dtype=object))) == 66
