"""The Lagrangian bound is above every choice, and what it settles holds for the best one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.choice_limits import Limits
from geo.facilities.relaxation import Goal, Steps, ascent, most_worth
from geo.facilities.savings import SavingsBySite
from tests.support.savings import random_savings

STEPS = Steps(most=200, first=0.7, last=1e-3, patience=10)


@pytest.mark.parametrize("budget", [np.inf, 7.0])
@pytest.mark.parametrize("seed", range(12))
def test_no_choice_exceeds_the_bound_and_better_ones_keep_to_what_is_settled(seed: int, budget: float) -> None:
    savings = random_savings(seed)
    price = np.random.default_rng(seed).integers(1, 6, savings.sites).astype(float)
    limits = Limits(3) if np.isinf(budget) else Limits(3, price, budget)
    every = np.array(list(itertools.product([False, True], repeat=savings.sites)))
    able = [opened for opened in every if limits.allow(opened)]
    values = sorted(savings.value(opened) for opened in able)
    for value in (values[-1], values[len(values) // 2]):
        found = ascent(SavingsBySite.of(savings), limits, np.zeros(savings.customers), Goal(value, value - 1), STEPS)
        assert found.bound >= values[-1] - 1e-6
        forced, free = found.settled(limits, value)
        for opened in able:
            if savings.value(opened) > value + 1e-6:
                assert opened[forced].all()
                assert not opened[~free & ~forced].any()


def test_a_budget_bounds_the_worth_by_its_toll() -> None:
    worth, limits = np.array([9.0, 6.0, 5.0]), Limits(3, np.array([10.0, 5.0, 5.0]), 10.0)
    found = most_worth(worth, limits)
    assert 11 <= found.most <= 11.6, "the best two cost 10 and are worth 11; all three would be worth 20"
    assert most_worth(worth, Limits(2)).most == 15
