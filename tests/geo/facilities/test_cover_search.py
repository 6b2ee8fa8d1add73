"""The local search of covers betters the greedy one, in the same way each time."""

from __future__ import annotations

import numpy as np

from geo.facilities.cover_search import greedy_cover, searched_cover, thinned
from geo.facilities.deadline import Deadline
from tests.support.siting import hard_cover


def test_the_search_betters_the_greedy_cover_in_the_same_way_each_time() -> None:
    matrix = hard_cover(5)
    begun = greedy_cover(matrix)
    found = searched_cover(matrix, begun, 3000, 0.0, Deadline(60.0))
    assert matrix.covered(begun).all()
    assert matrix.covered(found).all()
    assert found.sum() <= begun.sum() - 3
    again = searched_cover(matrix, begun, 3000, 0.0, Deadline(60.0))
    assert (found == again).all()
    assert searched_cover(matrix, begun, 3000, float(begun.sum()), Deadline(60.0)).sum() == begun.sum()
    idle = np.ones(1000, dtype=bool)
    assert thinned(matrix, idle).sum() < 100
