"""Groups of different sizes in flat arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.core.arrays import members


def test_members_are_numbered_from_nought_within_each_group() -> None:
    group, number = members(np.array([2, 0, 3]))
    assert group.tolist() == [0, 0, 2, 2, 2]
    assert number.tolist() == [0, 1, 0, 1, 2]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_members_are_those_of_two_loops(counts: list[int]) -> None:
    group, number = members(np.array(counts, dtype=np.int64))
    plain = [(which, each) for which, count in enumerate(counts) for each in range(count)]
    assert list(zip(group.tolist(), number.tolist(), strict=True)) == plain
