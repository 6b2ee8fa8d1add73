"""Made-up problems of siting: networks, and homes with the sites that cover them."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.facilities.cover_matrix import CoverMatrix
from geo.facilities.location_problem import LocationProblem

PRICES: Final = ("one", "whole", "with cents", "any", "some for nothing")


def network_problem(seed: int, nodes: int, count: int) -> LocationProblem:
    """A p-median as OR-Library's are: every node of a random network is a customer and a site."""
    rng = np.random.default_rng(seed)
    edges = np.concatenate([np.column_stack([np.arange(1, nodes), rng.integers(0, np.arange(1, nodes))]),
                            rng.integers(0, nodes, (2 * nodes, 2))])  # fmt: skip
    cost = rng.integers(1, 100, len(edges)).astype(float)
    graph = coo_array((cost, (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    walks = dijkstra(graph.tocsr(), directed=False)
    i, j = np.divmod(np.arange(nodes * nodes), nodes)
    none = np.zeros(nodes, dtype=bool)
    return LocationProblem(
        weight=np.ones(nodes),
        demand=i,
        site=j,
        walk_m=walks[i, j],
        kept=none,
        closable=none,
        price=np.ones(nodes),
        room=np.full(nodes, np.inf),
        number=count,
        budget=np.inf,
        within_m=100.0,
        beyond_m=float(walks.max()),
    )


def town(seed: int, rows: int = 12, sites: int = 9, prices: str = "one") -> CoverMatrix:
    """Return homes and sites at random; every home has a site."""
    rng = np.random.default_rng(seed)
    table = rng.random((rows, sites)) < rng.uniform(0.15, 0.5)
    table[np.arange(rows), rng.integers(0, sites, rows)] = True
    price = {
        "one": np.ones(sites),
        "whole": rng.integers(1, 6, sites).astype(float),
        "with cents": rng.integers(100, 900, sites) / 100,
        "any": rng.random(sites) + 0.1,
        "some for nothing": rng.integers(0, 3, sites).astype(float),
    }[prices]
    row, site = np.nonzero(table)
    return CoverMatrix.of(row, site, rows, price)


def cheapest(matrix: CoverMatrix) -> float:
    """The price of the cheapest of all choices that cover every row."""
    table, best = matrix.table.toarray() > 0, np.inf
    for chosen in itertools.product([False, True], repeat=len(matrix.price)):
        opened = np.array(chosen)
        if table[:, opened].any(axis=1).all():
            best = min(best, float(matrix.price[opened].sum()))
    return best


def hard_cover(seed: int) -> CoverMatrix:
    """Return 200 places and 1,000 sites of four places each: the relaxation is far below the best cover."""
    rng = np.random.default_rng(seed)
    row = rng.integers(0, 200, 4000)
    return CoverMatrix.of(row, np.repeat(np.arange(1000), 4), 200, np.ones(1000))
