"""The waterfall of bays ends at the bays that are drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.kerbs.exclusions import Runs
from geo.kerbs.ground import KerbGround
from geo.kerbs.plan import Zones
from geo.kerbs.waterfall import waterfall
from geo.parking.bays import place_bays
from geo.parking.fall import OVERLAPS, bay_waterfall
from geo.parking.room import BayRoom
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road


def test_streets_one_by_one_add_up_and_only_their_kerbs_are_fitted(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossings = [{"kind": "crossing", "x": x, "y": y} for x, y in ((50.0, 0.0), (120.0, 60.0))]
    roads = [
        road([(0, 0), (100, 0)], width_m=12.0, street_id="s1", segment_id="a"),
        road([(100, 0), (200, 0)], width_m=12.0, street_id="s1", segment_id="b"),
        road([(0, 60), (200, 60)], width_m=12.0, street_id="s2", segment_id="c"),
    ]
    ground = KerbGround.of(layers_of(roads, crossings), CRS, profile)
    room = BayRoom(ground, profile)
    whole = waterfall(room, 0)
    fitted: list[set[int]] = []
    zones_of = BayRoom.zones_of

    def noted(self: BayRoom, free: Runs) -> Zones:
        fitted.append(set(free.kerb.tolist()))
        return zones_of(self, free)

    monkeypatch.setattr(BayRoom, "zones_of", noted)
    parts = []
    for street in ("s1", "s2"):
        mine = room.on_streets([street])
        fitted.clear()
        parts.append(waterfall(room, 0, mine))
        assert set().union(*fitted) <= set(np.flatnonzero(mine).tolist())
    for figure in ("kerb_m", "kerb_pitches", "free_m", "remnants_m", "pitches"):
        assert getattr(whole, figure) == pytest.approx(sum(getattr(part, figure) for part in parts)), figure
    steps = pd.concat([part.steps for part in parts]).groupby("rule")[["metres", "pitches", "sole_m"]].sum()
    expected = whole.steps.set_index("rule")
    for column in ("metres", "pitches", "sole_m"):
        assert steps[column].to_dict() == pytest.approx(expected[column].to_dict()), column


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
