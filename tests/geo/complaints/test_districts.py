"""Districts in one piece, of even work."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geo.complaints.districts import apart, divide, in_pieces, least_heaviest, linked, needed_links, neighbours, spread
from geo.network.graph import Network, adjacency
from tests.support.drawn import CRS, layers_of, road
from tests.support.networks import chain, grid


def test_segments_that_share_a_node_meet() -> None:
    network, _ = grid(3)
    meets = adjacency(network, 12).toarray()
    assert (meets == meets.T).all()
    assert meets.diagonal().sum() == 0
    assert sorted(meets.sum(axis=1))[0] == 3, "at a corner of the town: one at one end, two at the other"


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(0, 1000))
def test_districts_are_in_one_piece_and_nearly_even(count: int, seed: int) -> None:
    network, xy = grid(8)
    work = np.random.default_rng(seed).gamma(1.5, 1.0, len(xy))
    meets = linked(adjacency(network, len(xy)), xy)
    found = divide(work, meets, xy, count, 0.1)
    assert set(found.district) == set(range(count))
    for number in range(count):
        mine = np.flatnonzero(found.district == number)
        assert connected_components(meets[mine][:, mine], directed=False)[0] == 1
    assert found.work.sum() == pytest.approx(work.sum())
    assert found.work.max() >= found.bound - 1e-9
    assert found.balance <= 1.12


def test_one_heavy_segment_is_the_bound() -> None:
    network, xy = grid(4)
    work = np.ones(len(xy))
    work[7] = 50.0
    found = divide(work, linked(adjacency(network, len(xy)), xy), xy, 4, 0.1)
    assert found.bound == 50.0
    assert found.work.max() == pytest.approx(50.0, abs=3)


def test_more_people_than_streets() -> None:
    network, xy = grid(2)
    found = divide(np.ones(len(xy)), linked(adjacency(network, len(xy)), xy), xy, 50, 0.1)
    assert len(found.work) == len(xy)


def test_an_island_belongs_to_the_nearest_district() -> None:
    roads = layers_of([road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)]), road([(900, 0), (950, 0)])])["roads"]
    network = Network(roads[["oneway", "geometry"]], CRS, directed=False)
    xy = np.array([[50.0, 0], [150, 0], [925, 0]])
    meets = linked(adjacency(network, 3), xy)
    assert connected_components(meets, directed=False)[0] == 1
    assert divide(np.ones(3), meets, xy, 2, 0.1).district.tolist().count(0) in (1, 2)


def test_heavy_segments_that_must_share_a_district_are_the_bound() -> None:
    # three of four each, in two districts: two of them are in one
    assert least_heaviest(np.array([4.0, 4.0, 4.0, 1.0]), 2) == 8.0
    assert least_heaviest(np.array([4.0, 1.0, 1.0, 0.0]), 2) == 4.0
    assert least_heaviest(np.ones(10), 5) == 2.0


def test_a_way_without_work_links_and_is_no_district_of_its_own() -> None:
    # a street, a passage, a street, and a passage to nowhere
    lines = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)], [(300, 0), (300, 90)]]
    roads = layers_of([road(line) for line in lines])["roads"]
    network = Network(roads[["oneway", "geometry"]], CRS, directed=False)
    meets, xy = adjacency(network, 4), np.array([[50.0, 0], [150, 0], [250, 0], [300, 45]])
    work = np.array([1.0, 0.0, 1.0, 0.0])
    one = divide(work, meets, xy, 1, 0.1)
    assert needed_links(one.district, apart(meets, xy), work, 1).tolist() == [True, True, True, False]
    two = divide(work, meets, xy, 5, 0.1)
    assert two.work.tolist() == [1.0, 1.0], "as many as there are streets with work"
    assert needed_links(two.district, apart(meets, xy), work, 2).tolist() == [True, False, True, False]


def test_segments_without_a_district_go_to_the_nearest() -> None:
    length = apart(chain(6), np.column_stack([np.arange(6) * 100.0, np.zeros(6)]))
    assert spread(np.array([-1, 0, -1, -1, 1, -1]), length).tolist() == [0, 0, 0, 1, 1, 1]
    assert neighbours(length, np.array([0, 0, 2, 2, 1, 1]), 3).tolist() == [[0, 2], [1, 2]]
    piece = in_pieces(np.array([0, 0, 1, 1, 0, -1]), chain(6))
    assert piece[0] == piece[1] != piece[4]
