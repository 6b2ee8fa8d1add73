"""Covers are the cheapest there are, and their bounds are true, however little time there is."""

from __future__ import annotations

import time

import numpy as np
import pytest

from geo.facilities.cover_matrix import CoverMatrix
from geo.facilities.cover_search import greedy_cover
from geo.facilities.covers import least_cover
from geo.facilities.deadline import Deadline
from tests.support.siting import PRICES, cheapest, hard_cover, town


@pytest.mark.parametrize("prices", PRICES)
def test_the_cheapest_cover_is_found_and_proven(prices: str) -> None:
    for seed in range(40):
        matrix = town(seed, prices=prices)
        best = cheapest(matrix)
        found = least_cover(matrix, Deadline(10.0))
        assert matrix.covered(found.opened).all()
        assert found.cost == pytest.approx(best), seed
        assert float(matrix.price[found.opened].sum()) == pytest.approx(found.cost)
        assert found.bound == pytest.approx(best, abs=5e-6), seed


@pytest.mark.parametrize("prices", PRICES)
def test_a_question_of_enough_is_answered(prices: str) -> None:
    for seed in range(40):
        matrix = town(seed, prices=prices)
        best = cheapest(matrix)
        for enough in (best - 1.0, best - 0.5, best, best + 0.5, best + 2.0):
            found = least_cover(matrix, Deadline(10.0), enough=enough)
            assert found.bound <= best + 1e-6, (seed, enough)
            assert found.cost >= best - 1e-6
            assert (found.cost <= enough + 1e-6) == (best <= enough + 1e-6), (seed, enough)
            if best > enough + 1e-6:
                assert found.bound > enough, (seed, enough)


def test_without_time_there_is_a_cover_and_a_true_bound() -> None:
    for seed in range(20):
        matrix = town(seed, rows=12, sites=10, prices=PRICES[seed % len(PRICES)])
        found = least_cover(matrix, Deadline(0.0))
        assert matrix.covered(found.opened).all()
        assert found.bound <= cheapest(matrix) + 1e-6


def test_a_row_without_a_site_has_no_cover() -> None:
    matrix = CoverMatrix.of(np.array([0, 2]), np.array([0, 1]), 3, np.ones(2))
    found = least_cover(matrix, Deadline(1.0))
    assert (found.cost, found.bound) == (np.inf, np.inf)
    nothing = least_cover(CoverMatrix.of(np.zeros(0, int), np.zeros(0, int), 0, np.ones(3)), Deadline(1.0))
    assert (nothing.cost, nothing.bound, nothing.opened.sum()) == (0, 0, 0)


def test_the_work_of_a_hard_cover_is_counted_not_timed() -> None:
    """A clock that runs three times as fast, as on a slow machine, changes nothing as long as the limit is not met."""
    matrix, limit = hard_cover(6), 1.0
    slow = [least_cover(matrix, Deadline(1000.0, lambda: 3 * time.thread_time(), allotted=limit)) for _ in range(2)]
    once = least_cover(matrix, Deadline(1000.0, allotted=limit))
    for found in slow:
        assert (found.opened == once.opened).all()
        assert (found.cost, found.bound) == (once.cost, once.bound)
    assert once.bound < once.cost <= greedy_cover(matrix).sum()
