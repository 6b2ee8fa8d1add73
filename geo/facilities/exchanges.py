"""Good choices of sites: the greedy one, and one that no exchange of a site for another betters."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats, Integers, members, run_starts
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.savings import TOLERANCE, PairsBySite, Savings

_EXCHANGES: Final = 200

_SHAKEN: Final = 4
"""So many sites at most are exchanged at random at once."""

_CHEAPEST: Final = 1e-9
"""A price of nothing counts as this in a comparison of gain by price."""


def greedy_choice(
    savings: Savings,
    count: int,
    prices: Floats | None = None,
    budget: float = np.inf,
    deadline: Deadline | None = None,
) -> Flags:
    """
    Return the sites that the greedy choice opens: each time the one that then saves most (by its price).

    A deadline ends it early: the sites opened by then are a choice too.
    """
    opened = np.zeros(savings.sites, dtype=bool)
    best, left = np.zeros(savings.customers), budget
    by_site = PairsBySite(savings)
    first = np.searchsorted(savings.customer, np.arange(savings.customers + 1))
    gain = by_site.sums(savings.saving)
    for _ in range(count):
        if deadline is not None and deadline.over and opened.any():
            break
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
        here, saving = savings.customer[pairs], savings.saving[pairs]
        better = saving > best[here]
        here = here[better]
        best[here] = saving[better]
        # only sites of customers that save more now gain less than before
        which, number = members(np.diff(first)[here])
        touched = np.unique(savings.site[first[here][which] + number])
        again = by_site.pairs_of(touched)
        over = np.maximum(savings.saving[again] - best[savings.customer[again]], 0.0)
        gain[touched] = np.bincount(savings.site[again], weights=over, minlength=savings.sites)[touched]
        gain[opened] = 0.0
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


def shaken(
    savings: Savings, opened: Flags, limits: Limits, tries: int, enough: float, deadline: Deadline, seed: int = 0
) -> Flags:
    """
    Return the best choice that exchanges meet from choices near the best one.

    Each time a few of its sites are exchanged at random, and the choice is bettered from there; one as good is taken,
    so that the search does not stay where it is (Lourenco, Martin and Stutzle 2003, doi:10.1007/0-306-48056-5_11).

    Parameters
    ----------
    savings
        Of the sites that may be open; others are left as they are.
    opened
        Shape (m,): a choice within the limits.
    limits
        Of a choice.
    tries
        How many beginnings at most: the same number meets the same choice on every machine.
    enough
        A choice worth as much ends the search.
    deadline
        When it ends in any case.
    seed
        Of the sites exchanged.
    """
    rng = np.random.default_rng(seed)
    may = np.zeros(savings.sites, dtype=bool)
    may[savings.site] = True
    best, value = opened, savings.value(opened)
    for _ in range(tries):
        inside, outside = np.flatnonzero(best & may), np.flatnonzero(~best & may)
        number = min(int(rng.integers(1, _SHAKEN + 1)), len(inside), len(outside))
        if number == 0 or value >= enough or deadline.over:
            break
        met = best.copy()
        met[rng.choice(inside, number, replace=False)] = False
        for site in rng.choice(outside, number, replace=False).tolist():
            met[site] = True
            if not limits.allow(met):
                met[site] = False
        met = exchanged(savings, met, deadline, limits)
        found = savings.value(met)
        if found >= value and limits.allow(met):
            best, value = met, found
    return best


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
