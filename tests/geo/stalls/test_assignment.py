"""People are assigned to places with room: as many as possible, at the least cost in sum, with the proof."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from geo.stalls.assignment import assign


def plainly(cost: np.ndarray, room: np.ndarray) -> tuple[int, float]:
    """Return how many can be placed and the least cost: seats instead of places, everything dense."""
    seats = np.repeat(cost, room, axis=1)
    stay = 1e6
    table = np.concatenate([np.where(np.isfinite(seats), seats, 2 * stay), np.full((len(cost),) * 2, stay)], axis=1)
    rows, columns = linear_sum_assignment(table)
    taken = table[rows, columns]
    return int((taken < stay).sum()), float(taken[taken < stay].sum())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 8), st.floats(0.05, 1))
def test_nobody_could_do_better(seed: int, people: int, places: int, density: float) -> None:
    random = np.random.default_rng(seed)
    cost = np.round(random.random((people, places)) * 100)
    cost[random.random(cost.shape) > density] = np.inf
    room = random.integers(0, 6, places)
    who, place = np.nonzero(np.isfinite(cost))
    found = assign(who, place, cost[who, place], people, room)
    placed = found.place >= 0
    assert (np.bincount(found.place[placed], minlength=places) <= room).all()
    assert (int(placed.sum()), found.total) == pytest.approx(plainly(cost, room))
    assert found.total == pytest.approx(cost[np.flatnonzero(placed), found.place[placed]].sum())
    assert found.gap == pytest.approx(0, abs=1e-6)


def test_more_places_than_are_looked_at_first() -> None:
    # everybody's nearest places are the same few: the search has to look further, and still finds the optimum
    random = np.random.default_rng(7)
    cost = np.abs(random.random((60, 1)) * 10 + np.arange(40)[None, :] * 5)
    room = np.full(40, 2)
    who, place = np.nonzero(np.isfinite(cost))
    found = assign(who, place, cost[who, place], 60, room)
    assert found.total == pytest.approx(plainly(cost, room)[1])
    assert found.gap == pytest.approx(0, abs=1e-6)
