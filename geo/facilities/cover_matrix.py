"""Set covering as a matrix of rows and sites: dominated rows and sites, sites that are needed, a packing of rows."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, Integers
from geo.facilities.deadline import Deadline

_DENSE_CELLS: Final = 16_000_000
"""Tables of at most this many cells are multiplied whole, which a processor does fastest."""

_DENSE_STEPS: Final = 20_000_000_000
"""Multiplications of a whole table are at most this many: about a second."""

_SPARSE_STEPS: Final = 30_000_000
"""Multiplications of a sparse table are at most this many; a larger one keeps its dominated rows or sites."""

_BLOCK_STEPS: Final = 3_000_000
"""Multiplications of a sparse table in one block: what is held at once."""

_ROUNDS: Final = 20
"""Reductions are repeated until nothing changes, at most so many times."""


class CoverMatrix(NamedTuple):
    """
    Rows to cover, and the sites that cover each.

    Attributes
    ----------
    table
        Shape (n, m): 1 where a site covers a row.
    price
        Shape (m,): 0 or more.
    sites
        Shape (m,): the number of each site in the problem that this one was reduced from.
    """

    table: csr_array
    price: Floats
    sites: Integers

    @classmethod
    def of(cls, row: Integers, site: Integers, rows: int, price: Floats) -> CoverMatrix:
        """Return the matrix of pairs of rows and sites, each pair once."""
        table = csr_array((np.ones(len(row), dtype=np.float32), (row, site)), shape=(rows, len(price)))
        table.sum_duplicates()
        table.data[:] = 1.0
        return cls(table, price, np.arange(len(price)))

    def keep(self, rows: Flags, sites: Flags) -> CoverMatrix:
        """Return the matrix with some rows and sites."""
        return CoverMatrix(self.table[rows][:, sites], self.price[sites], self.sites[sites])

    def opened(self, chosen: Flags, total: int) -> Flags:
        """Return a choice among these sites as a choice among all `total` sites of the original problem."""
        flags = np.zeros(total, dtype=bool)
        flags[self.sites[chosen]] = True
        return flags

    def covered(self, chosen: Flags) -> Flags:
        """Shape (n,): whether a choice of sites covers each row."""
        return np.asarray(self.table @ chosen.astype(np.float32)) > 0


class Reduced(NamedTuple):
    """
    An equivalent smaller matrix, and sites of the larger one that some cheapest cover has.

    Attributes
    ----------
    matrix
        Without dominated rows and sites.
    needed
        Numbers of sites of the original problem.
    price
        Their sum of prices.
    coverable
        Whether every row has a site.
    """

    matrix: CoverMatrix
    needed: Integers
    price: float
    coverable: bool


def reduced(matrix: CoverMatrix, deadline: Deadline | None = None) -> Reduced:
    """
    Leave out rows and sites that a cheapest cover can do without, and settle sites that it needs.

    A row that has all sites of another is covered with it; a site that covers no more than another, and is no cheaper,
    is not opened; the only site of a row is (Toregas and ReVelle 1972, doi:10.1111/j.1435-5597.1972.tb00685.x).
    A deadline ends the rounds.
    """
    needed: list[Integers] = []
    spent = 0.0
    for _ in range(_ROUNDS):
        shape = matrix.table.shape
        degree = np.diff(matrix.table.indptr)
        if (degree == 0).any():
            return Reduced(matrix, np.array([], dtype=np.int64), spent, coverable=False)
        only = np.unique(matrix.table.indices[matrix.table.indptr[:-1][degree == 1]])
        if len(only):
            forced = np.zeros(shape[1], dtype=bool)
            forced[only] = True
            needed.append(matrix.sites[only])
            spent += float(matrix.price[only].sum())
            matrix = matrix.keep(~matrix.covered(forced), ~forced)
        matrix = matrix.keep(~_including(matrix.table), np.ones(matrix.table.shape[1], dtype=bool))
        columns = csr_array(matrix.table.T)
        useful = (np.diff(columns.indptr) > 0) & ~_included(columns, matrix.price)
        matrix = matrix.keep(np.ones(matrix.table.shape[0], dtype=bool), useful)
        if matrix.table.shape == shape or (deadline is not None and deadline.over):
            break
    done = np.concatenate(needed) if needed else np.array([], dtype=np.int64)
    return Reduced(matrix, done.astype(np.int64), spent, coverable=True)


def _including(rows: csr_array) -> Flags:
    """Mark rows that have all members of another row; of equal ones all but the first."""
    inner, outer = _pairs_within(rows)
    degree = np.diff(rows.indptr)
    marked = np.zeros(rows.shape[0], dtype=bool)
    marked[outer[(degree[inner] < degree[outer]) | (inner < outer)]] = True
    return marked


def _included(rows: csr_array, price: Floats) -> Flags:
    """Mark rows with all their members in another that is no dearer; of equal ones all but the first."""
    inner, outer = _pairs_within(rows)
    degree = np.diff(rows.indptr)
    marked = np.zeros(rows.shape[0], dtype=bool)
    same = (degree[inner] == degree[outer]) & (price[inner] == price[outer])
    marked[inner[(price[outer] <= price[inner]) & (~same | (outer < inner))]] = True
    return marked


def _pairs_within(rows: csr_array) -> tuple[Integers, Integers]:
    """Return pairs of a row and another with all its members; none where it were too much work."""
    n, m = rows.shape
    degree = np.diff(rows.indptr)
    if n * n <= _DENSE_CELLS and n * m <= _DENSE_CELLS and n * n * m <= _DENSE_STEPS:
        table = rows.toarray()
        shared = table @ table.T
        inner, outer = np.nonzero(shared >= degree[:, None] - 0.5)
    else:
        others = np.bincount(rows.indices, minlength=m).astype(float)
        if float((others**2).sum()) > _SPARSE_STEPS:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        inner, outer = _sparse_pairs(rows, degree, others)
    apart = inner != outer
    return inner[apart].astype(np.int64), outer[apart].astype(np.int64)


def _sparse_pairs(rows: csr_array, degree: Integers, others: Floats) -> tuple[Integers, Integers]:
    """Return the same pairs, by blocks of rows: pairs that only share a member are held for one block at a time."""
    work = np.add.reduceat(np.append(others[rows.indices], 0.0), rows.indptr[:-1]) * (degree > 0)
    block = (np.cumsum(work) // _BLOCK_STEPS).astype(np.int64)
    columns, inner, outer = csr_array(rows.T), [], []
    for number in np.unique(block):
        some = np.flatnonzero(block == number)
        product = (rows[some] @ columns).tocoo()
        whole = product.data >= degree[some[product.coords[0]]] - 0.5
        inner.append(some[product.coords[0][whole]])
        outer.append(product.coords[1][whole])
    return np.concatenate(inner), np.concatenate(outer)


def packing(table: csr_array, enough: float = np.inf) -> Integers:
    """
    Return rows without a site in common, taken greedily by how few sites they have, until there are more than enough.

    No cover has fewer sites than there are such rows.
    """
    columns = csr_array(table.T)
    free = np.ones(table.shape[0], dtype=bool)
    chosen: list[int] = []
    for row in np.argsort(np.diff(table.indptr), kind="stable").tolist():
        if not free[row]:
            continue
        chosen.append(row)
        if len(chosen) > enough:
            break
        for site in table.indices[table.indptr[row] : table.indptr[row + 1]].tolist():
            free[columns.indices[columns.indptr[site] : columns.indptr[site + 1]]] = False
    return np.array(chosen, dtype=np.int64)
