"""Shares of trips on each segment: exact as Brandes computes them, sampled within the stated error."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.network.betweenness import betweenness
from geo.network.graph import Network
from tests.support.networks import CRS, make_segments, networks


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.integers(0, 100))
def test_betweenness_of_all_origins_is_brandes(drawn: list[tuple[list[tuple[int, int]], bool]], seed: int) -> None:
    """Lengths are made unequal, so that quickest ways are unique and one way counts as all."""
    rng = np.random.default_rng(seed)
    unique = {tuple(sorted(line)): (line, oneway) for line, oneway in drawn}
    segments = make_segments([line for line, _ in unique.values()], [oneway for _, oneway in unique.values()])
    network = Network(segments, CRS, True, metres_per_cost=rng.uniform(0.5, 2.0, len(segments)))
    graph = nx.DiGraph()
    for edge in range(len(network.tail)):
        ends = (int(network.tail[edge]), int(network.head[edge]))
        for tail, head in [ends] if network.oneway[edge] else [ends, ends[::-1]]:
            graph.add_edge(tail, head, weight=network.cost[edge])
    graph.add_nodes_from(range(network.size))
    brandes = nx.edge_betweenness_centrality(graph, weight="weight", normalized=True)
    traffic = betweenness(network, pivots=10**6)
    assert traffic.pivots == network.size
    for edge in range(len(network.tail)):
        ends = (int(network.tail[edge]), int(network.head[edge]))
        expected = brandes[ends] + (0 if network.oneway[edge] else brandes[ends[::-1]])
        # networkx counts ordered pairs over n (n - 1), as we do
        assert traffic.share[edge] == pytest.approx(expected, abs=1e-9)


def test_a_sample_is_within_its_stated_error() -> None:
    """A bridge between two halves carries half of all trips: a sample says so within its interval."""
    side = [[(x, y), (x + dx, y + dy)] for x in range(6) for y in range(6) for dx, dy in ((1, 0), (0, 1))]
    left = [line for line in side if max(line[1]) < 6]
    right = [[(x + 12, y) for x, y in line] for line in left]
    lines = [*left, *right, [(5, 2), (12, 2)]]
    speed = np.random.default_rng(0).uniform(0.5, 2.0, len(lines))
    network = Network(make_segments(lines, [False] * len(lines)), CRS, directed=True, metres_per_cost=speed)
    exact = betweenness(network, 10**6)
    assert exact.share[-1] == pytest.approx(2 * 36 * 36 / (72 * 71))
    assert exact.bound == 0
    busy = exact.share > 0.1
    covered = []
    for seed in range(20):
        sampled = betweenness(network, 36, seed)
        off = np.abs(sampled.share - exact.share)
        covered.append((off <= sampled.error)[busy].mean())
        assert off.max() <= sampled.bound
    assert np.mean(covered) > 0.85
