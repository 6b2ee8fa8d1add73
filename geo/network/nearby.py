"""Pairs of positions near each other along the streets: all of a city at once, for short distances."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from geo.core.arrays import Floats, Integers, members, run_starts
from geo.network.graph import Network, Positions
from geo.network.snapping import edge_of

_CHUNK: Final = 32_768
"""How many positions are paired at a time: it bounds the memory."""


def near_pairs(network: Network, starts: Positions, targets: Positions, within_m: float) -> csr_array:
    """
    Return the distances along the streets between positions near each other.

    The same as `geo.network.searches.distances`, for distances of a few blocks: ways are grown from all junctions
    together, instead of a search from each start.

    Parameters
    ----------
    network
        Undirected, its costs metres, without private ways.
    starts, targets
        Positions on it.
    within_m
        The furthest distance that counts.

    Returns
    -------
    metres
        Shape (starts, targets): the distance of each pair within reach, also where it is 0; sorted by target.
    """
    (edge, along), aims = edge_of(network, starts), _Targets(network, targets, within_m)
    ends = np.stack([network.tail[edge], network.head[edge]], axis=1)
    off_m = np.stack([along, network.length_m[edge] - along], axis=1)
    ways = _node_ways(network, np.unique(ends[off_m <= within_m]), within_m)
    indptr, indices, data = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for begin in range(0, len(edge), _CHUNK):
        own = slice(begin, min(begin + _CHUNK, len(edge)))
        pairs = (_over_nodes(ends[own], off_m[own], ways, aims), aims.beside(edge[own], along[own]))
        start, target, metres = (np.concatenate(column) for column in zip(*pairs, strict=True))
        near = metres <= within_m
        start, target, metres = _least(start[near], target[near], metres[near], len(targets.segment))
        indptr.append(np.cumsum(np.bincount(start, minlength=own.stop - begin)) + indptr[-1][-1])
        indices.append(target)
        data.append(metres)
    shape = (len(edge), len(targets.segment))
    return csr_array((np.concatenate(data), np.concatenate(indices), np.concatenate(indptr)), shape=shape)


class _Targets:
    """Targets by the junctions at either end of their edges, the nearest first, and by edge."""

    def __init__(self, network: Network, targets: Positions, within_m: float) -> None:
        edge, self._along = edge_of(network, targets)
        ends = np.stack([network.tail[edge], network.head[edge]], axis=1)
        off_m = np.stack([self._along, network.length_m[edge] - self._along], axis=1)
        owner, side = np.nonzero(off_m <= within_m)
        self.within_m, self._span = within_m, within_m + 1.0
        key = ends[owner, side] * self._span + off_m[owner, side]
        order = np.argsort(key, kind="stable")
        self._owner, self._key = owner[order], key[order]
        self._by_edge = np.argsort(edge, kind="stable")
        self._first = np.searchsorted(edge[self._by_edge], np.arange(len(network.tail) + 1))

    def beyond(self, node: Integers, walked_m: Floats) -> tuple[Integers, Integers, Floats]:
        """Return the targets within reach of ways at a junction: number of the way, target, metres."""
        start = np.searchsorted(self._key, node * self._span, "left")
        stop = np.searchsorted(self._key, node * self._span + (self.within_m - walked_m), "right")
        which, number = members(np.maximum(stop - start, 0))
        entry = start[which] + number
        return which, self._owner[entry], walked_m[which] + (self._key[entry] - node[which] * self._span)

    def beside(self, edge: Integers, along: Floats) -> tuple[Integers, Integers, Floats]:
        """Return the targets on the edges of starts: number of the start, target, metres."""
        which, number = members(np.diff(self._first)[edge])
        target = self._by_edge[self._first[edge][which] + number]
        return which, target, np.abs(self._along[target] - along[which])


def _over_nodes(ends: Integers, off_m: Floats, ways: csr_array, targets: _Targets) -> tuple[Integers, Integers, Floats]:
    """Return the pairs of some starts with targets by way of a junction: number of the start, target, metres."""
    start, side = np.nonzero(off_m <= targets.within_m)
    node, walked_m = ends[start, side], off_m[start, side]
    which, number = members(np.diff(ways.indptr)[node])
    entry = ways.indptr[node][which] + number
    far = walked_m[which] + ways.data[entry]
    kept = far <= targets.within_m
    start, reached, far = _least(start[which[kept]], ways.indices[entry[kept]], far[kept], ways.shape[0])
    which, target, metres = targets.beyond(reached, far)
    return start[which], target, metres


def _least(one: Integers, two: Integers, metres: Floats, size: int) -> tuple[Integers, Integers, Floats]:
    """Return each pair once, with its least distance, sorted."""
    pair = one * np.int64(size) + two
    if len(pair) == 0:
        return pair, pair, metres
    order = np.argsort(pair)
    pair = pair[order]
    first = np.flatnonzero(run_starts(pair))
    one, two = np.divmod(pair[first], size)
    return one, two, np.minimum.reduceat(metres[order], first)


def _node_ways(network: Network, starts: Integers, within_m: float) -> csr_array:
    """Return the shortest ways from junctions to all within a distance, each to itself at 0; shape (n, n)."""
    size, steps = network.size, network.matrix
    one = two = starts
    new_m = np.zeros(len(starts))
    pair, metres = one * np.int64(size) + two, new_m.copy()
    while len(one):
        which, number = members(np.diff(steps.indptr)[two].astype(np.int64))
        entry = steps.indptr[two][which] + number
        far = new_m[which] + steps.data[entry]
        kept = far <= within_m
        one, two, new_m = _least(one[which[kept]], steps.indices[entry[kept]], far[kept], size)
        reached = one * np.int64(size) + two
        at = np.minimum(np.searchsorted(pair, reached), len(pair) - 1)
        known = pair[at] == reached
        shorter = ~known | (new_m < metres[at])
        one, two, new_m, reached, known, at = (each[shorter] for each in (one, two, new_m, reached, known, at))
        metres[at[known]] = new_m[known]
        where = np.searchsorted(pair, reached[~known])
        pair, metres = np.insert(pair, where, reached[~known]), np.insert(metres, where, new_m[~known])
    left, right = np.divmod(pair, size) if len(pair) else (pair, pair)
    return csr_array((metres, right, np.searchsorted(left, np.arange(size + 1))), shape=(size, size))
