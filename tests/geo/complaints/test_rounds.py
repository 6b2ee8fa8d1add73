"""Rounds walk along the whole of every street that they are for, closed, along the network, and are short."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.complaints.rounds import Round, round_line, walking_round
from geo.network.graph import Network
from tests.support.drawn import CRS, degrees, layers_of, road
from tests.support.networks import as_drawn, grid, networks


def nodes_of(network: Network, found: Round) -> tuple[np.ndarray, np.ndarray]:
    """The nodes at which each edge of a round is begun and left."""
    tail, head = network.tail[found.edge], network.head[found.edge]
    return np.where(found.forward, tail, head), np.where(found.forward, head, tail)


def check(network: Network, stops: np.ndarray, found: Round) -> None:
    """Check a round against its definition."""
    begin, end = nodes_of(network, found)
    assert (end == np.roll(begin, -1)).all(), "closed, one edge after the other"
    assert found.length_m == pytest.approx(network.length_m[found.edge].sum(), abs=0.1)
    assert set(found.stops) | set(found.unreached) == set(stops)
    assert not set(found.stops) & set(found.unreached)
    required = np.isin(network.segment, found.stops)
    assert set(np.flatnonzero(required)) <= set(found.edge), "every edge of every street"
    assert network.length_m[required].sum() - 0.1 <= found.bound_m <= found.length_m + 0.1
    line = round_line(network, found)
    assert line is not None
    assert line.length == pytest.approx(found.length_m, abs=0.2)
    assert line.coords[0] == pytest.approx(line.coords[-1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 30))
def test_a_round_walks_along_all_of_its_streets(seed: int, count: int) -> None:
    network, _ = grid(5)
    stops = np.random.default_rng(seed).choice(40, count, replace=False)
    found = walking_round(network, stops)
    check(network, stops, found)
    assert len(found.unreached) == 0
    assert found.length_m <= 1.3 * found.bound_m


@settings(max_examples=40, deadline=None)
@given(networks, st.integers(0, 1000))
def test_a_round_on_any_network_names_the_streets_that_it_cannot_reach(
    drawn: list[tuple[list[tuple[int, int]], bool]], seed: int
) -> None:
    segments, network, rng = as_drawn(drawn, directed=False, seed=seed)
    stops = np.sort(rng.choice(len(segments), int(rng.integers(1, len(segments) + 1)), replace=False))
    found = walking_round(network, stops)
    check(network, stops, found)
    graph = nx.Graph(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    part = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    parts = {part[int(network.tail[network.first_edge[stop]])] for stop in stops}
    assert (len(found.unreached) == 0) == (len(parts) == 1)


def test_every_street_of_a_town_is_the_chinese_postmans_round() -> None:
    network, _ = grid(4)
    found = walking_round(network, np.arange(24))
    # eight nodes at the rim have three streets: four pairs of neighbours are walked twice
    assert found.length_m == pytest.approx(2800, abs=3)
    assert found.bound_m == pytest.approx(2800, abs=3)


def test_a_dead_end_is_walked_there_and_back_to_its_end() -> None:
    roads = layers_of([road([(0, 0), (100, 0)]), road([(100, 0), (150, 0)]), road([(100, 0), (100, 70)])])["roads"]
    network = Network(roads[["oneway", "geometry"]], CRS, directed=False)
    found = walking_round(network, np.array([1, 2]))
    assert found.length_m == pytest.approx(240, abs=0.5)
    assert set(found.segments) == {1, 2}
    assert found.bound_m == found.length_m


def test_a_round_way_and_two_ways_between_the_same_places() -> None:
    ring = road([(0, 0), (50, 40), (100, 0), (50, -40), (0, 0)])
    twin = [road([(0, 0), (-100, 0)]), road([(0, 0), (-50, 60), (-100, 0)])]
    roads = layers_of([ring, *twin])["roads"]
    network = Network(roads[["oneway", "geometry"]], CRS, directed=False)
    found = walking_round(network, np.arange(3))
    check(network, np.arange(3), found)
    assert found.length_m == pytest.approx(network.length_m.sum(), abs=0.2), "nothing twice"


def test_the_street_behind_a_locked_gate_is_named() -> None:
    roads = layers_of([road([(0, 0), (100, 0)]), road([(100, 0), (200, 0), (260, 0)]), road([(260, 0), (300, 0)])])
    gate = shapely.get_coordinates(degrees(shapely.Point(200, 0)))
    network = Network(roads["roads"][["oneway", "geometry"]], CRS, directed=False, closed=gate)
    found = walking_round(network, np.arange(3))
    assert found.unreached.tolist() == [1, 2], "the one that the gate cuts is walked up to the gate only"
    assert found.stops.tolist() == [0]
    assert found.length_m == pytest.approx(400, abs=0.5)
    assert walking_round(network, np.array([2])).length_m == pytest.approx(80, abs=0.3)


def test_a_round_too_large_for_one_table_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo.complaints import rounds  # noqa: PLC0415

    network, _ = grid(8)
    stops = np.random.default_rng(1).choice(112, 60, replace=False)
    whole = walking_round(network, stops)
    monkeypatch.setattr(rounds, "_PLACES", 20)
    parts = walking_round(network, stops)
    check(network, stops, parts)
    assert parts.length_m <= 1.3 * whole.length_m
