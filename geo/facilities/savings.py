"""Savings of customers by sites: pairs, sums by site, and customers that are alike as one."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers, members, run_starts

TOLERANCE: Final = 1e-9
"""Relative: values that differ by less are equal."""


class Savings(NamedTuple):
    """
    The savings of each customer by each site, one row for each pair that saves anything.

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
        """Return pairs in order, without pairs that save nothing."""
        some = saving > 0
        order = np.lexsort((site[some], customer[some]))
        return cls(customer[some][order], site[some][order], saving[some][order], customers, sites)

    def where(self, chosen: Flags) -> Savings:
        """Return the chosen pairs."""
        return self._replace(customer=self.customer[chosen], site=self.site[chosen], saving=self.saving[chosen])

    def best(self, opened: Flags) -> Floats:
        """Return each customer's saving by the best of the open sites."""
        found = np.zeros(self.customers)
        there = opened[self.site]
        np.maximum.at(found, self.customer[there], self.saving[there])
        return found

    def value(self, opened: Flags) -> float:
        """Return the sum of `best`."""
        return float(self.best(opened).sum())


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
    new = run_starts(*(key[order] for key in (*keys, own)))
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    leader = some[order[new]]
    weight = np.bincount(group, weights=np.where(flat[some], highs, 0.0))
    pair, number = members(counts[leader])
    at = first[leader][pair] + number
    saving = np.where(flat[leader][pair], weight[pair], savings.saving[at])
    return Savings(pair, savings.site[at], saving, len(leader), savings.sites)


def highest(savings: Savings, rank: int) -> Floats:
    """
    Return each customer's saving by the site of a rank, shape (n,): no more than `rank` sites save more.

    Where a customer has fewer sites, or saves as much by all, it is 0.
    """
    counts = np.bincount(savings.customer, minlength=savings.customers)
    first = np.cumsum(counts) - counts
    order = np.lexsort((-savings.saving, savings.customer))
    some = np.flatnonzero(counts > rank)
    found = np.zeros(savings.customers)
    at = savings.saving[order[first[some] + rank]]
    found[some] = np.where(savings.saving[order[first[some]]] > at, at, 0.0)
    return found


class PairsBySite:
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


class SavingsBySite(NamedTuple):
    """
    Savings in the order of their sites.

    Attributes
    ----------
    customer, site, saving
        Shape (k,), sorted by site.
    first
        Shape (m + 1,): where the pairs of each site begin.
    customers
        How many there are.
    """

    customer: Integers
    site: Integers
    saving: Floats
    first: Integers
    customers: int

    @classmethod
    def of(cls, savings: Savings) -> SavingsBySite:
        """Return savings in the order of their sites."""
        order = np.argsort(savings.site, kind="stable")
        site = savings.site[order]
        first = np.searchsorted(site, np.arange(savings.sites + 1))
        return cls(savings.customer[order], site, savings.saving[order], first, savings.customers)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.first) - 1

    def beyond(self, base: Floats, sites: Flags) -> SavingsBySite:
        """Return the savings of a few sites beyond a base of each customer, shape (n,)."""
        over = self.saving - base[self.customer]
        some = np.flatnonzero((over > 0) & sites[self.site])
        site = (np.cumsum(sites) - 1)[self.site[some]]
        first = np.searchsorted(site, np.arange(int(sites.sum()) + 1))
        return SavingsBySite(self.customer[some], site, over[some], first, self.customers)

    def worth(self, multipliers: Floats) -> tuple[Floats, Floats]:
        """Return the savings beyond the customers' multipliers: sums by site, and by pair."""
        over = self.saving - multipliers[self.customer]
        np.maximum(over, 0.0, out=over)
        found, some = np.zeros(self.sites), np.flatnonzero(np.diff(self.first))
        if len(some):
            found[some] = np.add.reduceat(over, self.first[some])
        return found, over

    def used(self, over: Floats, sites: Integers) -> Floats:
        """Return how many of some sites each customer uses: by pairs that save beyond its multiplier."""
        pairs = self.pairs_of(sites)
        pairs = pairs[over[pairs] > 0]
        return np.bincount(self.customer[pairs], minlength=self.customers).astype(float)

    def pairs_of(self, sites: Integers) -> Integers:
        """Return the numbers of the pairs of several sites."""
        which, number = members(np.diff(self.first)[sites])
        return np.asarray(self.first[sites][which] + number)

    def best(self, sites: Integers) -> Floats:
        """Return each customer's saving by the best of some sites."""
        found, pairs = np.zeros(self.customers), self.pairs_of(sites)
        np.maximum.at(found, self.customer[pairs], self.saving[pairs])
        return found
