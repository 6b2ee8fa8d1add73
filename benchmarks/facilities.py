"""Siting against spopt.locate with the same solver; coverage of every node of a city by three kinds of facilities."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.stalls import MAKE

_TOWN = """
import numpy as np
rng = np.random.default_rng(721)
homes, sites = rng.random(({demand}, 2)) * {side}, rng.random(({sites}, 2)) * {side}
weight = rng.integers(1, 100, {demand}).astype(float)
from scipy.spatial import cKDTree
near = cKDTree(homes).sparse_distance_matrix(cKDTree(sites), 1500.0, output_type="coo_matrix")
"""
_OURS = """
from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem
"""
_SOLVE = """
m = {sites}
none = np.zeros(m, dtype=bool)
problem = LocationProblem(weight, near.row.astype(np.int64), near.col.astype(np.int64), near.data, none, none,
                          np.ones(m), np.full(m, np.inf), {count}, np.inf, 1500.0, 1500.0)
found = solve(problem, {model!r}, {limit})
print(f"note:  ours: objective {{found.objective:,.1f}}, gap {{found.gap:.4%}}")
"""
_PEER = """
import pulp
from spopt.locate import MCLP, PMedian
# spopt takes the whole table; what is out of reach costs as much as having none
table = np.full(({demand}, {sites}), 1500.0 + {beyond})
table[near.row, near.col] = near.data
"""
_PEER_COVERAGE = """
model = MCLP.from_cost_matrix(table, weight, 1500.0, p_facilities={count})
model.problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, timeLimit={limit}))
chosen = [j for j, x in enumerate(model.fac_vars) if x.value() and x.value() > 0.5]
value = weight[(table[:, chosen] <= 1500.0).any(axis=1)].sum() if chosen else 0.0
print(f"note:  spopt: objective {{value:,.1f}}, {{pulp.LpStatus[model.problem.status]}}")
"""
_PEER_MEDIAN = """
# a place at 1500 m from everybody stands for having none in reach
table = np.hstack([np.minimum(table, 1500.0), np.full(({demand}, 1), 1500.0)])
always = np.zeros({sites} + 1, dtype=int)
always[-1] = 1
model = PMedian.from_cost_matrix(table, weight, p_facilities={count} + 1, predefined_facilities_arr=always)
model.problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, timeLimit={limit}))
chosen = [j for j, x in enumerate(model.fac_vars) if x.value() and x.value() > 0.5]
value = (weight * table[:, chosen].min(axis=1)).sum() if chosen else float("nan")
print(f"note:  spopt: objective {{value:,.1f}}, {{pulp.LpStatus[model.problem.status]}}")
"""

_CITY = """
import geopandas as gpd
import numpy as np
import shapely
from pathlib import Path
from geo.facilities.access import access
from geo.facilities.coverage import catchments, nearest_walks
from geo.core.metric_geometry import metric_shapes
from geo.network.on_foot import network_of
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.core.vocabulary import KINDS
from geo.facilities.supply import supply
study = Path({study!r})
profile, crs, network = Study(study).profile, Study(study).crs, network_of(Study(study))
layers = {{name: gpd.GeoDataFrame(read_layer(study, name), geometry="geometry", crs=4326)
          for name in ("facilities", "facility_areas", "parking", "context")}}
"""
_COVER = """
none = np.zeros(0, dtype=object)
rng = np.random.default_rng(721)
vertices = shapely.points(np.unique(np.round(shapely.get_coordinates(network.tree[1]), 2), axis=0))
nodes = vertices[np.sort(rng.permutation(len(vertices))[: int(len(vertices) * {share})])]
doors = access(network, nodes, none, none, profile)
for kind in KINDS:
    known = supply(kind, layers["facilities"], layers["facility_areas"], layers["parking"], crs, profile)
    # the extract has few: made-up ones beside the streets, so that most people have one
    more = shapely.points(network.node_xy[rng.permutation(network.size)[:600]] + rng.normal(0, 20, (600, 2)))
    gates = access(network, np.concatenate([known.shapes, more]), none, none, profile, gates=True)
    count = len(known.shapes) + len(more)
    found = nearest_walks(network, doors, gates, len(nodes), 3000.0)
    within = float(profile[f"coverage.within.{{kind}}"])
    if {areas}:
        grounds = catchments(network, gates, count, within, 60.0)
    if {share} == 1.0:
        print(f"note:  {{kind}}: {{count:,}} facilities, {{(found.walk_m <= within).mean():.1%}} of "
              f"{{len(nodes):,}} nodes within {{within:.0f}} m")
"""

_LIMIT = 300
"""Seconds after which the peer is stopped."""


def siting() -> None:
    """Compare building and solving with spopt, the same solver (HiGHS) and the same problem."""
    cases = (
        (5000, 200, 10, "coverage", 8000),
        (5000, 200, 20, "coverage", 15000),
        (5000, 200, 10, "median", 15000),
        (20000, 2000, 20, "coverage", 15000),
    )
    for demand, sites, count, model, side in cases:
        values = {"demand": demand, "sites": sites, "count": count, "model": model, "side": side, "limit": _LIMIT}
        values["beyond"] = 1.0
        print(f"{model}: {sites:,} candidates, {demand:,} places, {count} to open, 1500 m in {side / 1000:.0f} km")
        town = _TOWN.format(**values)
        ours = measure(town + _OURS, _SOLVE.format(**{**values, "limit": 20}), runs=1)
        peer_solve = _PEER_COVERAGE if model == "coverage" else _PEER_MEDIAN
        peer = measure(town + _PEER.format(**values), peer_solve.format(**values), runs=1)
        print(f"  ours   {ours}")
        print(f"  spopt  {peer}  {peer.seconds / ours.seconds:.0f} times")


def coverage(extract: Path) -> None:
    """Print seconds and memory of the coverage of every node by three kinds, by how many nodes there are."""
    with tempfile.TemporaryDirectory() as folder:
        study = str(Path(folder) / "city.gpkg")
        measure("", MAKE.format(extract=str(extract), study=study), runs=1)
        prepare = _CITY.format(study=study)
        for share in (0.125, 0.25, 0.5, 1.0):
            found = measure(prepare, _COVER.format(share=share, areas=False), runs=1)
            print(f"walks of {share:.1%} of the nodes to three kinds  {found}")
        print(f"with catchments  {measure(prepare, _COVER.format(share=1.0, areas=True), runs=1)}")


def main(extract: Path) -> None:
    """Print both."""
    coverage(extract)
    siting()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
