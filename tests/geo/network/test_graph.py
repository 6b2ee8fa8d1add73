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

from geo.core.crs import WGS84, to_metric
from geo.network.graph import Network, Positions, driving, walking
from tests.support.networks import CRS, as_drawn, make_segments, networks


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
