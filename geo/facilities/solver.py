"""
Open so many sites that the savings are greatest, each customer using its best open site: with a proof.

Maximal coverage (a saving is the demand that is covered) and the p-median (a saving is the way that somebody is spared)
are both of this form. A search by exchanges, a Lagrangian bound, and branches of both solve them. Other problems are
integer programs, which HiGHS solves.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats
from geo.facilities.branches import Opened, best_choice
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, greedy_choice
from geo.facilities.savings import Savings, merged_customers

_EXCHANGES_SHARE: Final = 0.3
"""The share of the time for exchanges before there is a bound."""


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

    Parameters
    ----------
    savings
        Of customers by sites.
    count
        How many sites at most.
    seconds
        How long it may take in all.
    prices, budget
        Shape (m,): what the sites cost, and what they may cost together.
    start
        Shape (m,): a choice from which the search begins.
    """
    deadline = Deadline.of(seconds)
    merged = merged_customers(savings)
    count = min(count, savings.sites)
    limits = Limits(count)
    if prices is not None and np.isfinite(budget):
        limits = Limits(count, prices, budget)
        merged = merged.where((prices <= budget)[merged.site])
    if count == 0 or len(merged.site) == 0:
        return Opened(np.zeros(savings.sites, dtype=bool), 0.0, 0.0)
    begun = start if start is not None and limits.allow(start) else None
    if begun is None:
        begun = greedy_choice(merged, *limits, deadline.part(_EXCHANGES_SHARE))
    return best_choice(merged, limits, exchanged(merged, begun, deadline.part(_EXCHANGES_SHARE), limits), deadline)
