"""Reduced problems of covering cost as much as the whole ones."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facilities import cover_matrix
from geo.facilities.cover_matrix import CoverMatrix, packing, reduced
from tests.support.siting import PRICES, cheapest, town


@pytest.mark.parametrize("prices", PRICES)
def test_a_reduced_problem_costs_as_much(prices: str) -> None:
    settled = 0
    for seed in range(40):
        matrix = town(seed, prices=prices)
        small = reduced(matrix)
        rest = cheapest(small.matrix) if small.matrix.table.shape[0] else 0.0
        assert small.price + rest == pytest.approx(cheapest(matrix)), seed
        settled += small.matrix.table.shape[0] == 0
    assert settled > 5, "small towns are settled by reduction alone"


def test_dominated_places_and_sites_go() -> None:
    # home 1 has the sites of home 0 and one more; site 2 covers no more than site 1, and is dearer
    pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 0], [2, 3], [3, 1], [3, 3]])
    small = reduced(CoverMatrix.of(pairs[:, 0], pairs[:, 1], 4, np.array([1.0, 1.0, 2.0, 1.0])))
    assert small.matrix.table.shape == (3, 3)
    assert 2 not in small.matrix.sites


@pytest.mark.parametrize("steps", [1, 7, 10_000])
def test_large_tables_are_reduced_to_the_same_by_blocks(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [reduced(town(seed, 30, 20, "whole")) for seed in range(12)]
    monkeypatch.setattr(cover_matrix, "_DENSE_CELLS", 0)
    monkeypatch.setattr(cover_matrix, "_BLOCK_STEPS", steps)
    for seed, expected in enumerate(whole):
        found = reduced(town(seed, 30, 20, "whole"))
        assert found.matrix.sites.tolist() == expected.matrix.sites.tolist(), seed
        assert found.needed.tolist() == expected.needed.tolist(), seed


def test_homes_without_a_common_site_need_one_each() -> None:
    for seed in range(20):
        matrix = town(seed)
        apart = packing(matrix.table)
        assert (matrix.table.toarray()[apart].sum(axis=0) <= 1).all()
        assert len(apart) <= cheapest(matrix)
        assert len(packing(matrix.table, enough=1)) == min(len(apart), 2)
