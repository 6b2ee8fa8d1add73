"""Cuts of a street network along spanning trees: both sides of a cut are in one piece."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra, minimum_spanning_tree

from geo.core.arrays import Flags, Floats, Integers

_SHAKEN: Final = 0.6
"""By what share lengths are varied, so that each tree is another one."""


class Tree(NamedTuple):
    """
    A spanning tree.

    Attributes
    ----------
    order
        Shape (n,): the nodes, each after the one before it; the first is the root.
    before
        Shape (n,): each node's neighbour towards the root; negative for the root.
    """

    order: Integers
    before: Integers

    def sums(self, values: Floats) -> Floats:
        """Return the sum of the values in the subtree of each node."""
        total, before = values.tolist(), self.before.tolist()
        for node in self.order[:0:-1].tolist():
            total[before[node]] += total[node]
        return np.array(total)

    def below(self, top: int) -> Flags:
        """Tell the nodes of the subtree of a node."""
        inside, before = [False] * len(self.order), self.before.tolist()
        inside[top] = True
        for node in self.order[1:].tolist():
            inside[node] = inside[node] or inside[before[node]]
        return np.array(inside)


class Side(NamedTuple):
    """
    One side of a cut.

    Attributes
    ----------
    inside
        Shape (n,): the nodes on it.
    load
        The larger of the two sides' work by district.
    """

    inside: NDArray[np.bool_]
    load: float


def spanning_tree(length: csr_array, rng: np.random.Generator, shortest: bool, root: int | None = None) -> Tree:
    """
    Return a spanning tree at random.

    Parameters
    ----------
    length
        Shape (n, n): symmetric, in one piece.
    rng
        Of the varied lengths, and of the root.
    shortest
        Whether it is the tree of shortest ways from its root, with compact subtrees; else one of least total length, of
        lengths without regard to the true ones.
    root
        By default any node.
    """
    top = int(rng.integers(length.shape[0])) if root is None else root
    if shortest:
        varied = _weighted(length, length.data * rng.uniform(1 - _SHAKEN, 1 + _SHAKEN, len(length.data)))
        away, before = dijkstra(varied, directed=False, indices=top, return_predecessors=True)
        return Tree(np.argsort(away, kind="stable"), before.astype(np.int64))
    varied = _weighted(length, rng.uniform(1.0, 2.0, len(length.data)))
    order, before = breadth_first_order(minimum_spanning_tree(varied), top, directed=False)
    return Tree(order.astype(np.int64), before.astype(np.int64))


def _weighted(matrix: csr_array, values: Floats) -> csr_array:
    return csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def halve(
    length: csr_array, work: Floats, parts: tuple[int, int], slack: float, trees: int, rng: np.random.Generator
) -> Side | None:
    """
    Cut a piece of the network into two for so many districts each.

    Parameters
    ----------
    length
        Shape (n, n): symmetric, in one piece.
    work
        Shape (n,).
    parts
        How many districts the side that is returned, and the other, are for: each has as many nodes with work.
    slack
        Cuts that are this near an even one, as a share of the mean, are told apart by how few streets they cut.
    trees
        How many are tried.
    rng
        Of the trees.

    Returns
    -------
    side
        The first side, or None where no cut leaves enough nodes with work on both.
    """
    total, some = float(work.sum()), (work > 0).astype(float)
    mean = total / sum(parts)
    row, column = length.nonzero()
    best: tuple[tuple[float, int], Side] | None = None
    for number in range(trees):
        tree = spanning_tree(length, rng, number % 2 == 0)
        found = _cut(tree, work, some, parts)
        if found is None:
            continue
        inside = tree.below(found[0])
        if not found[1]:
            inside = ~inside
        crossed = int((inside[row] != inside[column]).sum())
        excess = max(found[2] / mean - 1 - slack, 0.0) if mean else 0.0
        if best is None or (excess, crossed) < best[0]:
            best = (excess, crossed), Side(inside, found[2])
    return None if best is None else best[1]


def _cut(tree: Tree, work: Floats, some: Floats, parts: tuple[int, int]) -> tuple[int, bool, float] | None:
    """Return the top of the best subtree to cut off, whether it is the first side, and the larger load by district."""
    below, many = tree.sums(work), tree.sums(some)
    root = int(tree.order[0])
    rest, others = below[root] - below, many[root] - many
    loads = []
    for first, second in (parts, parts[::-1]):
        fits = (many >= first) & (others >= second)
        fits[root] = False
        loads.append(np.where(fits, np.maximum(below / first, rest / second), np.inf))
    both = np.stack(loads)
    side, top = np.unravel_index(int(np.argmin(both)), both.shape)
    load = float(both[side, top])
    return (int(top), side == 0, load) if np.isfinite(load) else None


def transfer(
    length: csr_array, work: Floats, touches: Flags, amount: float, trees: int, rng: np.random.Generator
) -> Flags | None:
    """
    Choose a piece of a district to give to a neighbour, with about an amount of work; the rest stays in one piece.

    Parameters
    ----------
    length
        Shape (n, n): of the district, in one piece.
    work
        Shape (n,).
    touches
        Shape (n,): nodes that meet the neighbour.
    amount
        Of work.
    trees, rng
        As `halve` takes them.

    Returns
    -------
    piece
        Shape (n,); None where none leaves the district some work and is nearer the amount than nothing.
    """
    some = (work > 0).astype(float)
    best: tuple[float, Flags] | None = None
    for number in range(trees):
        tree = spanning_tree(length, rng, number % 2 == 0)
        below, many, near = tree.sums(work), tree.sums(some), tree.sums(touches.astype(float))
        root = int(tree.order[0])
        fits = (near > 0) & (many < many[root])
        fits[root] = False
        miss = np.where(fits, np.abs(below - amount), np.inf)
        top = int(np.argmin(miss))
        if miss[top] < amount - 1e-12 and (best is None or miss[top] < best[0] - 1e-12):
            best = float(miss[top]), tree.below(top)
    return None if best is None else best[1]
