"""All kerbs of a city through kerbs, exclusions and zones; stalls assigned to places, against other solvers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure

SHARES = (0.125, 0.25, 0.5, 1.0)
"""How much of the city's area the cost curve takes, from the middle."""

MAKE = """
from pathlib import Path
from geo.build import Inputs, build_study
build_study(Path({study!r}), Inputs(Path({extract!r})))
"""
READ = """
import geopandas as gpd
import numpy as np
import shapely
from pathlib import Path
from geo.kerbs.ground import INPUTS
from geo.kerbs.ground import KerbGround
from geo.stalls.planning import make_plan
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.stalls.layers import exclusion_layer, kerb_layer, zone_layer
study = Path({study!r})
layers = {{name: gpd.GeoDataFrame(read_layer(study, name), geometry="geometry", crs=4326) for name in INPUTS}}
crs, profile = Study(study).crs, Study(study).profile
west, south, east, north = layers["roads"].total_bounds
half = {share} ** 0.5 / 2
middle = shapely.box(
    west + (east - west) * (0.5 - half), south + (north - south) * (0.5 - half),
    west + (east - west) * (0.5 + half), south + (north - south) * (0.5 + half),
)
within = {{name: shapely.intersects(layer.geometry, middle) for name, layer in layers.items()}}
layers = {{name: layer[within[name]].reset_index(drop=True) for name, layer in layers.items()}}
"""
_PLAN = """
plan = make_plan(KerbGround.of(layers, crs, profile), profile)
rows = [len(layer) for layer in (kerb_layer(plan), exclusion_layer(plan), zone_layer(plan))]
print(f"note: {{len(plan.kerbs):,}} kerb sides, {{len(plan.slots)}} times of the week, {{rows[1]:,}} exclusions, "
      f"{{rows[2]:,}} zones, {{plan.zones.pitches.sum():,}} pitches")
Path({sides!r}).write_text(str(len(plan.kerbs)))
"""
_CLEARANCE = """
import time
from geo.kerbs.waterfall import waterfall
ground = KerbGround.of(layers, crs, profile)
start = time.perf_counter()
tried = make_plan(ground, profile.changed(dict([("clearance.crossing", 10.0)])))
waterfall(tried, 0)
print(f"note: another clearance tried on a ground that is known: {{time.perf_counter() - start:.2f}} s")
"""
_CROWD = """
import numpy as np
from geo.stalls.assignment import assign
rng = np.random.default_rng(721)
people, places = 5000, 800
stalls, zones = rng.random((people, 2)) * 3000, rng.random((places, 2)) * 3000
room = rng.integers(1, {most}, places)
walk = np.hypot(stalls[:, None, 0] - zones[None, :, 0], stalls[:, None, 1] - zones[None, :, 1])
who, place = np.nonzero(walk <= 1500)
cost = walk[who, place]
"""
_ASSIGN = """
found = assign(who, place, cost, people, room)
print(f"note: room for {room.sum():,}, {len(who):,} pairs: {(found.place >= 0).sum():,} placed, "
      f"{found.total:,.3f} m, proven gap {found.gap:.6f} m")
"""
_DENSE = """
from scipy.optimize import linear_sum_assignment
seats = np.repeat(np.arange(places), room)
table = walk[:, seats]
table[table > 1500] = 1e7
if table.shape[1] < people:
    table = np.concatenate([table, np.full((people, people - table.shape[1]), 1e7)], axis=1)
row, column = linear_sum_assignment(table)
taken = table[row, column]
print(f"note: linear_sum_assignment: {(taken < 1e7).sum():,} placed, {taken[taken < 1e7].sum():,.3f} m")
"""
_FLOW = """
from ortools.graph.python import min_cost_flow
flow = min_cost_flow.SimpleMinCostFlow()
units = np.round(cost * 1000).astype(np.int64)
sink = people + places
flow.add_arcs_with_capacity_and_unit_cost(who, people + place, np.ones(len(who), np.int64), units)
flow.add_arcs_with_capacity_and_unit_cost(np.arange(people), np.full(people, sink), np.ones(people, np.int64),
                                          np.full(people, 10**11))
flow.add_arcs_with_capacity_and_unit_cost(people + np.arange(places), np.full(places, sink), room,
                                          np.zeros(places, np.int64))
flow.set_nodes_supplies(np.append(np.arange(people), sink), np.append(np.ones(people, np.int64), -people))
assert flow.solve() == flow.OPTIMAL
gone = flow.flows(np.arange(len(who))) > 0
print(f"note: OR-tools min-cost flow: {gone.sum():,} placed, {cost[gone].sum():,.3f} m")
"""


def main(extract: Path) -> None:
    """Print the comparisons."""
    with tempfile.TemporaryDirectory() as folder:
        study, sides = str(Path(folder) / "study.gpkg"), Path(folder) / "sides"
        measure(MAKE.format(study=study, extract=str(extract)), "", runs=1)
        print(f"\n# {extract.name}: kerbs, exclusions and zones for the whole week, as layers")
        per_side = []
        for share in SHARES:
            read = READ.format(study=study, share=share)
            ours = measure(read, _PLAN.format(sides=str(sides)), runs=3 if share == 1 else 1)
            count = int(sides.read_text())
            per_side.append(ours.seconds / count * 1e6)
            print(f"{share:>6.1%} of the area  {ours}   {count / ours.seconds * 60:,.0f} kerb sides a minute")
        print("microseconds a kerb side, from the smallest: " + ", ".join(f"{each:.0f}" for each in per_side))
        measure(READ.format(study=study, share=1.0), _CLEARANCE.format(), runs=1)

    for most, name in ((13, "scarce"), (25, "ample")):
        print(f"\n# 5,000 stalls to 800 places, {name} room")
        crowd = _CROWD.format(most=most)
        ours = measure(crowd, _ASSIGN)
        print(f"Jiexu                    {ours}")
        for peer, code in (("linear_sum_assignment", _DENSE), ("OR-tools flow", _FLOW)):
            theirs = measure(crowd, code, runs=1)
            print(f"{peer:<24} {theirs}   Jiexu is {theirs.seconds / ours.seconds:.1f} times as fast")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
