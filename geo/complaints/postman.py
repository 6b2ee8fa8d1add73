"""The rural postman problem on foot: a short closed walk along every required street, and a bound on the shortest."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from geo.complaints.postman_bound import direct_pairs, linking_bound
from geo.complaints.tours import held_karp, improved
from geo.core.arrays import Flags, Floats, Integers

EXACT: Final = 11
"""Required edges for which the shortest walk is found for certain."""

_MATCHED: Final = 160
"""Odd nodes that are paired in the best way; more are paired in turn and exchanged."""

_PASSES: Final = 50


class Order(NamedTuple):
    """
    An order of required edges.

    Attributes
    ----------
    edge, forward
        Shape (r,): each required edge once, and whether it is walked from tail to head.
    bound
        No closed walk along all of them is shorter.
    """

    edge: Integers
    forward: Flags
    bound: float


def postman(tail: Integers, head: Integers, cost: Floats, between: Floats) -> Order:
    """
    Return a good order to walk required edges, and a bound.

    Up to `EXACT` edges it is the shortest (Held and Karp's recursion). Beyond, Frederickson's heuristic (1979;
    Corberan and Laporte, Arc Routing, 2015, ch. 3): the pieces that the edges form are joined by the least tree of
    shortest ways, nodes of odd degree are paired at least cost, and an Euler circuit gives an order; then edges are
    turned, exchanged and moved as long as that shortens it.

    The bound is the required length, and the most of three things that any walk has besides: the least pairing of the
    nodes where an odd number of required edges ends; what links `c` pieces: each is left and entered, so at least
    `c / (c - 1)` of the least tree between them; and `linking_bound`, with both at a time.

    Parameters
    ----------
    tail, head
        Shape (r,): places of the required edges' ends.
    cost
        Shape (r,): their lengths.
    between
        Shape (p, p): shortest ways between the places; symmetric, finite.
    """
    piece = _pieces(tail, head, len(between))
    tree, tree_cost = _joining(piece, between)
    odd = _odd(np.concatenate([tail, head]), len(between))
    pieces = len(np.unique(piece[tail]))
    linking = tree_cost * pieces / (pieces - 1) if pieces > 1 else 0.0
    if len(tail) <= EXACT:
        edge, forward = held_karp(tail, head, between)
        length = float(cost.sum()) + _links(edge, forward, tail, head, between)
        return Order(edge, forward, length)
    least = max(linking, _least_pairing(odd, between), linking_bound(piece, odd, between))
    bound = float(cost.sum()) + least
    ends = np.concatenate([tail, head, tree[:, 0], tree[:, 1]])
    pairs = paired(_odd(ends, len(between)), between)
    links = np.concatenate([tree, pairs])
    edge, forward = _euler_order(tail, head, links)
    edge, forward = improved(edge, forward, tail, head, between)
    return Order(edge, forward, bound)


def _links(edge: Integers, forward: Flags, tail: Integers, head: Integers, between: Floats) -> float:
    """Return the length of the ways between required edges in an order."""
    begin = np.where(forward, tail[edge], head[edge])
    end = np.where(forward, head[edge], tail[edge])
    return float(between[end, np.roll(begin, -1)].sum())


def _pieces(tail: Integers, head: Integers, places: int) -> Integers:
    """Return the piece that each place is in by the required edges alone."""
    links = coo_array((np.ones(len(tail)), (tail, head)), shape=(places, places))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _odd(ends: Integers, places: int) -> Integers:
    """Return the places with an odd number of edges' ends."""
    return np.flatnonzero(np.bincount(ends, minlength=places) % 2)


def _joining(piece: Integers, between: Floats) -> tuple[Integers, float]:
    """Return pairs of places with shortest ways between them that join all pieces at least cost, and the cost."""
    order = np.argsort(piece, kind="stable")
    starts = np.searchsorted(piece[order], np.arange(piece.max(initial=-1) + 1))
    if len(starts) < 2:
        return np.zeros((0, 2), dtype=np.int64), 0.0
    ranked = between[np.ix_(order, order)]
    least = np.minimum.reduceat(np.minimum.reduceat(ranked, starts, axis=0), starts, axis=1)
    tree = minimum_spanning_tree(np.maximum(least, 1e-9)).tocoo()
    ends = np.append(starts, len(order))
    pairs = []
    for one, two in zip(*tree.coords, strict=True):
        block = ranked[starts[one] : ends[one + 1], starts[two] : ends[two + 1]]
        row, column = np.unravel_index(int(np.argmin(block)), block.shape)
        pairs.append((order[starts[one] + row], order[starts[two] + column]))
    return np.array(pairs, dtype=np.int64), float(tree.sum())


def paired(places: Integers, between: Floats) -> Integers:
    """
    Pair places at a small sum of ways: the smallest up to a size, else nearest first and exchanged.

    Parameters
    ----------
    places
        Shape (2k,).
    between
        As `postman` takes it.

    Returns
    -------
    pairs
        Shape (k, 2).
    """
    if len(places) == 0:
        return np.zeros((0, 2), dtype=np.int64)
    own = between[np.ix_(places, places)]
    found = _best_pairs(own) if len(places) <= _MATCHED else _exchanged(_greedy_pairs(own), own)
    return np.asarray(places[found])


def _best_pairs(cost: Floats) -> Integers:
    """
    Return the perfect matching of least cost (Edmonds' blossoms, networkx).

    A pair whose shortest way passes a third place is left out: the third's partner can be exchanged for one of them.
    """
    import networkx as nx  # noqa: PLC0415 (only rounds wait for it to load)

    n = len(cost)
    direct = direct_pairs(cost)
    for kept in (direct, ~np.eye(n, dtype=bool)):
        row, column = np.nonzero(np.triu(kept))
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_weighted_edges_from(zip(row.tolist(), column.tolist(), cost[row, column].tolist(), strict=True))
        pairs = nx.min_weight_matching(graph)
        if 2 * len(pairs) == n:
            break
    return np.array(sorted(pairs), dtype=np.int64)


def _greedy_pairs(cost: Floats) -> Integers:
    """Return pairs, the nearest first."""
    row, column = np.triu_indices(len(cost), 1)
    free = np.ones(len(cost), dtype=bool)
    pairs = []
    for at in np.argsort(cost[row, column], kind="stable").tolist():
        if free[row[at]] and free[column[at]]:
            free[row[at]] = free[column[at]] = False
            pairs.append((row[at], column[at]))
    return np.array(pairs, dtype=np.int64)


def _exchanged(pairs: Integers, cost: Floats) -> Integers:
    """Exchange the partners of two pairs, the best exchange first, as long as that shortens them."""
    pairs = pairs.copy()
    for _ in range(_PASSES * len(pairs)):
        one, two = pairs.T
        now = cost[one, two]
        straight = cost[np.ix_(one, one)] + cost[np.ix_(two, two)]
        crossed = cost[np.ix_(one, two)] + cost[np.ix_(two, one)]
        gain = now[:, None] + now[None, :] - np.minimum(straight, crossed)
        np.fill_diagonal(gain, 0.0)
        first, second = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[first, second] <= 1e-9:
            break
        (a, b), (c, d) = pairs[first], pairs[second]
        pairs[[first, second]] = (
            ((a, c), (b, d)) if straight[first, second] <= crossed[first, second] else ((a, d), (b, c))
        )
    return pairs


def _least_pairing(places: Integers, between: Floats) -> float:
    """Return the cost of the best pairing, or a bound on it: half the best assignment of each place to another."""
    if len(places) == 0:
        return 0.0
    cost = between[np.ix_(places, places)]
    if len(places) <= _MATCHED:
        pairs = _best_pairs(cost)
        return float(cost[pairs[:, 0], pairs[:, 1]].sum())
    np.fill_diagonal(cost, float(cost.max()) * len(cost) + 1.0)
    return float(cost[linear_sum_assignment(cost)].sum()) / 2


def _euler_order(tail: Integers, head: Integers, links: Integers) -> tuple[Integers, Flags]:
    """Return the required edges in the order of an Euler circuit of them and the links."""
    one, two = np.concatenate([tail, links[:, 0]]), np.concatenate([head, links[:, 1]])
    walk, forward = euler_circuit(one, two)
    required = walk < len(tail)
    return walk[required], forward[required]


def euler_circuit(tail: Integers, head: Integers) -> tuple[Integers, Flags]:
    """
    Return the edges of a connected graph, of even degree everywhere, in the order of a closed walk (Hierholzer).

    Parameters
    ----------
    tail, head
        Shape (m,): places; edges may be parallel or loops.

    Returns
    -------
    edge, forward
        Shape (m,): each edge once, and whether it is walked from tail to head.
    """
    at: dict[int, list[int]] = {}
    for edge, (one, two) in enumerate(zip(tail.tolist(), head.tolist(), strict=True)):
        at.setdefault(one, []).append(edge)
        at.setdefault(two, []).append(edge)
    used = [False] * len(tail)
    stack: list[tuple[int, int, bool]] = [(int(tail[0]), -1, True)]
    walk: list[tuple[int, bool]] = []
    while stack:
        place, came, ahead = stack[-1]
        around = at[place]
        while around and used[around[-1]]:
            around.pop()
        if around:
            edge = around.pop()
            used[edge] = True
            forward = int(tail[edge]) == place
            stack.append((int(head[edge] if forward else tail[edge]), edge, forward))
        else:
            stack.pop()
            if came >= 0:
                walk.append((came, ahead))
    walk.reverse()
    edges, forwards = zip(*walk, strict=True)
    return np.array(edges, dtype=np.int64), np.array(forwards, dtype=bool)
