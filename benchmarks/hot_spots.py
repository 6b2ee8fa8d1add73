"""Hot spots against planted truth and noise: ours, the former answer, a Poisson test, esda's G, and the scan."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array, eye_array
from scipy.stats import poisson

from benchmarks.gi_star import local_statistics
from geo.build import Inputs, build_study
from geo.complaints.hot_streets import clusters_of, neighbours, street_network
from geo.complaints.local_statistics import false_discovery
from geo.complaints.neighbourhoods import Around, counted_places, neighbourhoods
from geo.complaints.scan import scan
from geo.core.arrays import Flags, Floats, Integers
from geo.core.metric_geometry import metric_lines
from geo.network.graph import Network
from geo.network.lixels import Lixels
from geo.network.nearby import near_pairs
from geo.network.snapping import midpoints
from geo.rules import Profile
from geo.study.reader import Study

RUNS: Final = 60
COMPLAINTS: Final = 2000
RADIUS_M: Final = 120.0
SHARE: Final = 0.1
"""Of false discoveries."""

_PERMUTATIONS: Final = 499
_PIECE_M: Final = 5.0
_SCATTER_M: Final = 8.0


class Case(NamedTuple):
    """
    Made-up complaints.

    Attributes
    ----------
    name
        For reading.
    factor
        By how much complaints are denser in the planted circle.
    times
        How often each place is reported.
    scatter_m
        Standard deviation of a report's position along the street.
    weekly
        Further reports of one place.
    """

    name: str
    factor: float = 1.0
    times: int = 1
    scatter_m: float = 0.0
    weekly: int = 0


CASES: Final = (
    Case("planted x 2", 2.0),
    Case("planted x 3", 3.0),
    Case("planted x 5", 5.0),
    Case("noise"),
    Case("noise, each place 3 times", times=3),
    Case("noise, each place 10 times", times=10),
    Case("the same 3 times, scattered", times=3, scatter_m=_SCATTER_M),
    Case("noise and one weekly neighbour", weekly=52),
    Case("the same, scattered", weekly=52, scatter_m=_SCATTER_M),
)


class City(NamedTuple):
    """The streets of an extract, as network, pieces, neighbours and windows of the scan."""

    roads: gpd.GeoDataFrame
    network: Network
    profile: Profile
    length_m: Floats
    around: Around
    neighbours: csr_array
    windows: tuple[Integers, Integers, Floats]
    pieces: Lixels
    piece_xy: Floats


def city_of(extract: Path, folder: Path) -> City:
    """Build the study of an extract, and return its streets."""
    path = folder / "study.gpkg"
    build_study(path, Inputs(extract))
    study = Study(path)
    roads, profile = study.layer("segments"), study.profile
    network, length_m = street_network(roads, study.crs), roads["length_m"].to_numpy(dtype=float)
    within_m = float(profile["hotspots.neighbours_within"])
    middles = midpoints(network)
    both = neighbours(network, len(roads), within_m)
    far = near_pairs(network, middles, middles, float(profile["hotspots.scan_within"])).tocoo()
    pieces = Lixels(roads, _PIECE_M)
    along = pieces.middle_m(np.arange(len(pieces))) / length_m[pieces.row]
    lines = metric_lines(roads.geometry.to_numpy(), study.crs)[pieces.row]
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines, along, normalized=True))
    around = Around.of(network, roads, length_m / 1000, within_m)
    windows = far.row.astype(np.int64), far.col.astype(np.int64), far.data
    return City(roads, network, profile, length_m, around, both, windows, pieces, xy)


def drawn(city: City, case: Case, seed: int) -> tuple[Integers, Floats, Flags]:
    """Return the segments and positions of complaints, and the segments that reach into the planted circle."""
    rng = np.random.default_rng(seed)
    pieces, length_m = city.pieces, city.length_m
    centre = city.piece_xy[rng.choice(len(pieces), p=pieces.length_m / pieces.length_m.sum())]
    inside = np.hypot(*(city.piece_xy - centre).T) <= RADIUS_M
    weight = pieces.length_m * np.where(inside, case.factor, 1.0)
    piece = rng.choice(len(pieces), COMPLAINTS, p=weight / weight.sum())
    row, offset_m = pieces.row[piece], (pieces.number[piece] + rng.random(COMPLAINTS)) * pieces.length_m[piece]
    row, offset_m = np.repeat(row, case.times), np.repeat(offset_m, case.times)
    one = rng.integers(COMPLAINTS)
    row, offset_m = (
        np.append(row, np.full(case.weekly, row[one])),
        np.append(offset_m, np.full(case.weekly, offset_m[one])),
    )
    if case.scatter_m:
        moved = offset_m + rng.normal(0.0, case.scatter_m, len(row))
        again = (np.arange(len(row)) >= COMPLAINTS * case.times) if case.times == 1 else np.ones(len(row), dtype=bool)
        offset_m = np.where(again, np.clip(moved, 0.0, length_m[row]), offset_m)
    planted = np.bincount(pieces.row, weights=inside, minlength=len(length_m)) > 0
    return row, offset_m, planted if case.factor > 1 else np.ones(len(length_m), dtype=bool)


def ours(city: City, row: Integers, offset_m: Floats) -> Flags:
    """Return the segments in hot neighbourhoods: the column `hot`."""
    places = counted_places(row, offset_m, np.zeros(len(row), dtype=np.int64), city.length_m, city.around)
    found = neighbourhoods(places, city.around, SHARE)
    return np.bincount(city.around.lixels.row, weights=found.hot, minlength=len(city.length_m)) > 0


def our_scan(city: City, row: Integers, offset_m: Floats) -> Flags:
    """Return the segments in clusters: the column `cluster`."""
    places = counted_places(row, offset_m, np.zeros(len(row), dtype=np.int64), city.length_m, city.around)
    found = clusters_of(city.network, places, city.around, city.profile)
    return _in_any(city.around.lixels.row, [each.members for each in found], len(city.length_m))


def former(city: City, row: Integers, _: Floats) -> Flags:
    """Return the former answer: Gi* of rates that were shrunk first."""
    counts = np.bincount(row, minlength=len(city.length_m)).astype(float)
    return local_statistics(counts, city.length_m / 1000, city.neighbours, _PERMUTATIONS, SHARE).hot


def former_scan(city: City, row: Integers, _: Floats) -> Flags:
    """Return the former clusters: of complaints, by segment."""
    counts = np.bincount(row, minlength=len(city.length_m)).astype(float)
    found = scan(counts, city.length_m, city.windows, float(city.profile["hotspots.scan_share"]), 99)
    return _in_any(np.arange(len(counts)), [each.members for each in found], len(counts))


def plain_poisson(city: City, row: Integers, _: Floats) -> Flags:
    """Return the segments that a Poisson test with their neighbours calls hot."""
    own = csr_array(city.neighbours + eye_array(len(city.length_m), format="csr"))
    counts = np.bincount(row, minlength=len(city.length_m)).astype(float)
    expected = own @ city.length_m / city.length_m.sum() * len(row)
    return false_discovery(poisson.sf(own @ counts - 1, expected), SHARE)


def esda_g(city: City, row: Integers, _: Floats, weights: Any = None) -> Flags:
    """Return the segments that esda's Gi* of raw rates calls hot, by permutation."""
    from esda import G_Local  # noqa: PLC0415 - an extra

    warnings.filterwarnings("ignore", module=r"esda|libpysal")
    rate = np.bincount(row, minlength=len(city.length_m)) / city.length_m
    found = G_Local(rate, weights, transform="B", star=True, permutations=_PERMUTATIONS, n_jobs=1, seed=1)
    return false_discovery(np.where(found.Zs > 0, found.p_sim, 1.0), SHARE)


def _in_any(segment: Integers, groups: list[Integers], size: int) -> Flags:
    found = np.zeros(size, dtype=bool)
    for group in groups:
        found[segment[group]] = True
    return found


def answers(city: City) -> dict[str, Callable[[City, Integers, Floats], Flags]]:
    """Return the answers that are compared; esda's where it is installed."""
    found: dict[str, Callable[[City, Integers, Floats], Flags]] = {
        "Jiexu": ours,
        "before": former,
        "Poisson": plain_poisson,
    }
    try:
        from libpysal.weights import WSP  # noqa: PLC0415 - an extra

        found["esda G*"] = partial(esda_g, weights=WSP(city.neighbours).to_W(silence_warnings=True))
    except ImportError:
        print("esda and libpysal are not installed (pip install jiexu[bench]): left out")
    return found | {"scan": our_scan, "scan before": former_scan}


def main(extract: Path, runs: int = RUNS) -> None:
    """Print the number of runs with a hot segment in the planted circle, and on noise with any hot segment."""
    with tempfile.TemporaryDirectory() as folder:
        city = city_of(extract, Path(folder))
        compared = answers(city)
        print(
            f"\n# {extract.name}: {len(city.roads)} segments, {city.length_m.sum() / 1000:.0f} km; {COMPLAINTS} "
            f"complaints, radius {RADIUS_M:.0f} m; runs of {runs} with a finding (in the circle; anywhere on noise)"
        )
        print(f"{'':<32}" + "".join(f"{name:>14}" for name in compared))
        seconds = dict.fromkeys(compared, 0.0)
        for case in CASES:
            found = dict.fromkeys(compared, 0)
            for seed in range(runs):
                row, offset_m, planted = drawn(city, case, seed)
                for name, answer in compared.items():
                    start = time.process_time()
                    found[name] += bool((answer(city, row, offset_m) & planted).any())
                    seconds[name] += time.process_time() - start
            print(f"{case.name:<32}" + "".join(f"{count:>14}" for count in found.values()), flush=True)
        print(f"{'CPU seconds a run':<32}" + "".join(f"{each / runs / len(CASES):>14.3f}" for each in seconds.values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RUNS)
