"""Street assembly, betweenness and nearest facilities on a real extract, against networkx, igraph and plain scipy."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import measure

_READ = """
import sys, warnings
warnings.filterwarnings("ignore")
from pathlib import Path
import numpy as np
from geo.streets.roads import make_paths, make_roads
from geo.streets.extract import read_ways
from geo.rules import load_profile
from geo.streets.segment_tags import highway_class
from geo.streets.assembly import assemble_streets
profile = load_profile()
path = Path({path!r})
ways = read_ways(path, [*profile["roads.kept_highways"], *profile["network.walk.paths"]])
carriageways = ways.only(profile["roads.kept_highways"])
roads, crs = make_roads(carriageways, profile, path)
"""

_NODES = """
from geo.streets.segments import split_at_junctions
from geo.streets.segment_tags import with_access, with_widths
segments = with_access(with_widths(split_at_junctions(carriageways, crs), profile), profile)
"""
ASSEMBLE = "assemble_streets(segments, crs, profile)"
# the peers do the least of it: segments of one name that share a node
NETWORKX_ASSEMBLE = """
graph = networkx.Graph()
named = segments[segments["name"].notna()]
for row, name, first, last in zip(named.index, named["name"], named["from_node"], named["to_node"]):
    graph.add_edge(row, (name, first))
    graph.add_edge(row, (name, last))
streets = list(networkx.connected_components(graph))
"""
IGRAPH_ASSEMBLE = """
named = segments[segments["name"].notna()]
edges = [(f"r{row}", f"{name}|{node}") for row, name, first, last in zip(named.index, named["name"], named["from_node"],
         named["to_node"]) for node in (first, last)]
streets = igraph.Graph.TupleList(edges).connected_components()
"""

_DRIVE = """
from geo.network.graph import driving
from geo.network.searches import nearest
from geo.network.snapping import edge_of, midpoints, snap
through = roads[roads["drive"] & (roads["highway"] != "service")]
speeds = highway_class(through["highway"]).map(profile.group("network.drive.speed")).to_numpy(dtype=float)
network = driving(through, crs, speeds)
network.matrix
network.cost = np.maximum(network.cost, 1e-6)  # igraph takes no edge without length
origins = np.random.default_rng(721).permutation(network.size)[:{pivots}]
"""
BETWEENNESS = "from geo.network.betweenness import betweenness\ntraffic = betweenness(network, {pivots})"
NETWORKX_BETWEENNESS = """
both = np.flatnonzero(~network.oneway)
graph = networkx.DiGraph()
graph.add_weighted_edges_from(zip(network.tail, network.head, network.cost))
graph.add_weighted_edges_from(zip(network.head[both], network.tail[both], network.cost[both]))
networkx.edge_betweenness_centrality_subset(graph, origins.tolist(), list(graph), weight="weight")
"""
IGRAPH_BETWEENNESS = """
both = np.flatnonzero(~network.oneway)
ends = np.concatenate([np.stack([network.tail, network.head], 1), np.stack([network.head, network.tail], 1)[both]])
graph = igraph.Graph(network.size, ends.tolist(), directed=True)
graph.edge_betweenness(weights=np.concatenate([network.cost, network.cost[both]]).tolist(), sources=origins.tolist())
"""
PIVOTS = 128
NETWORKX_PIVOTS = 4

_ACCURACY = """
import time
from geo.network.betweenness import betweenness
start = time.perf_counter()
sampled = betweenness(network, {pivots})
seconds = time.perf_counter() - start
truth = betweenness(network, {many})
top = truth.share >= np.quantile(truth.share, 0.99)
off = np.abs(sampled.share - truth.share)
print(f"note: {pivots} origins against {many}: the busiest 1 % of edges carry {{truth.share[top].mean():.3f}} of all "
      f"trips, estimated within {{off[top].mean():.4f}} on average and {{off.max():.4f}} at most; stated error of "
      f"those {{sampled.error[top].mean():.4f}}, uniform bound {{sampled.bound:.3f}} ({{truth.bound:.3f}} with {many})")
"""

_NEAREST = """
import geopandas as gpd
import time
from scipy.sparse.csgraph import dijkstra
from geo.network.graph import walking
network = walking(roads, make_paths(ways, carriageways, profile, crs), crs)
rng = np.random.default_rng(721)
west, south, east, north = roads.total_bounds
points = gpd.GeoSeries.from_xy(rng.uniform(west, east, 200), rng.uniform(south, north, 200), crs=4326)
positions, _ = snap(network, points)
network.matrix
nodes = network.tail[edge_of(network, positions)[0]]
def best(work):
    times = []
    for _ in range(15):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
def ours():
    positions, _ = snap(network, points)
    nearest(network, positions, midpoints(network))
alone = best(lambda: dijkstra(network.matrix, indices=nodes, min_only=True))
all_in = best(ours)
print(f"note: {{network.size:,}} nodes, {{len(roads):,}} segments, 200 facilities: snapping and nearest "
      f"{{all_in * 1000:.1f}} ms, dijkstra(min_only) alone {{alone * 1000:.1f}} ms: {{all_in / alone:.2f}} times")
"""


def main(path: Path) -> None:
    """Print the comparisons."""
    read = _READ.format(path=str(path))
    print(f"# {path.name}: named segments to streets")
    ours = measure(read + _NODES, ASSEMBLE)
    print(f"Jiexu, all rules         {ours}")
    for name, code in (("networkx", NETWORKX_ASSEMBLE), ("igraph", IGRAPH_ASSEMBLE)):
        peer = measure(f"import {name}\n" + read + _NODES, code)
        print(f"{name:<9} name and node  {peer}   Jiexu takes {ours.seconds / peer.seconds:.2f} times as long")

    print(f"\n# {path.name}: betweenness by quickest ways, {PIVOTS} origins")
    drive = read + _DRIVE.format(pivots=PIVOTS)
    ours = measure(drive, BETWEENNESS.format(pivots=PIVOTS))
    print(f"Jiexu                    {ours}")
    peer = measure("import igraph\n" + drive, IGRAPH_BETWEENNESS)
    print(f"igraph, same origins     {peer}   Jiexu is {peer.seconds / ours.seconds:.1f} times as fast")
    few = read + _DRIVE.format(pivots=NETWORKX_PIVOTS)
    peer = measure("import networkx\n" + few, NETWORKX_BETWEENNESS, runs=1)
    per_origin = peer.seconds / NETWORKX_PIVOTS * PIVOTS
    print(
        f"networkx, {NETWORKX_PIVOTS} origins      {peer}   "
        f"Jiexu is {per_origin / ours.seconds:.0f} times as fast per origin"
    )
    measure(drive, _ACCURACY.format(pivots=PIVOTS, many=1024), runs=1)

    print(f"\n# {path.name}: the nearest of 200 facilities for every segment, on foot")
    measure(read, _NEAREST.format(), runs=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
