"""Streets hot beyond chance: local statistics on segments, with rates that small counts do not mislead."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

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
        The excess of the segment's clearest neighbourhood in standard deviations.
    p_value
        How likely chance gives as many places there: one-sided, exact.
    hot
        Whether some stretch of it is in a hot neighbourhood.
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


def alike(rate: Floats) -> bool:
    """Tell whether rates are too few or too alike to tell any apart."""
    return len(rate) < 3 or rate.std() <= 1e-12 * max(float(np.abs(rate).max(initial=0.0)), 1e-300)


def local_moran(
    rate: Floats, neighbours: csr_array, permutations: int, seed: int = SEED
) -> tuple[Floats, Floats, NDArray[np.object_]]:
    """
    Return local Moran's I of rates, its p-value by permutation, and the quadrant.

    That of Anselin (1995, doi:10.1111/j.1538-4632.1995.tb00338.x) with weights that sum to 1. For chance a segment
    keeps its rate and its neighbours' are drawn from all (`chance_of_sums`).

    Parameters
    ----------
    rate
        Shape (n,).
    neighbours
        Shape (n, n): 1 for neighbours, 0 elsewhere and on the diagonal.
    permutations
        How many.
    seed
        Of the permutations.
    """
    n = len(rate)
    if alike(rate):
        return np.zeros(n), np.ones(n), np.full(n, "low_low", dtype=object)
    degree = np.asarray(neighbours.sum(axis=1)).ravel()
    weights = csr_array(neighbours.multiply(1 / np.maximum(degree, 1)[:, None]))
    z = (rate - rate.mean()) / rate.std()
    lag = weights @ z
    moran = z * lag
    sums, size = neighbours @ z, degree.astype(np.int64)
    rng = np.random.default_rng(seed)
    above, below = (chance_of_sums(side * sums, size, side * z, permutations, rng) for side in (1.0, -1.0))
    moran_p = np.minimum(2 * np.minimum(above, below), 1.0)
    moran_p[degree == 0] = 1.0
    sides = np.array([["low_low", "low_high"], ["high_low", "high_high"]], dtype=object)
    return moran, moran_p, sides[(z > 0).astype(int), (lag > 0).astype(int)]


def chance_of_sums(sums: Floats, size: Integers, values: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    """
    Return how often as many values that follow each other in a shuffle add up to as much as each sum.

    What chance gives a segment depends on how many neighbours it has only: so there are far more such sums than
    shuffles.

    Parameters
    ----------
    sums, size
        Shape (n,): of a segment's neighbours, and how many values each has.
    values
        Shape (n,).
    permutations
        Shuffles at most.
    rng
        Where they come from.
    """
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
