"""Tables are read with any delimiter; headers are found below titles, merged cells are filled downwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.spreadsheets import read_xls, read_xlsx
from geo.files.text_tables import read_csv
from geo.points.options import DateColumns
from geo.study.findings import Finding


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


Rows = list[list[Any]]
HEAD: list[Any] = ["工单编号", "诉求类型", "受理时间", "经度", "纬度"]


def rows_of(*names: str) -> Rows:
    return [[name, "占道经营", f"2025-03-0{i} 09:00", 114.3 + i / 100, 36.1] for i, name in enumerate(names, 1)]


def book_of(path: Path, sheets: dict[str, Rows], hidden: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def test_visible_sheets_with_the_wanted_headers_are_read_and_the_others_named(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "旧": [HEAD, *rows_of("OLD")],
        "说明": [["填表说明"], ["一、请勿改动列名"]],
        "1月": [["三月清单"], HEAD, *rows_of("A1", "A2")],
        "2月": [[*HEAD[:2], "投诉时间", *HEAD[3:]], *rows_of("B1")],
        "汇总": [["月份", "数量"], ["1月", 2]],
        "空": [],
    }
    file = book_of(tmp_path / "年度.xlsx", sheets, ("旧",))
    raw = read_xlsx(file, None, kind="complaints")
    assert raw.table["工单编号"].tolist() == ["A1", "A2", "B1"]
    assert raw.table["受理时间"].notna().all()
    assert {sheet.sheet: sheet.reason for sheet in raw.sheets} == {
        "旧": "hidden", "说明": "cover", "1月": "", "2月": "", "汇总": "other_headers", "空": "empty",
    }  # fmt: skip
    said = " ".join(finding.problem.zh for finding in raw.findings)
    assert all(sheet in said for sheet in sheets)
    [located] = raw.located([Finding(int(raw.table.index[2]), "经度", Text("", ""), Text("", ""))])
    assert (located.sheet, located.row) == ("2月", 2)
    assert read_xlsx(file, None, sheets=["旧"]).table["工单编号"].tolist() == ["OLD"]
    with pytest.raises(InputError, match="no sheet"):
        read_xlsx(file, None, sheets=["4月"])


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_hidden_rows_are_records_and_are_named(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    if suffix == ".xlsx":
        book = Workbook()
        sheet = book.worksheets[0]
        for row in [HEAD, *rows_of("V1", "V2", "V3")]:
            sheet.append(row)
        sheet.row_dimensions[3].hidden = True
        book.save(file)
        raw = read_xlsx(file, None)
    else:
        old = xlwt.Workbook()
        page = old.add_sheet("1")
        for number, cells in enumerate([HEAD, *rows_of("V1", "V2", "V3")]):
            for column, value in enumerate(cells):
                page.write(number, column, value)
        page.row(2).hidden = True
        old.save(str(file))
        raw = read_xls(file, None)
    assert raw.table["工单编号"].tolist() == ["V1", "V2", "V3"]
    assert [finding.problem.en for finding in raw.findings] == ["1 rows are hidden (rows 3)"]
    assert raw.sheets[0].hidden_rows == 1


def test_cells_merged_downwards_are_filled_in_old_workbooks_too(tmp_path: Path) -> None:
    old = xlwt.Workbook()
    page = old.add_sheet("1")
    for column, name in enumerate(("街道", "编号")):
        page.write(0, column, name)
    page.write_merge(1, 3, 0, 0, "文峰大道")
    for row in (1, 2, 3):
        page.write(row, 1, row)
    old.save(str(tmp_path / "a.xls"))
    assert read_xls(tmp_path / "a.xls", None).table["街道"].tolist() == ["文峰大道"] * 3


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing_and_is_named(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in [HEAD, *rows_of("A1", "A2")]:
        sheet.append(row)
    sheet["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    raw = read_xlsx(tmp_path / "a.xlsx", None)
    assert raw.table["工单编号"].tolist() == ["A1", "A2"]
    assert "far to the right" in " ".join(finding.problem.en for finding in raw.findings)


def test_errors_and_formulas_without_a_result_are_counted(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in [HEAD, *rows_of("A1", "A2")]:
        sheet.append(row)
    sheet["B2"] = "=1+1"
    sheet["B3"] = "#N/A"
    book.save(tmp_path / "a.xlsx")
    raw = read_xlsx(tmp_path / "a.xlsx", None)
    assert raw.table["诉求类型"].tolist() == [None, None]
    said = [finding.problem.en for finding in raw.findings]
    assert said == ["1 cells have errors such as #N/A", "1 formulas have no stored result"]
