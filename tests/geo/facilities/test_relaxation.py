"""The Lagrangian bound is above every choice, and what it settles holds for the best one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.facilities.exchanges import exchanged, greedy_choice
from geo.facilities.relaxation import relaxed_bound
from tests.support.savings import random_savings


@pytest.mark.parametrize("seed", range(20))
def test_no_choice_exceeds_the_bound_and_better_ones_keep_to_what_is_settled(seed: int) -> None:
    savings = random_savings(seed)
    count = 3
    begun = greedy_choice(savings, count)
    found = relaxed_bound(savings, count, exchanged(savings, begun))
    value = savings.value(found.opened)
    assert value >= savings.value(begun)
    for chosen in itertools.combinations(range(savings.sites), count):
        opened = np.isin(np.arange(savings.sites), chosen)
        assert savings.value(opened) <= found.bound + 1e-6
        if savings.value(opened) > value + 1e-6:
            assert opened[found.forced].all()
            assert not opened[~found.free & ~found.forced].any()
