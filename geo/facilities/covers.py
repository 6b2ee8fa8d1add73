"""The cheapest cover, with a proven bound: reduction, bounds, local search, and an exact solver for the rest."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, Integers
from geo.facilities.cover_bounds import EDGE, price_bound
from geo.facilities.cover_matrix import CoverMatrix, reduced
from geo.facilities.cover_search import greedy_cover, searched_cover, thinned
from geo.facilities.deadline import Deadline
from geo.facilities.integer_programs import solve_whole
from geo.facilities.whole_numbers import least_difference, scale_of

_SHORT: Final = 2000
"""Exchanges of the first search; most problems are settled before a longer one."""

_STEPS_PER_SECOND: Final = 6000
"""Exchanges of the long search, for each second of the limit: about half of the time."""

_STEP_CELLS: Final = 50_000
"""Rows of a site times sites of a row that make an exchange twice as slow."""

_WORK_PER_SECOND: Final = 0.12
"""
Deterministic time of the exact solver, for each second of the limit: about a fifth of the time.

CP-SAT counts its operations and calls about as many as a second's worth 1: the answer is the same on a busy machine.
"""

_LEAST_WORK: Final = 0.02
"""Deterministic time of the exact solver at least."""

_QUICK_WORK: Final = 0.2
"""Deterministic time of a first attempt, before the long search."""

_EXACT_NONZEROS: Final = 400_000
"""A larger table is not given to the exact solver."""


class Cover(NamedTuple):
    """
    Sites that cover all rows, their price, and its proven lower bound.

    Attributes
    ----------
    opened
        Shape (m,).
    cost, bound
        Infinite where some row has no site.
    """

    opened: Flags
    cost: float
    bound: float


def least_cover(whole: CoverMatrix, deadline: Deadline, enough: float = -np.inf) -> Cover:
    """
    Return the cheapest cover of all rows, or the best one met within the work that the limit allows, with its bound.

    The work is counted in steps, a number that follows from the whole limit: the same problem has the same answer on
    a busy machine; the computing time ends it only where it is far slower than usual.

    Parameters
    ----------
    whole
        Rows, sites and prices.
    deadline
        The limit of computing time.
    enough
        The question is only whether there is a cover of at most this price: a cover or a bound that answers it ends
        the work.
    """
    price = whole.price
    small = reduced(whole, deadline)
    if not small.coverable:
        return Cover(np.zeros(len(price), dtype=bool), np.inf, np.inf)
    needed = np.zeros(len(price), dtype=bool)
    needed[small.needed] = True
    rest = _rest(small.matrix, enough - small.price, deadline)
    opened = thinned(whole, needed | small.matrix.opened(rest.opened, len(price)))
    cost = float(price[opened].sum())
    bound = min(_rounded(rest.bound + small.price, price), cost)
    return Cover(opened, cost, bound)


def _rest(matrix: CoverMatrix, enough: float, deadline: Deadline) -> Cover:
    """Return a cheap cover of a reduced matrix, with its bound."""
    opened = greedy_cover(matrix)
    best = Cover(opened, float(matrix.price[opened].sum()), 0.0)
    # sites of covers that are not wanted are left out, and the rest is reduced again
    current = matrix._replace(sites=np.arange(len(matrix.price)))
    rest, cap = _Rest(matrix, current, np.array([], dtype=np.int64)), np.inf
    while not _settled(best, enough):
        found = price_bound(rest.current, best.cost - rest.spent, deadline)
        best = _with_bound(best, min(_rounded(found.bound + rest.spent, matrix.price), cap))
        if _settled(best, enough) or deadline.over:
            return best
        if cap == np.inf:
            best = rest.searched(best, _SHORT, enough, deadline)
        cap = min(cap, _cap(best, enough, matrix.price))
        may = found.may_open(cap - _least_difference(matrix.price) - rest.spent)
        if _settled(best, enough) or may.all():
            break
        again = reduced(rest.current.keep(np.ones(rest.current.table.shape[0], dtype=bool), may), deadline)
        if not again.coverable:
            return _with_bound(best, cap)
        rest = _Rest(matrix, again.matrix, np.concatenate([rest.fixed, again.needed]))
        if not len(rest.current.price):  # the settled sites are the cheapest cover, if it is a wanted one
            settled = rest.cover(np.zeros(0, dtype=bool))
            return _with_bound(settled if settled.cost < best.cost else best, min(settled.cost, cap))
    if not _settled(best, enough):
        best = _exact(rest, best, enough, deadline, _QUICK_WORK)
    if not _settled(best, enough):
        best = rest.searched(best, _long(rest.current, deadline), enough, deadline)
    if not _settled(best, enough):
        best = _exact(rest, best, enough, deadline, _WORK_PER_SECOND * deadline.allotted)
    return best


def _settled(cover: Cover, enough: float) -> bool:
    """Tell whether a cover is cheap enough, proven the cheapest, or proof that none is cheap enough."""
    edge = EDGE * max(1.0, cover.cost)
    return cover.cost <= enough + edge or cover.bound >= cover.cost - edge or -np.inf < enough < cover.bound - edge


def _with_bound(cover: Cover, bound: float) -> Cover:
    return cover._replace(bound=min(max(cover.bound, bound), cover.cost))


def _cap(cover: Cover, enough: float, price: Floats) -> float:
    """Return the least price of a cover that is of no interest."""
    if not np.isfinite(enough):
        return cover.cost
    step = _least_difference(price)
    return min(cover.cost, (np.floor(enough / step + 10 * EDGE) + 1.0) * step)


class _Rest(NamedTuple):
    """The undecided rest of a problem, and the sites that every wanted cover has."""

    matrix: CoverMatrix
    current: CoverMatrix
    fixed: Integers

    @property
    def spent(self) -> float:
        """The price of the settled sites."""
        return float(self.matrix.price[self.fixed].sum())

    def cover(self, chosen: Flags) -> Cover:
        """Return a choice from the rest as a cover of the whole."""
        opened = self.current.opened(chosen, len(self.matrix.price))
        opened[self.fixed] = True
        opened = thinned(self.matrix, opened)
        return Cover(opened, float(self.matrix.price[opened].sum()), 0.0)

    def searched(self, known: Cover, steps: int, enough: float, deadline: Deadline) -> Cover:
        """Return the better of a known cover and the one that a search meets."""
        begun = greedy_cover(self.current)
        found = self.cover(searched_cover(self.current, begun, steps, enough - self.spent, deadline))
        return found._replace(bound=min(known.bound, found.cost)) if found.cost < known.cost else known


def _least_difference(price: Floats) -> float:
    """Return by how much two choices differ in price at least; a trifle where prices are not whole numbers."""
    return least_difference(price) or EDGE


def _rounded(bound: float, price: Floats) -> float:
    """Return the least price of a choice that is no less than a bound."""
    step = _least_difference(price)
    if not np.isfinite(bound):
        return bound
    return max(0.0, float(np.ceil(bound / step - 10 * EDGE) * step) if step > EDGE else bound - EDGE)


def _long(matrix: CoverMatrix, deadline: Deadline) -> int:
    """Return how many exchanges the long search has."""
    n, m = matrix.table.shape
    cells = matrix.table.nnz**2 / max(n * m, 1)
    return int(_STEPS_PER_SECOND * deadline.allotted / (1 + cells / _STEP_CELLS))


def _exact(rest: _Rest, known: Cover, enough: float, deadline: Deadline, work: float) -> Cover:
    """Solve the undecided rest: with CP-SAT within counted work, or with HiGHS where prices are not whole numbers."""
    if rest.current.table.nnz > _EXACT_NONZEROS or deadline.over:
        return known
    whole = rest.matrix.price
    cap, scale = _cap(known, enough, whole), scale_of(whole)
    chosen: Flags | None
    if scale is None:
        price, table = rest.current.price, csr_array(rest.current.table, dtype=np.float64)
        least = solve_whole(price, [LinearConstraint(table, 1.0, np.inf)], np.ones(len(price)), deadline)
        if least is None:
            return known
        chosen, bound = least.values > 0.5, least.bound + rest.spent
    else:
        chosen, bound = _counted(rest, cap - _least_difference(whole), scale, work, minimal=not np.isfinite(enough))
    known = _with_bound(known, min(_rounded(bound, whole), cap))
    if chosen is None:
        return known
    found = rest.cover(chosen)
    return _with_bound(found, known.bound) if found.cost < known.cost else known


def _counted(rest: _Rest, limit: float, scale: int, work: float, minimal: bool) -> tuple[Flags | None, float]:
    """
    Return a choice from the rest with a price of at most a limit, None if none was found, and the bound of the price.

    The bound is infinite where there is none.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 (only a choice that needs a proof waits for it to load)

    current = rest.current
    price = np.round(current.price * scale).astype(np.int64)
    model = cp_model.CpModel()
    open_ = [model.new_bool_var("") for _ in range(len(price))]
    for sites in np.split(current.table.indices, current.table.indptr[1:-1]):
        model.add_bool_or([open_[site] for site in sites.tolist()])
    total = cp_model.LinearExpr.weighted_sum(open_, price.tolist())
    model.add(total <= round((limit - rest.spent) * scale))
    if minimal:
        model.minimize(total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = max(work, _LEAST_WORK)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None, np.inf
    bound = solver.best_objective_bound / scale + rest.spent if minimal else 0.0
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, bound
    return np.array([solver.boolean_value(variable) for variable in open_], dtype=bool), bound
