"""The best choice of sites as an integer program by ranks of savings."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import coo_array, csr_array

from geo.core.arrays import Flags, run_starts
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.integer_programs import solve_whole
from geo.facilities.savings import Savings, merged_customers

_MOST_NONZEROS: Final = 1_000_000
"""A larger integer program is not begun."""

_NONZEROS_PER_SECOND: Final = 50_000
"""Nor is one that HiGHS would hardly have read and reduced in the time that is left."""


def ranked_choice(
    savings: Savings, limits: Limits, free: Flags, forced: Flags, deadline: Deadline
) -> tuple[Flags, float] | None:
    """
    Return the best choice and its bound by an integer program; None if it is too large, or nothing was found in time.

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
        return forced, float(base.sum())
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
    constraints.append(LinearConstraint(csr_array(ones), -np.inf, limits.number - int(forced.sum())))
    if limits.price is not None:
        paid = np.zeros((1, shape[1]))
        paid[0, : len(sites)] = limits.price[sites]
        constraints.append(
            LinearConstraint(csr_array(paid), -np.inf, limits.budget - float(limits.price[forced].sum()))
        )
    cost = np.concatenate([np.zeros(len(sites)), height - below])
    whole = np.concatenate([np.ones(len(sites)), np.zeros(len(head))])
    most = float(base.sum() + height[first].sum())
    found = solve_whole(cost, constraints, whole, deadline)
    if found is None:
        return None
    opened = forced.copy()
    opened[sites[found.values[: len(sites)] > 0.5]] = True
    return opened, most - found.bound
