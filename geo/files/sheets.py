"""Sheets of workbooks as cells of text, with their merged cells and marks."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from geo.files.compound_file import says_1904, sheet_marks, workbook_stream
from geo.files.header_rows import Merge
from geo.files.raw_file import MAX_CELL, cell_text
from geo.files.sheet_marks import Marks, ods_marks, xlsb_marks, xlsx_marks

_DENSE: Final = 20_000_000
_SPARSE: Final = 20
"""A sheet whose extent has more cells, and that many for each that is stored, is read by its stored cells alone."""
_GAP: Final = 256
"""Cells further to the right of the others are no part of a table."""


class Sheet(NamedTuple):
    """
    A sheet of a workbook.

    Attributes
    ----------
    name
        Its name.
    cells
        Trimmed text, None where empty, by row from 1 and column from 0.
    merges
        Its merged cells, by positions in `cells`.
    marks
        Its marks.
    far
        Whether cells far to the right of the others were left out.
    """

    name: str
    cells: pd.DataFrame
    merges: list[Merge]
    marks: Marks
    far: bool = False


class Workbook:
    """
    A workbook: XLSX (also strict), XLSM, XLSB, XLS or ODS.

    Attributes
    ----------
    names
        Its sheets of cells, in order.
    hidden
        Those that are hidden.
    from_1904
        Whether it counts its days from 1904.

    calamine reads all of these, strict OOXML and workbooks with broken styles too, which openpyxl refuses, in a
    twentieth of its time. It does not say which rows are hidden, and makes room for each cell up to the last one:
    the parts of the workbook are asked for both, and openpyxl reads a sheet whose extent is nearly empty.
    """

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        content = path.read_bytes()
        self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.from_1904 = False
        marks: list[Marks] = []
        if kind == "xlsx":
            with zipfile.ZipFile(path) as archive:
                marks, self.from_1904 = xlsx_marks(archive)
        elif kind == "xlsb":
            with zipfile.ZipFile(path) as archive:
                marks, self.from_1904 = xlsb_marks(archive)
        elif kind == "ods":
            with zipfile.ZipFile(path) as archive:
                marks = ods_marks(archive.read("content.xml"))
        elif (stream := workbook_stream(content)) is not None:
            marks, self.from_1904 = sheet_marks(stream), says_1904(stream)
        about = self._book.sheets_metadata
        self._marks = (
            dict(zip((sheet.name for sheet in about), marks, strict=False)) if len(marks) == len(about) else {}
        )
        of_cells = [sheet for sheet in about if sheet.typ == SheetTypeEnum.WorkSheet]
        self.names = [sheet.name for sheet in of_cells]
        self.hidden = [sheet.name for sheet in of_cells if sheet.visible != SheetVisibleEnum.Visible]

    def sheet(self, name: str) -> Sheet:
        """Read a sheet."""
        marks = self._marks.get(name, Marks())
        extent = marks.last_row * max(marks.columns, default=0)
        if extent > _DENSE and extent > _SPARSE * marks.cells:
            return self._sparse(name, marks)
        sheet = self._book.get_sheet_by_name(name)
        return Sheet(name, _cells(sheet.iter_rows() if sheet.height else ()), _merges(sheet) or marks.merges, marks)

    def _sparse(self, name: str, marks: Marks) -> Sheet:
        """Read the stored cells of a sheet with a nearly empty extent."""
        from openpyxl import load_workbook  # noqa: PLC0415 (few sheets are nearly empty)

        columns = sorted(marks.columns)
        last = next((at for at, after in itertools.pairwise(columns) if after - at > _GAP), columns[-1])
        book = load_workbook(self._path, read_only=True, data_only=True)
        rows = enumerate(book[name].iter_rows(max_col=last, values_only=True), 1)
        kept = {number: row for number, row in rows if any(cell is not None for cell in row)}
        book.close()
        cells = _cells(kept.values())
        cells.index = pd.Index(kept.keys(), dtype=np.int64)
        return Sheet(name, cells, [], marks, last < columns[-1])


def _merges(sheet: CalamineSheet) -> list[Merge]:
    return [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]


def _cells(rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return trimmed cells by row from 1, None where they are empty; the text of a day has a time if others have."""
    table = list(rows)
    columns: dict[int, np.ndarray] = {}
    for at, values in enumerate(zip(*table, strict=False)):
        column = np.empty(len(values), dtype=object)
        timed = any(isinstance(value, dt.datetime) for value in values)
        column[:] = [_text(value, timed) for value in values]
        columns[at] = column
    last = max((at for at, column in columns.items() if (column != None).any()), default=-1)  # noqa: E711 (by element)
    kept = {at: column for at, column in columns.items() if at <= last}
    return pd.DataFrame(kept, index=np.arange(1, len(table) + 1), columns=range(last + 1), dtype=object)


def _text(value: object, timed: bool) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value[:MAX_CELL].strip() or None
    if timed and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    return cell_text(value)


def with_merged_rows(cells: pd.DataFrame, merges: Sequence[Merge], first: int) -> tuple[pd.DataFrame, int]:
    """Return cells with merged content filled downwards from a position on, and the count of merged cells."""
    down = [merge for merge in merges if merge[0] >= first and merge[2] > merge[0] and merge[1] < cells.shape[1]]
    if not down:
        return cells, 0
    values = cells.to_numpy(dtype=object, copy=True)
    for top, left, bottom, _ in down:
        if top < len(values):
            values[top : bottom + 1, left] = values[top, left]
    return pd.DataFrame(values, index=cells.index, columns=cells.columns, dtype=object), len(down)
