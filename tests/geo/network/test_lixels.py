"""Lixels: pieces of one length each, in which things are counted where they stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.network.lixels import Lixels
from tests.support.drawn import CRS, road, roads_layer

ROADS = pd.DataFrame({"segment_id": ["1-0", "2-0", "3-0"], "length_m": [100.0, 25.0, 60.0]})


def test_segments_are_cut_into_pieces_no_longer_than_asked() -> None:
    lixels = Lixels(ROADS, 25.0)
    assert lixels.row.tolist() == [0, 0, 0, 0, 1, 2, 2, 2]
    assert lixels.length_m.tolist() == [25, 25, 25, 25, 25, 20, 20, 20]
    assert lixels.middle_m(np.array([0, 3, 4, 7])).tolist() == [12.5, 87.5, 12.5, 50.0]


def test_only_some_segments_are_cut_if_asked() -> None:
    lixels = Lixels(ROADS, 25.0, np.array([False, True, True]))
    assert lixels.row.tolist() == [1, 2, 2, 2]
    assert lixels.at(np.array([0, 1, 2]), np.array([50.0, 10.0, 59.0])).tolist() == [-1, 0, 3]


def test_a_position_is_in_the_piece_that_holds_it_the_ends_too() -> None:
    lixels = Lixels(ROADS, 25.0)
    offsets = np.array([0.0, 24.9, 25.0, 99.9, 100.0, 130.0, -5.0])
    assert lixels.at(np.zeros(7, dtype=np.int64), offsets).tolist() == [0, 0, 1, 3, 3, 3, 0]
    assert lixels.at(np.array([-1]), np.array([5.0])).tolist() == [-1]


def test_things_are_counted_and_weighed_in_their_pieces() -> None:
    lixels = Lixels(ROADS, 50.0)
    located = pd.DataFrame(
        {"segment_id": ["1-0", "1-0", "3-0", "9-9", None], "offset_m": [10.0, 20.0, 40.0, 1.0, None]}
    )
    lixel = lixels.of(located)
    assert lixel.tolist() == [0, 0, 4, -1, -1]
    assert lixels.sums(lixel).tolist() == [2, 0, 0, 0, 1]
    assert lixels.sums(lixel, np.array([0.5, 0.25, 3.0, 9.0, 9.0])).tolist() == [0.75, 0, 0, 0, 3]


def test_middles_lie_on_the_street() -> None:
    roads = roads_layer([road([(0, 0), (60, 0), (60, 60)])])
    middles = Lixels(roads, 50.0).middles(roads, CRS)
    away = shapely.get_coordinates(middles) - shapely.get_coordinates(middles)[0]
    # 120 m in three pieces: middles at 20, 60 and 100 m, the last round the corner
    assert away == pytest.approx(np.array([[0, 0], [40, 0], [40, 40]]), abs=0.05)


@given(st.lists(st.floats(0.1, 500), min_size=1, max_size=8), st.floats(1, 120))
def test_pieces_add_up_to_their_segments(lengths: list[float], at_most: float) -> None:
    roads = pd.DataFrame({"segment_id": [str(n) for n in range(len(lengths))], "length_m": lengths})
    lixels = Lixels(roads, at_most)
    assert np.bincount(lixels.row, weights=lixels.length_m) == pytest.approx(lengths)
    assert lixels.length_m.max() <= at_most * (1 + 1e-9)
    every = np.arange(len(lixels))
    assert (lixels.at(lixels.row, lixels.middle_m(every)) == every).all()
