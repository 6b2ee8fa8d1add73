"""Opening the sites that save most: the optimum, with a bound that proves it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint

from geo.facilities.integer_programs import solve_whole
from geo.facilities.savings import Savings
from geo.facilities.solver import open_sites


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.booleans())
def test_savings_are_greatest_and_bounded(seed: int, count: int, alike: bool) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 15)), int(rng.integers(count, 9))
    table = rng.integers(0, 6, (n, m)).astype(float)
    if alike:  # as coverage: what a customer saves is the same at all its sites
        table = (table > 3) * rng.integers(1, 9, n)[:, None].astype(float)
    i, j = np.nonzero(table)
    found = open_sites(Savings.of(i, j, table[i, j], n, m), count, 10)
    best = max(table[:, list(c)].max(axis=1).sum() for c in itertools.combinations(range(m), min(count, m)))
    assert found.value == pytest.approx(best)
    assert best - 1e-9 <= found.bound <= best + 1e-6
    assert found.opened.sum() <= count


def test_a_choice_that_time_cuts_short_states_its_gap() -> None:
    rng = np.random.default_rng(1)
    homes, sites = rng.random((1500, 1, 2)), rng.random((1, 300, 2))
    i, j = np.nonzero(np.hypot(*np.moveaxis(homes - sites, -1, 0)) < 0.12)
    weight = rng.integers(1, 100, 1500).astype(float)
    savings = Savings.of(i, j, weight[i], 1500, 300)
    found = open_sites(savings, 12, 0.01)
    assert found.value == pytest.approx(savings.value(found.opened))
    assert found.bound >= found.value
    assert found.bound <= 1.05 * found.value


def test_a_budget_is_kept_to_and_spent_at_best() -> None:
    savings = Savings.of(np.array([0, 1, 2]), np.array([0, 1, 2]), np.array([9.0, 6.0, 5.0]), 3, 3)
    found = open_sites(savings, 3, 10, prices=np.array([10.0, 5.0, 5.0]), budget=10.0)
    assert found.opened.tolist() == [False, True, True]
    assert found.value == found.bound == pytest.approx(11)


def test_an_integer_program_without_a_solution_is_bounded_by_infinity() -> None:
    impossible = [LinearConstraint(np.ones((1, 2)), 3.0, np.inf)]
    found = solve_whole(np.ones(2), impossible, np.ones(2), 5)
    assert found is not None
    assert found.bound == np.inf
    possible = solve_whole(np.array([2.0, 1.0]), [LinearConstraint(np.ones((1, 2)), 1.0, np.inf)], np.ones(2), 5)
    assert possible is not None
    assert possible.values.tolist() == pytest.approx([0, 1])
    assert possible.bound == pytest.approx(1)
