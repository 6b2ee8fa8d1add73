"""Good covers: the greedy one, and a local search that gives weight to rows hard to cover."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, Integers
from geo.facilities.cover_matrix import CoverMatrix
from geo.facilities.deadline import Deadline

_LOOK_EVERY: Final = 100
"""After how many steps the search looks at the clock."""

_KEPT_NEIGHBOURS: Final = 20_000_000
"""Neighbours of sites are kept from step to step as long as they are no more than this."""

_CHEAPEST: Final = 1e-9
"""A price of nothing counts as this in a comparison of gain by price."""

_SAME: Final = 1e-9
"""Relative: prices that differ by less are equal."""


def greedy_cover(matrix: CoverMatrix) -> Flags:
    """Return a cover: each time the site that covers most rows that are open, by its price; then without idle ones."""
    search = _Search(matrix, np.zeros(matrix.table.shape[1], dtype=bool))
    search.complete()
    return thinned(matrix, search.opened)


def thinned(matrix: CoverMatrix, opened: Flags) -> Flags:
    """Return a cover without the sites that it does not need, the dearest left out first."""
    columns = csr_array(matrix.table.T)
    opened = opened.copy()
    count = np.asarray(matrix.table @ opened.astype(np.float32)).round().astype(np.int64)
    sites = np.flatnonzero(opened)
    for site in sites[np.lexsort((np.diff(columns.indptr)[sites], -matrix.price[sites]))].tolist():
        rows = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
        if (count[rows] > 1).all():
            opened[site] = False
            count[rows] -= 1
    return opened


def searched_cover(
    matrix: CoverMatrix, opened: Flags, steps: int, enough: float, deadline: Deadline, seed: int = 0
) -> Flags:
    """
    Better a cover by local search with weights of rows.

    A site with little loss leaves the cover; an uncovered row, drawn at random, gets the site that gains most; rows
    still uncovered gain weight (Gao, Weise, Yao and Li 2015, doi:10.1016/j.ejor.2015.05.038).

    Parameters
    ----------
    matrix
        The problem.
    opened
        A cover from which the search begins.
    steps
        How many exchanges are tried: the same number finds the same cover on every machine.
    enough
        A cover of this price ends the search.
    deadline
        When it ends in any case.
    seed
        Of the rows drawn.
    """
    search = _Search(matrix, opened)
    draws = np.random.default_rng(seed).random(steps)
    best, cost = opened.copy(), float(matrix.price[opened].sum())
    last = -1
    for step in range(steps):
        open_rows = np.flatnonzero(search.count == 0)
        while len(open_rows) == 0:
            if search.cost < cost * (1 - _SAME):
                best, cost = search.opened.copy(), search.cost
            if cost <= enough * (1 + _SAME) or not search.opened.any():
                return best
            search.remove(search.least_loss(-1), step)
            open_rows = np.flatnonzero(search.count == 0)
        if step % _LOOK_EVERY == 0 and deadline.over:
            break
        if search.opened.any():
            search.remove(search.least_loss(last), step)
            open_rows = np.flatnonzero(search.count == 0)
        site = search.best_for(int(open_rows[int(draws[step] * len(open_rows))]))
        # a cover that would be no cheaper than the best one loses more sites first
        while search.cost + matrix.price[site] >= cost * (1 - _SAME) and search.opened.any():
            search.remove(search.least_loss(-1), step)
        search.add(site, step)
        last = site
        search.weigh()
    return best


class _Search:
    """A choice of sites with the weights of rows, and the gain or loss of an exchange of each site."""

    def __init__(self, matrix: CoverMatrix, opened: Flags) -> None:
        rows, columns = matrix.table, csr_array(matrix.table.T)
        self._sites_of = np.split(rows.indices.astype(np.int64), rows.indptr[1:-1])
        self._rows_of = np.split(columns.indices.astype(np.int64), columns.indptr[1:-1])
        self._by_price = 1.0 / np.maximum(matrix.price, _CHEAPEST)
        self._price = matrix.price
        n, m = rows.shape
        self.opened = np.zeros(m, dtype=bool)
        self.count = np.zeros(n, dtype=np.int64)
        self.cost = 0.0
        self._owner = np.zeros(n, dtype=np.int64)
        self._weight = np.ones(n)
        self._score = np.diff(columns.indptr).astype(float)
        self._changed = np.zeros(m, dtype=np.int64)
        self._may_enter = np.ones(m, dtype=bool)
        self._near: dict[int, Integers] = {}
        self._kept = 0
        for site in np.flatnonzero(opened).tolist():
            self.add(site, 0)

    def complete(self) -> None:
        """Add the best site by its price until every row is covered."""
        while (self.count == 0).any():
            self.add(int(np.argmax(np.where(self.opened, -1.0, self._score * self._by_price))), 0)

    def least_loss(self, tabu: int) -> int:
        """Return the open site with the least weight of rows that it alone covers, by its price."""
        sites = np.flatnonzero(self.opened)
        if len(sites) > 1:
            sites = sites[sites != tabu]
        return self._oldest_of_best(sites, self._score[sites] * self._by_price[sites])

    def best_for(self, row: int) -> int:
        """Return the site of an uncovered row with the greatest gain by its price."""
        sites = self._sites_of[row]
        allowed = sites[self._may_enter[sites]]
        sites = allowed if len(allowed) else sites
        return self._oldest_of_best(sites, self._score[sites] * self._by_price[sites])

    def _oldest_of_best(self, sites: Integers, worth: Floats) -> int:
        ties = sites[worth == worth.max()]
        return int(ties[np.argmin(self._changed[ties])])

    def add(self, site: int, step: int) -> None:
        """Open a site."""
        rows = self._rows_of[site]
        count, weight, gain = self.count[rows], self._weight, self._score[site]
        self.count[rows] = count + 1
        shared = rows[count == 1]
        np.add.at(self._score, self._owner[shared], weight[shared])
        self._owner[rows] += site
        for row in rows[count == 0].tolist():
            self._score[self._sites_of[row]] -= weight[row]
        self._score[site], self.opened[site], self._changed[site] = -gain, True, step
        self.cost += float(self._price[site])
        self._may_enter[self._neighbours(site)] = True

    def remove(self, site: int, step: int) -> None:
        """Close a site."""
        rows = self._rows_of[site]
        count, weight, loss = self.count[rows], self._weight, self._score[site]
        self.count[rows] = count - 1
        self._owner[rows] -= site
        for row in rows[count == 1].tolist():
            self._score[self._sites_of[row]] += weight[row]
        shared = rows[count == 2]
        np.subtract.at(self._score, self._owner[shared], weight[shared])
        self._score[site], self.opened[site], self._changed[site] = -loss, False, step
        self.cost -= float(self._price[site])
        self._may_enter[self._neighbours(site)] = True
        self._may_enter[site] = False

    def weigh(self) -> None:
        """Add to the weights of uncovered rows."""
        for row in np.flatnonzero(self.count == 0).tolist():
            self._weight[row] += 1.0
            self._score[self._sites_of[row]] += 1.0

    def _neighbours(self, site: int) -> Integers:
        """Return the sites that have a row in common with a site."""
        known = self._near.get(site)
        if known is None:
            rows = self._rows_of[site]
            known = np.unique(np.concatenate([self._sites_of[row] for row in rows.tolist()])) if len(rows) else rows
            if self._kept + len(known) <= _KEPT_NEIGHBOURS:
                self._near[site], self._kept = known, self._kept + len(known)
        return known
