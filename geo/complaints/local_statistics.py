"""Streets hot beyond chance: local statistics on segments, with rates that small counts do not mislead."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from geo.core.arrays import Floats, Integers

SEED: Final = 721
"""Of the shuffles, so that a result can be repeated."""

_WINDOWS: Final = 500_000
"""About how many chance sums there are for each number of neighbours."""


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
    keeps its rate and its neighbours' are drawn from all: sums of as many rates that follow each other in shuffles, as
    for `gi_star`.

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
    sums, size = neighbours @ z, degree.astype(np.int64)
    rng = np.random.default_rng(seed)
    above, below = (_chance_of_sums(side * sums, size, side * z, permutations, rng) for side in (1.0, -1.0))
    moran_p = np.minimum(2 * np.minimum(above, below), 1.0)
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
