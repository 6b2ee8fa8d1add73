"""Groups and runs in flat arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.core.arrays import members, run_ends, run_starts


def test_members_are_numbered_within_their_group_and_empty_groups_have_none() -> None:
    group, number = members(np.array([2, 0, 3]))
    assert group.tolist() == [0, 0, 2, 2, 2]
    assert number.tolist() == [0, 1, 0, 1, 2]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_members_are_those_of_two_loops(counts: list[int]) -> None:
    group, number = members(np.array(counts, dtype=np.int64))
    plain = [(which, each) for which, count in enumerate(counts) for each in range(count)]
    assert list(zip(group.tolist(), number.tolist(), strict=True)) == plain


def test_a_run_begins_where_any_column_changes() -> None:
    street, side = np.array([1, 1, 1, 2, 2]), np.array(["L", "L", "R", "R", "R"], dtype=object)
    assert run_starts(street).tolist() == [True, False, False, True, False]
    starts = run_starts(street, side)
    assert starts.tolist() == [True, False, True, True, False]
    assert run_ends(starts).tolist() == [False, True, True, False, True]


def test_no_rows_have_no_runs() -> None:
    starts = run_starts(np.zeros(0), np.zeros(0))
    assert starts.tolist() == []
    assert run_ends(starts).tolist() == []
