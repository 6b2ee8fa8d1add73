"""Lower bounds of the price of a cover: linear relaxation, subgradient steps, and sites excluded by reduced prices."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats
from geo.facilities.cover_matrix import CoverMatrix, packing
from geo.facilities.deadline import Deadline

_LINEAR_NONZEROS: Final = 250_000
"""A larger table has its bound by subgradient steps instead of linear programming."""

_ROUNDS: Final = 400
"""Subgradient steps at most."""

_PATIENCE: Final = 20
"""After how many steps without a better bound the steps are halved."""

_LAST_STEP: Final = 5e-3

EDGE: Final = 1e-6
"""Bounds are this much below their computed value: rounding errors prove nothing."""


class PriceBound(NamedTuple):
    """
    A lower bound of the price of a cover, with its multipliers.

    Attributes
    ----------
    bound
        No cover is cheaper.
    reduced
        Shape (m,): by how much a cover with this site is dearer than `bound` at least.
    """

    bound: float
    reduced: Floats

    def may_open(self, limit: float) -> Flags:
        """Mark the sites that a cover of at most this price may have."""
        return self.bound + np.maximum(self.reduced, 0.0) <= limit + EDGE * max(1.0, abs(limit))


def price_bound(matrix: CoverMatrix, price: float, deadline: Deadline) -> PriceBound:
    """
    Return a lower bound of the price of a cover.

    The dual of the linear relaxation, or, for a large table, multipliers by subgradient steps (Held, Wolfe and Crowder
    1974, doi:10.1007/BF01580223). The bound of any multipliers holds, so one that was cut short holds as well.

    Parameters
    ----------
    matrix
        The problem; every row has a site.
    price
        That of a known cover.
    deadline
        When it ends in any case.
    """
    if matrix.table.shape[0] == 0:
        return PriceBound(0.0, matrix.price.copy())
    begin = _packed(matrix)
    if matrix.table.nnz <= _LINEAR_NONZEROS and not deadline.over:
        linear = _linear(matrix, deadline)
        if linear is not None:
            return max(linear, begin, key=lambda found: found.bound)
    return _by_steps(matrix, price, begin, deadline)


def _bound_of(matrix: CoverMatrix, dual: Floats) -> PriceBound:
    """Return the bound of multipliers of rows, 0 or more: sum of them and of all prices that they exceed."""
    reduced = matrix.price - dual @ matrix.table
    return PriceBound(float(dual.sum() + np.minimum(reduced, 0.0).sum()), reduced)


def _packed(matrix: CoverMatrix) -> PriceBound:
    """Return the bound of rows without a common site: each costs its cheapest site."""
    dual = np.zeros(matrix.table.shape[0])
    for row in packing(matrix.table).tolist():
        dual[row] = matrix.price[matrix.table.indices[matrix.table.indptr[row] : matrix.table.indptr[row + 1]]].min()
    return _bound_of(matrix, dual)


def _linear(matrix: CoverMatrix, deadline: Deadline) -> PriceBound | None:
    table = csr_array(matrix.table, dtype=np.float64)
    found = linprog(
        matrix.price,
        A_ub=-table,
        b_ub=-np.ones(table.shape[0]),
        bounds=(0.0, 1.0),
        method="highs-ds",
        options={"time_limit": deadline.wall_s},
    )
    if found.status != 0:
        return None
    return _bound_of(matrix, np.maximum(-found.ineqlin.marginals, 0.0))


def _by_steps(matrix: CoverMatrix, price: float, best: PriceBound, deadline: Deadline) -> PriceBound:
    table = csr_array(matrix.table, dtype=np.float64)
    cheapest = np.minimum.reduceat(matrix.price[table.indices], table.indptr[:-1])
    share = matrix.price / np.maximum(np.diff(csr_array(table.T).indptr), 1)
    dual = np.minimum(np.minimum.reduceat(share[table.indices], table.indptr[:-1]), cheapest)
    kept, step, waited = dual, 1.0, 0
    for _ in range(_ROUNDS):
        found = _bound_of(matrix, dual)
        if found.bound > best.bound + EDGE:
            best, kept, waited = found, dual, 0
        else:
            waited += 1
            if waited >= _PATIENCE:
                step, waited, dual = step / 2, 0, kept
                if step < _LAST_STEP:
                    break
                continue
        slope = 1.0 - np.asarray(table @ (found.reduced < 0).astype(float))
        norm = float((slope**2).sum())
        if norm == 0 or best.bound >= price or deadline.over:
            break
        dual = np.clip(dual + step * max(price * 1.01 - found.bound, EDGE) / norm * slope, 0.0, cheapest)
    return best
