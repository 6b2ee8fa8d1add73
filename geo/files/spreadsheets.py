"""Read workbooks: all visible sheets with the wanted headers together; sheets left out are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import pandas as pd

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.archives import checked_members
from geo.files.column_matching import propose_mapping, same_field
from geo.files.header_fit import fold_header
from geo.files.header_rows import HEAD_ROWS, find_header
from geo.files.raw_file import SAY_HEADERS, SHEET_ROWS, RawFile, SheetRecord
from geo.files.sheets import Sheet, Workbook, with_merged_rows
from geo.files.table_body import Body, row_names, row_of, table_body
from geo.study.findings import Finding

_SHARED: Final = 0.5
"""Sheets with that share of their headers in common are read together."""
_REASONS: Final = {
    "empty": Text("是空表", "is empty"),
    "hidden": Text("已隐藏", "is hidden"),
    "cover": Text("没有表头", "has no headers"),
    "other_headers": Text("表头不同", "has other headers"),
}
_SAY_SHEET: Final = Text(
    "未读取；需要时请用 --sheet 或在页面上指定", "It was not read; choose it with --sheet or on the page"
)


class Book(Protocol):
    """A workbook of any format: names of its sheets, hidden ones among them, and their cells."""

    names: list[str]
    hidden: list[str]
    from_1904: bool

    def sheet(self, name: str) -> Sheet:
        """Read a sheet."""


@dataclass(frozen=True)
class _Part:
    """A sheet, its table, and how well its headers fit."""

    sheet: Sheet
    body: Body
    fit: float
    merged: int


def read_xlsx(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read an XLSX workbook, as `read_book`; `encoding` is not needed."""
    checked_members(path)
    return read_book(path, "xlsx", Workbook(path, "xlsx"), sheets, kind)


def read_xlsb(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read a binary workbook, as `read_book`; `encoding` is not needed."""
    checked_members(path)
    return read_book(path, "xlsb", Workbook(path, "xlsb"), sheets, kind)


def read_xls(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read an old workbook, as `read_book`; `encoding` is not needed."""
    return read_book(path, "xls", Workbook(path, "xls"), sheets, kind)


def read_ods(path: Path, encoding: str | None, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """Read an OpenDocument workbook, as `read_book`; `encoding` is not needed."""
    checked_members(path)
    return read_book(path, "ods", Workbook(path, "ods"), sheets, kind)


def read_book(path: Path, name: str, book: Book, sheets: Sequence[str] = (), kind: str | None = None) -> RawFile:
    """
    Read the sheets of a workbook that have the wanted headers, together.

    Parameters
    ----------
    path, name
        The file, and its format.
    book
        The workbook.
    sheets
        The sheets to read; by default all visible ones whose headers are like those of the best.
    kind
        The kind of points that is wanted: the best sheet is the one with most of its fields.

    Raises
    ------
    InputError
        If a sheet is named that does not exist, or no sheet has rows.
    """
    if unknown := [sheet for sheet in sheets if sheet not in book.names]:
        raise InputError(
            path,
            Text(f"没有工作表“{unknown[0]}”", f"There is no sheet “{unknown[0]}”"),
            Text(f"其中有：{'、'.join(book.names)}", f"It has {', '.join(book.names)}"),
        )
    reasons = {sheet: _unread(sheet, book, sheets) for sheet in book.names}
    parts: dict[str, _Part] = {}
    for sheet in book.names:
        if not reasons[sheet]:
            part = _part(path, book.sheet(sheet), kind)
            if part is None:
                reasons[sheet] = "empty"
            else:
                parts[sheet] = part
    if not parts:
        raise _no_rows(path, book, reasons)
    main = max(parts.values(), key=lambda part: (len(part.body.table) > 0, part.fit, len(part.body.table)))
    for sheet, part in [] if sheets else [*parts.items()]:
        if part is not main and not _alike(part.body, main.body):
            headed = part.body.header.score > 0 and part.body.table.shape[1] > 1 and len(part.body.table) > 0
            reasons[sheet] = "other_headers" if headed else "cover"
    read = [part for sheet, part in parts.items() if not reasons[sheet]]
    findings, tables = _headings(book, reasons, sheets), []
    for number, part in enumerate(read):
        table, renamed = _like(part, main)
        shown = part.sheet.name if len(read) > 1 else None
        said = [*part.body.findings, *renamed, *_marked(part)]
        findings += [finding._replace(sheet=shown) for finding in said]
        tables.append(table.set_axis(table.index + number * SHEET_ROWS))
    records = tuple(_record(sheet, reasons[sheet], parts.get(sheet)) for sheet in book.names)
    # rows of the same sheet stay together, columns of the best sheet come first
    columns = list(dict.fromkeys([*main.body.table.columns, *(name for table in tables for name in table.columns)]))
    whole = pd.concat([table.reindex(columns=columns) for table in tables]) if len(tables) > 1 else tables[0]
    whole = whole.astype(object).where(whole.notna(), None)
    raw = RawFile(path.name, name, "utf-8", whole, findings=findings, sheets=records)
    return replace(raw, days_from_1904=book.from_1904)


def _unread(sheet: str, book: Book, sheets: Sequence[str]) -> str:
    """Return why a sheet is not read before it is looked at, "" where it is."""
    if sheets:
        return "" if sheet in sheets else "not_chosen"
    return "hidden" if sheet in book.hidden else ""


def _part(path: Path, sheet: Sheet, kind: str | None) -> _Part | None:
    """Return the table of a sheet, None where it has no cell."""
    header = find_header([row_of(row) for row in sheet.cells.head(HEAD_ROWS).to_numpy(dtype=object)], sheet.merges)
    if header is None:
        return None
    cells, merged = with_merged_rows(sheet.cells, sheet.merges, header.last + 1)
    body = table_body(path, cells, header=header)
    fit = header.score if kind is None else len(propose_mapping(body.table.columns.tolist(), kind))
    return _Part(sheet, body, fit, merged)


def _headers(body: Body) -> dict[str, str]:
    """Return the headers of a table by their folded form."""
    return {fold_header(name): name for name in body.header.names if name}


def _alike(body: Body, main: Body) -> bool:
    """Tell whether two tables share most headers of the smaller one."""
    ours, theirs = _headers(body), _headers(main)
    shared = len(ours.keys() & theirs.keys())
    return shared >= min(2, len(theirs)) and shared >= _SHARED * min(len(ours), len(theirs)) and len(body.table) > 0


def _like(part: _Part, main: _Part) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table of a sheet with its columns called as in the best sheet."""
    table = part.body.table
    findings: list[Finding] = []
    if part is main:
        return table, findings
    ours, theirs = part.body.table.columns.tolist(), main.body.table.columns.tolist()
    folded = {fold_header(name): name for name in reversed(theirs)}
    names = {name: folded[fold_header(name)] for name in ours if fold_header(name) in folded}
    free = [name for name in theirs if name not in names.values()]
    for name in ours:
        like = [other for other in free if name not in names and same_field(name, other)]
        if len(like) == 1:
            names[name] = like[0]
            free.remove(like[0])
            problem = Text(f"列名与其他表的“{like[0]}”不同", f"Other sheets call the column “{like[0]}”")
            findings.append(Finding(1, name, problem, Text("按同一列读取", "Both are read as one column")))
    return table.rename(columns=names), findings


def _headings(book: Book, reasons: dict[str, str], sheets: Sequence[str]) -> list[Finding]:
    """Return findings about sheets read and left out."""
    if sheets or len(book.names) == 1:
        return []
    read = [sheet for sheet in book.names if not reasons[sheet]]
    found = []
    if len(read) > 1:
        problem = Text(
            f"有 {len(read)} 个工作表：{'、'.join(read)}", f"{len(read)} sheets have rows: {', '.join(read)}"
        )
        found.append(Finding(None, "", problem, Text("已一并读取", "They were read together")))
    for sheet, reason in reasons.items():
        if reason:
            said = _REASONS[reason]
            problem = Text(f"工作表“{sheet}”{said.zh}", f"The sheet “{sheet}” {said.en}")
            found.append(Finding(None, "", problem, _SAY_SHEET))
    return found


def _marked(part: _Part) -> list[Finding]:
    """Return findings about merged cells, hidden rows, filters, errors and formulas of a sheet."""
    marks, found = part.sheet.marks, []
    if part.merged:
        problem = Text(f"表中有 {part.merged} 处竖向合并单元格", f"The sheet has {part.merged} merged cells")
        action = Text("合并的内容已填入每一行", "The content of cells merged downwards was filled into each row")
        found.append(Finding(None, "", problem, action))
    hidden = [row for row in part.body.table.index if row in marks.hidden_rows]
    if hidden:
        listed = row_names(hidden)
        by = (
            Text("被筛选或人工隐藏", "hidden, by its filter or by hand") if marks.filtered else Text("被隐藏", "hidden")
        )
        problem = Text(
            f"有 {len(hidden)} 行{by.zh}（第 {listed.zh} 行）", f"{len(hidden)} rows are {by.en} (rows {listed.en})"
        )
        action = Text(
            "隐藏的行也是记录，已读取；不要的请删除后重新导入",
            "Hidden rows are records and were read; delete those that are none, then import again",
        )
        found.append(Finding(None, "", problem, action))
    elif marks.filtered:
        problem = Text("表中设有筛选", "The sheet has a filter")
        found.append(Finding(None, "", problem, Text("没有隐藏的行；全部读取", "No row is hidden; all were read")))
    if marks.errors:
        problem = Text(f"有 {marks.errors} 格是错误值（如 #N/A）", f"{marks.errors} cells have errors such as #N/A")
        found.append(Finding(None, "", problem, Text("按空格处理", "They are read as empty")))
    if marks.unvalued:
        problem = Text(f"有 {marks.unvalued} 个公式没有结果", f"{marks.unvalued} formulas have no stored result")
        action = Text(
            "按空格处理；请在 Excel 或 WPS 中打开并保存后重新导入",
            "They are read as empty; open and save the file in a spreadsheet, then import it again",
        )
        found.append(Finding(None, "", problem, action))
    if part.sheet.far:
        problem = Text("有的单元格远在表格右侧", "Some cells stand far to the right of the table")
        found.append(Finding(None, "", problem, Text("这些单元格未读取", "Those cells were not read")))
    return found


def _record(sheet: str, reason: str, part: _Part | None) -> SheetRecord:
    if part is None:
        return SheetRecord(sheet, False, reason, 0)
    hidden = sum(row in part.sheet.marks.hidden_rows for row in part.body.table.index)
    return SheetRecord(sheet, not reason, reason, len(part.body.table), hidden, part.sheet.marks.filtered)


def _no_rows(path: Path, book: Book, reasons: dict[str, str]) -> InputError:
    hidden = [sheet for sheet, reason in reasons.items() if reason == "hidden"]
    if hidden:
        return InputError(
            path,
            Text(f"只有隐藏的工作表：{'、'.join(hidden)}", f"Only hidden sheets may have rows: {', '.join(hidden)}"),
            Text("请取消隐藏，或用 --sheet 指定", "Show it, or choose it with --sheet"),
        )
    return InputError(path, Text("文件是空的", "The file is empty"), SAY_HEADERS)
