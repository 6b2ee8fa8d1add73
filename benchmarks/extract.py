"""An extract to a finished `roads` layer, against OSMnx and pyrosm, and how its cost grows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from benchmarks.measure import measure

PREPARE = """
from pathlib import Path
import pandas as pd
from geo.streets.roads import make_roads
from geo.tiers.grading import grade
from geo.streets.extract import read_ways
from geo.rules import load_profile
from geo.study.schema import conform
"""
JIEXU = """
profile = load_profile()
path = Path({path!r})
ways = read_ways(path, profile["roads.kept_highways"])
roads, crs = make_roads(ways, profile, path)
roads = grade(roads, None, conform(pd.DataFrame(), "decisions"), profile, crs).roads
"""
OSMNX = """
graph = osmnx.graph_from_xml({path!r}, retain_all=True)
nodes, edges = osmnx.graph_to_gdfs(graph)
"""
PYROSM = """
OSM({path!r}, progress=False).get_network("all")
"""
PYROSM_PREPARE = "from pyrosm import OSM; OSM.clear_cache()"
SHARES = (0.125, 0.25, 0.5, 1.0)


def cuts(path: Path, folder: Path) -> list[Path]:
    """Write growing cuts of an extract: the ways with their first node in the western part of its area."""
    lons = [way.nodes[0].lon for way in _street_ways(path)]
    files = []
    for share in SHARES:
        limit = float(np.quantile(lons, share))
        cut = folder / f"cut-{share}.osm.pbf"
        with osmium.BackReferenceWriter(str(cut), str(path), overwrite=True) as writer:
            for way in _street_ways(path):
                if way.nodes[0].lon <= limit:
                    writer.add(way)
        files.append(cut)
    return files


def _street_ways(path: Path) -> Iterator[Any]:
    source: Iterable[Any] = (
        osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    )
    return (item for item in source if item.is_way())


def main(path: Path) -> None:
    """Print the comparison and the cost curve."""
    print(f"# {path.name} to a finished roads layer")
    ours = measure(PREPARE, JIEXU.format(path=str(path)))
    print(f"Jiexu               {ours}")
    pyrosm = measure(PYROSM_PREPARE, PYROSM.format(path=str(path)))
    print(f"pyrosm get_network  {pyrosm}   Jiexu takes {ours.seconds / pyrosm.seconds:.1f} times as long")
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "extract.osm"
        with osmium.SimpleWriter(str(xml)) as writer:
            for item in osmium.FileProcessor(str(path)):
                writer.add(item)
        osmnx = measure("import osmnx", OSMNX.format(path=str(xml)), runs=1)
        print(f"OSMnx graph+gdfs    {osmnx}   Jiexu is {osmnx.seconds / ours.seconds:.1f} times as fast")
        print("\n# Cost over growing cuts")
        print(f"{'nodes of ways':>14} {'seconds':>9} {'µs per node':>12}")
        for cut in cuts(path, Path(folder)):
            counted = sum(len(way.nodes) for way in _street_ways(cut))
            took = measure(PREPARE, JIEXU.format(path=str(cut)))
            print(f"{counted:>14,} {took.seconds:>9.2f} {took.seconds / counted * 1e6:>12.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
