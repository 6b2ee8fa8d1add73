"""Sheets of workbooks, and cells that are merged downwards."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd

from geo.files.sheets import Workbook, with_merged_rows


def test_sheets_are_named_and_hidden_ones_known(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "三月"
    book.worksheets[0].append(["编号", 7])
    book.create_sheet("旧").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    opened = Workbook(tmp_path / "a.xlsx", "xlsx")
    assert (opened.names, opened.hidden) == (["三月", "旧"], ["旧"])
    assert opened.sheet("三月").cells.iloc[0].tolist() == ["编号", "7"]


def test_content_is_filled_downwards_from_a_row_on() -> None:
    cells = pd.DataFrame([["区", "号"], ["东", "1"], [None, "2"], [None, "3"]], dtype=object)
    filled, count = with_merged_rows(cells, [(1, 0, 2, 0)], 1)
    assert (filled[0].tolist(), count) == (["区", "东", "东", None], 1)
    assert with_merged_rows(cells, [(0, 0, 0, 1)], 1) == (cells, 0)
