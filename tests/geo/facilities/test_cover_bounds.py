"""Lower bounds of covers are true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.facilities.cover_bounds import price_bound
from geo.facilities.deadline import Deadline
from tests.support.siting import cheapest, town


def test_bounds_are_those_of_the_relaxation_and_hold_with_any_multipliers() -> None:
    for seed in range(20):
        matrix = town(seed, rows=30, sites=12, prices="whole")
        table = matrix.table.toarray().astype(float)
        relaxed = linprog(matrix.price, A_ub=-table, b_ub=-np.ones(30), bounds=(0, 1)).fun
        found = price_bound(matrix, cheapest(matrix), Deadline(5.0))
        assert found.bound == pytest.approx(relaxed, abs=1e-6)
        cut = price_bound(matrix, cheapest(matrix), Deadline(0.0))
        assert 0 < cut.bound <= relaxed + 1e-6
        # a site that is left out is in no cover as cheap as the limit
        limit = cheapest(matrix)
        for site in np.flatnonzero(~cut.may_open(limit)).tolist():
            price = matrix.price.copy()
            price[site] = 0.0
            assert cheapest(matrix._replace(price=price)) + matrix.price[site] > limit
