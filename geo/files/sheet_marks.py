"""Hidden rows, filters, errors and extents of sheets, as the parts of a workbook state them."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Final

from defusedxml import ElementTree

from geo.files.header_rows import Merge

_CHUNK: Final = 1 << 20
_HIDDEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"'](\d+)[\"']")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d+)[\"']")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})\d+[\"']")
_ERROR: Final = re.compile(rb"<(?:\w+:)?c\b[^>]*\bt=[\"']e[\"']")
_UNVALUED: Final = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FILTER: Final = re.compile(rb"<(?:\w+:)?autoFilter\b")
_OPEN_ROW: Final = re.compile(rb"<(?:\w+:)?row\b")
_ODS_PART: Final = re.compile(rb"<table:(table-row|table)(?=[\s>/])([^>]*)>")
_ODS_CELL: Final = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s>/])([^>]*)>")
_ODS_SPANS: Final = re.compile(rb"table:number-(rows|columns)-spanned=\"(\d+)\"")
_ODS_COLUMNS: Final = re.compile(rb"table:number-columns-repeated=\"(\d+)\"")
_ODS_HIDDEN: Final = re.compile(rb"table:visibility=\"(?:filter|collapse)\"")
_ODS_FILTERED: Final = re.compile(rb"table:visibility=\"filter\"")
_ODS_REPEATED: Final = re.compile(rb"table:number-rows-repeated=\"(\d+)\"")
_MOST_REPEATED: Final = 10_000
_BINARY_ROW: Final = 0
_BINARY_ERROR: Final = 3
_BOOK_FACTS: Final = 153
_BUNDLE: Final = 156
_BINARY_FILTER: Final = 161
_BINARY_MERGE: Final = 176
"""Types of records: BrtRowHdr, BrtCellError, BrtWbProp, BrtBundleSh, BrtBeginAFilter, BrtMergeCell."""
_BINARY_HIDDEN: Final = 0x10
"""The flag `fDyZero` of a row."""


@dataclass
class Marks:
    """
    Marks of a sheet.

    Attributes
    ----------
    hidden_rows
        Rows that a filter or a person hid, counted from 1.
    filtered
        Whether it has a filter.
    errors
        Cells with an error, such as #N/A.
    unvalued
        Formulas without a stored value.
    last_row, columns, cells
        The last row, the columns with cells (from 1), and how many cells are stored; nothing where it is not known.
    merges
        Merged cells of an ODS or XLSB workbook: top, left, bottom and right from 0; its reader does not give them.
    """

    hidden_rows: set[int] = field(default_factory=set)
    filtered: bool = False
    errors: int = 0
    unvalued: int = 0
    last_row: int = 0
    columns: set[int] = field(default_factory=set)
    cells: int = 0
    merges: list[Merge] = field(default_factory=list)


def xlsx_marks(archive: zipfile.ZipFile) -> tuple[list[Marks], bool]:
    """Return the marks of the sheets of an XLSX workbook, in its order, and whether it counts days from 1904."""
    names = set(archive.namelist())
    book = next((name for name in ("xl/workbook.xml", "xl/workbook2.xml") if name in names), None)
    if book is None:
        return [], False
    root = ElementTree.fromstring(archive.read(book))
    targets = _sheet_parts(archive, book)
    marks, from_1904 = [], False
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag == "workbookPr":
            from_1904 = element.get("date1904") in ("1", "true")
        elif tag == "sheet":
            identifier = next((value for key, value in element.items() if key.endswith("}id")), None)
            part = targets.get(identifier, "")
            marks.append(_sheet_marks(archive, part) if part in names else Marks())
    return marks, from_1904


def _sheet_parts(archive: zipfile.ZipFile, book: str) -> dict[str | None, str]:
    """Return the parts that a workbook's own part names, by the identifier of the relation."""
    relations = str(PurePosixPath(book).parent / "_rels" / f"{PurePosixPath(book).name}.rels")
    if relations not in archive.namelist():
        return {}
    parts = {}
    for relation in ElementTree.fromstring(archive.read(relations)):
        target = relation.get("Target", "")
        parts[relation.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _sheet_marks(archive: zipfile.ZipFile, part: str) -> Marks:
    marks = Marks()
    letters: set[bytes] = set()
    with archive.open(part) as file:
        for text in _parts(file):
            rows = [int(number) for number in _ROW.findall(text)]
            marks.last_row = max([marks.last_row, *rows])
            cells = _CELL.findall(text)
            letters.update(cells)
            marks.cells += len(cells)
            marks.errors += len(_ERROR.findall(text))
            marks.unvalued += len(_UNVALUED.findall(text))
            marks.filtered = marks.filtered or _FILTER.search(text) is not None
            marks.hidden_rows.update(int(number) for number in _HIDDEN_ROW.findall(text))
    from openpyxl.utils import column_index_from_string  # noqa: PLC0415 (a tenth of a second to load)

    marks.columns = {column_index_from_string(name.decode()) for name in letters}
    return marks


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a sheet in parts that end before a row."""
    kept = b""
    while chunk := file.read(_CHUNK):
        kept += chunk
        starts = [match.start() for match in _OPEN_ROW.finditer(kept)]
        if starts and starts[-1] > 0:
            yield kept[: starts[-1]]
            kept = kept[starts[-1] :]
    yield kept


def ods_marks(content: bytes) -> list[Marks]:
    """Return the marks of the sheets of an ODS workbook, in its order."""
    found: list[Marks] = []
    row = 0
    for match in _ODS_PART.finditer(content):
        if match[1] == b"table":
            found.append(Marks())
            row = 0
        elif found:
            repeated = _ODS_REPEATED.search(match[2])
            count = int(repeated[1]) if repeated else 1
            if _ODS_HIDDEN.search(match[2]):
                found[-1].hidden_rows.update(range(row + 1, row + 1 + min(count, _MOST_REPEATED)))
                found[-1].filtered |= _ODS_FILTERED.search(match[2]) is not None
            row += count
    if b"-spanned=" in content:
        for marks, merges in zip(found, _ods_merges(content), strict=True):
            marks.merges = merges
    return found


def _ods_merges(content: bytes) -> list[list[Merge]]:
    """Return the merged cells of the sheets of an ODS workbook."""
    found: list[list[Merge]] = []
    row = column = after = 0
    for match in _ODS_CELL.finditer(content):
        if match[1] == b"table":
            found.append([])
            after = 0
        elif match[1] == b"table-row":
            repeated = _ODS_REPEATED.search(match[2])
            row, column, after = after, 0, after + (int(repeated[1]) if repeated else 1)
        elif found:
            spans = {side: int(count) for side, count in _ODS_SPANS.findall(match[2])}
            down, right = spans.get(b"rows", 1), spans.get(b"columns", 1)
            if down > 1 or right > 1:
                found[-1].append((row, column, row + down - 1, column + right - 1))
            repeated = _ODS_COLUMNS.search(match[2])
            column += int(repeated[1]) if repeated else 1
    return found


def xlsb_marks(archive: zipfile.ZipFile) -> tuple[list[Marks], bool]:
    """Return the marks of the sheets of a binary workbook ([MS-XLSB]), in its order, and whether it begins in 1904."""
    names, book = set(archive.namelist()), "xl/workbook.bin"
    targets = _sheet_parts(archive, book)
    marks, from_1904 = [], False
    for kind, data in _binary_records(archive.read(book)):
        if kind == _BOOK_FACTS:
            from_1904 = bool(data[0] & 1)
        elif kind == _BUNDLE:
            length = int.from_bytes(data[8:12], "little")
            part = targets.get(data[12 : 12 + 2 * length].decode("utf-16-le", "replace"), "")
            marks.append(_binary_marks(archive.read(part)) if part in names else Marks())
    return marks, from_1904


def _binary_marks(content: bytes) -> Marks:
    marks = Marks()
    for kind, data in _binary_records(content):
        if kind == _BINARY_ROW and len(data) >= 12 and data[11] & _BINARY_HIDDEN:
            marks.hidden_rows.add(int.from_bytes(data[:4], "little") + 1)
        elif kind == _BINARY_ERROR:
            marks.errors += 1
        elif kind == _BINARY_FILTER:
            marks.filtered = True
        elif kind == _BINARY_MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            marks.merges.append((top, left, bottom, right))
    return marks


def _binary_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a binary workbook; each begins with its type and its size, seven bits a byte."""
    at = 0
    while at < len(content):
        kind = content[at]
        at += 1
        if kind & 0x80 and at < len(content):
            kind = kind & 0x7F | content[at] << 7
            at += 1
        size = shift = 0
        while at < len(content):
            byte = content[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[at : at + size]
        at += size
