"""Orders of edges: the best by recursion, and better ones by exchanges."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from geo.complaints.tours import held_karp, improved


def length(edge: np.ndarray, forward: np.ndarray, tail: np.ndarray, head: np.ndarray, between: np.ndarray) -> float:
    begin, end = np.where(forward, tail[edge], head[edge]), np.where(forward, head[edge], tail[edge])
    return float(between[end, np.roll(begin, -1)].sum())


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_best_order_and_directions(count: int) -> None:
    xy = np.random.default_rng(count).uniform(0, 100, (2 * count, 2))
    between = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    tail, head = np.arange(count) * 2, np.arange(count) * 2 + 1
    found = length(*held_karp(tail, head, between), tail, head, between)
    every = [
        length(np.array([0, *rest]), np.array(ahead), tail, head, between)
        for rest in permutations(range(1, count))
        for ahead in product([True, False], repeat=count)
    ]
    assert found == pytest.approx(min(every))


@pytest.mark.parametrize("seed", range(8))
def test_exchanges_shorten_an_order_and_lose_no_edge(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (20, 2))
    between = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    tail, head = np.arange(10) * 2, np.arange(10) * 2 + 1
    edge, forward = rng.permutation(10), rng.random(10) < 0.5
    better = improved(edge, forward, tail, head, between)
    assert sorted(better[0].tolist()) == list(range(10))
    best = length(*held_karp(tail, head, between), tail, head, between)
    after = length(*better, tail, head, between)
    assert best - 1e-9 <= after <= min(1.02 * best, length(edge, forward, tail, head, between))
