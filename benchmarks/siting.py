"""
Siting against published optima: p-centre and p-median of OR-Library, and its set covering problems without prices.

The files pmed1.txt … pmed40.txt and scp41.txt … scp510.txt (Beasley 1990, doi:10.1057/jors.1990.166) are at
http://people.brunel.ac.uk/~mastjjb/jeb/orlib/ and in public repositories, among them timothy-ch-cheung/k-center
(src/server/dataset/ORLIB) and pinam45/USCP_instances (OR-Library). Run with the folder that has them:
`python -m benchmarks.siting FOLDER [centre] [cover] [median]`. spopt with HiGHS stands beside it where it is installed
(`pip install jiexu[bench]`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.core.arrays import Floats
from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem, Model, Sited

SECONDS: Final = 20.0
"""The limit of computing time for each problem."""

CENTRES: Final = (
    *(127, 98, 93, 74, 48, 84, 64, 55, 37, 20, 59, 51, 36, 26, 18, 47, 39, 28, 18, 13),
    *(40, 38, 22, 15, 11, 38, 32, 18, 13, 9, 30, 29, 15, 11, 30, 27, 15, 29, 23, 13),
)
"""
Optimal p-centres of pmed1 to pmed40.

Source: W. Pullan, A memetic genetic algorithm for the vertex p-center problem (2008, doi:10.1162/evco.2008.16.3.417).
"""

MEDIANS: Final = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809),
    *(2845, 1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013, 10400, 9934),
    *(5057, 11060, 9423, 5128),
)
"""
Optimal p-medians of pmed1 to pmed40.

Source: pmedopt.txt of OR-Library (Beasley 1990, doi:10.1057/jors.1990.166), as repeated in
GemmaDawson/honours_files and nicholasio/PMedianTabuSearch, pmedopt.txt.
"""

COVERS: Final = {
    **dict(zip([f"scp4{i}" for i in range(1, 11)], [38, 37, 38, 38, 38, 37, 38, 37, 38, 38], strict=True)),
    **dict(zip([f"scp5{i}" for i in range(1, 11)], [34, 34, 34, 34, 34, 34, 34, 34, 35, 34], strict=True)),
}
"""
Best known numbers of sites of set covering problems without prices.

Source: the results of row weighting local search (Gao, Weise, Yao and Li 2015, doi:10.1016/j.ejor.2015.05.038), as
repeated in pinam45/UTBM_ST50_Rapport_de_stage_IRIMAS, tables/long/results_rwls.tex.
"""


def p_median(file: Path) -> LocationProblem:
    """Return a p-median of OR-Library: every node is a place and a candidate; of repeated edges the last counts."""
    numbers = np.array(file.read_text(encoding="ascii").split(), dtype=float)
    nodes, edges, count = numbers[:3].astype(int)
    ends = np.sort(numbers[3 : 3 + 3 * edges].reshape(-1, 3)[:, :2].astype(int) - 1, axis=1)
    length = numbers[3 : 3 + 3 * edges].reshape(-1, 3)[:, 2]
    _, last = np.unique((ends[:, 0] * nodes + ends[:, 1])[::-1], return_index=True)
    last = edges - 1 - last
    graph = coo_array((length[last], (ends[last, 0], ends[last, 1])), shape=(nodes, nodes))
    walks = dijkstra(graph.tocsr(), directed=False)
    place, site = np.divmod(np.arange(nodes * nodes), nodes)
    return _problem(place, site, walks[place, site], (nodes, nodes), int(count), float(walks.max()))


def set_cover(file: Path) -> LocationProblem:
    """Return a set covering problem of OR-Library without its prices: a site is 0 m from the rows that it covers."""
    numbers = np.array(file.read_text(encoding="ascii").split(), dtype=int)
    rows, sites = numbers[:2]
    at, pairs = 2 + sites, []
    for row in range(rows):
        many = numbers[at]
        pairs.append(np.column_stack([np.full(many, row), numbers[at + 1 : at + 1 + many] - 1]))
        at += 1 + many
    place, site = np.concatenate(pairs).T
    return _problem(place, site, np.zeros(len(place)), (int(rows), int(sites)), int(sites), 1.0)


def _problem(
    place: np.ndarray, site: np.ndarray, walk: Floats, size: tuple[int, int], count: int, beyond_m: float
) -> LocationProblem:
    none = np.zeros(size[1], dtype=bool)
    return LocationProblem(
        weight=np.ones(size[0]), demand=place, site=site, walk_m=walk, kept=none, closable=none,
        price=np.ones(size[1]), room=np.full(size[1], np.inf), number=count, budget=np.inf, within_m=beyond_m,
        beyond_m=beyond_m,
    )  # fmt: skip


def _ours(problem: LocationProblem, model: Model) -> tuple[Sited, float]:
    begun = time.process_time()
    found = solve(problem, model, SECONDS)
    return found, time.process_time() - begun


def _peer(problem: LocationProblem, model: Model) -> tuple[float, float] | None:
    """Return the objective and the computing time of spopt with HiGHS; None where it is not installed."""
    if not all(find_spec(name) for name in ("spopt", "pulp", "highspy")):
        return None
    import pulp  # noqa: PLC0415 (of the benchmarks only)
    from spopt.locate import LSCP, PCenter, PMedian  # noqa: PLC0415 (of the benchmarks only)

    table = np.full((len(problem.weight), problem.sites), 10.0 * problem.beyond_m)
    table[problem.demand, problem.site] = problem.walk_m
    begun = time.process_time()
    if model == "centre":
        peer = PCenter.from_cost_matrix(table, p_facilities=problem.number)
    elif model == "median":
        peer = PMedian.from_cost_matrix(table, problem.weight, p_facilities=problem.number)
    else:
        peer = LSCP.from_cost_matrix(table, problem.within_m)
    peer.problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, timeLimit=SECONDS))
    value = pulp.value(peer.problem.objective)
    return (float("nan") if value is None else float(value)), time.process_time() - begun


def _row(name: str, known: float, problem: LocationProblem, model: Model) -> bool:
    found, seconds = _ours(problem, model)
    peer = _peer(problem, model)
    said = "is not installed (pip install jiexu[bench])" if peer is None else f"{peer[0]:,.0f} in {peer[1]:.1f} s"
    print(
        f"{name:8} {known:8,.0f} {found.objective:10,.0f} {found.bound:12,.1f} {seconds:7.2f} s   spopt {said}",
        flush=True,
    )
    return found.objective <= known


def _table(title: str, rows: Sequence[tuple[str, float, Path]], read: Callable[[Path], LocationProblem],
           model: Model) -> None:  # fmt: skip
    present = [row for row in rows if row[2].exists()]
    print(f"{title}: {len(present)} of {len(rows)} files; best known, ours, our bound, computing time")
    reached = sum(_row(name, known, read(file), model) for name, known, file in present)
    print(f"at the best known value: {reached} of {len(present)}")


def main(folder: Path, models: list[str]) -> None:
    """Print the tables of the models named, by default of all."""
    medians = [folder / f"pmed{number}.txt" for number in range(1, 41)]
    if "centre" in models or not models:
        rows = [(file.stem, float(best), file) for file, best in zip(medians, CENTRES, strict=True)]
        _table("p-centre", rows, p_median, "centre")
    if "cover" in models or not models:
        _table("set cover", [(n, float(b), folder / f"{n}.txt") for n, b in COVERS.items()], set_cover, "cover_all")
    if "median" in models or not models:
        rows = [(file.stem, float(best), file) for file, best in zip(medians, MEDIANS, strict=True)]
        _table("p-median", rows, p_median, "median")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
