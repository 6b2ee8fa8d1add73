"""Greedy choices, and exchanges that better them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, greedy_choice, shaken, two_best
from geo.facilities.savings import PairsBySite, Savings
from tests.support.savings import random_savings


def test_the_greedy_choice_takes_what_saves_most_each_time_and_heeds_the_budget() -> None:
    savings = Savings.of(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([9.0, 6.0, 5.0]), 3, 3)
    assert greedy_choice(savings, 2).tolist() == [True, True, False]
    prices = np.array([10.0, 5.0, 5.0])
    assert greedy_choice(savings, 3, prices, budget=10.0).tolist() == [False, True, True]


@pytest.mark.parametrize("seed", range(12))
def test_the_greedy_choice_is_the_one_that_counts_all_gains_anew_each_time(seed: int) -> None:
    savings = random_savings(seed)
    opened, best = np.zeros(savings.sites, dtype=bool), np.zeros(savings.customers)
    for _ in range(3):
        over = np.maximum(savings.saving - best[savings.customer], 0.0)
        gain = np.bincount(savings.site, weights=over, minlength=savings.sites)
        if gain.max() <= 0:
            break
        opened[int(np.argmax(gain))] = True
        best = savings.best(opened)
    assert greedy_choice(savings, 3).tolist() == opened.tolist()


def test_a_greedy_choice_ends_with_the_time_and_has_a_site() -> None:
    savings = random_savings(3)
    assert greedy_choice(savings, savings.sites, deadline=Deadline(0.0)).sum() == 1


def test_choices_near_a_poor_one_lead_to_the_best() -> None:
    met = 0
    for seed in range(12):
        savings = random_savings(seed)
        begun = np.zeros(savings.sites, dtype=bool)
        begun[:3] = True
        begun = exchanged(savings, begun)
        found = shaken(savings, begun, Limits(3), 60, np.inf, Deadline(10.0))
        choices = [np.isin(np.arange(savings.sites), c) for c in itertools.combinations(range(savings.sites), 3)]
        met += savings.value(found) == pytest.approx(max(savings.value(choice) for choice in choices))
        assert found.sum() <= 3
        assert savings.value(found) >= savings.value(begun)
    assert met == 12


def test_choices_near_one_keep_to_the_budget_and_end_with_the_time() -> None:
    savings = random_savings(5)
    price = np.arange(1.0, savings.sites + 1.0)
    limits = Limits(3, price, 7.0)
    begun = np.zeros(savings.sites, dtype=bool)
    begun[0] = True
    found = shaken(savings, begun, limits, 50, np.inf, Deadline(10.0))
    assert limits.allow(found)
    assert savings.value(found) >= savings.value(begun)
    assert shaken(savings, begun, limits, 50, np.inf, Deadline(0.0)).tolist() == begun.tolist()


@pytest.mark.parametrize("seed", range(12))
def test_no_single_exchange_betters_an_exchanged_choice(seed: int) -> None:
    savings = random_savings(seed)
    begun = np.zeros(savings.sites, dtype=bool)
    begun[:2] = True
    found = exchanged(savings, begun)
    assert found.sum() == 2
    value = savings.value(found)
    assert value >= savings.value(begun)
    for out, into in itertools.product(np.flatnonzero(found), np.flatnonzero(~found)):
        other = found.copy()
        other[out], other[into] = False, True
        assert savings.value(other) <= value + 1e-9


def test_the_two_best_open_sites_of_each_customer() -> None:
    savings = Savings.of(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 2]), np.array([1.0, 3.0, 2.0, 7.0]), 3, 3)
    best, second, owner = two_best(savings, PairsBySite(savings), np.array([1, 2]))
    assert best.tolist() == [3, 7, 0]
    assert second.tolist() == [2, 0, 0]
    assert owner.tolist() == [1, 2, -1]
