"""Good choices of sites: the greedy one, and one that no exchange of a site for another betters."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.savings import TOLERANCE, PairsBySite, Savings

_EXCHANGES: Final = 200

_CHEAPEST: Final = 1e-9
"""A price of nothing counts as this in a comparison of gain by price."""


def greedy_choice(savings: Savings, count: int, prices: Floats | None = None, budget: float = np.inf) -> Flags:
    """Return the sites that the greedy choice opens: each time the one that then saves most (by its price)."""
    opened = np.zeros(savings.sites, dtype=bool)
    best, left = np.zeros(savings.customers), budget
    by_site = PairsBySite(savings)
    for _ in range(count):
        gain = by_site.sums(np.maximum(savings.saving - best[savings.customer], 0.0))
        gain[opened] = 0.0
        worth = gain
        if prices is not None:
            gain[prices > left] = 0.0
            worth = gain / np.maximum(prices, _CHEAPEST)
        site = int(np.argmax(worth))
        if gain[site] <= 0:
            break
        opened[site] = True
        left -= 0.0 if prices is None else float(prices[site])
        pairs = by_site.pairs(site)
        here = savings.customer[pairs]
        best[here] = np.maximum(best[here], savings.saving[pairs])
    return opened


def exchanged(savings: Savings, opened: Flags, deadline: Deadline | None = None, limits: Limits | None = None) -> Flags:
    """
    Return a choice that no exchange of one site for another betters, or the best one met before the deadline.

    Gains and losses of all exchanges at once (Resende and Werneck 2007, doi:10.1007/s10479-006-0154-0). Within limits,
    sites are opened besides as long as they allow it.
    """
    opened = opened.copy()
    customer, site, saving = savings.customer, savings.site, savings.saving
    by_site = PairsBySite(savings)
    for _ in range(_EXCHANGES):
        chosen = np.flatnonzero(opened)
        if len(chosen) == 0 or (deadline is not None and deadline.over):
            return opened
        rank = np.full(savings.sites, -1)
        rank[chosen] = np.arange(len(chosen))
        best, second, owner = two_best(savings, by_site, chosen)
        loss = np.bincount(rank[owner[owner >= 0]], weights=(best - second)[owner >= 0], minlength=len(chosen))
        gain = by_site.sums(np.maximum(saving - best[customer], 0.0))
        # whoever loses its best site falls to the new one instead of its second
        kept = np.maximum(np.minimum(saving, best[customer]) - second[customer], 0.0)
        some = (kept > 0) & (owner[customer] >= 0)
        cell = site[some] * np.int64(len(chosen)) + rank[owner[customer[some]]]
        extra = np.bincount(cell, weights=kept[some], minlength=savings.sites * len(chosen))
        profit = gain[:, None] - loss[None, :] + extra.reshape(savings.sites, len(chosen))
        profit[chosen] = -np.inf
        least = TOLERANCE * max(1.0, float(best.sum()))
        if limits is not None:
            added = _addition(np.where(opened, -np.inf, gain), limits.after(chosen), least)
            if added >= 0:
                opened[added] = True
                continue
            if limits.price is not None:
                paid = limits.price[:, None] - limits.price[chosen][None, :]
                profit[paid > limits.after(chosen).budget] = -np.inf
        into, out = np.unravel_index(int(np.argmax(profit)), profit.shape)
        if profit[into, out] <= least:
            return opened
        opened[into], opened[chosen[out]] = True, False
    return opened


def _addition(gain: Floats, limits: Limits, least: float) -> int:
    """Return the site that gains most within limits, by its price if there is a budget; -1 for none."""
    if limits.number <= 0:
        return -1
    worth = gain
    if limits.price is not None:
        able = (limits.price <= limits.budget) & (gain > least)
        worth = np.where(able, gain / np.maximum(limits.price, _CHEAPEST), -np.inf)
    site = int(np.argmax(worth))
    return site if np.isfinite(worth[site]) and gain[site] > least else -1


def two_best(savings: Savings, by_site: PairsBySite, chosen: Integers) -> tuple[Floats, Floats, Integers]:
    """Return each customer's saving by its best and its second open site, and the best site (-1: none)."""
    pairs = by_site.pairs_of(chosen)
    order = pairs[np.lexsort((-savings.saving[pairs], savings.customer[pairs]))]
    who = savings.customer[order]
    first = run_starts(who)
    next_ = np.zeros(len(who), dtype=bool)
    next_[1:] = first[:-1] & ~first[1:]
    best, second = np.zeros(savings.customers), np.zeros(savings.customers)
    owner = np.full(savings.customers, -1)
    best[who[first]] = savings.saving[order[first]]
    owner[who[first]] = savings.site[order[first]]
    second[who[next_]] = savings.saving[order[next_]]
    return best, second, owner
