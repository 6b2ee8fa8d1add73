"""Integer programs have their optimum and its bound; without a solution they say so."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.facilities.deadline import Deadline
from geo.facilities.integer_programs import solve_whole


@pytest.mark.parametrize("seed", range(6))
def test_the_cheapest_choice_is_found_and_proven(seed: int) -> None:
    rng = np.random.default_rng(seed)
    price, rows = rng.integers(1, 20, 8).astype(float), (rng.random((6, 8)) < 0.4).astype(float)
    rows[:, seed] = 1.0
    found = solve_whole(price, [LinearConstraint(csr_array(rows), 1.0, np.inf)], np.ones(8), 10.0)
    choices = (np.array(c, dtype=float) for c in itertools.product((0, 1), repeat=8))
    best = min(float(price @ choice) for choice in choices if (rows @ choice >= 1).all())
    assert found is not None
    assert price @ found.values == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert np.isin(found.values.round(6), (0.0, 1.0)).all()


def test_variables_that_are_not_whole_take_shares_and_heed_their_most() -> None:
    both = [LinearConstraint(np.array([[2.0, 2.0]]), 3.0, np.inf)]
    half = solve_whole(np.array([1.0, 3.0]), both, np.array([0.0, 0.0]), Deadline(5.0))
    more = solve_whole(np.array([1.0, 3.0]), both, np.zeros(2), 5.0, upper=np.array([2.0, 1.0]))
    assert half is not None
    assert half.values == pytest.approx([1.0, 0.5])
    assert more is not None
    assert more.values == pytest.approx([1.5, 0.0])


def test_a_program_without_a_solution_has_an_endless_bound() -> None:
    found = solve_whole(np.ones(2), [LinearConstraint(np.array([[1.0, 1.0]]), 3.0, np.inf)], np.ones(2), 5.0)
    assert found is not None
    assert found.bound == np.inf
