"""The p-centre: the longest walk is as short as possible, by start solutions, bounds, and covers between them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats
from geo.facilities.cover_matrix import CoverMatrix, packing
from geo.facilities.covers import least_cover
from geo.facilities.deadline import Deadline
from geo.facilities.integer_programs import solve_whole
from geo.facilities.location_problem import LocationProblem, no_time, too_little
from geo.facilities.savings import Savings, merged_customers

_SHARE: Final = 0.25
"""The share of the time for one question: whether so many sites cover everybody within a walk."""

_QUICK_PAIRS: Final = 1_000_000
"""So many walks are bounded whatever the time, in a second or two: no answer is without a bound."""

_MOMENT: Final = 0.2
"""Seconds for a question that needs an answer when the time is over."""


class Centre(NamedTuple):
    """
    Open sites, their longest walk, and the walk that no choice undercuts.

    Attributes
    ----------
    opened
        Shape (m,): kept ones among them.
    longest_m, bound_m
        0 where nobody is in reach of a site.
    """

    opened: Flags
    longest_m: float
    bound_m: float


def centre(problem: LocationProblem, deadline: Deadline) -> Centre:
    """
    Choose sites so that the longest walk of everybody in reach of a site is as short as possible.

    A start solution serves the place with the longest walk each time (Gonzalez 1985,
    doi:10.1016/0304-3975(85)90224-5): at most twice the shortest where every place is a candidate, and at most three
    times where candidates lie elsewhere (the problem of suppliers, Hochbaum and Shmoys 1986, doi:10.1145/5925.5933),
    for walks without a short cut over a third place, and without a budget. Places without a common site within a walk
    bound it from below (Hochbaum and Shmoys 1985, doi:10.1287/moor.10.2.180). Walks between the two are halved; each
    is a question of set covering (Minieka 1970, doi:10.1137/1012016).

    Raises
    ------
    InfeasibleError
        If no choice reaches everybody, or none was found in time.
    """
    search = _Search(problem)
    if not search.reached.any():
        return Centre(problem.kept.copy(), 0.0, 0.0)
    search.begin()
    if search.opened is None:
        search.ask(search.high, deadline.part(_SHARE, _MOMENT))
        if search.opened is None:
            raise too_little() if search.low > search.high else no_time()
    search.bound(deadline)
    lowest = search.low
    while lowest < search.high and not deadline.over:
        middle = (lowest + search.high) // 2
        if not search.ask(middle, deadline.part(_SHARE, of_all=_SHARE)):
            lowest = middle + 1
        lowest = max(lowest, search.low)
    longest = search.longest
    return Centre(search.opened, longest, min(float(search.walks[search.low]), longest))


class _Search:
    """
    Everything known so far of a p-centre.

    Attributes
    ----------
    reached
        Shape (n,): places with demand that have a site in reach.
    walks
        All walks, in order.
    low, high
        Numbers of walks: none before `low` can be the longest; the longest of the known choice is that of `high`, or
        of all if no choice is known.
    opened
        The best choice known.
    """

    def __init__(self, problem: LocationProblem) -> None:
        self.problem = problem
        some = problem.weight[problem.demand] > 0
        nearest = problem.least(np.ones(problem.sites, dtype=bool))
        self.reached = np.isfinite(nearest) & (problem.weight > 0)
        self.walks = np.unique(problem.walk_m[some])
        self.low = int(np.searchsorted(self.walks, nearest[self.reached].max(initial=0.0)))
        self.high = len(self.walks) - 1
        self.opened: Flags | None = None
        self._kept_m = problem.least(problem.kept)
        new = some & ~problem.kept[problem.site]
        order = np.flatnonzero(new)[np.argsort(problem.walk_m[new], kind="stable")]
        self._new = problem._replace(
            demand=problem.demand[order], site=problem.site[order], walk_m=problem.walk_m[order]
        )

    @property
    def longest(self) -> float:
        """The longest walk of the best choice known."""
        return float(self.walks[self.high])

    def _took(self, opened: Flags) -> bool:
        """Take a choice if it reaches everybody, within the budget, and shortens the longest walk."""
        longest = float(self.problem.least(opened)[self.reached].max())
        if not np.isfinite(longest) or float(self.problem.paid[opened].sum()) > self.problem.budget:
            return False
        number = int(np.searchsorted(self.walks, longest))
        if self.opened is None or number < self.high:
            self.opened, self.high = opened, number
        return True

    def begin(self) -> None:
        """Serve the place with the longest walk by its nearest site, as often as sites may open."""
        new = self._new
        by_demand = np.argsort(new.demand, kind="stable")
        first = np.searchsorted(new.demand[by_demand], np.arange(len(new.weight) + 1))
        by_site = np.argsort(new.site, kind="stable")
        start = np.searchsorted(new.site[by_site], np.arange(new.sites + 1))
        walk = np.where(self.reached, self._kept_m, 0.0)
        opened = self.problem.kept.copy()
        for _ in range(min(self.problem.most, new.sites)):
            place = int(np.argmax(walk))
            pairs = by_demand[first[place] : first[place + 1]]
            if len(pairs) == 0 or walk[place] <= new.walk_m[pairs[0]]:
                break
            site = int(new.site[pairs[0]])
            opened[site] = True
            reach = by_site[start[site] : start[site + 1]]
            walk[new.demand[reach]] = np.minimum(walk[new.demand[reach]], new.walk_m[reach])
        self._took(opened)

    def bound(self, deadline: Deadline) -> None:
        """Raise the lowest walk by places without a common site within it."""
        high, always = self.high, len(self._new.walk_m) <= _QUICK_PAIRS
        while self.low < high and (always or not deadline.over):
            middle = (self.low + high) // 2
            if len(packing(self._rows(middle).table, self.problem.most)) > self.problem.most:
                self.low = middle + 1
            else:
                high = middle

    def _rows(self, number: int) -> CoverMatrix:
        """Return the problem of covering everybody within a walk."""
        new, within_m = self._new, self.walks[number]
        part = slice(0, int(np.searchsorted(new.walk_m, within_m, side="right")))
        who, site = new.demand[part], new.site[part]
        open_ = self._kept_m[who] > within_m
        savings = Savings.of(who[open_], site[open_], np.ones(int(open_.sum())), len(new.weight), new.sites)
        rows = merged_customers(savings)
        place, row = np.unique(rows.customer, return_inverse=True)
        return CoverMatrix.of(row, rows.site, len(place), np.ones(new.sites))

    def ask(self, number: int, deadline: Deadline) -> bool:
        """
        Tell whether a choice with no longer walk than this one was found, and take it.

        A proof that there is none raises `low`.
        """
        matrix, most, problem = self._rows(number), float(self.problem.most), self.problem
        found = least_cover(matrix, deadline, enough=most)
        if found.cost <= most and self._took(found.opened | problem.kept):
            return True
        if np.isfinite(problem.budget) and found.bound <= most:
            return self._ask_within_budget(number, matrix, deadline)
        if found.bound > most:
            self.low = max(self.low, number + 1)
        return False

    def _ask_within_budget(self, number: int, matrix: CoverMatrix, deadline: Deadline) -> bool:
        """Tell the same where sites are limited both in number and by their prices."""
        problem = self.problem
        dear = least_cover(matrix._replace(price=problem.paid), deadline, enough=problem.budget)
        if int(dear.opened.sum()) <= problem.most and self._took(dear.opened | problem.kept):
            return True
        bound = np.inf if dear.bound > problem.budget else 0.0
        if bound == 0.0:
            paid = csr_array(problem.paid[None, :])
            limits = [LinearConstraint(csr_array(matrix.table, dtype=float), 1.0, np.inf),
                      LinearConstraint(paid, -np.inf, problem.budget)]  # fmt: skip
            one: Floats = np.ones(problem.sites)
            found = solve_whole(one, limits, one, deadline)
            if found is None:
                return False
            bound = found.bound
            opened = found.values > 0.5
            if np.isfinite(bound) and int(opened.sum()) <= problem.most and self._took(opened | problem.kept):
                return True
        if bound > problem.most + 1e-6:
            self.low = max(self.low, number + 1)
        return False
