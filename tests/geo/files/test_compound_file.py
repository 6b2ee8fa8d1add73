"""Old workbooks: their records, passwords and the day they count from."""

from __future__ import annotations

import io
import struct

import pytest
import xlwt

from geo.files.compound_file import is_encrypted, says_1904, sheet_marks, workbook_stream


def workbook(from_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    for name in ("甲", "乙"):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, "编号")
        sheet.write(1, 0, 7)
        if name == "乙":
            sheet.row(1).hidden = True
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("from_1904", [False, True])
def test_the_stream_says_from_which_day_it_counts(from_1904: bool) -> None:
    stream = workbook_stream(workbook(from_1904))
    assert stream is not None
    assert says_1904(stream) is from_1904


def test_hidden_rows_are_known_by_sheet() -> None:
    stream = workbook_stream(workbook())
    assert stream is not None
    assert [sorted(marks.hidden_rows) for marks in sheet_marks(stream)] == [[], [2]]


def test_a_workbook_without_a_password_is_open_and_other_bytes_are_refused() -> None:
    assert not is_encrypted(workbook())
    with pytest.raises((ValueError, struct.error, IndexError)):
        is_encrypted(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 40)
