"""
Open so many sites that the savings are greatest, each customer using its best open site: with a proof.

Maximal coverage (a saving is the demand that is covered) and the p-median (a saving is the way that somebody is spared)
are both of this form. A Lagrangian bound and a search by exchanges close most problems; what neither settles is a small
integer program, which HiGHS solves.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from geo.core.arrays import Floats, Integers, members

Bools = NDArray[np.bool_]

_ROUNDS: Final = 1200
"""How many steps the Lagrangian bound takes at most."""
_PATIENCE: Final = 30
"""After how many steps without a better bound the steps are halved."""
_FIRST_STEP: Final = 0.7
_LAST_STEP: Final = 1e-3
_MOMENTUM: Final = 0.8
_LOOK_EVERY: Final = 20
"""After how many steps the sites that the relaxation chooses are looked at as a choice."""
_TOLERANCE: Final = 1e-9
"""Relative: values that differ by less are equal."""
_MOST_NONZEROS: Final = 4_000_000
"""A larger integer program is not begun: the Lagrangian gap is stated."""


class Savings(NamedTuple):
    """
    What each customer saves by each site, one row for each pair that saves anything.

    Attributes
    ----------
    customer, site
        Shape (k,), sorted by customer.
    saving
        Shape (k,): more than 0.
    customers, sites
        How many there are.
    """

    customer: Integers
    site: Integers
    saving: Floats
    customers: int
    sites: int

    @classmethod
    def of(cls, customer: Integers, site: Integers, saving: Floats, customers: int, sites: int) -> Savings:
        """Return pairs in order, without those that save nothing."""
        some = saving > 0
        order = np.lexsort((site[some], customer[some]))
        return cls(customer[some][order], site[some][order], saving[some][order], customers, sites)

    def where(self, chosen: Bools) -> Savings:
        """Return some of the pairs."""
        return self._replace(customer=self.customer[chosen], site=self.site[chosen], saving=self.saving[chosen])

    def best(self, opened: Bools) -> Floats:
        """Return what each customer saves by the best of the open sites."""
        found = np.zeros(self.customers)
        there = opened[self.site]
        np.maximum.at(found, self.customer[there], self.saving[there])
        return found

    def value(self, opened: Bools) -> float:
        """Return the sum of `best`."""
        return float(self.best(opened).sum())


class Opened(NamedTuple):
    """
    Which sites are opened.

    Attributes
    ----------
    opened
        Shape (m,).
    value
        What they save.
    bound
        What no choice exceeds.
    """

    opened: Bools
    value: float
    bound: float


def open_sites(
    savings: Savings,
    count: int,
    seconds: float,
    prices: Floats | None = None,
    budget: float = np.inf,
    start: Bools | None = None,
) -> Opened:
    """
    Open at most `count` sites, within a budget if there is one, so that the savings are greatest.

    The bound is that of the Lagrangian relaxation in which no customer uses more than one site (Cornuejols, Fisher and
    Nemhauser 1977, doi:10.1287/mnsc.23.8.789), by subgradient steps. Sites that no better choice can have, or lack, by
    it are settled; the others go to HiGHS.

    Parameters
    ----------
    savings
        What there is.
    count
        How many sites at most.
    seconds
        How long the integer program may take.
    prices, budget
        Shape (m,): what the sites cost, and what they may cost together.
    start
        Shape (m,): a choice from which the search begins.
    """
    merged = merged_customers(savings)
    count = min(count, savings.sites)
    nothing = np.zeros(savings.sites, dtype=bool)
    if count == 0 or len(merged.site) == 0:
        return Opened(nothing, 0.0, 0.0)
    limited = prices is not None and np.isfinite(budget)
    free, forced = np.ones(savings.sites, dtype=bool), nothing.copy()
    if limited and prices is not None:
        free &= prices <= budget
        opened, bound = _greedy(merged, count, prices, budget), np.inf
    else:
        begun = _greedy(merged, count) if start is None else start
        opened = _exchanged(merged, begun)
        relaxed = _relaxed(merged, count, opened)
        opened, bound = relaxed.opened, relaxed.bound
        free, forced = relaxed.free, relaxed.forced
    value = merged.value(opened)
    if bound - value > _TOLERANCE * max(1.0, abs(value)):
        exact = _exact(merged, count, free, forced, seconds, prices if limited else None, budget)
        if exact is not None:
            if exact.value > value:
                opened, value = exact.opened, exact.value
            # what is settled has no better choice than the one that is known
            bound = max(value, min(bound, exact.bound))
    return Opened(opened, value, max(bound, value))


def merged_customers(savings: Savings) -> Savings:
    """Return the problem with customers that save the same share at the same sites as one customer."""
    first = np.searchsorted(savings.customer, np.arange(savings.customers))
    counts = np.diff(np.append(first, len(savings.customer)))
    some = np.flatnonzero(counts)
    lows = np.minimum.reduceat(savings.saving, first[some]) if len(some) else np.zeros(0)
    highs = np.maximum.reduceat(savings.saving, first[some]) if len(some) else np.zeros(0)
    # a customer that saves alike at all its sites is known by their set: two random sums tell sets apart
    flat = np.zeros(savings.customers, dtype=bool)
    flat[some] = lows == highs
    if not flat.any():
        return savings
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 2**62, (2, savings.sites), dtype=np.int64).astype(np.uint64)
    keys = [np.add.reduceat(code[savings.site], first[some]) for code in codes]
    own = np.where(flat[some], 0, some + 1)
    order = np.lexsort((own, *keys))
    new = np.ones(len(order), dtype=bool)
    for key in (*keys, own):
        new[1:] &= key[order][1:] == key[order][:-1]
    new[1:] = ~new[1:]
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    leader = some[order[new]]
    weight = np.bincount(group, weights=np.where(flat[some], highs, 0.0))
    pair, number = members(counts[leader])
    at = first[leader][pair] + number
    saving = np.where(flat[leader][pair], weight[pair], savings.saving[at])
    return Savings(pair, savings.site[at], saving, len(leader), savings.sites)


def _greedy(savings: Savings, count: int, prices: Floats | None = None, budget: float = np.inf) -> Bools:
    """Return the sites that the greedy choice opens: each time the one that then saves most (by its price)."""
    opened = np.zeros(savings.sites, dtype=bool)
    best, left = np.zeros(savings.customers), budget
    by_site = _BySite(savings)
    for _ in range(count):
        gain = by_site.sums(np.maximum(savings.saving - best[savings.customer], 0.0))
        gain[opened] = 0.0
        worth = gain
        if prices is not None:
            gain[prices > left] = 0.0
            worth = gain / np.maximum(prices, 1e-9)
        site = int(np.argmax(worth))
        if gain[site] <= 0:
            break
        opened[site] = True
        left -= 0.0 if prices is None else float(prices[site])
        pairs = by_site.pairs(site)
        here = savings.customer[pairs]
        best[here] = np.maximum(best[here], savings.saving[pairs])
    return opened


class _BySite:
    """The pairs of savings by site."""

    def __init__(self, savings: Savings) -> None:
        self._site, self._sites = savings.site, savings.sites
        self._order = np.argsort(savings.site, kind="stable")
        self._first = np.searchsorted(savings.site[self._order], np.arange(savings.sites + 1))

    def sums(self, values: Floats) -> Floats:
        """Return the sums by site of values of pairs."""
        return np.bincount(self._site, weights=values, minlength=self._sites).astype(float)

    def pairs(self, site: int) -> Integers:
        """Return the numbers of a site's pairs."""
        return np.asarray(self._order[self._first[site] : self._first[site + 1]])

    def pairs_of(self, sites: Integers) -> Integers:
        """Return the numbers of the pairs of several sites."""
        which, number = members(np.diff(self._first)[sites])
        return np.asarray(self._order[self._first[sites][which] + number])


_EXCHANGES: Final = 200


def _exchanged(savings: Savings, opened: Bools) -> Bools:
    """
    Return a choice that no exchange of one site for another betters.

    Gains and losses of all exchanges at once (Resende and Werneck 2007, doi:10.1007/s10479-006-0154-0).
    """
    opened = opened.copy()
    customer, site, saving = savings.customer, savings.site, savings.saving
    by_site = _BySite(savings)
    for _ in range(_EXCHANGES):
        chosen = np.flatnonzero(opened)
        if len(chosen) == 0:
            return opened
        rank = np.full(savings.sites, -1)
        rank[chosen] = np.arange(len(chosen))
        best, second, owner = _two_best(savings, by_site, chosen)
        loss = np.bincount(rank[owner[owner >= 0]], weights=(best - second)[owner >= 0], minlength=len(chosen))
        gain = by_site.sums(np.maximum(saving - best[customer], 0.0))
        # whoever loses its best site falls to the new one instead of its second
        kept = np.maximum(np.minimum(saving, best[customer]) - second[customer], 0.0)
        some = (kept > 0) & (owner[customer] >= 0)
        cell = site[some] * np.int64(len(chosen)) + rank[owner[customer[some]]]
        extra = np.bincount(cell, weights=kept[some], minlength=savings.sites * len(chosen))
        profit = gain[:, None] - loss[None, :] + extra.reshape(savings.sites, len(chosen))
        profit[chosen] = -np.inf
        into, out = np.unravel_index(int(np.argmax(profit)), profit.shape)
        if profit[into, out] <= _TOLERANCE * max(1.0, float(best.sum())):
            return opened
        opened[into], opened[chosen[out]] = True, False
    return opened


def _two_best(savings: Savings, by_site: _BySite, chosen: Integers) -> tuple[Floats, Floats, Integers]:
    """Return what each customer saves by its best and its second open site, and which the best is (-1: none)."""
    pairs = by_site.pairs_of(chosen)
    order = pairs[np.lexsort((-savings.saving[pairs], savings.customer[pairs]))]
    who = savings.customer[order]
    first = np.ones(len(who), dtype=bool)
    first[1:] = who[1:] != who[:-1]
    next_ = np.zeros(len(who), dtype=bool)
    next_[1:] = first[:-1] & ~first[1:]
    best, second = np.zeros(savings.customers), np.zeros(savings.customers)
    owner = np.full(savings.customers, -1)
    best[who[first]] = savings.saving[order[first]]
    owner[who[first]] = savings.site[order[first]]
    second[who[next_]] = savings.saving[order[next_]]
    return best, second, owner


class _Relaxed(NamedTuple):
    """What the Lagrangian relaxation says: the best choice met, a bound, and which sites are open to question."""

    opened: Bools
    bound: float
    free: Bools
    forced: Bools


def _relaxed(savings: Savings, count: int, opened: Bools) -> _Relaxed:
    """
    Bound the savings: F(S) <= sum u_i + the `count` largest of sum_i max(0, s_ij - u_i), for any u >= 0.
    """
    customer, saving = savings.customer, savings.saving
    by_site = _BySite(savings)
    value, best_bound = savings.value(opened), np.inf
    counts = np.bincount(customer, minlength=savings.customers)
    high, low, _ = _two_best(savings, by_site, np.flatnonzero(opened))
    u = kept_u = (high + low) / 2
    ahead, step, waited, met_value = np.zeros(savings.customers), _FIRST_STEP, 0, -1.0
    for number in range(_ROUNDS):
        over = saving - np.repeat(u, counts)
        np.maximum(over, 0.0, out=over)
        worth = by_site.sums(over)
        chosen = np.argpartition(-worth, count - 1)[:count]
        bound = float(u.sum() + worth[chosen].sum())
        if bound < best_bound * (1 - 1e-6) or not np.isfinite(best_bound):
            best_bound, kept_u, waited = bound, u, 0
        else:
            waited += 1
            if waited >= _PATIENCE:
                step, waited, u = step / 2, 0, kept_u
                ahead[:] = 0.0
                if step < _LAST_STEP:
                    break
                continue
        if number % _LOOK_EVERY == 0:
            met = np.zeros(savings.sites, dtype=bool)
            met[chosen] = True
            now = savings.value(met)
            if now > met_value:  # a better beginning than those before
                met_value, met = now, _exchanged(savings, met)
                if savings.value(met) > value:
                    opened, value = met, savings.value(met)
        if best_bound - value <= _TOLERANCE * max(1.0, value):
            break
        pairs = by_site.pairs_of(chosen)
        used = np.bincount(customer[pairs], weights=(over[pairs] > 0).astype(float), minlength=savings.customers)
        # the direction keeps some of the one before: fewer zigzags (Camerini, Fratta and Maffioli 1975)
        ahead = 1.0 - used + _MOMENTUM * ahead
        slope = np.where((u <= 0) & (ahead > 0), 0.0, ahead)
        norm = float((slope**2).sum())
        if norm == 0:
            break
        u = np.maximum(u - step * max(bound - value, 1e-9 * max(value, 1.0)) / norm * slope, 0.0)
    return _settled(savings, count, opened, value, kept_u)


def _settled(savings: Savings, count: int, opened: Bools, value: float, u: Floats) -> _Relaxed:
    """Return the bound by `u`, and which sites every choice better than `value` has, or may have."""
    over = np.maximum(savings.saving - u[savings.customer], 0.0)
    worth = _BySite(savings).sums(over)
    order = np.argsort(-worth, kind="stable")
    bound = float(u.sum() + worth[order[:count]].sum())
    margin = bound - value + _TOLERANCE * max(1.0, value)
    last = worth[order[count - 1]]
    after = worth[order[count]] if count < savings.sites else 0.0
    inside = np.zeros(savings.sites, dtype=bool)
    inside[order[:count]] = True
    forced = inside & (worth - after > margin)
    free = ~forced & (inside | (last - worth <= margin))
    return _Relaxed(opened, bound, free, forced)


def _exact(
    savings: Savings,
    count: int,
    free: Bools,
    forced: Bools,
    seconds: float,
    prices: Floats | None,
    budget: float,
) -> Opened | None:
    """
    Solve what is left as an integer program; None if it is too large, or nothing was found in time.

    By ranks of savings: a customer that none of its sites of the first ranks serves loses the step to the next rank
    (Cornuejols, Nemhauser and Wolsey 1980; Garcia, Labbe and Marin 2011, doi:10.1287/ijoc.1100.0418).
    """
    base = savings.best(forced)
    rest = savings.where(free[savings.site])
    rest = rest._replace(saving=rest.saving - base[rest.customer])
    rest = merged_customers(Savings.of(rest.customer, rest.site, rest.saving, rest.customers, rest.sites))
    sites = np.flatnonzero(free)
    number = np.full(savings.sites, -1)
    number[sites] = np.arange(len(sites))
    order = np.lexsort((-rest.saving, rest.customer))
    who, where, much = rest.customer[order], number[rest.site[order]], rest.saving[order]
    if len(who) == 0:
        return Opened(forced, float(base.sum()), float(base.sum()))
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (much[1:] != much[:-1])
    level = np.cumsum(new) - 1
    head = who[new]
    first = np.ones(len(head), dtype=bool)
    first[1:] = head[1:] != head[:-1]
    height = much[new]
    below = np.append(np.where(first[1:], 0.0, height[1:]), 0.0)
    if 2 * len(head) + len(who) > _MOST_NONZEROS:
        return None
    rows = np.arange(len(head))
    later = rows[~first]
    data = np.concatenate([np.ones(len(who)), np.ones(len(head)), -np.ones(len(later))])
    row = np.concatenate([level, rows, later])
    column = np.concatenate([where, len(sites) + rows, len(sites) + later - 1])
    shape = (len(head), len(sites) + len(head))
    constraints = [LinearConstraint(csr_array(coo_array((data, (row, column)), shape=shape)), first.astype(float))]
    ones = np.zeros((1, shape[1]))
    ones[0, : len(sites)] = 1.0
    constraints.append(LinearConstraint(csr_array(ones), -np.inf, count - int(forced.sum())))
    if prices is not None:
        paid = np.zeros((1, shape[1]))
        paid[0, : len(sites)] = prices[sites]
        constraints.append(LinearConstraint(csr_array(paid), -np.inf, budget - float(prices[forced].sum())))
    cost = np.concatenate([np.zeros(len(sites)), height - below])
    whole = np.concatenate([np.ones(len(sites)), np.zeros(len(head))])
    most = float(base.sum() + height[first].sum())
    found = solve_whole(cost, constraints, whole, seconds)
    if found is None:
        return None
    opened = forced.copy()
    opened[sites[found.values[: len(sites)] > 0.5]] = True
    return Opened(opened, savings.value(opened), most - found.bound)


class Solved(NamedTuple):
    """The values of an integer program's variables, and what no solution is below; infinite where there is none."""

    values: Floats
    bound: float


_INFEASIBLE: Final = 2


def solve_whole(
    cost: Floats, constraints: list[LinearConstraint], whole: Floats, seconds: float, upper: Floats | None = None
) -> Solved | None:
    """
    Minimise with HiGHS, to proven optimality if the time is enough; None where no solution is found.

    Parameters
    ----------
    cost
        Shape (v,).
    constraints
        Of the variables, which are 0 or more.
    whole
        Shape (v,): 1 where a variable is whole.
    seconds
        How long it may take.
    upper
        Shape (v,): the most that the variables may be; by default 1.
    """
    top = np.ones(len(cost)) if upper is None else upper
    options = {"time_limit": max(seconds, 0.01), "mip_rel_gap": 0.0}
    found = milp(cost, integrality=whole, bounds=Bounds(0.0, top), constraints=constraints, options=options)
    if found.status == _INFEASIBLE:
        return Solved(np.zeros(len(cost)), np.inf)
    if found.x is None:
        return None
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    return Solved(np.asarray(found.x), float(bound))
