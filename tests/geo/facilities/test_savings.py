"""Savings by site, and customers that are alike taken as one."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facilities.savings import PairsBySite, Savings, merged_customers
from tests.support.savings import random_savings


def test_pairs_that_save_nothing_are_left_out_and_the_rest_is_sorted() -> None:
    savings = Savings.of(np.array([1, 0, 0]), np.array([0, 1, 0]), np.array([3.0, 0.0, 2.0]), 2, 2)
    assert savings.customer.tolist() == [0, 1]
    assert savings.saving.tolist() == [2, 3]
    assert savings.best(np.array([True, False])).tolist() == [2, 3]
    assert savings.value(np.array([False, True])) == 0


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("alike", [False, True])
def test_merging_customers_changes_no_choice_s_value(seed: int, alike: bool) -> None:
    savings = random_savings(seed, alike)
    merged = merged_customers(savings)
    assert merged.customers <= savings.customers
    rng = np.random.default_rng(seed)
    for _ in range(5):
        opened = rng.random(savings.sites) < 0.4
        assert merged.value(opened) == pytest.approx(savings.value(opened))


def test_customers_that_save_at_the_same_sites_become_one() -> None:
    savings = Savings.of(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1]), np.array([2.0, 2, 5, 5, 4]), 3, 2)
    merged = merged_customers(savings)
    assert merged.customers == 2
    assert sorted(merged.saving.tolist()) == [4, 7, 7]


def test_pairs_by_site() -> None:
    savings = Savings.of(np.array([0, 0, 1]), np.array([0, 2, 2]), np.array([1.0, 2.0, 4.0]), 2, 3)
    pairs = PairsBySite(savings)
    assert pairs.sums(savings.saving).tolist() == [1, 0, 6]
    assert pairs.pairs(2).tolist() == [1, 2]
    assert pairs.pairs_of(np.array([2, 0])).tolist() == [1, 2, 0]
