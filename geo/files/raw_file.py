"""A file of rows as it was read, before anything of it is understood."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyproj

from geo.core.text import Text
from geo.study.findings import Finding

MAX_CELL: Final = 100_000
"""Longer cells are cut: they are no text that anybody wrote."""
_GUARDED: Final = r"^'(?='*[\s]*[=+\-@\t\r|])"
"""The apostrophe of `geo.study.export_tables.inert`."""
SAY_HEADERS: Final = Text("首行请写列名，以下每行一条记录", "Name the columns in the first row, one record a row below")
"""The remedy for a file without a table."""
SHEET_ROWS: Final = 10_000_000
"""More than the rows of any sheet."""


class Part(NamedTuple):
    """
    A sheet or layer of a file.

    Attributes
    ----------
    name
        Its name in the file.
    rows
        How many rows it has.
    read
        Whether they are read.
    """

    name: str
    rows: int
    read: bool


@dataclass(frozen=True)
class SheetRecord:
    """
    A sheet of a workbook.

    Attributes
    ----------
    sheet
        Its name.
    read
        Whether its rows were read.
    reason
        Why it was not read: `empty`, `hidden`, `cover` (no headers), `other_headers`, `not_chosen`; "" where it was.
    rows
        Its records; 0 where they were not counted.
    hidden_rows
        Rows that a filter or a person hid; they are records as well.
    filtered
        Whether it has a filter.
    """

    sheet: str
    read: bool
    reason: str
    rows: int
    hidden_rows: int = 0
    filtered: bool = False


@dataclass(frozen=True)
class RawFile:
    """
    A file as it was read.

    Attributes
    ----------
    name
        The file's name.
    format
        What it is: csv, xlsx, geojson, shapefile, geopackage, mapinfo, dxf ….
    encoding
        Of its text.
    table
        All cells as text, empty cells as None; the index is the row's number as a spreadsheet counts (headers are 1).
    points
        By row, where the file has geometry: its points (of lines and areas, one on them), in the file's own system.
    crs
        The system that the file states for its geometry, or None.
    findings
        What was doubtful in the file as a whole, and the rows whose geometry cannot be used.
    shapes
        By row, where the file has geometry: its shapes as they are, None where a row has none.
    days_from_1904
        Whether it is a workbook that counts its days from 1904, as those of old Macintoshes do.
    parts
        The sheets or layers of a file that may have several, read or not.
    unread
        How many records have no row in `table`, since nothing of them can be read; a finding names each.
    lines_out
        The lines of records that could not be read; a finding says why.
    sheets
        The sheets of a workbook. Where several were read, the rows of the second are numbered from `SHEET_ROWS` on,
        and so forth: `located` tells them apart.
    """

    name: str
    format: str
    encoding: str
    table: pd.DataFrame
    points: np.ndarray | None = None
    crs: pyproj.CRS | None = None
    findings: list[Finding] = field(default_factory=list)
    shapes: np.ndarray | None = None
    days_from_1904: bool = False
    parts: tuple[Part, ...] = ()
    unread: int = 0

    lines_out: tuple[int, ...] = ()
    sheets: tuple[SheetRecord, ...] = ()

    @property
    def records(self) -> int:
        """How many records the file has, unreadable ones included."""
        return len(self.table) + len(self.lines_out) + self.unread

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """The sheets of a workbook, or the layers of a map file."""
        return self.parts or tuple(Part(sheet.sheet, sheet.rows, sheet.read) for sheet in self.sheets)

    def located(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings with the sheet and the row in it, where the rows of several sheets were read together."""
        read = [sheet.sheet for sheet in self.sheets if sheet.read]
        if len(read) < 2:
            return list(findings)
        return [
            finding
            if finding.row is None or finding.sheet is not None
            else finding._replace(row=finding.row % SHEET_ROWS, sheet=read[finding.row // SHEET_ROWS])
            for finding in findings
        ]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder, as a geodatabase is one."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    parts = (f"{part.name} {digest(part)}\n" for part in sorted(path.iterdir()) if part.is_file())
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def unique_headers(headers: list[str], positions: Iterable[int]) -> tuple[list[str], list[Finding]]:
    """Number repeated headers, and name empty ones."""
    names: list[str] = []
    taken: set[str] = set()
    last: dict[str, int] = {}
    findings = []
    for header, position in zip(headers, positions, strict=True):
        name = header or f"column {position + 1}"
        number = last.get(header, 2)
        while name in taken:
            name = f"{header or 'column'} ({number})"
            number += 1
        last[header] = number
        taken.add(name)
        if header and name != header:
            findings.append(
                Finding(
                    1,
                    header,
                    Text(f"列名“{header}”重复", f"The header “{header}” is repeated"),
                    Text(f"第二列改称“{name}”", f"The second was renamed “{name}”"),
                )
            )
        names.append(name)
    return names, findings


def text_cells(table: pd.DataFrame, empty: Collection[str] = ("",)) -> pd.DataFrame:
    """Return cells as trimmed text, or None where they are one of `empty`."""
    cells: dict[str, pd.Series] = {}
    for column in table.columns:
        text = table[column].astype("string").str.slice(0, MAX_CELL).str.strip().astype(object)
        cells[column] = text.where(text.notna() & ~text.isin(list(empty)), None)
    return pd.DataFrame(cells, index=table.index, dtype=object)


def without_apostrophes(table: pd.DataFrame) -> pd.DataFrame:
    """Return cells without the apostrophe that an export puts before a formula."""
    plain = table.copy(deep=False)
    for column in table:
        text = table[column].astype("string")
        guarded = text.str.match(_GUARDED).fillna(False).to_numpy(dtype=bool)
        if guarded.any():
            plain[column] = table[column].where(~guarded, text.str.slice(1))
    return plain


def cell_text(value: object) -> str | None:
    """Return a cell's value as a person would type it: whole numbers without point, times as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time | pd.Timedelta):
        return value.isoformat()
    return str(value)
