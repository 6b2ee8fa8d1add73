"""Make a table of the cells of a sheet or of text: below its headers, without rows that are no records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.header_rows import HEAD_ROWS, Header, Merge, find_header, is_numbering, like_headers
from geo.files.raw_file import SAY_HEADERS, unique_headers
from geo.study.findings import Finding

NAMED: Final = 20
"""So many rows or ranges of rows are named one by one; of further ones, the number."""
_SUM: Final = re.compile(
    r"^(本页|本月|本年|全年|年度|全区|全市|当前)?(合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|总和)\D{0,2}\d*\s*[条件个宗起户处]?$"
    r"|^共\s*\d+\s*[条件个宗起户处](记录)?$|^(sub|grand )?total:?$|^sum:?$",
    re.IGNORECASE,
)
_SUM_SIGNS: Final = re.compile(r"计|共|总和|total|sum", re.IGNORECASE)
_SUM_COLUMNS: Final = 3
"""A sum is named in one of the first columns."""
_NOTE: Final = re.compile(
    r"^(?:(?:填报|填表|制表|编制|统计|报送|导出|打印|审核|审批|复核|负责|联系|经办|主管|数据|盖章|报表|截止|截至)?"
    r"(?:单位|部门|人|人员|日期|时间|电话|方式|来源|说明|领导|签字|盖章|备注|注|附注)|审核|审批|复核|制表|填表|经办|主管|签发)(\s*[(（][^）)]*[)）])?\s*[:：]"
)
_NUMBER: Final = re.compile(r"^[-+]?[\d.,]+%?$")

LEFT_OUT: Final = {
    "sums": Text("合计、小计", "Sums"),
    "notes": Text("表注、单位、日期等说明", "Notes such as 单位 or 日期"),
    "headers": Text("重复的表头", "Repeated headers"),
    "numbering": Text("列序号", "Numbers of columns"),
}
"""Rows of a table that are no records."""


class Body(NamedTuple):
    """
    A table as it was made of cells.

    Attributes
    ----------
    table
        The records by row; the columns are the headers.
    header
        The headers that were found.
    left_out
        How many rows are no records, by `LEFT_OUT`.
    findings
        About rows that are no records, and repeated headers.
    """

    table: pd.DataFrame
    header: Header
    left_out: dict[str, int]
    findings: list[Finding]


def row_names(rows: Iterable[int]) -> Text:
    """Return rows as a person lists them: 3, 5–9; of more than `NAMED` ranges, how many more there are."""
    ordered = np.unique(np.fromiter(rows, dtype=np.int64))
    ranges = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    named = [str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in ranges[:NAMED]]
    more = int(sum(len(part) for part in ranges[NAMED:]))
    return Text(
        "、".join(named) + (f" 等，另有 {more} 行" if more else ""),
        ", ".join(named) + (f" and {more} more" if more else ""),
    )


def table_body(
    file: Path | str, cells: pd.DataFrame, merges: Sequence[Merge] = (), header: Header | None = None
) -> Body:
    """
    Make a table of cells.

    Parameters
    ----------
    file
        For errors.
    cells
        Trimmed text, None where empty, by the number of the row; the columns are numbered from 0.
    merges
        The merged cells, by positions.
    header
        The headers, where they are known.

    Raises
    ------
    InputError
        If there is no cell with text.
    """
    if header is None:
        head = [row_of(row) for row in cells.head(HEAD_ROWS).to_numpy(dtype=object)]
        header = find_header(head, merges)
    if header is None:
        raise InputError(file, Text("文件是空的", "The file is empty"), SAY_HEADERS)
    body = cells.iloc[header.last + 1 :]
    filled = body.notna().to_numpy()
    used = [at for at, name in enumerate(header.names) if name or filled[:, at].any()]
    names, findings = unique_headers([header.names[at] for at in used], used)
    some = filled.any(axis=1)
    body = body[some]
    no_record = _no_records(body, dict(zip(used, (header.names[at] for at in used), strict=True)), filled[some])
    counts: dict[str, int] = {}
    for kind, rows in no_record.items():
        if rows:
            counts[kind] = len(rows)
            listed = row_names(rows)
            name = LEFT_OUT[kind]
            findings.append(
                Finding(
                    None,
                    "",
                    Text(
                        f"{name.zh}：{len(rows)} 行（第 {listed.zh} 行）",
                        f"{name.en}: {len(rows)} (rows {listed.en})",
                    ),
                    Text("不是记录，未计入", "No records: they are left out and not counted"),
                )
            )
    body = body.drop(index=[row for rows in no_record.values() for row in rows])
    return Body(body.iloc[:, used].set_axis(names, axis=1), header, counts, findings)


def row_of(row: Iterable[object]) -> list[str | None]:
    """Return the cells of a row of objects."""
    return [cell if isinstance(cell, str) else None for cell in row]


def _no_records(body: pd.DataFrame, names: dict[int, str], filled: np.ndarray) -> dict[str, list[int]]:
    """Return the rows that are no records, by `LEFT_OUT`."""
    found: dict[str, list[int]] = {kind: [] for kind in LEFT_OUT}
    if body.empty:
        return found
    first = row_of(body.iloc[0])
    if is_numbering(first, row_of(body.iloc[1]) if len(body) > 1 else None):
        found["numbering"].append(int(body.index[0]))
    maybe = np.zeros(len(body), dtype=bool)
    for at in range(min(_SUM_COLUMNS, body.shape[1])):
        # most columns have none at all: one search tells
        if not _SUM_SIGNS.search("\n".join(cell for cell in body.iloc[:, at] if isinstance(cell, str))):
            continue
        maybe |= np.fromiter(
            (isinstance(cell, str) and len(cell) < 24 and bool(_SUM_SIGNS.search(cell)) for cell in body.iloc[:, at]),
            dtype=bool,
            count=len(body),
        )
    few = filled.sum(axis=1) <= max(len(names) // 2, 1)
    top = next(iter(names))
    again = (body.iloc[:, top] == names[top]).to_numpy(dtype=bool) if names[top] else np.zeros(len(body), dtype=bool)
    values, numbers = body.to_numpy(dtype=object), body.index.to_numpy()
    for position in np.flatnonzero(maybe | few | again):
        row, number = row_of(values[position]), int(numbers[position])
        cells = [cell for cell in row if cell is not None]
        if again[position] and like_headers(row, names):
            found["headers"].append(number)
        elif maybe[position] and _is_sum(cells, bool(few[position])):
            found["sums"].append(number)
        elif few[position] and len(names) > 1 and all(_NOTE.match(cell) for cell in cells):
            found["notes"].append(number)
    return found


def _is_sum(cells: Sequence[str], few: bool) -> bool:
    head = unicodedata.normalize("NFKC", cells[0]).strip()
    if not _SUM.match(head):
        return False
    return few or all(_NUMBER.match(cell) for cell in cells[1:])
