"""Tables as CSV and XLSX: local times, geometry as WKT, and cells that no spreadsheet runs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pandas.api.types import is_object_dtype, is_string_dtype

from geo.core.errors import StudyError
from geo.core.text import Language, Text

_CELL_LETTERS: Final = 32_767
"""Letters of a cell in a workbook."""
_SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet in a workbook, with its header."""
_EPOCH: Final = pd.Timestamp("1900-03-01")
"""The first day on which all workbooks agree: Excel counts a 29 February 1900."""
_RISKY: Final = r"^'*[\s]*[=+\-@\t\r|]"
"""A cell that a spreadsheet would run, or one that had an apostrophe put before such a cell."""
_NAMED: Final = 5
"""How many rows a sentence names."""
_WIDEST: Final = 60
"""Letters of a column's width, at most."""


def table_file(table: pd.DataFrame, suffix: str, name: str, credit: str, zone: str) -> bytes:
    """
    Return a table as the content of a `.csv` or `.xlsx` file, its cells inert, with name and credit.

    Raises
    ------
    ValueError
        For another suffix.
    """
    if suffix == ".csv":
        return csv_cells(table, zone).to_csv(index=False).encode("utf-8-sig")
    if suffix != ".xlsx":
        raise ValueError(suffix)
    target = io.BytesIO()
    write_xlsx(table, target, name, credit, zone)
    return target.getvalue()


def in_zone(table: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a table with its times in a time zone: the same moments."""
    times = table.select_dtypes(["datetimetz"]).columns
    return table.assign(**{column: table[column].dt.tz_convert(zone) for column in times})


def local_text(times: pd.Series, zone: str) -> pd.Series:
    """Return moments as text in a time zone, with its offset: `2025-03-01 08:30:00+0800`."""
    return times.dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M:%S%z")


def csv_cells(table: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a table of plain cells: geometry as WKT, times as text, no cell that starts a formula."""
    flat = _flat(table)
    for column in flat:
        if isinstance(flat[column].dtype, pd.DatetimeTZDtype):
            flat[column] = local_text(flat[column], zone)
        elif is_string_dtype(flat[column]) or is_object_dtype(flat[column]):
            flat[column] = inert(flat[column])
    return flat


def write_csv(flat: pd.DataFrame, to: Path) -> None:
    """Write cells as UTF-8 with a byte order mark, for Excel."""
    flat.to_csv(to, index=False, encoding="utf-8-sig")


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with geometry as WKT, and points as coordinates too."""
    flat = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if isinstance(table, gpd.GeoDataFrame):
        kinds = table.geom_type.dropna()
        if len(kinds) and (kinds == "Point").all():
            names = ("lon", "lat") if table.crs is None or table.crs.is_geographic else ("x", "y")
            flat[names[0]], flat[names[1]] = table.geometry.x, table.geometry.y
        flat["wkt"] = table.geometry.to_wkt(rounding_precision=7)
    return flat


def inert(text: pd.Series) -> pd.Series:
    """
    Return text cells that no spreadsheet runs as a formula: one that starts like a formula gets an apostrophe.

    `geo.files.raw_file` takes it away again, so that an export that comes back is as it was.
    """
    risky = text.astype("string").str.match(_RISKY).fillna(False).to_numpy(dtype=bool)
    return text.where(~risky, "'" + text.astype("string")).astype(object)


def keys_of(table: pd.DataFrame) -> NDArray[np.object_]:
    """Return the name of each row: its identifier, else its number."""
    first = table.columns[0] if len(table.columns) else ""
    if first.endswith("_id"):
        return table[first].astype(str).to_numpy(dtype=object)
    return np.asarray([str(number) for number in range(1, len(table) + 1)], dtype=object)


def some(names: NDArray[np.object_], language: Language) -> str:
    """Return the first of some names, and how many more there are."""
    listed = ("、" if language == "zh" else ", ").join(names[:_NAMED])
    more = len(names) - _NAMED
    if more <= 0:
        return listed
    return f"{listed}，另有 {more} 个" if language == "zh" else f"{listed} and {more} more"


def write_xlsx(table: pd.DataFrame, to: Path | io.BytesIO, name: str, credit: str, zone: str) -> list[Text]:
    """
    Write a table as a workbook: one sheet with the rows, one with the credit and notes.

    Parameters
    ----------
    table
        Times are written as dates in the study's time zone; text stays text, also where it looks like a formula.
    to
        The file.
    name
        The sheet's name.
    credit
        The source in words.
    zone
        The IANA name of the time zone.

    Returns
    -------
    notes
        A sentence for each column with shapes left out, texts cut, or times that a workbook cannot tell.

    Raises
    ------
    StudyError
        For more rows than a sheet holds.
    """
    if len(table) >= _SHEET_ROWS:
        raise StudyError(
            Text(f"{len(table)} 行超过工作表的行数上限", f"{len(table)} rows are more than a sheet holds"),
            Text("请改用 .csv、.gpkg 或 .parquet", "Use .csv, .gpkg or .parquet"),
        )
    flat, keys, notes = _flat(table), keys_of(table), list[Text]()
    for column in flat:
        if isinstance(flat[column].dtype, pd.DatetimeTZDtype):
            flat[column] = _dates(flat[column], keys, zone, notes)
        elif is_string_dtype(flat[column]) or is_object_dtype(flat[column]):
            flat[column] = _texts(flat[column], keys, notes)
    told = [credit, *(line for note in notes for line in (note.zh, note.en))]
    if any(isinstance(flat[column].dtype, np.dtype) and flat[column].dtype.kind == "M" for column in flat):
        told += [f"时间为 {zone} 当地时间", f"Times are local times of {zone}"]
    with pd.ExcelWriter(to, engine="openpyxl", datetime_format="yyyy-mm-dd hh:mm:ss") as writer:
        flat.to_excel(writer, sheet_name=name[:31], index=False)
        pd.DataFrame({"credit": told}).to_excel(writer, sheet_name="credit", index=False)
        for sheet in writer.sheets.values():
            _finish(sheet)
    return notes


def _dates(times: pd.Series, keys: NDArray[np.object_], zone: str, notes: list[Text]) -> pd.Series:
    """Return moments as local dates without a zone, and note the ones that a workbook cannot keep."""
    local = times.dt.tz_convert(zone).dt.tz_localize(None)
    twice = (local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").isna() & local.notna()).to_numpy(dtype=bool)
    if twice.any():
        notes.append(
            Text(
                f"“{times.name}”列有 {twice.sum()} 个时间在夏令时结束重复的那一小时内，工作表分不清前后："
                f"{some(keys[twice], 'zh')}",
                f"{twice.sum()} times in “{times.name}” fall into the hour that the end of summer time repeats, which "
                f"a workbook cannot tell apart: {some(keys[twice], 'en')}",
            )
        )
    early = (local < _EPOCH).to_numpy(dtype=bool)
    if not early.any():
        return local
    notes.append(
        Text(
            f"“{times.name}”列有 {early.sum()} 个时间早于 1900 年 3 月，已写为文本：{some(keys[early], 'zh')}",
            f"{early.sum()} times in “{times.name}” are before March 1900 and were written as text: "
            f"{some(keys[early], 'en')}",
        )
    )
    mixed = local.astype(object).where(local.notna(), None)
    mixed[early] = local[early].dt.strftime("%Y-%m-%d %H:%M:%S")
    return mixed


def _texts(cells: pd.Series, keys: NDArray[np.object_], notes: list[Text]) -> pd.Series:
    """Return texts that fit into a cell: longer shapes are left out, longer texts are cut, both are noted."""
    text = cells.astype("string").str.replace(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", regex=True)
    long = (text.str.len() > _CELL_LETTERS).fillna(False).to_numpy(dtype=bool)
    if not long.any():
        return text
    if cells.name == "wkt":
        notes.append(
            Text(
                f"{long.sum()} 个图形的 WKT 超过一个单元格的 {_CELL_LETTERS} 字符，未写入：{some(keys[long], 'zh')}",
                f"{long.sum()} shapes are longer as WKT than the {_CELL_LETTERS} letters of a cell and were left out: "
                f"{some(keys[long], 'en')}",
            )
        )
        return text.mask(long)
    notes.append(
        Text(
            f"“{cells.name}”列有 {long.sum()} 个文本超过一个单元格的 {_CELL_LETTERS} 字符，已截断："
            f"{some(keys[long], 'zh')}",
            f"{long.sum()} texts in “{cells.name}” are longer than the {_CELL_LETTERS} letters of a cell and were cut: "
            f"{some(keys[long], 'en')}",
        )
    )
    return text.str.slice(0, _CELL_LETTERS)


def _finish(sheet: Worksheet) -> None:
    """Make a sheet's cells inert, its header stay in sight and its columns as wide as their first cells."""
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
                cell.quotePrefix = True
            elif cell.data_type == "s" and str(cell.value)[:1] in "=+-@|\t\r '":
                cell.quotePrefix = True
    sheet.freeze_panes = "A2"
    for number, column in enumerate(sheet.iter_cols(max_row=min(sheet.max_row, 50), values_only=True), start=1):
        widths = [
            sum(2 if ord(letter) > 0x2E7F else 1 for letter in str(value)) for value in column if value is not None
        ]
        sheet.column_dimensions[get_column_letter(number)].width = min(max(widths, default=8) + 2, _WIDEST)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
