"""Ends of lines by number."""

from __future__ import annotations

import numpy as np

from geo.core.line_ends import both_ends, end_of, is_last, line_of, other_end


def test_an_end_is_a_line_and_whether_it_is_the_last() -> None:
    line, last = np.array([0, 2, 5]), np.array([True, False, True])
    end = end_of(line, last)
    assert end.tolist() == [1, 4, 11]
    assert line_of(end).tolist() == line.tolist()
    assert is_last(end).tolist() == last.tolist()


def test_a_line_has_two_ends() -> None:
    ends = both_ends(np.array([3, 0]))
    assert ends.tolist() == [[6, 7], [0, 1]]
    assert other_end(ends[:, 0]).tolist() == ends[:, 1].tolist()
    assert other_end(other_end(ends)).tolist() == ends.tolist()
