"""Location problems in plain numbers: walks to open sites, the gap of a choice."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facilities.location_problem import LocationProblem, Sited, no_time, sums, too_little


def test_everybody_walks_to_the_nearest_open_site() -> None:
    problem = LocationProblem(
        weight=np.ones(3), demand=np.array([0, 0, 1]), site=np.array([0, 1, 1]), walk_m=np.array([50.0, 20.0, 80.0]),
        kept=np.array([True, False]), closable=np.array([False, False]), price=np.array([3.0, 4.0]),
        room=np.full(2, np.inf), number=1, budget=np.inf, within_m=100.0, beyond_m=500.0,
    )  # fmt: skip
    assert problem.least(np.array([True, False])).tolist() == [50, np.inf, np.inf]
    assert problem.least(np.array([True, True])).tolist() == [20, 80, np.inf]
    assert problem.paid.tolist() == [0, 4], "what is there costs nothing"
    assert problem.where(problem.walk_m < 60).least(np.array([True, True])).tolist() == [20, np.inf, np.inf]
    assert (problem.sites, problem.most) == (2, 1)


@pytest.mark.parametrize(("objective", "bound", "gap"), [(80.0, 100.0, 0.25), (100.0, 100.0 + 1e-5, 0.0)])
def test_the_gap_is_a_share_of_the_objective(objective: float, bound: float, gap: float) -> None:
    found = Sited(np.array([True]), objective, bound, np.ones(1), np.ones(1))
    assert found.gap == pytest.approx(gap)


def test_no_choice_in_time_is_another_error_than_no_choice() -> None:
    assert "--seconds" in str(no_time().remedy)
    assert "--seconds" not in str(too_little().remedy)
    assert sums(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist() == [1, 0, 5, 0]
