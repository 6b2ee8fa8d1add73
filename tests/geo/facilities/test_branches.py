"""Branch and bound finds the best choice of sites; cut short, it states a bound that holds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.deadline import Deadline
from geo.facilities.location_models import solve
from geo.facilities.savings import Savings
from geo.facilities.solver import open_sites
from tests.support.siting import network_problem


def least_walking(table: np.ndarray, count: int) -> float:
    """The least sum of walks to so many sites, by trying every choice."""
    return min(float(table[:, list(c)].min(axis=1).sum()) for c in itertools.combinations(range(table.shape[1]), count))


@pytest.mark.parametrize("unit", [1.0, 0.01, 0.0])
def test_the_least_walking_is_found_whatever_the_unit_of_the_walks(unit: float) -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        table = rng.random((30, 11)) * 100
        table = np.round(table / unit) * unit if unit else table
        i, j = np.divmod(np.arange(table.size), 11)
        found = open_sites(Savings.of(i, j, 200.0 - table.ravel(), 30, 11), 4, 20.0)
        best = least_walking(table, 4)
        assert 30 * 200.0 - found.value == pytest.approx(best, rel=1e-6), seed
        assert found.bound == pytest.approx(found.value, rel=1e-6), seed


@pytest.mark.parametrize("count", [6, 20, 40, 67])
def test_medians_of_a_network_are_proven_in_seconds_of_computing(count: int) -> None:
    limit = Deadline(20.0)
    found = solve(network_problem(count, 200, count), "median", limit)
    assert found.gap == 0
    assert not limit.over


def test_with_a_budget_and_without_time_there_is_a_bound_that_holds() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        table, price = rng.integers(0, 9, (20, 8)).astype(float), rng.integers(2, 9, 8).astype(float)
        i, j = np.nonzero(table)
        savings = Savings.of(i, j, table[i, j], 20, 8)
        able = [list(c) for k in range(1, 4) for c in itertools.combinations(range(8), k) if price[list(c)].sum() <= 12]
        best = max(float(table[:, sites].max(axis=1).sum()) for sites in able)
        cut, full = (open_sites(savings, 3, limit, price, 12.0) for limit in (Deadline(0.0), Deadline(10.0)))
        assert float(price[cut.opened].sum()) <= 12
        assert cut.value <= best <= cut.bound + 1e-6 < np.inf, seed
        assert full.value == full.bound == best, seed
