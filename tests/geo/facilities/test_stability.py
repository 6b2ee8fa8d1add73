"""A choice that every draw makes is stable; one that chance decides is not."""

from __future__ import annotations

import numpy as np

from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem
from geo.facilities.stability import Drawing, stability

DRAWING = Drawing(number=20, off_by=0.2, limit_m=100.0, seconds=5.0)


def two_places(weight: list[float]) -> LocationProblem:
    """Return two places on two streets, each beside a site of its own, of which one may open."""
    none, both = np.zeros(2, dtype=bool), np.arange(2)
    return LocationProblem(
        weight=np.array(weight), demand=both, site=both, walk_m=np.full(2, 10.0), kept=none, closable=none,
        price=np.ones(2), room=np.full(2, np.inf), number=1, budget=np.inf, within_m=100.0, beyond_m=100.0,
    )  # fmt: skip


def test_far_more_demand_is_chosen_in_every_draw_and_regrets_nothing() -> None:
    problem = two_places([100.0, 10.0])
    found = stability(problem, "coverage", solve(problem, "coverage", 5.0), np.arange(2), DRAWING)
    assert found.draws == 40
    assert found.share.tolist() == [1.0, 0.0]
    assert found.worst_regret == 0


def test_even_demand_is_chosen_now_here_now_there_and_repeats() -> None:
    problem = two_places([100.0, 99.0])
    chosen = solve(problem, "coverage", 5.0)
    found, again = (stability(problem, "coverage", chosen, np.arange(2), DRAWING) for _ in range(2))
    assert 0 < found.share[1] < 1
    assert 0 < found.worst_regret < 0.4
    assert found.share.tolist() == again.share.tolist()
