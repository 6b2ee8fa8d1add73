"""Cells are text as a person would type it, and headers are unique."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from geo.files.raw_file import cell_text, text_cells, unique_headers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (12.0, "12"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (7, "7"),
        (dt.datetime(2025, 3, 1, 8, 30), "2025-03-01 08:30:00"),
        (dt.date(2025, 3, 1), "2025-03-01"),
        (dt.time(8, 30), "08:30:00"),
    ],
)
def test_a_cell_is_written_as_a_person_types_it(value: object, text: str | None) -> None:
    assert cell_text(value) == text


def test_headers_that_stand_twice_are_numbered_and_empty_ones_named() -> None:
    names, findings = unique_headers(["a", "", "a", "a"], range(4))
    assert names == ["a", "column 2", "a (2)", "a (3)"]
    assert [(finding.row, finding.column) for finding in findings] == [(1, "a"), (1, "a")]


def test_cells_are_trimmed_empty_ones_none_and_endless_ones_cut() -> None:
    cells = text_cells(pd.DataFrame({"a": [" x ", "", "nan"], "b": [None, "y" * 200_000, 3]}), ("", "nan"))
    assert cells["a"].tolist() == ["x", None, None]
    assert cells["b"].iloc[0] is None
    assert len(cells["b"].iloc[1]) == 100_000
