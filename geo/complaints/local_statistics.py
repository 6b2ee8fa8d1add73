"""Streets hot beyond chance: local statistics on segments, with rates that small counts do not mislead."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from geo.core.arrays import Floats, Integers

SEED: Final = 721
"""Of the shuffles, so that a result can be repeated."""

_CHUNK: Final = 256
"""How many permutations are drawn at a time: it bounds the memory."""

_WINDOWS: Final = 2_000_000
"""About how many chance sums there are for each number of neighbours."""

_MOST_CLUSTERS: Final = 20

_LEAST_SURE: Final = 0.1
"""Clusters that chance gives more often than this are not told."""


_BLOCK: Final = 2_048
_TOGETHER: Final = 32
"""Windows of a scan, and simulations, that are looked at together: what is computed of them fits into a cache."""


class Local(NamedTuple):
    """
    Local statistics of segments.

    Attributes
    ----------
    rate
        Shape (n,): events per unit of exposure, shrunk by empirical Bayes.
    gi_z
        Getis-Ord Gi*, standardised.
    p_value
        How often chance gives as high a Gi*: one-sided, by permutation.
    hot
        Which are hot with the share of false discoveries below the asked one.
    moran
        Local Moran's I.
    moran_p
        How often chance gives one as far from what is expected: two-sided, by permutation.
    quadrant
        `high_high`, `low_low`, `high_low`, `low_high`: a segment's rate and its neighbours', against the mean.
    """

    rate: Floats
    gi_z: Floats
    p_value: Floats
    hot: NDArray[np.bool_]
    moran: Floats
    moran_p: Floats
    quadrant: NDArray[np.object_]


def empirical_bayes(counts: Floats, exposure: Floats) -> Floats:
    """
    Return rates, drawn towards the mean rate as far as small numbers make them uncertain.

    Marshall's global estimator by moments (1991, doi:10.2307/2347593): a segment of little exposure says little.

    Parameters
    ----------
    counts, exposure
        Shape (n,); an exposure of 0 gives the mean rate.
    """
    mean, between = empirical_bayes_prior(counts, exposure)
    if between <= 0:
        return np.full(len(counts), mean)
    raw = np.divide(counts, exposure, out=np.full(len(counts), mean), where=exposure > 0)
    within = np.divide(mean, exposure, out=np.full(len(counts), np.inf), where=exposure > 0)
    return np.asarray(mean + between / (between + within) * (raw - mean))


def empirical_bayes_prior(counts: Floats, exposure: Floats) -> tuple[float, float]:
    """
    Return the mean rate and the variance of rates between segments, by Marshall's moments; 0 or less for none.

    Parameters
    ----------
    counts, exposure
        As `empirical_bayes` takes them.
    """
    total = float(exposure.sum())
    if total <= 0:
        return 0.0, 0.0
    mean = float(counts.sum()) / total
    raw = np.divide(counts, exposure, out=np.full(len(counts), mean), where=exposure > 0)
    between = float((exposure * (raw - mean) ** 2).sum() / total - mean / (total / len(counts)))
    return mean, between


def false_discovery(p_values: Floats, share: float) -> NDArray[np.bool_]:
    """
    Reject tests at a false discovery rate of at most `share`.

    Benjamini and Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x).
    """
    order = np.argsort(p_values)
    allowed = share * np.arange(1, len(p_values) + 1) / max(len(p_values), 1)
    below = np.flatnonzero(p_values[order] <= allowed)
    result = np.zeros(len(p_values), dtype=bool)
    if len(below):
        result[order[: below[-1] + 1]] = True
    return result


def local_statistics(
    counts: Floats, exposure: Floats, neighbours: csr_array, permutations: int, share: float, seed: int = SEED
) -> Local:
    """
    Return Getis-Ord Gi* and local Moran's I of rates, as `gi_star` and `local_moran` have them.

    Parameters
    ----------
    counts
        Shape (n,): events by segment.
    exposure
        Shape (n,): length, frontage or footfall.
    neighbours
        Shape (n, n): 1 for neighbours, 0 elsewhere and on the diagonal.
    permutations
        How many.
    share
        Of false discoveries.
    seed
        Of the permutations.
    """
    rate = empirical_bayes(counts, exposure)
    gi_z, p_value = gi_star(rate, neighbours, permutations, seed)
    moran, moran_p, quadrant = local_moran(rate, neighbours, permutations, seed)
    return Local(rate, gi_z, p_value, false_discovery(p_value, share), moran, moran_p, quadrant)


def _alike(rate: Floats) -> bool:
    """Tell whether rates are too few or too alike to tell any apart."""
    return len(rate) < 3 or rate.std() <= 1e-12 * max(float(np.abs(rate).max(initial=0.0)), 1e-300)


def gi_star(rate: Floats, neighbours: csr_array, permutations: int, seed: int = SEED) -> tuple[Floats, Floats]:
    """
    Return Gi* of rates, standardised, and how often chance gives as high a one.

    That of Ord and Getis (1995, doi:10.1111/j.1538-4632.1995.tb00912.x) with weights of 1 for a segment and its
    neighbours. Chance shuffles all rates. What it gives a segment depends on how many neighbours it has only: so sums
    of as many rates that follow each other in shuffles are what Gi* is ranked among, far more than the shuffles
    themselves.

    Parameters
    ----------
    rate
        Shape (n,).
    neighbours, permutations, seed
        As `local_statistics` takes them.
    """
    n = len(rate)
    if _alike(rate):
        return np.zeros(n), np.ones(n)
    own = csr_array(neighbours + eye_array(n, format="csr"))
    size = np.asarray(own.sum(axis=1)).ravel()
    sums = own @ rate
    deviation = rate.std() * np.sqrt(np.maximum((n * size - size**2) / (n - 1), 1e-300))
    p_value = _chance_of_sums(sums, size.astype(np.int64), rate, permutations, np.random.default_rng(seed))
    return (sums - rate.mean() * size) / deviation, p_value


def local_moran(
    rate: Floats, neighbours: csr_array, permutations: int, seed: int = SEED
) -> tuple[Floats, Floats, NDArray[np.object_]]:
    """
    Return local Moran's I of rates, its p-value by permutation, and the quadrant.

    That of Anselin (1995, doi:10.1111/j.1538-4632.1995.tb00338.x) with weights that sum to 1. For chance a segment
    keeps its rate and the others are shuffled (conditional permutation).

    Parameters
    ----------
    rate
        Shape (n,).
    neighbours, permutations, seed
        As `local_statistics` takes them.
    """
    n = len(rate)
    if _alike(rate):
        return np.zeros(n), np.ones(n), np.full(n, "low_low", dtype=object)
    degree = np.asarray(neighbours.sum(axis=1)).ravel()
    weights = csr_array(neighbours.multiply(1 / np.maximum(degree, 1)[:, None]))
    z = (rate - rate.mean()) / rate.std()
    lag = weights @ z
    moran = z * lag
    above, below = np.zeros(n), np.zeros(n)
    rng = np.random.default_rng(seed)
    for begin in range(0, permutations, _CHUNK):
        size_now = min(_CHUNK, permutations - begin)
        shuffled = rng.permuted(np.broadcast_to(z, (size_now, n)), axis=1).T
        chance = z[:, None] * (weights @ shuffled)
        above += (chance >= moran[:, None] - 1e-12).sum(axis=1)
        below += (chance <= moran[:, None] + 1e-12).sum(axis=1)
    moran_p = np.minimum(2 * (np.minimum(above, below) + 1) / (permutations + 1), 1.0)
    moran_p[degree == 0] = 1.0
    sides = np.array([["low_low", "low_high"], ["high_low", "high_high"]], dtype=object)
    return moran, moran_p, sides[(z > 0).astype(int), (lag > 0).astype(int)]


def _chance_of_sums(
    sums: Floats, size: Integers, values: Floats, permutations: int, rng: np.random.Generator
) -> Floats:
    """Return how often as many values that follow each other in a shuffle add up to as much as each sum."""
    n = len(values)
    shuffles = int(np.clip(_WINDOWS // n, 1, permutations))
    cumulative = np.zeros((shuffles, n + 1))
    np.cumsum(rng.permuted(np.broadcast_to(values, (shuffles, n)), axis=1), axis=1, out=cumulative[:, 1:])
    result = np.ones(n)
    for number in np.unique(size):
        mine = np.flatnonzero(size == number)
        chance = (cumulative[:, number:] - cumulative[:, : n + 1 - number]).ravel()
        order = mine[np.argsort(sums[mine])]
        # each chance sum counts for all observed ones that are no larger
        reached = np.searchsorted(sums[order], chance + 1e-12, "right")
        at_least = np.cumsum(np.bincount(reached, minlength=len(order) + 1)[::-1])[::-1][1:]
        result[order] = (at_least + 1) / (len(chance) + 1)
    return result


class Cluster(NamedTuple):
    """
    A cluster that the scan found.

    Attributes
    ----------
    members
        The segments in it.
    events, expected
        How many it has, and how many it would have at the mean rate.
    ratio
        The logarithm of the likelihood ratio.
    p_value
        How often chance gives a cluster as strong anywhere.
    """

    members: Integers
    events: float
    expected: float
    ratio: float
    p_value: float


def scan(
    counts: Floats,
    exposure: Floats,
    near: tuple[Integers, Integers, Floats],
    most_share: float,
    simulations: int,
    seed: int = SEED,
) -> list[Cluster]:
    """
    Return the strongest clusters; none shares a segment with a stronger one.

    Kulldorff's scan statistic (1997, doi:10.1080/03610929708831995) with windows that grow along the network: around
    each segment, the nearest 1, 2, … others by network distance, as long as they have no more than a share of all
    exposure. Chance: all events fall anew, by exposure; the strongest cluster anywhere is what each is compared with.

    Parameters
    ----------
    counts, exposure
        Shape (n,).
    near
        Pairs `centre`, `other`, `distance`, the segment itself at distance 0.
    most_share
        Of all exposure, the most that a window has.
    simulations
        How many times events fall anew.
    seed
        Of those.
    """
    centre, other, distance = near
    order = np.lexsort((other, distance, centre))
    centre, other = centre[order], other[order]
    total, whole = counts.sum(), exposure.sum()
    if total == 0 or whole == 0 or len(centre) == 0:
        return []
    first = np.searchsorted(centre, centre)
    sums = np.cumsum(exposure[other])
    expected = (sums - (sums - exposure[other])[first]) / whole * total
    allowed = expected <= most_share * total + 1e-9  # windows grow: the first ones of each centre
    other, first, expected = other[allowed], _renumbered(first, allowed), expected[allowed]
    windows = _Windows(other, first, expected, total)
    found = windows.ratios(counts)
    rng = np.random.default_rng(seed)
    shares = exposure / whole
    strongest = np.zeros(simulations)
    for start in range(0, simulations, _TOGETHER):
        together = min(_TOGETHER, simulations - start)
        fallen = rng.multinomial(round(total), shares, size=together)
        strongest[start : start + together] = windows.strongest(np.ascontiguousarray(fallen.T, dtype=float))
    return _apart(counts, expected, found, strongest, lambda window: other[first[window] : window + 1])


def _renumbered(first: Integers, kept: NDArray[np.bool_]) -> Integers:
    """Return the first window of each kept window's centre, numbered among the kept ones."""
    return np.asarray((np.cumsum(kept) - kept)[first[kept]])


class _Windows:
    """
    Windows of a scan, looked at a block at a time, so that a block's numbers stay in the processor's cache.

    Parameters
    ----------
    other, first
        Shape (k,): the segment that a window adds to the one before, and the first window of its centre.
    expected
        Shape (k,): events by chance.
    total
        Of all events.
    """

    def __init__(self, other: Integers, first: Integers, expected: Floats, total: float) -> None:
        self._other, self._first, self._expected, self._total = other, first, expected, total
        starts = np.append(np.unique(first), len(first))
        wanted = np.arange(0, len(first) + _BLOCK, _BLOCK)
        self._blocks = np.unique(np.append(starts[np.searchsorted(starts, wanted[:-1], "right") - 1], len(first)))

    def ratios(self, counts: Floats) -> Floats:
        """Return the likelihood ratio of each window, 0 where there are no more events than by chance."""
        result = np.zeros(len(self._other))
        for start, end in pairwise(self._blocks.tolist()):
            events = self._events(counts[:, None], start, end)[:, 0]
            hot = np.flatnonzero(events > self._expected[start:end])
            result[start + hot] = self._ratio(events[hot], self._expected[start + hot])
        return result

    def strongest(self, counts: Floats) -> Floats:
        """
        Return the largest likelihood ratio of several sets of events, shape (n, sets).

        With e events where E are expected of T, the ratio is at most (e - E)² T / (E (T - E)), as log x <= x - 1: it is
        computed only where that is above the largest so far.
        """
        result = np.zeros(counts.shape[1])
        for start, end in pairwise(self._blocks.tolist()):
            events, expected = self._events(counts, start, end), self._expected[start:end, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                most = np.maximum(events - expected, 0.0) ** 2 * (self._total / (expected * (self._total - expected)))
            window, of = np.nonzero(~(most <= result))
            above = events[window, of] > expected[window, 0]
            window, of = window[above], of[above]
            np.maximum.at(result, of, self._ratio(events[window, of], expected[window, 0]))
        return result

    def _events(self, counts: Floats, start: int, end: int) -> Floats:
        """Return the events in the windows of a block, shape (windows, sets)."""
        added = counts[self._other[start:end]]
        sums = np.cumsum(added, axis=0)
        return np.asarray(sums - (sums - added)[self._first[start:end] - start])

    def _ratio(self, events: Floats, expected: Floats) -> Floats:
        outside, beyond = self._total - events, self._total - expected
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(outside > 0, outside * np.log(outside / beyond), 0.0)
            return np.asarray(events * np.log(events / expected) + rest)


def _apart(
    counts: Floats, expected: Floats, found: Floats, strongest: Floats, members_of: Callable[[int], Integers]
) -> list[Cluster]:
    """
    Return the windows beyond chance, the strongest first; none shares a segment with a stronger one.

    Parameters
    ----------
    counts
        Shape (n,): events by segment.
    expected, found
        Shape (k,): by window, the events by chance, and the likelihood ratio.
    strongest
        The strongest ratio of each simulation.
    members_of
        Returns the segments of a window.
    """
    clusters: list[Cluster] = []
    taken = np.zeros(len(counts), dtype=bool)
    for window in np.argsort(-found, kind="stable"):
        if found[window] <= 0 or len(clusters) == _MOST_CLUSTERS:
            break
        inside = members_of(int(window))
        if taken[inside].any():
            continue
        p_value = float(((strongest >= found[window] - 1e-12).sum() + 1) / (len(strongest) + 1))
        if p_value > _LEAST_SURE:
            break
        taken[inside] = True
        clusters.append(
            Cluster(inside, float(counts[inside].sum()), float(expected[window]), float(found[window]), p_value)
        )
    return clusters
