"""Ways along the network agree with a plain definition: every position a node, Dijkstra from each."""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.core.crs import WGS84, metric_crs, to_metric
from geo.network.betweenness import betweenness
from geo.network.graph import Network, Positions, driving, walking

CRS = metric_crs(114.3, 36.0, 114.4, 36.2)


def make_segments(lines: list[list[tuple[int, int]]], oneway: list[bool]) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString([(114.30 + x * 0.001, 36.0 + y * 0.001) for x, y in line]) for line in lines]
    return gpd.GeoDataFrame({"oneway": oneway}, geometry=shapes, crs=WGS84)


def plain_graph(segments: gpd.GeoDataFrame, marks: Positions, directed: bool) -> nx.DiGraph:
    """Return the network with a node for each vertex and for each position ("p", i): the plain definition."""
    graph = nx.DiGraph()
    for row, (line, oneway) in enumerate(zip(segments.geometry, segments["oneway"], strict=True)):
        xy = to_metric(shapely.get_coordinates(line), CRS)
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        stops: list[tuple[float, object]] = [
            (float(at), tuple(np.round(place, 7)))
            for at, place in zip(along, shapely.get_coordinates(line), strict=True)
        ]
        stops += [(float(marks.offset_m[i]), ("p", int(i))) for i in np.flatnonzero(marks.segment == row)]
        stops.sort(key=lambda stop: stop[0])
        for (a, left), (b, right) in itertools.pairwise(stops):
            directions = [(left, right)] if oneway and directed else [(left, right), (right, left)]
            for tail, head in directions:
                if b - a < graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]:
                    graph.add_edge(tail, head, weight=b - a)
    return graph


def as_drawn(
    drawn: list[tuple[list[tuple[int, int]], bool]], directed: bool, seed: int
) -> tuple[gpd.GeoDataFrame, Network, np.random.Generator]:
    """Return the segments that were drawn, one-way or not, their network, and what draws positions on it."""
    segments = make_segments([line for line, _ in drawn], [oneway for _, oneway in drawn])
    return segments, Network(segments, CRS, directed), np.random.default_rng(seed)


nodes = st.tuples(st.integers(0, 4), st.integers(0, 4))
lines = st.lists(nodes, min_size=2, max_size=2, unique=True)
networks = st.lists(st.tuples(lines, st.booleans()), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.booleans(), st.booleans(), st.integers(0, 10_000))
def test_nearest_and_distances_agree_with_the_plain_definition(
    drawn: list[tuple[list[tuple[int, int]], bool]], directed: bool, to_facility: bool, seed: int
) -> None:
    segments, network, rng = as_drawn(drawn, directed, seed)
    rows = rng.integers(0, len(segments), 9)
    length = 2 * network.midpoints().offset_m
    marks = Positions(rows, rng.uniform(0.01, 0.99, 9) * length[rows])
    facilities, targets = (Positions(marks.segment[part], marks.offset_m[part]) for part in (slice(3), slice(3, 9)))
    graph = plain_graph(segments, marks, directed)

    found, cost = network.nearest(facilities, targets, to_facility=to_facility)
    pairs = network.distances(facilities, targets).set_index(["start", "target"])["cost"]
    for target in range(6):
        here = ("p", target + 3)
        ways = []
        for facility in range(3):
            ends = (here, ("p", facility)) if to_facility else (("p", facility), here)
            try:
                ways.append(nx.dijkstra_path_length(graph, *ends))
            except nx.NetworkXNoPath:
                ways.append(np.inf)
            if not to_facility:
                np.testing.assert_allclose(pairs.get((facility, target), np.inf), ways[-1], atol=0.02)
        np.testing.assert_allclose(cost[target], min(ways), atol=0.02)
        if np.isfinite(min(ways)):
            np.testing.assert_allclose(ways[found[target]], min(ways), atol=0.02)
        else:
            assert found[target] == -1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.booleans(), st.floats(1, 400), st.integers(0, 10_000))
def test_distances_within_a_limit_are_those_without_one(
    drawn: list[tuple[list[tuple[int, int]], bool]], directed: bool, limit: float, seed: int
) -> None:
    segments, network, rng = as_drawn(drawn, directed, seed)
    length = 2 * network.midpoints().offset_m
    rows = rng.integers(0, len(segments), 30)
    marks = Positions(rows, rng.uniform(0, 1, 30) * length[rows])
    every = network.distances(marks, marks)
    near = network.distances(marks, marks, limit)
    pd.testing.assert_frame_equal(near, every[every["cost"] <= limit].reset_index(drop=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.booleans(), st.floats(20, 400), st.integers(0, 10_000))
def test_catchments_divide_what_is_within_reach(
    drawn: list[tuple[list[tuple[int, int]], bool]], directed: bool, limit: float, seed: int
) -> None:
    segments, network, rng = as_drawn(drawn, directed, seed)
    length = 2 * network.midpoints().offset_m
    rows = rng.integers(0, len(segments), 3)
    facilities = Positions(rows, rng.uniform(0.01, 0.99, 3) * length[rows])
    pieces = network.catchments(facilities, limit)
    assert ((pieces["to_m"] - pieces["from_m"]) > 0).all()
    same = pieces["segment"].to_numpy()[1:] == pieces["segment"].to_numpy()[:-1]
    assert (pieces["from_m"].to_numpy()[1:][same] >= pieces["to_m"].to_numpy()[:-1][same] - 1e-6).all()

    asked = rng.integers(0, len(segments), 40)
    probes = Positions(asked, rng.uniform(0, 1, 40) * length[asked])
    found, cost = network.nearest(facilities, probes, limit)
    for segment, offset, facility, way in zip(*probes, found, cost, strict=True):
        at = pieces[(pieces["segment"] == segment) & (pieces["from_m"] <= offset) & (pieces["to_m"] >= offset)]
        if facility < 0:
            assert at.empty or (at[["cost_from", "cost_to"]].to_numpy().max() >= limit - 0.1)
        elif limit - way > 0.1:
            piece = at.iloc[0]
            share = (offset - piece["from_m"]) / (piece["to_m"] - piece["from_m"])
            np.testing.assert_allclose(
                piece["cost_from"] + share * (piece["cost_to"] - piece["cost_from"]), way, atol=0.05
            )


def test_a_footpath_joins_a_street_between_its_junctions() -> None:
    roads = make_segments([[(0, 0), (1, 0), (2, 0)]], [True]).assign(walk=True, drive=True)
    paths = make_segments([[(1, 0), (1, 1)]], [False]).assign(walk=True)
    network = walking(roads, paths, CRS)
    assert network.size == 4
    up = Positions(np.array([1]), 2 * network.midpoints().offset_m[1:])
    _, cost = network.nearest(up, Positions(np.array([0]), np.array([0.0])))
    assert cost[0] == pytest.approx(90.2 + 111, abs=1)


def test_only_those_who_drive_mind_a_one_way_street() -> None:
    roads = make_segments([[(0, 0), (1, 0)], [(1, 0), (1, 1)]], [True, False]).assign(walk=True, drive=True)
    start, end = Positions(np.array([0]), np.array([10.0])), Positions(np.array([1]), np.array([50.0]))
    none = make_segments([], []).assign(walk=pd.Series(dtype=bool))
    assert np.isfinite(driving(roads, CRS).nearest(start, end)[1][0])
    assert np.isinf(driving(roads, CRS).nearest(end, start)[1][0])
    assert np.isfinite(walking(roads, none, CRS).nearest(end, start)[1][0])


def test_points_snap_to_the_nearest_street() -> None:
    network = Network(make_segments([[(0, 0), (2, 0)], [(0, 2), (2, 2)]], [False, False]), CRS, directed=False)
    position, away = network.snap(gpd.GeoSeries([shapely.Point(114.301, 36.0001)], crs=WGS84))
    assert position.segment.tolist() == [0]
    assert position.offset_m[0] == pytest.approx(90.2, abs=0.5)
    assert away[0] == pytest.approx(11.1, abs=0.2)


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


def test_nobody_passes_a_locked_gate() -> None:
    # a street past a gate at x = 1, and a way around it over y = 1
    segments = make_segments([[(0, 0), (1, 0), (2, 0)], [(0, 0), (0, 1), (2, 1), (2, 0)]], [False, False])
    places = Positions(np.array([0, 0]), np.array([0.0, 170.0]))
    one, other = (
        Network(segments, CRS, False, closed=closed)
        for closed in (None, np.array([[114.301, 36.0]]))
    )  # fmt: skip
    straight = one.distances(places, places).set_index(["start", "target"])["cost"]
    around = other.distances(places, places).set_index(["start", "target"])["cost"]
    assert straight[0, 1] == pytest.approx(170)
    assert around[0, 1] > 400, "by the way around"
