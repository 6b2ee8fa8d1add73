"""
Open so many sites that the savings are greatest, each customer using its best open site: with a proof.

Maximal coverage (a saving is the demand that is covered) and the p-median (a saving is the way that somebody is spared)
are both of this form. A Lagrangian bound and a search by exchanges close most problems; what neither settles is a small
integer program, which HiGHS solves.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from geo.core.arrays import Flags, Floats, run_starts
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, greedy_choice
from geo.facilities.relaxation import relaxed_bound
from geo.facilities.savings import TOLERANCE, Savings, merged_customers

_MOST_NONZEROS: Final = 4_000_000
"""A larger integer program is not begun: the Lagrangian gap is stated."""

_NONZEROS_PER_SECOND: Final = 200_000
"""Nor is one that HiGHS would hardly have read and reduced in the time that is left."""

_RELAXATION_SHARE: Final = 0.6
"""The share of the time for exchanges and the relaxation; the rest is for the integer program."""

_INFEASIBLE: Final = 2


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


def open_sites(
    savings: Savings,
    count: int,
    seconds: float | Deadline,
    prices: Floats | None = None,
    budget: float = np.inf,
    start: Flags | None = None,
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
        How long it may take in all: exchanges, relaxation and integer program.
    prices, budget
        Shape (m,): what the sites cost, and what they may cost together.
    start
        Shape (m,): a choice from which the search begins.
    """
    deadline = Deadline.of(seconds)
    first = deadline.part(_RELAXATION_SHARE)
    merged = merged_customers(savings)
    count = min(count, savings.sites)
    nothing = np.zeros(savings.sites, dtype=bool)
    if count == 0 or len(merged.site) == 0:
        return Opened(nothing, 0.0, 0.0)
    limited = prices is not None and np.isfinite(budget)
    free, forced = np.ones(savings.sites, dtype=bool), nothing.copy()
    if limited and prices is not None:
        free &= prices <= budget
        opened, bound = greedy_choice(merged, count, prices, budget), np.inf
    else:
        begun = greedy_choice(merged, count) if start is None else start
        opened = exchanged(merged, begun, first)
        relaxed = relaxed_bound(merged, count, opened, first)
        opened, bound = relaxed.opened, relaxed.bound
        free, forced = relaxed.free, relaxed.forced
    value = merged.value(opened)
    if bound - value > TOLERANCE * max(1.0, abs(value)):
        exact = _exact(merged, count, free, forced, deadline, prices if limited else None, budget)
        if exact is not None:
            if exact.value > value:
                opened, value = exact.opened, exact.value
            # what is settled has no better choice than the one that is known
            bound = max(value, min(bound, exact.bound))
    return Opened(opened, value, max(bound, value))


def _exact(
    savings: Savings,
    count: int,
    free: Flags,
    forced: Flags,
    deadline: Deadline,
    prices: Floats | None,
    budget: float,
) -> Opened | None:
    """
    Solve the undecided rest as an integer program; None if it is too large, or nothing was found in time.

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
    new = run_starts(who, much)
    level = np.cumsum(new) - 1
    head = who[new]
    first = run_starts(head)
    height = much[new]
    below = np.append(np.where(first[1:], 0.0, height[1:]), 0.0)
    if 2 * len(head) + len(who) > min(_MOST_NONZEROS, _NONZEROS_PER_SECOND * deadline.left):
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
    found = solve_whole(cost, constraints, whole, deadline)
    if found is None:
        return None
    opened = forced.copy()
    opened[sites[found.values[: len(sites)] > 0.5]] = True
    return Opened(opened, savings.value(opened), most - found.bound)


class Solved(NamedTuple):
    """The values of an integer program's variables, and the proven bound; infinite where there is none."""

    values: Floats
    bound: float


def solve_whole(
    cost: Floats,
    constraints: list[LinearConstraint],
    whole: Floats,
    seconds: float | Deadline,
    upper: Floats | None = None,
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
        How long it may take. HiGHS knows only the wall clock: on a busy machine it gets as much longer as the work
        before it took.
    upper
        Shape (v,): the most that the variables may be; by default 1.
    """
    top = np.ones(len(cost)) if upper is None else upper
    options = {"time_limit": Deadline.of(seconds).wall_left, "mip_rel_gap": 0.0}
    found = milp(cost, integrality=whole, bounds=Bounds(0.0, top), constraints=constraints, options=options)
    if found.status == _INFEASIBLE:
        return Solved(np.zeros(len(cost)), np.inf)
    if found.x is None:
        return None
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    return Solved(np.asarray(found.x), float(bound))
