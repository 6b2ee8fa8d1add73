"""Read tables of web pages and of XML 2003, often named as workbooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
from defusedxml import ElementTree

from geo.files.header_rows import Merge
from geo.files.raw_file import MAX_CELL, RawFile
from geo.files.sheet_marks import Marks
from geo.files.sheets import Sheet
from geo.files.spreadsheets import read_book
from geo.files.text_encoding import ENCODINGS, decode
from geo.files.text_lines import decode_lines

_SPREADSHEET: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_PAGE: Final = re.compile(
    rb"^[\s\xef\xbb\xbf]*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|meta|table|style)\b", re.I | re.S
)
_WIDE_PAGE: Final = re.compile("^\\s*<(!doctype\\s+html|html|head|body|meta|table)\\b", re.I)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DECLARED: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_NONE: Final = re.compile(r"display\s*:\s*none", re.I)
_MOST_SPAN: Final = 1000
_MOST_CELLS: Final = 20_000_000
_BREAKS: Final = ("br", "p", "div", "li")


def written_table(head: bytes) -> Callable[..., RawFile] | None:
    """Return the reader of a web page or of XML 2003, by the first bytes of a file; None of another."""
    if _SPREADSHEET in head or _SPREADSHEET.decode().encode("utf-16-le") in head:
        return read_xml
    if _PAGE.match(head):
        return read_html
    wide = head[2:].decode("utf-16-le", errors="replace") if head.startswith(b"\xff\xfe") else ""
    return read_html if _WIDE_PAGE.match(wide) else None


class _Written:
    """Sheets that were read as a whole."""

    from_1904 = False

    def __init__(self, sheets: Sequence[Sheet], hidden: Sequence[str]) -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self.names, self.hidden = [*self._sheets], [*hidden]

    def sheet(self, name: str) -> Sheet:
        """Return a sheet."""
        return self._sheets[name]


class _Grid:
    """Cells on their way to a sheet, spans included."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], str] = {}
        self.merges: list[Merge] = []
        self.marks = Marks()
        self.row = -1
        self.column = 0
        self._taken: set[tuple[int, int]] = set()

    def begin_row(self, row: int | None = None, hidden: bool = False) -> None:
        self.row = self.row + 1 if row is None else row
        self.column = 0
        if hidden:
            self.marks.hidden_rows.add(self.row + 1)

    def add(self, text: str, down: int = 1, across: int = 1) -> None:
        """Add a cell at the next free place."""
        while (self.row, self.column) in self._taken:
            self.column += 1
        down, across = min(max(down, 1), _MOST_SPAN), min(max(across, 1), _MOST_SPAN)
        if text := " ".join(text[:MAX_CELL].split(" ")).strip():
            self.cells[self.row, self.column] = text
        if down > 1 or across > 1:
            self.merges.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
            if down > 1:
                self._taken.update((self.row + i, self.column + j) for i in range(1, down) for j in range(across))
        self.column += across

    def sheet(self, name: str) -> Sheet:
        """Return the cells as a sheet."""
        rows = max((row for row, _ in self.cells), default=-1) + 1
        columns = max((column for _, column in self.cells), default=-1) + 1
        if rows * columns > _MOST_CELLS and rows * columns > 20 * len(self.cells):
            raise ValueError("cells far from the others")
        values = np.full((rows, columns), None, dtype=object)
        for place, text in self.cells.items():
            values[place] = text
        merges = [merge for merge in self.merges if merge[0] < rows]
        return Sheet(name, pd.DataFrame(values, index=np.arange(1, rows + 1), dtype=object), merges, self.marks)


class _Page(HTMLParser):
    """The tables of a web page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[_Grid] = []
        self._open: list[_Grid] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("script", "style"):
            self._skip += 1
        elif tag == "table":
            self._close()
            self.grids.append(_Grid())
            self._open.append(self.grids[-1])
        elif not self._open:
            return
        elif tag == "tr":
            self._close()
            self._open[-1].begin_row(hidden=bool(_NONE.search(said.get("style") or "")) or "hidden" in said)
        elif tag in ("td", "th"):
            self._close()
            self._cell, self._span = [], (_number(said.get("rowspan")), _number(said.get("colspan")))
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._skip = max(self._skip - 1, 0)
        elif tag in ("td", "th", "tr"):
            self._close()
        elif tag == "table" and self._open:
            self._close()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._skip:
            self._cell.append(re.sub(r"[ \t\r\n\u00a0]+", " ", data))

    def _close(self) -> None:
        if self._cell is not None and self._open:
            self._open[-1].add("".join(self._cell), *self._span)
        self._cell = None


def _number(word: str | None) -> int:
    return int(word) if word and word.strip().isdigit() else 1


def read_html(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read the tables of a web page as sheets."""
    raw = path.read_bytes()
    text, found = _text(raw, encoding or _stated(raw))
    page = _Page()
    page.feed(text)
    page.close()
    tables = [grid.sheet(f"{number}") for number, grid in enumerate(page.grids, 1) if grid.cells]
    read = read_book(path, "html", _Written(tables, ()), sheets, kind)
    return RawFile(path.name, "html", found, read.table, findings=read.findings, sheets=read.sheets)


def _stated(raw: bytes) -> str | None:
    """Return the encoding that a page states, if it is one of ours and its bytes are in it."""
    match = _CHARSET.search(raw[:4096])
    name = match[1].decode().lower() if match else ""
    name = {"gbk": "gb18030", "gb2312": "gb18030", "utf8": "utf-8", "big5-hkscs": "big5"}.get(name, name)
    if name not in ENCODINGS:
        return None
    try:
        raw.decode(name)
    except UnicodeDecodeError:
        return None
    return name


def _text(raw: bytes, encoding: str | None) -> tuple[str, str]:
    try:
        return decode(raw, encoding)
    except UnicodeDecodeError:
        found = decode_lines(raw, encoding)
        return found.text, found.encoding


def read_xml(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read the sheets of a workbook in XML 2003 (SpreadsheetML)."""
    raw = path.read_bytes()
    text, found = _text(raw, encoding)
    # the parser knows few encodings by name; it is given text
    root = ElementTree.fromstring(_DECLARED.sub("", text.lstrip("\ufeff")))
    tables: list[Sheet] = []
    hidden: list[str] = []
    for sheet in (element for element in root.iter() if _tag(element) == "Worksheet"):
        name = _said(sheet, "Name") or f"{len(tables) + 1}"
        grid = _Grid()
        for element in sheet.iter():
            tag = _tag(element)
            if tag == "Row":
                at = _said(element, "Index")
                grid.begin_row(int(at) - 1 if at.isdigit() else None, _said(element, "Hidden") == "1")
                _add_cells(grid, element)
            elif tag == "AutoFilter":
                grid.marks.filtered = True
            elif tag == "Visible" and (element.text or "").startswith("SheetHidden"):
                hidden.append(name)
        tables.append(grid.sheet(name))
    read = read_book(path, "xml", _Written(tables, hidden), sheets, kind)
    return RawFile(path.name, "xml", found, read.table, findings=read.findings, sheets=read.sheets)


def _add_cells(grid: _Grid, row: Element) -> None:
    for cell in row:
        if _tag(cell) != "Cell":
            continue
        at = _said(cell, "Index")
        if at.isdigit():
            grid.column = int(at) - 1
        data = next((part for part in cell if _tag(part) == "Data"), None)
        text = "" if data is None else "".join(data.itertext())
        kind = "" if data is None else _said(data, "Type")
        if kind == "Error":
            grid.marks.errors += 1
            text = ""
        elif kind == "Boolean":
            text = {"1": "true", "0": "false"}.get(text, text)
        elif kind == "DateTime":
            text = re.sub(r"\.0+$", "", text.replace("T", " "))
        down, across = (_number(_said(cell, name)) if _said(cell, name) else 0 for name in ("MergeDown", "MergeAcross"))
        grid.add(text, down + 1, across + 1)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _said(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")
