"""The bays that relieve the most within a budget: the optimum, its proof, and what the greedy choice misses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.parking.choice import BayProblem, Choice, choose, whole
from geo.parking.need import WalkReach


@given(st.lists(st.floats(0, 5), max_size=40))
def test_whole_cars_keep_their_sum(cars: list[float]) -> None:
    found = whole(np.array(cars))
    assert (found >= 0).all()
    assert abs(found.sum() - sum(cars)) <= 0.5 + 1e-9


def pairs(draw: Any, places: int, cells: int) -> WalkReach:
    every = [(place, cell) for place in range(places) for cell in range(cells)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True, max_size=12)) if every else []
    walks = draw(st.lists(st.integers(0, 300), min_size=len(chosen), max_size=len(chosen)))
    order = sorted(range(len(chosen)), key=chosen.__getitem__)
    return WalkReach(
        np.array([chosen[i][0] for i in order], dtype=np.int64),
        np.array([chosen[i][1] for i in order], dtype=np.int64),
        np.array([walks[i] for i in order], dtype=float),
    )


@st.composite
def problems(draw: Any) -> BayProblem:
    n, k, c = (draw(st.integers(low, 4)) for low in (1, 0, 1))
    few = st.integers(0, 4)

    def numbers(size: int) -> np.ndarray:
        return np.array(draw(st.lists(few, min_size=size, max_size=size)), dtype=np.int64)

    street = np.array(draw(st.lists(st.integers(0, 1), min_size=c, max_size=c)), dtype=np.int64)
    near, far = pairs(draw, k, n), pairs(draw, c, n)
    return BayProblem(numbers(n), numbers(k), near, numbers(c), far, street, numbers(2), draw(st.integers(0, 8)))


def most_served(problem: BayProblem) -> float:
    """Return the most cars that find a space, by a linear program (HiGHS) that knows nothing of flows."""
    near, far = problem.reach, problem.bay_reach
    a, b = len(near.place), len(far.place)
    if a + b == 0:
        return 0.0
    rows, limits = [], []
    for owner, size, most, offset in (
        (near.place, len(problem.spaces), problem.spaces, 0),
        (far.place, len(problem.bays), problem.bays, a),
        (problem.street[far.place] if b else far.place, len(problem.street_most), problem.street_most, a),
        (np.concatenate([near.cell, far.cell]), len(problem.cars), problem.cars, 0),
        (np.zeros(b, dtype=np.int64), 1, np.array([problem.budget]), a),
    ):
        table = np.zeros((size, a + b))
        table[owner, offset + np.arange(len(owner))] = 1
        rows.append(table)
        limits.append(most)
    return -float(linprog(-np.ones(a + b), np.concatenate(rows), np.concatenate(limits)).fun)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_choice_is_the_optimum_and_its_bound_proves_it(problem: BayProblem) -> None:
    found = choose(problem, np.array([1.0, 2.0]), 300.0)
    assert found.after == pytest.approx(most_served(problem))
    assert found.bound == found.after
    assert found.before <= found.greedy <= found.after
    assert found.bays.sum() == found.after - found.before == found.relieved.sum(), (
        "no bay is chosen that relieves nobody"
    )
    assert (found.bays <= problem.bays).all()
    assert (np.bincount(problem.street, weights=found.bays, minlength=2) <= problem.street_most).all()
    assert found.bays.sum() <= problem.budget


def simple(budget: int, most: int = 10) -> Choice:
    """Cells 0 and 1 have five cars each; candidate 0 is near both, candidate 1 (of another street) near cell 1 only."""
    return choose(
        BayProblem(
            cars=np.array([5, 5]),
            spaces=np.array([], dtype=np.int64),
            reach=WalkReach(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([])),
            bays=np.array([5, 5]),
            bay_reach=WalkReach(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([200.0, 10.0, 50.0])),
            street=np.array([0, 1]),
            street_most=np.array([most, 10]),
            budget=budget,
        ),
        np.array([1.0, 1.0]),
        300.0,
    )


def test_of_choices_that_relieve_as_many_the_one_with_the_shortest_walks_wins() -> None:
    assert (simple(5).after, simple(5).walk_m) == (5, 10.0)
    # all ten only if candidate 0 serves the cell that nobody else reaches
    assert simple(10).after == 10
    assert simple(10).walk_m == 125.0


def test_no_street_gives_more_of_its_kerb_than_its_share() -> None:
    assert simple(10, most=2).bays.tolist() == [2, 5]


def test_the_greedy_choice_may_miss_the_optimum() -> None:
    # the greedy one takes the candidate that is near six cars, and spends the budget of its street there
    problem = BayProblem(
        cars=np.array([3, 3, 3]),
        spaces=np.array([], dtype=np.int64),
        reach=WalkReach(np.array([], dtype=np.int64), np.array([], dtype=np.int64), np.array([])),
        bays=np.array([4, 3, 3]),
        bay_reach=WalkReach(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1]), np.array([1.0, 2.0, 3.0, 3.0])),
        street=np.array([0, 0, 1]),
        street_most=np.array([4, 3]),
        budget=10,
    )
    found = choose(problem, np.array([1.0, 1.0]), 300.0)
    assert found.after == 6
    assert found.greedy <= found.after
