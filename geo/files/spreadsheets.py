"""Read tables: CSV with any delimiter, XLSX, XLS."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.archives import checked_members
from geo.files.raw_file import SAY_HEADERS, RawFile, cell_text, text_cells, unique_headers, without_apostrophes
from geo.files.text_encoding import decode
from geo.study.findings import Finding

_RECORD: Final = struct.Struct("<HH")
_GLOBALS_BEGIN: Final = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_DATE_MODE: Final = 0x0022
_END_OF_GLOBALS: Final = 0x000A
"""Records of old workbooks: type and size; the beginning of the globals, the days' count, the end."""
_WIDE_COMMA: Final = "，"
_ONE_BYTE: Final = "\x1f"
_SPARE_COLUMNS: Final = 8
"""How many cells a row may have beyond the headers, as notes at the end of a row."""
_HEAD_ROWS: Final = 50
"""How far down headers are looked for."""


def read_csv(path: Path, encoding: str | None) -> RawFile:
    """Read a table of text, whatever divides its cells; without an encoding, the one that it seems to be in."""
    text, found = decode(path.read_bytes(), encoding)
    if "\x00" in text:
        raise ValueError("binary data")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;|，", key=first.count)
    columns = first.count(delimiter) + 1 + _SPARE_COLUMNS
    if delimiter == _WIDE_COMMA:  # pandas' fast reader takes a delimiter of one byte only
        text, delimiter = text.replace(_WIDE_COMMA, _ONE_BYTE), _ONE_BYTE
    table = pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        dtype=str,
        keep_default_na=False,
        skip_blank_lines=False,
        index_col=False,
        header=None,
        engine="c",
        on_bad_lines="skip",
        names=range(columns),
    )
    if delimiter == _ONE_BYTE:
        table = table.replace(_ONE_BYTE, _WIDE_COMMA, regex=True)
    raw = _with_headers(path, "csv", found, table)
    return replace(raw, table=without_apostrophes(raw.table))


def _with_headers(path: Path, kind: str, encoding: str, cells: pd.DataFrame) -> RawFile:
    """Make the first row that has text the headers; blank rows above it are titles' space."""
    head = cells.head(_HEAD_ROWS).map(lambda cell: cell is not None and bool(str(cell).strip())).to_numpy(dtype=bool)
    if not head.any():
        raise InputError(path, Text("文件是空的", "The file is empty"), SAY_HEADERS)
    # a title stands alone in its row; headers do not
    counts = head.sum(axis=1)
    top = int(np.argmax(counts >= min(2, counts.max())))
    headers = [str(cell).strip() if keep else "" for cell, keep in zip(cells.iloc[top], head[top], strict=True)]
    body = cells.iloc[top + 1 :]
    used = [i for i, header in enumerate(headers) if header or (body.iloc[:, i].fillna("") != "").any()]
    names, findings = unique_headers([headers[i] for i in used], used)
    table = body.iloc[:, used].set_axis(names, axis=1)
    table.index = pd.RangeIndex(top + 2, top + 2 + len(table))
    return RawFile(path.name, kind, encoding, text_cells(table).dropna(how="all"), findings=findings)


def read_xlsx(path: Path, encoding: str | None) -> RawFile:
    """Read the first sheet of a workbook that has rows; `encoding` is not needed."""
    checked_members(path)
    book = load_workbook(path, data_only=True)
    sheet = next((s for s in book.worksheets if s.max_row > 1 or s["A1"].value is not None), book.worksheets[0])
    filled = [at for at, cell in sheet._cells.items() if cell.value is not None]  # a blank one may stand far away
    last_row, last_column = map(max, zip(*filled, (1, 1), strict=True))
    cells = sheet.iter_rows(max_row=last_row, max_col=last_column)
    rows = [[cell_text(cell.value) for cell in row] for row in cells]
    merged = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
    for top, left, bottom, right in merged:  # a merged cell says the same of all rows that it spans
        if top == 1 or right > left:
            continue
        for row in range(top, min(bottom, len(rows)) if left <= last_column else 0):
            rows[row][left - 1] = rows[top - 1][left - 1]
    raw = _with_headers(path, "xlsx", "utf-8", pd.DataFrame(rows, dtype=object))
    if merged:
        raw.findings.append(
            Finding(
                None,
                "",
                Text(f"表中有 {len(merged)} 处合并单元格", f"The sheet has {len(merged)} merged cells"),
                Text("竖向合并的内容已填入每一行", "The content of cells merged downwards was filled into each row"),
            )
        )
    return replace(raw, days_from_1904=book.epoch == CALENDAR_MAC_1904)


def read_xls(path: Path, encoding: str | None) -> RawFile:
    """Read the first sheet of an old workbook that has rows; `encoding` is not needed."""
    book = CalamineWorkbook.from_path(str(path))
    rows: Sequence[Sequence[object]] = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            break
    raw = _with_headers(path, "xls", "utf-8", pd.DataFrame([[cell_text(c) for c in row] for row in rows], dtype=object))
    return replace(raw, days_from_1904=_says_1904(path.read_bytes()))


def _says_1904(content: bytes) -> bool:
    """Tell whether an old workbook's globals have the record DATEMODE ([MS-XLS] 2.4.77, Date1904) set."""
    at = content.find(_GLOBALS_BEGIN)
    while 0 <= at <= len(content) - _RECORD.size:
        kind, size = _RECORD.unpack_from(content, at)
        if kind == _END_OF_GLOBALS:
            break
        if kind == _DATE_MODE:
            return content[at + _RECORD.size : at + _RECORD.size + 2] == b"\x01\x00"
        at += _RECORD.size + size
    return False
