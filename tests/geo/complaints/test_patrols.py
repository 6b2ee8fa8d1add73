"""Districts in one piece and of even work, rounds that are short, hours that matter."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geo.complaints.patrols import divide, heaviest, linked, priorities, walking_round
from geo.network.graph import Network, adjacency
from tests.support.drawn import CRS, layers_of, road


def grid(size: int, step: float = 100.0) -> tuple[Network, np.ndarray]:
    """A town of square blocks, and the middles of its segments."""
    ends = [
        ((x * step, y * step), ((x + dx) * step, (y + dy) * step))
        for x in range(size)
        for y in range(size)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < size and y + dy < size
    ]
    roads = layers_of([road([one, two]) for one, two in ends])["roads"]
    return Network(roads[["oneway", "geometry"]], CRS, directed=False), np.array(ends).mean(axis=1)


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
    assert found.balance <= 1.25


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


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 7))
def test_a_round_passes_its_stops_and_is_near_the_shortest(seed: int, count: int) -> None:
    network, _ = grid(5)
    stops = np.random.default_rng(seed).choice(40, count, replace=False)
    found = walking_round(network, stops)
    assert set(found.stops) == set(stops)
    graph = nx.Graph()
    for tail, head, metres in zip(network.tail, network.head, network.length_m, strict=True):
        graph.add_edge(int(tail), int(head), weight=float(metres))
    places = sorted({*network.tail[stops].tolist(), *network.head[stops].tolist()})
    between = {a: nx.single_source_dijkstra_path_length(graph, a) for a in places}
    # no closed way to the furthest place and back is shorter, and the round is no worse than going there one by one
    furthest = max(between[places[0]][b] for b in places)
    assert found.length_m >= 2 * furthest - 1
    assert found.length_m <= 2 * sum(between[places[0]][b] for b in places) + 1
    walked = set(found.segments.tolist())
    touched = {int(node) for row in walked for node in (network.tail[row], network.head[row])}
    assert set(places) <= touched


def test_the_heaviest_segments_of_each_district() -> None:
    work = np.array([5.0, 1.0, 4.0, 0.0, 3.0])
    assert sorted(heaviest(work, np.array([0, 0, 0, 1, 1]), 0.5).tolist()) == [0, 4]
    assert sorted(heaviest(work, np.array([0, 0, 0, 1, 1]), 0.6).tolist()) == [0, 2, 4]


def test_when_and_where_to_be() -> None:
    monday = pd.Timestamp("2025-03-03T18:30")
    street = pd.Series(["s1"] * 6 + ["s2"] * 2 + [None])
    when = pd.Series(
        [monday] * 4 + [monday + pd.Timedelta(days=2)] * 2 + [monday + pd.Timedelta(hours=1)] * 2 + [monday]
    )
    found = priorities(street, when)
    first = found.iloc[0]
    assert (first["street_id"], first["weekday"], first["from_hour"], first["to_hour"]) == ("s1", 0, 18, 20)
    assert first["complaints"] == 4
    assert first["expected"] == pytest.approx((4 + 6 * 6 / 8) / 2)
    assert priorities(street.iloc[:0], when.iloc[:0]).empty
