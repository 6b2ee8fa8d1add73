"""The former answer to where complaints are dense: Getis-Ord Gi* of shrunk rates by segment, ranked by permutation."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, eye_array

from geo.complaints.local_statistics import (
    SEED,
    Local,
    alike,
    chance_of_sums,
    empirical_bayes,
    false_discovery,
    local_moran,
)
from geo.core.arrays import Floats


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


def gi_star(rate: Floats, neighbours: csr_array, permutations: int, seed: int = SEED) -> tuple[Floats, Floats]:
    """
    Return Gi* of rates, standardised, and how often chance gives as high a one.

    That of Ord and Getis (1995, doi:10.1111/j.1538-4632.1995.tb00912.x) with weights of 1 for a segment and its
    neighbours. Chance shuffles all rates (`chance_of_sums`).

    Parameters
    ----------
    rate
        Shape (n,).
    neighbours, permutations, seed
        As `local_statistics` takes them.
    """
    n = len(rate)
    if alike(rate):
        return np.zeros(n), np.ones(n)
    own = csr_array(neighbours + eye_array(n, format="csr"))
    size = np.asarray(own.sum(axis=1)).ravel()
    sums = own @ rate
    deviation = rate.std() * np.sqrt(np.maximum((n * size - size**2) / (n - 1), 1e-300))
    p_value = chance_of_sums(sums, size.astype(np.int64), rate, permutations, np.random.default_rng(seed))
    return (sums - rate.mean() * size) / deviation, p_value
