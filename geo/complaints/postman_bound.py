"""A bound on the ways that a closed walk adds to its required edges, by linear programming."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from geo.core.arrays import Flags, Floats, Integers

_MOST_PLACES: Final = 300
_MOST_PIECES: Final = 80
"""Beyond, the program takes too long for what it adds."""

_CUTS: Final = 40
_ENOUGH: Final = 2 - 1e-6


def direct_pairs(between: Floats) -> Flags:
    """
    Tell the pairs of places with no third place on a shortest way between them, shape (p, p), symmetric.

    Parameters
    ----------
    between
        Shape (p, p): shortest ways; symmetric.
    """
    direct = ~np.eye(len(between), dtype=bool)
    for third in range(len(between)):
        through = between[:, third, None] + between[None, third, :] <= between + 1e-9
        through[third, :] = through[:, third] = False
        direct &= ~through
    return direct


def linking_bound(piece: Integers, odd: Integers, between: Floats) -> float:
    """
    Return a bound on the ways that a closed walk adds to its required edges; 0 where it would take too long.

    The walk leaves and enters every group of pieces: at least two ways cross to the others. At a place where an odd
    number of required edges ends, at least one way begins. The least total of ways, whole or in fractions, that does
    both bounds any walk (the linear relaxation of Corberan and Sanchis, A polyhedral approach to the rural postman
    problem, European Journal of Operational Research 79, 1994); groups that are crossed too little are added as they
    are found.

    Parameters
    ----------
    piece
        Shape (p,): the piece of each place, by required edges.
    odd
        The places with an odd number of ends.
    between
        Shape (p, p): shortest ways.
    """
    names, of = np.unique(piece, return_inverse=True)
    if len(between) > _MOST_PLACES or not 1 < len(names) <= _MOST_PIECES:
        return 0.0
    one, two = np.nonzero(np.triu(direct_pairs(between)))
    cost, pair = between[one, two], np.arange(len(one))

    def crossing(groups: Flags, of_place: Integers) -> csr_array:
        """Return the pairs that cross each group's border, a row for each; `groups` has a column for each label."""
        inside = groups[:, of_place]
        return csr_array((inside[:, one] != inside[:, two]).astype(float))

    at_odd = np.zeros((len(odd), len(between)), dtype=bool)
    at_odd[np.arange(len(odd)), odd] = True
    ends = crossing(at_odd, np.arange(len(between)))
    rows = [ends, crossing(np.eye(len(names), dtype=bool), of)]
    least = [np.ones(len(odd)), np.full(len(names), 2.0)]
    bound = 0.0
    for _ in range(_CUTS):
        solved = linprog(cost, A_ub=-vstack(rows), b_ub=-np.concatenate(least), method="highs")
        if solved.x is None:
            break
        bound = float(solved.fun)
        used = np.asarray(solved.x)
        weight = csr_array((used[pair], (of[one], of[two])), shape=(len(names),) * 2)
        found = _crossed_too_little(weight)
        if found is None:
            break
        rows.append(crossing(found[None, :], of))
        least.append(np.full(1, 2.0))
    return max(bound, 0.0)


def _crossed_too_little(weight: csr_array) -> Flags | None:
    """Return a group of pieces with fewer than two ways to the others, None if there is none."""
    size = weight.shape[0]
    number, part = connected_components(weight > 1e-9, directed=False)
    if number > 1:
        return np.asarray(part == 0)
    if size < 3:
        return None
    import networkx as nx  # noqa: PLC0415 (only rounds wait for it to load)

    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    ways = weight + weight.T
    row, column = np.nonzero(np.triu(ways.toarray(), 1))
    graph.add_weighted_edges_from(zip(row.tolist(), column.tolist(), ways.toarray()[row, column].tolist(), strict=True))
    value, (group, _) = nx.stoer_wagner(graph)
    if value >= _ENOUGH:
        return None
    return np.isin(np.arange(size), list(group))
