"""What links the pieces of a round is bounded from below, tightly."""

from __future__ import annotations

import numpy as np
import pytest

from geo.complaints.postman_bound import direct_pairs, linking_bound
from geo.complaints.tours import held_karp


def distances(xy: np.ndarray) -> np.ndarray:
    return np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))


def test_two_rings_are_linked_there_and_back() -> None:
    # two pieces without odd ends, 40 m apart
    between = distances(np.array([[0.0, 0], [10, 0], [50, 0], [60, 0]]))
    piece = np.array([0, 0, 1, 1])
    assert linking_bound(piece, np.zeros(0, dtype=np.int64), between) == pytest.approx(80)
    assert linking_bound(np.zeros(4, dtype=np.int64), np.arange(4), between) == 0, "one piece: nothing to link"


def test_a_way_past_a_third_place_is_no_pair() -> None:
    between = distances(np.array([[0.0, 0], [10, 0], [50, 0]]))
    assert direct_pairs(between).astype(int).tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("seed", range(10))
def test_the_bound_is_below_the_best_walk_and_near_it(seed: int) -> None:
    xy = np.random.default_rng(seed).uniform(0, 100, (14, 2))
    xy[1::2] = xy[::2] + np.random.default_rng(seed + 50).uniform(-15, 15, (7, 2))
    between, tail, head = distances(xy), np.arange(7) * 2, np.arange(7) * 2 + 1
    edge, forward = held_karp(tail, head, between)
    begin, end = np.where(forward, tail[edge], head[edge]), np.where(forward, head[edge], tail[edge])
    best = float(between[end, np.roll(begin, -1)].sum())
    bound = linking_bound(np.repeat(np.arange(7), 2), np.arange(14), between)
    assert 0.85 * best <= bound <= best + 1e-6
