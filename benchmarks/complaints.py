"""Densities along the streets of a city against a search per event and per lixel; Gi* against esda; planted truth."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.stalls import MAKE

_CITY = """
import geopandas as gpd
import numpy as np
from pathlib import Path
from geo.complaints.hot_streets import street_network
from geo.complaints.kernel_density import density, kernel_values
from geo.network.lixels import Lixels
from geo.network.graph import Positions
from geo.network.snapping import edge_of
from geo.study.file import read_layer
from geo.study.reader import Study
study = Path({study!r})
roads = gpd.GeoDataFrame(read_layer(study, "roads"), crs=4326)
network = street_network(roads, Study(study).crs)
lixels = Lixels(roads, {lixel})
targets = Positions(lixels.row, lixels.middle_m(np.arange(len(lixels))))
length = roads["length_m"].to_numpy()
rng = np.random.default_rng(721)
row = rng.choice(len(roads), {events}, p=length / length.sum())
events = Positions(row, rng.random({events}) * length[row])
"""
_DENSITY = """
found = density(network, events, targets, {bandwidth}, "quartic", {split!r})
"""
_PER_EVENT = """
# the plain way: one search over the whole network for each event, cut off at the bandwidth
from scipy.sparse.csgraph import dijkstra
edge, along = edge_of(network, {sources})
to_edge, to_along = edge_of(network, {ends})
total = np.zeros(len(to_edge))
for i in range({sample}):
    matrix = network._with_sources(edge[i : i + 1], along[i : i + 1], against=False)
    cost = dijkstra(matrix, indices=network.size, limit={bandwidth})
    way = np.minimum(cost[network.tail[to_edge]] + to_along,
                     cost[network.head[to_edge]] + network.length_m[to_edge] - to_along)
    way = np.where(to_edge == edge[i], np.minimum(way, np.abs(to_along - along[i])), way)
    value = kernel_values(way, {bandwidth}, "quartic")
    total += value if {per_event} else 0 * value + value.sum() * (np.arange(len(total)) == i)
"""
_RATES = """
import numpy as np
from scipy.sparse import csr_array, random_array
n = 100_000
rng = np.random.default_rng(721)
# a street grid's neighbours: before, after, and two across
side = int(n ** 0.5)
n = side * side
index = np.arange(n).reshape(side, side)
pairs = [(index[:-1], index[1:]), (index[:, :-1], index[:, 1:])]
one = np.concatenate([np.concatenate([a.ravel(), b.ravel()]) for a, b in pairs])
two = np.concatenate([np.concatenate([b.ravel(), a.ravel()]) for a, b in pairs])
counts, exposure = rng.negative_binomial(2, 0.2, n).astype(float), np.ones(n)
"""
_OURS = """
import time
from benchmarks.gi_star import gi_star
from geo.complaints.local_statistics import empirical_bayes
neighbours = csr_array((np.ones(len(one)), (one, two)), shape=(n, n))
rate = empirical_bayes(counts, exposure)
gi_z, p_value = gi_star(rate, neighbours, 999)
np.save({file!r}, gi_z)
"""
_ESDA = """
import libpysal
from esda import G_Local
from geo.complaints.local_statistics import empirical_bayes
order = np.argsort(one, kind="stable")
ends = np.split(two[order], np.searchsorted(one[order], np.arange(1, n)))
weights = libpysal.weights.W({{i: list(map(int, each)) for i, each in enumerate(ends)}}, silence_warnings=True)
start = __import__("time").perf_counter()
peer = G_Local(empirical_bayes(counts, exposure), weights, transform="B", star=True, permutations=999, n_jobs=2, seed=1)
seconds = __import__("time").perf_counter() - start
print(f"note: esda itself {{seconds:.1f}} s, without making its weights; "
      f"largest difference of z {{np.abs(peer.Zs - np.load({file!r})).max():.1e}}")
"""
_TRUTH = """
import numpy as np
from scipy.sparse import csr_array
from benchmarks.gi_star import local_statistics
side = 30
n = side * side
index = np.arange(n).reshape(side, side)
pairs = [(index[:-1], index[1:]), (index[:, :-1], index[:, 1:])]
one = np.concatenate([np.concatenate([a.ravel(), b.ravel()]) for a, b in pairs])
two = np.concatenate([np.concatenate([b.ravel(), a.ravel()]) for a, b in pairs])
neighbours = csr_array((np.ones(len(one)), (one, two)), shape=(n, n))
truth = np.zeros((side, side), dtype=bool)
truth[4:9, 4:9] = truth[18:22, 10:20] = True
truth = truth.ravel()
rng = np.random.default_rng(721)
exposure = rng.uniform(0.5, 2.0, n)
"""
_SIMULATE = """
noise = [local_statistics(rng.poisson(3 * exposure).astype(float), exposure, neighbours, 999, 0.05, s).hot.any()
         for s in range(200)]
print(f"note: pure noise: {np.mean(noise):.1%} of 200 runs have a finding (5 % allowed)")
# what lies beside a hot street is hot by the statistic's definition: the truth is a segment or its neighbours
near = truth | (neighbours @ truth > 0)
for factor in (1.5, 2.0, 3.0):
    power, false = [], []
    for s in range(50):
        risk = 3 * exposure * np.where(truth, factor, 1.0)
        hot = local_statistics(rng.poisson(risk).astype(float), exposure, neighbours, 999, 0.05, s).hot
        power.append(hot[truth].mean())
        false.append((hot & ~near).sum() / max(hot.sum(), 1))
    print(f"note: hot streets with {factor} times the complaints: power {np.mean(power):.0%}, "
          f"false discoveries {np.mean(false):.1%}")
"""


def main(extract: Path) -> None:
    """Print the comparisons."""
    with tempfile.TemporaryDirectory() as folder:
        study, file = str(Path(folder) / "study.gpkg"), str(Path(folder) / "z.npy")
        measure(MAKE.format(study=study, extract=str(extract)), "", runs=1)
        city = _CITY.format(study=study, lixel=50.0, events=100_000)
        print(f"\n# {extract.name}: density of 100,000 events on lixels of 50 m, bandwidth 500 m, simple kernel")
        ours = measure(city, _DENSITY.format(bandwidth=500.0, split="simple"), runs=1)
        print(f"Jiexu                  {ours}")
        sample = 300
        for name, sources, ends, count in (
            ("a search per event", "events", "targets", "len(events.segment)"),
            ("a search per lixel", "targets", "events", "len(targets.segment)"),
        ):
            code = _PER_EVENT.format(
                sources=sources, ends=ends, sample=sample, bandwidth=500.0, per_event=sources == "events"
            )
            peer = measure(city + f"\nprint(f'note: {{{count}:,}} of them')\n", code, runs=1)
            many = 100_000 if sources == "events" else 234_570
            whole = peer.seconds / sample * many
            print(
                f"{name:<22} {peer.seconds:.2f} s for {sample}: {whole:,.0f} s for {many:,} (extrapolated)   "
                f"Jiexu is {whole / ours.seconds:.1f} times as fast"
            )
        print("cost by events, lixels, bandwidth and split:")
        for events, lixel, bandwidth, split in (
            *((n, 50.0, 500.0, "simple") for n in (12_500, 25_000, 50_000)),
            *((25_000, lixel, 500.0, "simple") for lixel in (25.0, 100.0)),
            *((25_000, 50.0, h, "simple") for h in (125.0, 250.0)),
            *((10_000, 50.0, h, "discontinuous") for h in (125.0, 250.0, 500.0)),
            (10_000, 50.0, 125.0, "continuous"),
        ):
            found = measure(
                _CITY.format(study=study, lixel=lixel, events=events),
                _DENSITY.format(bandwidth=bandwidth, split=split),
                runs=1,
            )
            print(f"  {events:>7,} events, lixels of {lixel:.0f} m, {bandwidth:.0f} m, {split:<14} {found}")
        print("\n# Gi* with 999 permutations on 100,000 segments")
        ours = measure(_RATES, _OURS.format(file=file), runs=1)
        print(f"Jiexu                    {ours}")
        peer = measure(_RATES, _ESDA.format(file=file), runs=1)
        print(f"esda.G_Local             {peer}")
    print("\n# planted truth, at 5 %")
    measure(_TRUTH, _SIMULATE, runs=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
