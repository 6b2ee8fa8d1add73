"""The network on foot: no locked gate, no cycleway, private ways at the ends only; as long as by OSMnx's network."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import osmnx
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.network.graph import Network, Positions
from geo.network.on_foot import network_of, walked_ways
from geo.network.searches import catchments, distances, nearest
from geo.network.snapping import midpoints, snap
from geo.rules import Profile
from geo.streets.segment_tags import with_access
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.extracts import grid, write_osm
from tests.support.networks import CRS, lines, make_segments

STREET = {"highway": "residential"}
TAGS = ("access", "motor_vehicle", "foot", "service", "motorroad")


def corner(network: Network, north: bool) -> Positions:
    """Return the position at the south-western or the north-western corner."""
    xy = network.node_xy
    west = np.flatnonzero(xy[:, 0] < xy[:, 0].min() + 1)
    node = west[xy[west, 1].argmax() if north else xy[west, 1].argmin()]
    segment = int(np.flatnonzero((network.tail == node) | (network.head == node))[0])
    at = 0.0 if network.tail[segment] == node else network.lengths_m[segment]
    return Positions(np.array([segment]), np.array([at]))


@pytest.mark.parametrize(
    ("gate", "walk_m"),
    [
        ({}, 222),
        ({4: {"barrier": "gate"}}, 222),
        ({4: {"barrier": "gate", "locked": "yes"}}, 2 * 180 + 222),
    ],
)
def test_a_footpath_is_walked_unless_its_gate_is_locked(
    gate: dict[int, dict[str, str]], walk_m: float, tmp_path: Path
) -> None:
    # blocks of 90 by 111 m; streets along the south, the east and the north, a footpath straight up the west
    ways = [(1, [1, 2, 3], STREET), (2, [3, 6, 9], STREET), (3, [1, 4, 7], {"highway": "footway"})]
    osm = write_osm(tmp_path / "blocks.osm", grid(3), [*ways, (4, [9, 8, 7], STREET)], gate)
    build_study(tmp_path / "study.gpkg", Inputs(osm))
    network = network_of(Study(tmp_path / "study.gpkg"))
    layers = [read_layer(tmp_path / "study.gpkg", name) for name in ("roads", "paths")]
    assert len(network.lengths_m) == sum(map(len, layers))
    pairs = distances(network, corner(network, north=False), corner(network, north=True))
    assert pairs["cost"].min() == pytest.approx(walk_m, rel=0.01)


@pytest.mark.parametrize(
    ("tags", "walk", "private"),
    [
        ({"highway": "cycleway"}, False, False),
        ({"highway": "cycleway", "foot": "designated"}, True, False),
        ({"highway": "cycleway", "foot": "no"}, False, False),
        ({"highway": "cycleway", "access": "private"}, False, False),
        ({"highway": "footway"}, True, False),
        ({"highway": "footway", "access": "private"}, False, True),
        ({"highway": "footway", "access": "no", "foot": "private"}, False, True),
        ({"highway": "service", "access": "private", "foot": "yes"}, True, False),
        ({"highway": "service", "access": "private", "foot": "no"}, False, False),
        ({"highway": "service", "access": "private", "foot": "unknown"}, False, True),
        ({"highway": "service", "access": "permit"}, False, True),
        ({"highway": "service", "service": "private"}, False, True),
        ({"highway": "service", "service": "driveway"}, True, False),
        ({"highway": "residential", "access": "military"}, False, False),
        ({"highway": "primary", "motorroad": "yes"}, False, False),
        ({"highway": "primary", "motorroad": "yes", "foot": "yes"}, True, False),
        ({"highway": "primary", "motorroad": "no"}, True, False),
        ({"highway": "trunk_link"}, True, False),
        ({"highway": "motorway_link"}, False, False),
    ],
)
def test_a_way_is_walked_as_class_and_tags_say(
    tags: Mapping[str, str], walk: bool, private: bool, profile: Profile
) -> None:
    segment = gpd.GeoDataFrame([{**dict.fromkeys(TAGS), **tags}])
    found = with_access(segment, profile).iloc[0]
    assert (found["walk"], found["walk_private"]) == (walk, private)


def test_a_city_may_open_its_cycleways_and_motorroads(profile: Profile) -> None:
    highways = [*profile["network.walk.highways"], "cycleway"]
    rules = profile.changed({"network.walk.highways": highways, "network.walk.motorroads": True})
    segments = gpd.GeoDataFrame(
        [{"highway": "cycleway"}, {"highway": "primary", "motorroad": "yes"}],
        columns=["highway", "motorroad", "access", "vehicle", "motor_vehicle", "motorcar", "foot", "service"],
    )
    assert with_access(segments, rules)["walk"].all()


def test_a_walk_begins_and_ends_in_a_compound_and_never_cuts_through(tmp_path: Path) -> None:
    # streets along the south, the east and the north; a compound's way straight up the west, from gate to gate, with a
    # yard (node 4) where somebody lives
    def study(name: str, tags: Mapping[str, str]) -> Network:
        ways = [(1, [1, 2, 3], STREET), (2, [3, 6, 9], STREET), (3, [1, 4, 7], tags), (4, [9, 8, 7], STREET)]
        osm = write_osm(tmp_path / f"{name}.osm", grid(3), [*ways, (5, [4, 5], tags)])
        build_study(tmp_path / f"{name}.gpkg", Inputs(osm))
        return network_of(Study(tmp_path / f"{name}.gpkg"))

    def walk(network: Network, one: int, other: int) -> float:
        nodes = grid(3)
        points = gpd.GeoSeries([shapely.Point(nodes[number]) for number in (one, other)], crs=WGS84)
        at, away = snap(network, points)
        assert (away < 0.01).all()
        pairs = distances(network, at, at).set_index(["start", "target"])["cost"]
        assert pairs[0, 1] == pytest.approx(pairs[1, 0])
        facility, cost = nearest(network, Positions(at.segment[1:], at.offset_m[1:]), at)
        assert (facility == 0).all()
        assert cost[0] == pytest.approx(pairs[0, 1], abs=1e-3)
        return float(pairs[0, 1])

    service = {"highway": "service"}
    public, private = study("public", service), study("private", {**service, "access": "private"})
    around = 2 * 180 + 222
    assert walk(public, 1, 7) == pytest.approx(222, rel=0.01)
    assert walk(private, 1, 7) == pytest.approx(around, rel=0.01), "not through the compound"
    assert walk(private, 5, 7) == pytest.approx(90 + 111, rel=0.01), "out by the nearer gate"
    assert walk(private, 1, 5) == pytest.approx(90 + 111, rel=0.01), "and in"
    assert walk(private, 4, 5) == pytest.approx(90, rel=0.01), "within it"
    ways = walked_ways(Study(tmp_path / "private.gpkg"))
    assert ways["private_km"] == pytest.approx(0.312, abs=0.005)
    assert ways["closed_km"] == 0
    shares = catchments(private, *_at(private, grid(3)[5]), limit=400.0)
    reached = (shares["to_m"] - shares["from_m"]).sum()
    assert reached == pytest.approx(312 + 2 * (400 - 201), rel=0.02), "out by both gates, and on"


def _at(network: Network, place: tuple[float, float]) -> tuple[Positions]:
    return (snap(network, gpd.GeoSeries([shapely.Point(place)], crs=WGS84))[0],)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(lines, st.booleans()), min_size=1, max_size=14), st.integers(0, 10_000))
def test_walks_agree_with_a_plain_definition(drawn: list[tuple[list[tuple[int, int]], bool]], seed: int) -> None:
    segments = make_segments([line for line, _ in drawn], [False] * len(drawn))
    private = np.array([own for _, own in drawn])
    network, rng = Network(segments, CRS, False, private=private), np.random.default_rng(seed)
    rows = rng.integers(0, len(drawn), 7)
    length = 2 * midpoints(network).offset_m
    marks = Positions(rows, rng.uniform(0.01, 0.99, 7) * length[rows])

    # three storeys: leaving by private ways, walking in public, arriving by private ways; none leads back
    plain = nx.DiGraph()
    for row, (line, own) in enumerate(drawn):
        stops = [(0.0, line[0]), *((float(marks.offset_m[i]), i) for i in np.flatnonzero(rows == row))]
        stops = sorted([*stops, (float(length[row]), line[1])], key=lambda stop: stop[0])
        for (a, one), (b, other) in itertools.pairwise(stops):
            for storey in (0, 2) if own else (1,):
                for tail, head in (((one, storey), (other, storey)), ((other, storey), (one, storey))):
                    if b - a < plain.get_edge_data(tail, head, {"weight": np.inf})["weight"]:
                        plain.add_edge(tail, head, weight=b - a)
    for place in {name for name, _ in plain.nodes}:
        plain.add_edge((place, 0), (place, 1), weight=0.0)
        plain.add_edge((place, 1), (place, 2), weight=0.0)

    pairs = distances(network, marks, marks).set_index(["start", "target"])["cost"]
    facility, cost = nearest(network, Positions(rows[:2], marks.offset_m[:2]), marks)
    for target in range(7):
        ways = []
        for start in range(7):
            try:
                expected = nx.dijkstra_path_length(plain, (start, 0), (target, 2))
            except nx.NetworkXNoPath:
                expected = np.inf
            ways.append(expected)
            assert pairs.get((start, target), np.inf) == pytest.approx(expected, abs=1e-4)
        assert cost[target] == pytest.approx(min(ways[:2]), abs=1e-4)
        assert (facility[target] >= 0) == np.isfinite(min(ways[:2]))


def test_walks_in_beijing_are_as_long_as_by_the_network_of_osmnx(shared: Callable[[str], Path], tmp_path: Path) -> None:
    source = shared("beijing_wudaokou.osm.pbf")
    graph = _walked_by_osmnx(source, tmp_path / "walked.osm")
    build_study(tmp_path / "beijing.gpkg", Inputs(source))
    network = network_of(Study(tmp_path / "beijing.gpkg"))
    picked = np.random.default_rng(5).choice(np.array(graph.nodes), 40, replace=False)
    places = [shapely.Point(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in picked]
    at, away = snap(network, gpd.GeoSeries(places, crs=WGS84))
    assert (away < 0.1).all(), "all that OSMnx walks is walked"
    ours = distances(network, at, at).set_index(["start", "target"])["cost"]
    off = []
    for start, node in enumerate(picked):
        theirs = nx.single_source_dijkstra_path_length(graph, node, weight="length")
        off += [(ours[start, end], theirs[other]) for end, other in enumerate(picked) if end > start]
    assert len(off) == 40 * 39 / 2
    found, expected = np.array(off).T
    # over cycleways, 35 % of the pairs would be shorter, by up to 71 %
    np.testing.assert_allclose(found, expected, rtol=0.005, atol=1.0)


def _walked_by_osmnx(source: Path, target: Path) -> nx.MultiDiGraph:
    """Return the largest part of the network that OSMnx would download for walkers, and cycleways that are for both."""
    tests = re.findall(r'\["([^"]+)"(?:(!~|~)"([^"]*)")?\]', osmnx._overpass._get_network_filter("walk"))

    def walked(tags: Mapping[str, str]) -> bool:
        if tags.get("highway") == "cycleway" and tags.get("foot") == "designated":
            return True  # OSMnx says that it ignores these
        for key, operator, pattern in tests:
            value = tags.get(key)
            if (value is None and not operator) or (value is not None and operator and re.search(pattern, value)):
                return False
        return True

    ways = [way.id for way in osmium.FileProcessor(source, osmium.osm.WAY) if walked(dict(way.tags))]
    known = {node.id for node in osmium.FileProcessor(source, osmium.osm.NODE)}
    with osmium.SimpleWriter(str(target)) as writer:
        for found in osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY):
            if isinstance(found, osmium.osm.Node):
                writer.add_node(found)
            elif isinstance(found, osmium.osm.Way) and found.id in ways:
                writer.add_way(found.replace(nodes=[node.ref for node in found.nodes if node.ref in known]))
    graph = osmnx.graph_from_xml(target, bidirectional=True, retain_all=True, simplify=False)
    return osmnx.truncate.largest_component(graph)
