"""Greedy choices, and exchanges that better them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.exchanges import exchanged, greedy_choice, two_best
from geo.facilities.savings import PairsBySite, Savings
from tests.support.savings import random_savings


def test_the_greedy_choice_takes_what_saves_most_each_time_and_heeds_the_budget() -> None:
    savings = Savings.of(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([9.0, 6.0, 5.0]), 3, 3)
    assert greedy_choice(savings, 2).tolist() == [True, True, False]
    prices = np.array([10.0, 5.0, 5.0])
    assert greedy_choice(savings, 3, prices, budget=10.0).tolist() == [False, True, True]


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
