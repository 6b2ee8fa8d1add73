"""The best choice as an integer program: its optimum, its bound, and what is not begun."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.ranked_choice import ranked_choice
from geo.facilities.savings import Savings
from tests.support.savings import random_savings


def _best(savings: Savings, limits: Limits, forced: np.ndarray, free: np.ndarray) -> float:
    sites = np.flatnonzero(free)
    choices = (c for k in range(len(sites) + 1) for c in itertools.combinations(sites, k))
    opened = (forced | np.isin(np.arange(savings.sites), c) for c in choices)
    return max(savings.value(each) for each in opened if limits.allow(each))


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_choice_is_the_best_and_its_bound_proves_it(seed: int, alike: bool) -> None:
    savings = random_savings(seed, alike)
    none = np.zeros(savings.sites, dtype=bool)
    found = ranked_choice(savings, Limits(3), ~none, none, Deadline(10.0))
    assert found is not None
    assert found[0].sum() <= 3
    assert savings.value(found[0]) == pytest.approx(_best(savings, Limits(3), none, ~none))
    assert found[1] == pytest.approx(savings.value(found[0]))


@pytest.mark.parametrize("seed", range(6))
def test_settled_sites_and_the_budget_are_kept_to(seed: int) -> None:
    savings = random_savings(seed)
    forced, free = np.zeros((2, savings.sites), dtype=bool)
    forced[0], free[2:] = True, True
    limits = Limits(3, np.arange(1.0, savings.sites + 1.0), 6.0)
    found = ranked_choice(savings, limits, free, forced, Deadline(10.0))
    assert found is not None
    opened, bound = found
    assert opened[0]
    assert not opened[1]
    assert limits.allow(opened)
    assert savings.value(opened) == pytest.approx(_best(savings, limits, forced, free)) == pytest.approx(bound)


def test_where_nothing_more_is_saved_the_settled_sites_are_the_choice() -> None:
    savings = Savings.of(np.array([0]), np.array([0]), np.array([4.0]), 1, 2)
    forced = np.array([True, False])
    found = ranked_choice(savings, Limits(2), ~forced, forced, Deadline(10.0))
    assert found is not None
    assert found[0].tolist() == [True, False]
    assert found[1] == 4


def test_a_program_that_is_too_large_for_the_time_is_not_begun() -> None:
    savings = random_savings(1)
    none = np.zeros(savings.sites, dtype=bool)
    assert ranked_choice(savings, Limits(2), ~none, none, Deadline(0.0)) is None
