"""The extent of a workbook's filled cells, before a reader makes a table of it."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.reading_apart import setting

_CELLS: Final = 30_000_000
"""The most cells of a sheet, between its first and its last filled one."""
_BLOCK: Final = 1 << 20
_LONGEST_TAG: Final = 4096
_ZIP: Final = b"PK\x03\x04"
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL: Final = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"(?:[^<>]*[^/<>])?>')
"""A cell with a content: blank ones, that carry a format only, are closed at once."""
_ODS_SHEET: Final = "content.xml"
_ODS: Final = re.compile(rb"<(?:table:table-cell|(/?)table:(table-row|table)\b)([^<>]*)>")
_REPEATED: Final = re.compile(rb'table:number-(?:columns|rows)-repeated="(\d{1,12})"')
_FILLED: Final = re.compile(rb"\boffice:(?:value-type|string-value|value)=")


class SheetSize(NamedTuple):
    """A sheet's name in its archive, and the cells of the block that holds its filled ones."""

    name: str
    cells: int


def refuse_excess(path: Path) -> None:
    """
    Refuse a workbook that would be a table of too many cells, as one cell far away can make it.

    Raises
    ------
    InputError
        If a sheet has more cells than `JIEXU_READ_CELLS`.
    """
    most = int(setting("JIEXU_READ_CELLS", os.environ.get("JIEXU_READ_CELLS"), _CELLS))
    for sheet in sheet_sizes(path):
        if sheet.cells > most:
            raise InputError(
                path,
                Text(
                    f"工作表的已填范围有 {sheet.cells:,} 个单元格，超过上限（{most:,}）",
                    f"The filled part of a sheet has {sheet.cells:,} cells, more than the limit ({most:,})",
                ),
                Text("请删去远处的单元格，或拆分后重试", "Delete the cells far away, or split the file, and try again"),
            )


def sheet_sizes(path: Path) -> Iterator[SheetSize]:
    """Return the sizes of the sheets of a workbook (XLSX, ODS); none of any other file."""
    with path.open("rb") as file:
        if file.read(len(_ZIP)) != _ZIP:
            return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if _SHEET.fullmatch(name):
                yield SheetSize(name, _extent(_blocks(archive, name)))
            elif name == _ODS_SHEET:
                yield SheetSize(name, _repeated(_blocks(archive, name)))


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Return the content of a member in blocks that end with a tag."""
    rest = b""
    with archive.open(name) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            end = text.rfind(b">") + 1
            rest = text[end:][-_LONGEST_TAG:]
            yield text[:end]


def _extent(blocks: Iterator[bytes]) -> int:
    rows, columns = 0, 0
    for block in blocks:
        found = _CELL.findall(block)
        rows = max(rows, max((int(row) for _, row in found), default=0))
        columns = max(columns, max(map(_number, {letters for letters, _ in found}), default=0))
    return rows * columns


def _number(letters: bytes) -> int:
    """Return the number of a column by its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _repeated(blocks: Iterator[bytes]) -> int:
    """Return the greatest count of filled cells of a table, repeated ones counted as often as they are."""
    most = cells = in_row = 0
    times = 1
    for block in blocks:
        for closing, element, attributes in _ODS.findall(block):
            count = _count(attributes)
            if not element:
                in_row += count if _FILLED.search(attributes) else 0
            elif element == b"table-row":
                cells += times * in_row
                in_row, times = 0, 1 if closing else count
            else:
                most, cells = max(most, cells), 0
    return max(most, cells)


def _count(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1
