"""The growth of time and memory: a city beside copies of itself, each joined to the next by one road."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium

from benchmarks.verb_runs import Run, run_code, run_verb
from benchmarks.whole_jobs import FEW, HOME, POINTS

TILES: Final = (1, 2, 4, 10)
JOBS: Final = {
    "stalls": (),
    "bays": (),
    "hotspots": (),
    "coverage": ("--kind", "market"),
}
_COMPLAINTS, _STALLS = 10_000, 500
"""Of each copy."""
_GAP_SHARE: Final = 0.02
"""The gap between two copies, as a share of the city's width."""


def tile(extract: Path, copies: int, out: Path) -> None:
    """
    Write an extract with copies of a city from west to east, ids and coordinates shifted.

    Parameters
    ----------
    extract
        The city, sorted.
    copies
        How many.
    out
        The file to write.
    """
    ends = {"n": 0, "w": 0, "r": 0}
    west, east = (180.0, 0), (-180.0, 0)
    every: Any = osmium.FileProcessor(str(extract))
    for item in every:
        kind = item.type_str()
        ends[kind] = max(ends[kind], item.id)
        if item.is_node() and item.location.valid():
            west, east = min(west, (item.lon, item.id)), max(east, (item.lon, item.id))
    step = (east[0] - west[0]) * (1 + _GAP_SHARE)
    west_node, east_node = _street_ends(extract)
    with osmium.SimpleWriter(str(out), overwrite=True) as writer:
        for kind in ("n", "w", "r"):
            for copy in range(copies):
                for item in _of_kind(extract, kind):
                    writer.add(_shifted(item, kind, copy, ends, step))
            if kind == "w":
                for copy in range(copies - 1):
                    nodes = [east_node + copy * (ends["n"] + 1), west_node + (copy + 1) * (ends["n"] + 1)]
                    number = copies * (ends["w"] + 1) + copy
                    tags = {"highway": "secondary", "name": f"Joining road {copy + 1}"}
                    writer.add(osmium.osm.mutable.Way(id=number, version=1, nodes=nodes, tags=tags))


def _of_kind(extract: Path, kind: str) -> Iterator[Any]:
    every: Any = osmium.FileProcessor(str(extract))
    for item in every:
        if item.type_str() == kind:
            yield item


def _shifted(item: Any, kind: str, copy: int, ends: dict[str, int], step: float) -> Any:
    number = item.id + copy * (ends[kind] + 1)
    if kind == "n":
        return item.replace(id=number, location=(item.lon + copy * step, item.lat))
    if kind == "w":
        return item.replace(id=number, nodes=[node.ref + copy * (ends["n"] + 1) for node in item.nodes])
    members = [(each.type, each.ref + copy * (ends[each.type] + 1), each.role) for each in item.members]
    return item.replace(id=number, members=members)


def _street_ends(extract: Path) -> tuple[int, int]:
    """Return the western- and the easternmost node of the streets."""
    west, east = (180.0, 0), (-180.0, 0)
    source: Any = osmium.FileProcessor(str(extract)).with_locations()
    for item in source.with_filter(osmium.filter.KeyFilter("highway")):
        if item.is_way() and item.tags["highway"] in ("residential", "secondary", "tertiary"):
            for node in item.nodes:
                if node.location.valid():
                    west, east = min(west, (node.lon, node.ref)), max(east, (node.lon, node.ref))
    return west[1], east[1]


def exponent(sizes: list[int], values: list[float]) -> float:
    """Return the exponent of growth: the slope of a line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def main(extract: Path, most: int = TILES[-1]) -> None:
    """Print CPU seconds and peak memory by number of copies, and the exponents, up to a number of copies."""
    runs: dict[str, list[Run]] = {"build": [], **{verb: [] for verb in JOBS}}
    tiles = [count for count in TILES if count <= most]
    with tempfile.TemporaryDirectory() as name:
        for count in tiles:
            file, study = Path(name) / f"tiled-{count}.osm.pbf", str(Path(name) / f"tiled-{count}.gpkg")
            tile(extract, count, file)
            runs["build"].append(run_verb("build", study, "--osm", str(file), home=HOME))
            print(f"{count:>3} build      {runs['build'][-1]}", flush=True)
            points = {"complaints": _COMPLAINTS * count, "stalls": _STALLS * count, "few": FEW}
            run_code(POINTS.format(study=study, folder=name, **points))
            for kind in ("complaints", "stalls"):
                run_verb("add", study, str(Path(name) / f"{kind}.csv"), home=HOME)
            for verb, options in JOBS.items():
                runs[verb].append(run_verb(verb, study, *options, home=HOME))
                print(f"{count:>3} {verb:<10} {runs[verb][-1]}", flush=True)
    print("\nexponents of CPU time and memory")
    for verb, each in runs.items():
        if len(tiles) > 1:
            time = exponent(tiles, [run.cpu_s for run in each])
            memory = exponent(tiles, [run.peak_mb for run in each])
            print(f"{verb:<10} {time:.2f}  {memory:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
