"""Hidden rows and filters of workbooks."""

from __future__ import annotations

import io
import zipfile

import openpyxl

from geo.files.sheet_marks import ods_marks, xlsx_marks


def test_hidden_rows_and_filters_of_a_workbook_are_known() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, 5):
        sheet.append([f"A{row}"])
    sheet.row_dimensions[3].hidden = True
    sheet.auto_filter.ref = "A1:A4"
    book.create_sheet("乙").append(["x"])
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        marks, from_1904 = xlsx_marks(archive)
    assert [sorted(one.hidden_rows) for one in marks] == [[3], []]
    assert [one.filtered for one in marks] == [True, False]
    assert not from_1904


def test_an_archive_that_is_no_workbook_has_no_marks() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a")
    with zipfile.ZipFile(content) as archive:
        assert xlsx_marks(archive) == ([], False)


def test_hidden_rows_of_an_open_document_are_known_by_sheet() -> None:
    row = b'<table:table-row table:visibility="%s"><table:table-cell/></table:table-row>'
    content = b'<table:table table:name="a">' + row % b"visible" + row % b"filter" + b"</table:table>"
    content += b'<table:table table:name="b">' + row % b"visible" + b"</table:table>"
    marks = ods_marks(content)
    assert [sorted(one.hidden_rows) for one in marks] == [[2], []]
    assert [one.filtered for one in marks] == [True, False]
