"""Tables are read with any delimiter; headers are found below titles, merged cells are filled downwards."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from geo.core.errors import InputError
from geo.files.spreadsheets import read_csv, read_xls, read_xlsx
from geo.points.options import DateColumns


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_any_delimiter_divides_cells(delimiter: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("\n".join(delimiter.join(row) for row in (["编号", "内容"], ["1", "占道"])), encoding="gb18030")
    raw = read_csv(file, None)
    assert raw.table.to_dict("records") == [{"编号": "1", "内容": "占道"}]
    assert raw.encoding == "gb18030"


def test_headers_are_found_below_a_title_and_rows_keep_their_number(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("2025年台账,,\n编号,内容,\n1,a,note\n,,\n2,b,\n", encoding="utf-8")
    table = read_csv(file, None).table
    assert table.columns.tolist() == ["编号", "内容", "column 3"]
    assert table.index.tolist() == [3, 5]


def test_cells_that_are_merged_downwards_are_filled(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["街道", "编号"], ["文峰大道", 1], [None, 2], ["甲路", 3.5]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    raw = read_xlsx(tmp_path / "a.xlsx", None)
    assert raw.table["街道"].tolist() == ["文峰大道", "文峰大道", "甲路"]
    assert raw.table["编号"].tolist() == ["1", "2", "3.5"]
    assert [finding.problem.en for finding in raw.findings] == ["The sheet has 1 merged cells"]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(" , \n", encoding="utf-8")
    with pytest.raises(InputError, match="empty"):
        read_csv(file, None)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
@pytest.mark.parametrize("from_1904", [False, True])
def test_a_workbook_says_from_when_it_counts_its_days(tmp_path: Path, suffix: str, from_1904: bool) -> None:
    """A day in a cell without a format is a number: 2024-11-09 is 45605, and 44143 in a workbook of 1904."""
    path = tmp_path / f"days{suffix}"
    rows: list[list[str | int]] = [["受理时间", "说明"], [44143 if from_1904 else 45605, "占道"]]
    if suffix == ".xlsx":
        book = Workbook()
        book.epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        active = book["Sheet"]
        for row in rows:
            active.append(row)
        book.save(path)
    else:
        old = xlwt.Workbook()
        old.dates_1904 = from_1904
        sheet = old.add_sheet("1")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
        old.save(str(path))
    raw = (read_xlsx if suffix == ".xlsx" else read_xls)(path, None)
    assert raw.days_from_1904 is from_1904
    read = DateColumns("Asia/Shanghai", raw, {"received_at": "受理时间"}).read(raw.table["受理时间"], "received_at")
    assert list(read.days) == ["2024-11-09"]
