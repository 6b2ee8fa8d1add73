"""Cells become a table: headers, records, and rows that are none."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.table_body import row_names, row_of, table_body


def test_rows_are_listed_as_ranges() -> None:
    assert row_names([9, 3, 5, 6, 7]).en == "3, 5–7, 9"


def test_sums_and_empty_rows_are_no_records() -> None:
    rows = [["投诉清单", None], ["编号", "类别"], ["A1", "占道"], [None, None], ["A2", "停车"], ["合计", "2"]]
    cells = pd.DataFrame(rows, dtype=object)
    body = table_body("a.csv", cells)
    assert body.table["编号"].tolist() == ["A1", "A2"]
    assert body.table.index.tolist() == [2, 4]
    assert any("5" in finding.problem.en for finding in body.findings), "the sum is named"


def test_a_table_without_cells_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        table_body("a.csv", pd.DataFrame([[None, None]], dtype=object))


def test_cells_that_are_no_text_are_none() -> None:
    assert row_of(["a", None, 1.5]) == ["a", None, None]
