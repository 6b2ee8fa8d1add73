"""Limits of a choice: what is left of them, and what keeps to them."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facilities.choice_limits import Limits

PRICE = np.array([5.0, 2.0, 4.0, 1.0])


def test_open_sites_use_up_the_number_and_the_budget() -> None:
    left = Limits(3, PRICE, 9.0).after(np.array([0, 3]))
    assert (left.number, left.budget) == (1, 3.0)
    assert Limits(3, PRICE, 9.0).after(2).budget == 5.0
    assert Limits(3).after(np.array([0, 3])) == Limits(1)
    assert Limits(1, PRICE, 3.0).after(0).budget < 0


def test_limits_of_a_few_sites_have_their_prices() -> None:
    some = Limits(2, PRICE, 9.0).of(np.array([3, 0]))
    assert some.price is not None
    assert some.price.tolist() == [1.0, 5.0]
    assert Limits(2).of(np.array([3, 0])).price is None


@pytest.mark.parametrize(
    ("opened", "budget", "allowed"),
    [([0, 1], 7.0, True), ([0, 1], 6.9, False), ([1, 2, 3], 99.0, False), ([], 0.0, True)],
)
def test_a_choice_keeps_to_both_limits_or_is_refused(opened: list[int], budget: float, allowed: bool) -> None:
    flags = np.isin(np.arange(4), opened)
    assert Limits(2, PRICE, budget).allow(flags) is allowed
    assert Limits(2).allow(flags) is (len(opened) <= 2)
