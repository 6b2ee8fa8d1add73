"""Bays of several rooms at once: what counts as overlap, and memory bounded by blocks that change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.kerbs.ground import KerbGround
from geo.parking import bay_shapes
from geo.parking.fitting import Rows, first_of_each, fit
from geo.parking.room import BayRoom
from geo.parking.study import BayStudy
from geo.rules import Profile, load_profile
from geo.study.reader import Study
from tests.support.drawn import CRS, layers_of, road


def bays_at(*start_m: float, kerb: int = 0) -> Rows:
    """Return rows of one bay each."""
    size = len(start_m)
    return Rows(
        np.full(size, kerb),
        np.array(start_m),
        np.ones(size, dtype=np.int64),
        np.ones((size, 2), dtype=bool),
        np.full((size, 2), 9.0),
    )


@pytest.mark.parametrize(
    ("start_m", "clear"),
    [
        (10.0, False),  # the same place
        (13.0, False),  # half of it
        (16.0, True),  # an edge
        (15.99, False),  # a sliver of more than a thousandth
        (15.997, True),  # and of less
        (40.0, True),
    ],
)
def test_a_bay_of_the_night_that_stands_on_one_of_the_day_is_told(
    start_m: float, clear: bool, profile: Profile
) -> None:
    rules = profile.changed({"bay.length": 6.0, "bay.width": 2.5})
    room = BayRoom(KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=12.0)]), CRS, rules), rules)
    fitted, found = fit(room, [bays_at(10.0), bays_at(start_m)], on_top=[(0, 1)])
    assert [len(each.kerb) for each in fitted] == [1, 1], "each room has its own bays"
    assert found[0].tolist() == [clear]


def test_of_bays_of_one_room_that_overlap_the_first_stays(profile: Profile) -> None:
    room = BayRoom(KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=12.0)]), CRS, profile), profile)
    # the second is out, and so keeps the third from nothing
    fitted, _ = fit(room, [bays_at(10.0, 13.0, 17.0, 60.0)])
    assert fitted[0].begin_m.tolist() == [10.0, 17.0, 60.0]
    everything = room.profile.changed({"bay.overlaps": True})
    fitted, _ = fit(BayRoom(room.ground, everything), [bays_at(10.0, 13.0, 17.0, 60.0)])
    assert fitted[0].begin_m.tolist() == [10.0, 13.0, 17.0, 60.0]


@pytest.mark.parametrize("changes", [{}, {"bay.orientation": "angled_45"}, {"bay.gap": 0.5}])
def test_blocks_bound_the_memory_and_change_nothing(
    changes: dict[str, object], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = BayStudy(Study(built), load_profile().changed(changes))
    rooms = [study.room(hours) for hours in ("all_day", "night")]
    rows = [Rows.of(room) for room in rooms]
    fitted, clear = fit(rooms[0], rows, study.buildings, [(0, 1)])
    monkeypatch.setattr(bay_shapes, "BLOCK", 50)
    monkeypatch.setattr(bay_shapes, "_GROUP", 1)
    again, clear_again = fit(rooms[0], rows, study.buildings, [(0, 1)])
    assert sum(len(each.kerb) for each in fitted) > 10
    for one, two in zip(fitted, again, strict=True):
        assert all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(one, two, strict=True))
    assert np.array_equal(clear[0], clear_again[0])


def test_no_rows_have_no_bays(profile: Profile) -> None:
    room = BayRoom(KerbGround.of(layers_of([road([(0, 0), (200, 0)], width_m=12.0)]), CRS, profile), profile)
    fitted, clear = fit(room, [bays_at(), bays_at()], on_top=[(0, 1)])
    assert [len(each.kerb) for each in fitted] == [0, 0]
    assert clear[0].tolist() == []


def test_a_share_of_each_street_is_rounded_up_and_takes_the_better_ones_first() -> None:
    street = np.array([1, 0, 1, 1, 0])
    best, good = np.array([False, True, False, True, False]), np.array([True, True, True, True, False])
    assert first_of_each(street, [best, good], 0.4).tolist() == [True, True, False, True, False]
    assert not first_of_each(street, [best, good], 0.0).any()
