"""The graph of a network: who may pass where, and what meets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.network.graph import Network, Positions, adjacency, driving, walking
from geo.network.searches import distances, nearest
from geo.network.snapping import midpoints
from tests.support.networks import CRS, as_drawn, make_segments


def test_a_footpath_joins_a_street_between_its_junctions() -> None:
    roads = make_segments([[(0, 0), (1, 0), (2, 0)]], [True]).assign(walk=True, drive=True)
    paths = make_segments([[(1, 0), (1, 1)]], [False]).assign(walk=True)
    network = walking(roads, paths, CRS)
    assert network.size == 4
    up = Positions(np.array([1]), 2 * midpoints(network).offset_m[1:])
    _, cost = nearest(network, up, Positions(np.array([0]), np.array([0.0])))
    assert cost[0] == pytest.approx(90.2 + 111, abs=1)


def test_only_those_who_drive_mind_a_one_way_street() -> None:
    roads = make_segments([[(0, 0), (1, 0)], [(1, 0), (1, 1)]], [True, False]).assign(walk=True, drive=True)
    start, end = Positions(np.array([0]), np.array([10.0])), Positions(np.array([1]), np.array([50.0]))
    none = make_segments([], []).assign(walk=pd.Series(dtype=bool))
    assert np.isfinite(nearest(driving(roads, CRS), start, end)[1][0])
    assert np.isinf(nearest(driving(roads, CRS), end, start)[1][0])
    assert np.isfinite(nearest(walking(roads, none, CRS), end, start)[1][0])


def test_nobody_passes_a_locked_gate() -> None:
    # a street past a gate at x = 1, and a way around it over y = 1
    segments = make_segments([[(0, 0), (1, 0), (2, 0)], [(0, 0), (0, 1), (2, 1), (2, 0)]], [False, False])
    places = Positions(np.array([0, 0]), np.array([0.0, 170.0]))
    one, other = (
        Network(segments, CRS, False, closed=closed)
        for closed in (None, np.array([[114.301, 36.0]]))
    )  # fmt: skip
    straight = distances(one, places, places).set_index(["start", "target"])["cost"]
    around = distances(other, places, places).set_index(["start", "target"])["cost"]
    assert straight[0, 1] == pytest.approx(170)
    assert around[0, 1] > 400, "by the way around"


def test_segments_that_share_a_node_are_adjacent() -> None:
    drawn = [([(0, 0), (1, 0)], False), ([(1, 0), (2, 0)], False), ([(0, 2), (1, 2)], False)]
    _, network, _ = as_drawn(drawn, False, 0)
    assert adjacency(network, 3).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_of_two_edges_between_two_nodes_the_cheaper_counts() -> None:
    drawn = [([(0, 0), (0, 1), (1, 0)], False), ([(0, 0), (1, 0)], True)]
    _, network, _ = as_drawn(drawn, True, 0)
    pairs, edge = network.cheapest()
    found = dict(zip(zip(*np.divmod(pairs, network.size), strict=True), edge, strict=True))
    assert found == {(0, 1): 1, (1, 0): 0}, "against the one-way street only the detour leads"
    assert network.matrix[0, 1] == pytest.approx(network.length_m[1])
    assert network.reversed[0, 1] == pytest.approx(network.length_m[0])


def test_the_mainland_leaves_out_what_is_connected_with_nothing() -> None:
    far = [([(x, 0), (x + 1, 0)], False) for x in range(60)]
    _, network, _ = as_drawn([*far, ([(0, 50), (1, 50)], False)], False, 0)
    assert network.mainland[1].tolist() == list(range(60))
