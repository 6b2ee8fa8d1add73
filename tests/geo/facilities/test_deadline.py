"""One limit of time for all stages."""

from __future__ import annotations

import time

import numpy as np
import pytest

from geo.facilities.branches import best_choice
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, greedy_choice
from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem
from geo.facilities.savings import Savings
from geo.facilities.stability import Drawing, stability


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_stages_share_what_is_left() -> None:
    clock = Clock()
    deadline = Deadline(20.0, clock)
    clock.now += 8
    assert (deadline.used, deadline.left, deadline.over) == (8, 12, False)
    stage = deadline.part(0.5)
    assert stage.left == 6
    clock.now += 5
    assert stage.left == 1
    assert deadline.part(0.5).left == 3.5
    clock.now += 50
    assert stage.over
    assert deadline.left == 0
    assert deadline.part(0.5).over
    assert deadline.part(0.5, least=5.0).left == 5, "an answer needs some time in any case"
    assert Deadline.of(deadline) is deadline
    assert Deadline.of(3.0).left == pytest.approx(3, abs=0.5)


def large(homes: int, sites: int, number: int) -> LocationProblem:
    """Return a made-up town of homes and candidates with about a hundred candidates in reach of each home."""
    rng = np.random.default_rng(7)
    places, candidates = rng.random((homes, 2)) * 10_000, rng.random((sites, 2)) * 10_000
    pairs = [np.flatnonzero(np.hypot(*(candidates - place).T) < 400) for place in places]
    demand = np.repeat(np.arange(homes), [len(part) for part in pairs])
    site = np.concatenate(pairs)
    none = np.zeros(sites, dtype=bool)
    return LocationProblem(
        weight=rng.integers(1, 90, homes).astype(float), demand=demand, site=site,
        walk_m=np.hypot(*(places[demand] - candidates[site]).T), kept=none, closable=none, price=np.ones(sites),
        room=np.full(sites, np.inf), number=number, budget=np.inf, within_m=400.0, beyond_m=2000.0,
    )  # fmt: skip


def test_after_the_end_nothing_is_begun() -> None:
    clock = Clock()
    over = Deadline(1.0, clock)
    clock.now += 2
    problem = large(8000, 3000, 12)
    savings = Savings.of(problem.demand, problem.site, problem.weight[problem.demand], 8000, 3000)
    begun = greedy_choice(savings, 12)
    begun = np.roll(begun, 1)  # a choice that exchanges would better
    assert (exchanged(savings, begun, over) == begun).all()
    assert savings.value(exchanged(savings, begun)) > savings.value(begun)
    cut, full = (best_choice(savings, Limits(12), begun, limit) for limit in (over, Deadline(5.0)))
    assert np.isfinite(cut.bound)
    assert cut.bound >= full.bound * (1 - 1e-6), "a bound all the same"
    found = stability(
        problem, "coverage", solve(problem, "coverage", over), np.arange(8000), Drawing(5, 0.2, 400, over)
    )
    assert (found.draws, found.cut) == (0, True)


def test_a_limit_holds_for_search_proof_and_simulations_together() -> None:
    problem = large(20_000, 4000, 40)
    begun = time.thread_time()
    deadline = Deadline(4.0)
    chosen = solve(problem, "median", deadline.part(0.5))
    found = stability(problem, "median", chosen, np.arange(20_000), Drawing(10, 0.2, 400.0, deadline))
    assert time.thread_time() - begun < 4.0 + 2.0, "without a limit for all of it: minutes"
    assert found.cut
    assert chosen.opened.sum() == 40
