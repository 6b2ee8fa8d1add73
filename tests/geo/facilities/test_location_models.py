"""Sites are the best there are: every small problem is tried out in full, larger ones are bounded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.core.errors import StudyError
from geo.facilities.location_models import solve
from geo.facilities.location_problem import MODELS, LocationProblem, Model
from tests.support.siting import network_problem

REACH, WITHIN, BEYOND = 280.0, 120.0, 300.0


def drawn(seed: int, rooms: bool = False, budget: bool = False) -> tuple[LocationProblem, np.ndarray]:
    """A small town: its problem, and the table of all walks (infinite where out of reach)."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 10)), int(rng.integers(3, 7))
    walks = rng.integers(1, 30, (n, m)).astype(np.float64) * 10.0
    kept = rng.random(m) < 0.2
    closable = (rng.random(m) < 0.15) & ~kept
    demand, site = np.nonzero(walks < REACH)
    problem = LocationProblem(
        weight=rng.integers(1, 9, n).astype(float),
        demand=demand,
        site=site,
        walk_m=walks[demand, site],
        kept=kept,
        closable=closable,
        price=rng.integers(1, 4, m).astype(float) if budget else np.ones(m),
        room=rng.integers(3, 20, m).astype(float) if rooms else np.full(m, np.inf),
        number=int(rng.integers(1, 3)),
        budget=float(rng.integers(1, 6)) if budget else np.inf,
        within_m=WITHIN,
        beyond_m=BEYOND,
    )
    return problem, np.where(walks < REACH, walks, np.inf)


def choices(problem: LocationProblem, limited: bool) -> Iterator[np.ndarray]:
    """All choices that keep what stays, within the money and (if `limited`) the number."""
    for chosen in itertools.product([False, True], repeat=problem.sites):
        opened = np.array(chosen)
        new = opened & ~problem.kept
        if (problem.kept & ~opened).any() or problem.price[new & ~problem.closable].sum() > problem.budget:
            continue
        if limited and new.sum() > problem.number + problem.closable.sum():
            continue
        yield opened


def plain(problem: LocationProblem, walks: np.ndarray, model: Model) -> float | None:
    """The best value by trying every choice; None if none will do."""
    best: float | None = None
    able = walks.min(axis=1)
    for opened in choices(problem, model != "cover_all"):
        least = np.where(opened, walks, np.inf).min(axis=1)
        if model == "coverage":
            value = problem.weight[least <= WITHIN].sum()
        elif model == "median":
            value = (problem.weight * np.minimum(least, BEYOND)).sum()
        elif model == "cover_all":
            if ((able <= WITHIN) & (least > WITHIN)).any():
                continue
            value = problem.price[opened & ~problem.kept & ~problem.closable].sum()
        else:
            if (np.isfinite(able) & ~np.isfinite(least)).any():
                continue
            value = least[np.isfinite(able)].max(initial=0.0)
        if best is None or (value > best if model == "coverage" else value < best):
            best = float(value)
    return best


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("budget", [False, True])
def test_the_choice_is_the_best_of_all(model: Model, budget: bool) -> None:
    for seed in range(40):
        problem, walks = drawn(seed, budget=budget)
        best = plain(problem, walks, model)
        if best is None:
            with pytest.raises(StudyError):
                solve(problem, model, 10)
            continue
        found = solve(problem, model, 10)
        assert found.objective == pytest.approx(best), seed
        assert found.gap == 0
        assert found.opened[problem.kept].all()


def served_at_best(problem: LocationProblem, opened: np.ndarray, model: Model) -> float:
    """What open sites with room serve at best, by linear programming over the pairs."""
    limit = BEYOND if model == "median" else WITHIN
    use = np.flatnonzero(opened[problem.site] & (problem.walk_m <= limit))
    alone = float((problem.weight * BEYOND).sum()) if model == "median" else 0.0
    if len(use) == 0:
        return alone
    rows = [(problem.demand[use] == i).astype(float) for i in range(len(problem.weight))]
    rows += [(problem.site[use] == j).astype(float) for j in range(problem.sites)]
    cost = problem.walk_m[use] - BEYOND if model == "median" else -np.ones(len(use))
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.concatenate([problem.weight, problem.room]))
    return alone + found.fun if model == "median" else -float(found.fun)


@pytest.mark.parametrize("model", ["coverage", "median"])
def test_room_is_respected_and_used_at_best(model: Model) -> None:
    for seed in range(25):
        problem, _ = drawn(seed, rooms=True)
        values = [served_at_best(problem, opened, model) for opened in choices(problem, limited=True)]
        found = solve(problem, model, 10)
        assert found.objective == pytest.approx(max(values) if model == "coverage" else min(values)), seed
        assert (found.load <= problem.room + 1e-6).all()
        assert found.gap == pytest.approx(0, abs=1e-6)


def test_all_that_can_be_covered_is_served_with_room_or_it_is_refused() -> None:
    # ten people at one place, two sites that take six each
    room = np.array([6.0, 6.0])
    problem = LocationProblem(
        weight=np.array([10.0]),
        demand=np.array([0, 0]),
        site=np.array([0, 1]),
        walk_m=np.array([50.0, 80.0]),
        kept=np.zeros(2, dtype=bool),
        closable=np.zeros(2, dtype=bool),
        price=np.ones(2),
        room=room,
        number=2,
        budget=np.inf,
        within_m=WITHIN,
        beyond_m=BEYOND,
    )
    assert solve(problem, "cover_all", 5).objective == 2
    assert solve(problem, "centre", 5).objective == 80
    with pytest.raises(StudyError):
        solve(problem._replace(room=np.array([6.0, 3.0])), "cover_all", 5)
    with pytest.raises(StudyError):
        solve(problem._replace(number=1), "centre", 5)


def test_closing_one_makes_room_for_another() -> None:
    # an old hall that nobody reaches, and a new place in the middle of everybody
    problem = LocationProblem(
        weight=np.array([5.0, 7.0]),
        demand=np.array([0, 1]),
        site=np.array([1, 1]),
        walk_m=np.array([40.0, 60.0]),
        kept=np.array([True, False]),
        closable=np.array([False, False]),
        price=np.ones(2),
        room=np.full(2, np.inf),
        number=0,
        budget=np.inf,
        within_m=WITHIN,
        beyond_m=BEYOND,
    )
    assert solve(problem, "coverage", 5).objective == 0
    moved = solve(problem._replace(kept=np.zeros(2, dtype=bool), closable=np.array([True, False])), "coverage", 5)
    assert moved.objective == 12
    assert moved.opened.tolist() == [False, True]


@pytest.mark.parametrize("seed", range(6))
def test_small_p_medians_have_their_optimum(seed: int) -> None:
    problem = network_problem(seed, 14, 3)
    walks = problem.walk_m.reshape(14, 14)
    best = min(walks[:, list(c)].min(axis=1).sum() for c in itertools.combinations(range(14), 3))
    found = solve(problem, "median", 10)
    assert found.objective == pytest.approx(best)
    assert found.gap == 0


@pytest.mark.parametrize("count", [5, 10])
def test_larger_p_medians_are_proven(count: int) -> None:
    found = solve(network_problem(7, 100, count), "median", 60)
    assert found.gap == 0
    assert found.opened.sum() == count
