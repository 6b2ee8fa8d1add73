"""Through traffic, by how many of the quickest ways through a city pass a segment."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from geo.network.graph import Network

PIVOTS: Final = 128
"""How many origins are sampled; `Traffic.error` says what that is worth."""
_SEED: Final = 721
_BATCH: Final = 16
_CONFIDENCE: Final = 0.95

_NORMAL_95: Final = 1.959964


class Traffic(NamedTuple):
    """
    Betweenness of edges.

    Attributes
    ----------
    share
        Shape (m,): of all pairs of connected nodes, the share whose quickest way passes the edge.
    error
        Shape (m,): half the width of the 95 % interval of each edge's share, by itself (normal approximation of the
        mean over origins, without replacement). It says too little of edges that few origins use: a sample may miss
        them all; `bound` does not.
    bound
        With 95 % probability no edge is further from its true share than this (empirical Bernstein bound of Maurer and
        Pontil 2009, over all edges by a union bound).
    pivots
        How many origins were sampled.
    """

    share: NDArray[np.float64]
    error: NDArray[np.float64]
    bound: float
    pivots: int


def betweenness(network: Network, pivots: int = PIVOTS, seed: int = _SEED) -> Traffic:
    """
    Estimate the betweenness of every edge from a sample of origins, each with its ways to all nodes.

    Each origin's tree of quickest ways gives every edge the share of destinations beyond it (Brandes 2001; sampling of
    origins: Brandes and Pich 2007, doi:10.1142/S0218127407018403). Of ways that are equally quick, one counts. The
    destinations beyond an edge are summed by pointer doubling: all nodes at once, in log(depth) rounds.

    Parameters
    ----------
    network
        The driving network.
    pivots
        How many origins; all nodes where there are fewer.
    seed
        Of the sample.

    Returns
    -------
    traffic
    """
    n, m = network.size, len(network.tail)
    if n < 2:
        return Traffic(np.zeros(m), np.zeros(m), 0.0, n)
    chosen = np.random.default_rng(seed).permutation(n)[:pivots]
    pairs, edge = network.cheapest(reverse=True)  # by where an edge leads: asked in that order
    total, squares = np.zeros(m), np.zeros(m)
    for begin in range(0, len(chosen), _BATCH):
        batch = chosen[begin : begin + _BATCH]
        cost, before = dijkstra(network.matrix, directed=True, indices=batch, return_predecessors=True)
        for reached, parent in zip(np.isfinite(cost), before, strict=True):
            share = _beyond(parent, reached, n) / (n - 1)
            used = np.flatnonzero(parent >= 0)
            # a tree has each edge once
            passed = edge[np.searchsorted(pairs, used * np.int64(n) + parent[used])]
            total[passed] += share[used]
            squares[passed] += share[used] ** 2
    k = len(chosen)
    mean = total / k
    variance = np.maximum(squares / k - mean**2, 0.0) * (k / max(k - 1, 1))
    unseen = 1 - k / n
    error = _NORMAL_95 * np.sqrt(variance / k * unseen)
    log = np.log(2 * m / (1 - _CONFIDENCE))
    bound = float(np.sqrt(2 * variance.max() * log / k) + 7 * log / (3 * max(k - 1, 1))) if unseen > 0 else 0.0
    return Traffic(mean, error, bound, k)


def _beyond(parent: NDArray[np.int32], reached: NDArray[np.bool_], n: int) -> NDArray[np.float64]:
    """Return for each node how many nodes' ways from the origin pass or end at it, by pointer doubling."""
    count = reached.astype(np.float64)
    # beyond the root stands node n, which points at itself
    jump = np.append(np.where(parent >= 0, parent, n), n)
    while True:
        alive = np.flatnonzero(jump[:n] < n)
        if len(alive) == 0:
            return count
        count = count + np.bincount(jump[alive], weights=count[alive], minlength=n + 1)[:n]
        jump = jump[jump]
