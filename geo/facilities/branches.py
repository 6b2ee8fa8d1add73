"""The best choice of sites by branch and bound: a site is open in one branch and closed in the other."""

from __future__ import annotations

import heapq
from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, greedy_choice, shaken, two_best
from geo.facilities.ranked_choice import ranked_choice
from geo.facilities.relaxation import Dual, Goal, Steps, ascent
from geo.facilities.savings import TOLERANCE, PairsBySite, Savings, SavingsBySite, highest
from geo.facilities.whole_numbers import least_difference

_ROOT: Final = Steps(most=1200, first=0.7, last=1e-3, patience=30, least=20_000_000)

_BRANCH: Final = Steps(most=60, first=0.3, last=0.05, patience=4)

_PROVEN: Final = 1e-7
"""Relative: no choice is sought that is better by less."""

_NEAR: Final = 4
"""The first bound counts a customer's best sites: so many times those of an even share."""

_PROMISING: Final = 3e-3
"""Relative: choices that fall short of the best by less are bettered by exchanges, now and then."""

_NOW_AND_THEN: Final = 5

_SHAKEN_PAIRS: Final = 20_000_000
"""Pairs times beginnings of a search for a better choice among the sites that the first bound leaves open."""

_SHAKEN_MOST: Final = 400
"""Beginnings at most."""

_SHAKEN_SHARE: Final = 0.15
"""The share of the time that it has at most."""

_RANKED_SHARE: Final = 0.9
"""The share of the time for an integer program, where customers save as much by all sites: its bound is tighter."""

_FEWER: Final = 0.9
"""A branch is bounded again where less than this share of its sites remains."""

_DEEPER: Final = 0.3
"""How far multipliers may fall in a branch, as a share of their distance from the customer's greatest saving."""

_KEPT_MULTIPLIERS: Final = 30_000_000
"""Numbers kept for branches to come; with more, the search ends."""


class Opened(NamedTuple):
    """
    A choice of sites to open, its value and the proven bound.

    Attributes
    ----------
    opened
        Shape (m,).
    value
        What they save.
    bound
        What no choice exceeds.
    """

    opened: Flags
    value: float
    bound: float


class _Branch(NamedTuple):
    """A part of all choices: open sites, sites that may open, and the multipliers of its parent."""

    forced: Integers
    free: Integers
    multipliers: Floats


def best_choice(savings: Savings, limits: Limits, opened: Flags, deadline: Deadline) -> Opened:
    """
    Return the best choice, or the best one met before the deadline, with its bound.

    Every branch is bounded by the Lagrangian relaxation; sites that no better choice in it has, or lacks, are settled
    (Christofides and Beasley 1982, doi:10.1016/0377-2217(82)90160-6; Beasley 1985). Where all savings are whole
    numbers, a bound less than one unit above the value is proof.

    Parameters
    ----------
    savings
        Of customers by sites.
    limits
        Of a choice.
    opened
        Shape (m,): a choice from which the search begins.
    deadline
        When it ends in any case; a first bound is made whatever the time.
    """
    search = _Search(savings, limits, opened, deadline)
    dual = search.root()
    bound = dual.bound
    if bound > search.goal.enough and not deadline.over:
        bound = search.branches(dual)
    return Opened(search.opened, search.value, bound if bound > search.goal.enough else search.value)


class _Search:
    """
    A search through the choices of sites.

    Attributes
    ----------
    opened, value
        The best choice met.
    """

    def __init__(self, savings: Savings, limits: Limits, opened: Flags, deadline: Deadline) -> None:
        self._savings, self._limits, self._deadline = savings, limits, deadline
        self.opened, self.value = opened, savings.value(opened)
        self._unit = least_difference(savings.saving)
        # customers' best sites: the others are beyond the multipliers of any good bound
        self._lowest = highest(savings, max(_NEAR * savings.sites // max(limits.number, 1), 2))
        self._near = savings.where(savings.saving > self._lowest[savings.customer])
        self._even = not self._lowest.any()
        self._met, self._bounded = -1.0, 0

    @property
    def goal(self) -> Goal:
        """The bound that proves the best choice met."""
        least = max(1.0, self.value)
        return Goal(self.value, self.value + max(self._unit - TOLERANCE * least, _PROVEN * least))

    def root(self) -> Dual:
        """Return the bound of all choices, and better the best one met on the way."""
        near, savings = SavingsBySite.of(self._near), self._savings
        high, low, _ = two_best(savings, PairsBySite(savings), np.flatnonzero(self.opened))
        begin = np.maximum((high + low) / 2, self._lowest)
        return ascent(near, self._limits, begin, self.goal, _ROOT, self._lowest, self._deadline, self._look)

    def _look(self, chosen: Integers) -> Goal:
        """Better the sites of a step by exchanges where they are the best so far; return the goal."""
        met = np.zeros(self._savings.sites, dtype=bool)
        met[chosen] = True
        now = self._savings.value(met)
        if now > self._met:
            self._met = now
            if not self._limits.allow(met):  # of these sites, the best that the budget allows
                near, limits = self._near, self._limits
                met = greedy_choice(near.where(met[near.site]), limits.number, limits.price, limits.budget)
            self._exchange(met)
        return self.goal

    def _shake(self, dual: Dual) -> None:
        """Seek a better choice near the best one, of the sites that a better one may have."""
        forced, free = dual.settled(self._limits, self.goal.enough)
        near = self._near.where((forced | free | self.opened)[self._near.site])
        tries = min(_SHAKEN_MOST, _SHAKEN_PAIRS // max(len(near.site), 1))
        # a choice that reaches the bound is enough
        enough = dual.bound - max(self._unit, _PROVEN * max(1.0, self.value)) + TOLERANCE * max(1.0, self.value)
        self._take(shaken(near, self.opened, self._limits, tries, enough, self._deadline.part(_SHAKEN_SHARE)))

    def _exchange(self, opened: Flags) -> None:
        """Better a choice by exchanges, and take it if it is the best one met."""
        self._take(exchanged(self._near, opened, self._deadline, self._limits))

    def _take(self, opened: Flags) -> None:
        if self._limits.allow(opened):
            value = self._savings.value(opened)
            if value > self.value:
                self.opened, self.value = opened, value

    def branches(self, dual: Dual) -> float:
        """Return the bound once branches are searched: no more than the goal if all were."""
        self._shake(dual)
        forced, free = dual.settled(self._limits, self.goal.enough)
        everything = _Branch(np.flatnonzero(forced), np.flatnonzero(free), dual.multipliers)
        rest = _Rest.of(self._savings, self._limits, forced | free)
        heap: list[tuple[float, int, _Branch]] = [(-dual.bound, 0, rest.local(everything))]
        made, proven = 1, dual.bound
        if self._even:
            found = ranked_choice(self._savings, self._limits, free, forced, self._deadline.part(_RANKED_SHARE))
            if found is not None:
                self._take(found[0])
                # what is settled has no better choice than the one that is known
                proven = max(self.value, min(proven, found[1]))
        while proven > self.goal.enough and heap and -heap[0][0] > self.goal.enough:
            if self._deadline.over or len(heap) * self._savings.customers > _KEPT_MULTIPLIERS:
                return min(proven, -heap[0][0])
            above, _, branch = heapq.heappop(heap)
            bound, branches = self._bound(rest, branch, -above)
            for each in branches:
                heapq.heappush(heap, (-bound, made, each))
                made += 1
        return self.value

    def _bound(self, rest: _Rest, branch: _Branch, above: float) -> tuple[float, list[_Branch]]:
        """Return the bound of a branch, and its parts that remain to be searched."""
        while True:
            limits = rest.limits.after(branch.forced)
            if limits.number < 0 or limits.budget < 0:
                return above, []
            free = branch.free if limits.price is None else branch.free[limits.price[branch.free] <= limits.budget]
            if limits.number == 0 or len(free) == 0:
                self._take(rest.opened(branch.forced))
                return above, []
            dual, base = rest.dual(branch.forced, free, limits, branch.multipliers, self.goal, self._deadline)
            bound = min(above, dual.bound + float(base.sum()))
            if bound <= self.goal.enough:
                return bound, []
            self._consider(rest, np.append(branch.forced, free[dual.priced.chosen]))
            forced, may = dual.settled(limits, self.goal.enough - float(base.sum()))
            branch = _Branch(np.append(branch.forced, free[forced]), free[may], dual.multipliers + base)
            if self._deadline.over or not (forced.any() or may.sum() < _FEWER * len(free)):
                break
        if len(branch.free) == 0:
            self._take(rest.opened(branch.forced))
            return bound, []
        # a site that the relaxation can decide neither way
        at = int(np.argmin(np.abs(dual.often[may] - 0.5)))
        site, others = branch.free[[at]], np.delete(branch.free, at)
        return bound, [
            branch._replace(forced=np.append(branch.forced, site), free=others), branch._replace(free=others)
        ]  # fmt: skip

    def _consider(self, rest: _Rest, sites: Integers) -> None:
        """Take a choice if it is better, and better a promising one now and then."""
        value = float(rest.pairs.best(sites).sum())
        self._bounded += 1
        if value > self.value:
            self._take(rest.opened(sites))
        elif self._bounded % _NOW_AND_THEN == 0 and value > self.value * (1 - _PROMISING):
            self._exchange(rest.opened(sites))


class _Rest(NamedTuple):
    """
    The problem of the sites that are not settled.

    Attributes
    ----------
    pairs
        Their savings.
    limits
        Of a choice among them.
    sites
        Their numbers in the whole problem.
    total
        The number of all sites.
    top
        Shape (n,): the most that each customer saves; infinite where it saves as much by all sites.
    """

    pairs: SavingsBySite
    limits: Limits
    sites: Integers
    total: int
    top: Floats

    @classmethod
    def of(cls, savings: Savings, limits: Limits, sites: Flags) -> _Rest:
        """Return the problem of some sites."""
        pairs = SavingsBySite.of(savings).beyond(np.zeros(savings.customers), sites)
        low, high = np.full(savings.customers, np.inf), np.zeros(savings.customers)
        np.minimum.at(low, pairs.customer, pairs.saving)
        np.maximum.at(high, pairs.customer, pairs.saving)
        top = np.where(low < high, high, np.inf)
        return cls(pairs, limits.of(sites), np.flatnonzero(sites), savings.sites, top)

    def local(self, branch: _Branch) -> _Branch:
        """Return a branch with the numbers that sites have here."""
        return branch._replace(
            forced=np.searchsorted(self.sites, branch.forced), free=np.searchsorted(self.sites, branch.free)
        )

    def opened(self, sites: Integers) -> Flags:
        """Return a choice among all sites."""
        opened = np.zeros(self.total, dtype=bool)
        opened[self.sites[sites]] = True
        return opened

    def dual(
        self,
        forced: Integers,
        free: Integers,
        limits: Limits,
        multipliers: Floats,
        goal: Goal,
        deadline: Deadline,
    ) -> tuple[Dual, Floats]:
        """Return the bound of free sites beyond a base of each customer, and the base: forced sites, at least."""
        base, some = self.pairs.best(forced), np.zeros(len(self.sites), dtype=bool)
        some[free] = True
        # multipliers change little from a branch to its parts: pairs far below them are left out
        base = np.maximum(base, multipliers - _DEEPER * (self.top - multipliers))
        pairs, begin = self.pairs.beyond(base, some), np.maximum(multipliers - base, 0.0)
        return ascent(pairs, limits.of(free), begin, goal.beyond(float(base.sum())), _BRANCH, deadline=deadline), base
