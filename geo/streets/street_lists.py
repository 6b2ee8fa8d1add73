"""Lists of streets and sections with a value each (a tier, a width), as read from files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.masking import mask
from geo.core.text import Text
from geo.files.column_matching import columns_found, find_columns
from geo.files.formats import read_file
from geo.files.raw_file import SHEET_ROWS
from geo.files.unread_columns import columns_left, unread_finding
from geo.study.findings import Finding, findings_table

_ALIASES = {
    "name": (
        *("street", "street name", "road", "road name", "路名", "道路名称", "街路名称", "街道名称", "道路", "街道"),
        *(
            "街路",
            "街巷",
            "街巷名称",
            "道路名",
            "街道名",
            "街名",
            "道路街道",
            "道路/街道",
            "街道/道路",
            "路段名称",
            "名称",
        ),
    ),
    "from": ("start", "起点", "自", "起", "起始路口", "起点路口", "起始点", "起点位置", "from street"),
    "to": ("end", "止点", "至", "止", "终点", "终点路口", "止点路口", "终止路口", "终止点", "止点位置", "to street"),
    "section": ("路段", "起止", "起止点", "区间", "范围", "起讫点", "extent"),
}

_FROM_TO = re.compile(
    r"^(?:自|从|由|from\s+)?(.+?)\s*(?:至|到|—+|－|–|~|～|\s-\s|-|\s+to\s+)\s*(.+?)(?:段)?$", re.IGNORECASE
)

_IN_BRACKETS = re.compile(r"^(.+?)\s*[(（\[【](.+)[)）\]】]$")

_LEFT_OUT = Text("该行未采用；请补充路名", "The row was left out; give it a name")

_SAY_BOTH = Text(
    "该行未采用；请写明起点和止点（或“东端”“西端”等）",
    "The row was left out; give both ends (or “east end” and the like)",
)


class ListKind(NamedTuple):
    """
    A kind of list of streets: its column of values, and how to read them.

    Attributes
    ----------
    column
        The column that has it, and what other files call that column.
    aliases
        Its other names.
    title
        What to call it.
    read
        From a cell's text to the value, None where it says none.
    refusal
        What is wrong with a text that says none, and the remedy.
    layer
        The layer that findings speak of.
    """

    column: str
    aliases: tuple[str, ...]
    title: Text
    read: Callable[[str], object]
    refusal: Callable[[str], tuple[Text, Text]]
    layer: str


@dataclass(frozen=True)
class StreetList:
    """
    A list as read.

    Attributes
    ----------
    file
        Its name.
    rows
        `name`, the value's column, `from`, `to` (None for whole streets), `row` in the file; `sheet` where
        rows of several sheets were read.
    findings
        Which rows were refused, and why.
    unread
        Columns that nothing reads.
    """

    file: str
    rows: pd.DataFrame
    findings: pd.DataFrame
    unread: tuple[str, ...] = ()


def read_list(path: Path | str, kind: ListKind, sheets: Sequence[str] = ()) -> StreetList:
    """
    Read a list of streets.

    Parameters
    ----------
    path
        CSV or XLSX with a street's name and a value; for a section also its cross-streets, in columns `from` and `to`
        (起点, 止点), in one column (路段: 自甲路至乙路), or in brackets after the name. An end of the street itself is
        东端, 西端, "north end".
    kind
        What the value is.
    sheets
        The sheets or layers to read; by default all that fit.

    Raises
    ------
    InputError
        If the file is no table, or has no column for name or value.
    """
    path = Path(path)
    raw = read_file(path, wanted="lines", sheets=sheets)
    table, file = raw.table, masked(path.name)
    aliases = {**_ALIASES, kind.column: kind.aliases}
    found = find_columns(table, aliases)
    unread = columns_left(raw, set(columns_found(table, aliases).values()))
    for field, title in (("name", Text("路名", "name")), (kind.column, kind.title)):
        if len(table) == 0 or found[field].isna().all():
            raise InputError(
                path,
                Text(f"没有“{title.zh}”列，或该列为空", f"There is no column “{field}”, or it is empty"),
                Text(f"首行请写列名：路名,{kind.title.zh}", f"Name the columns in the first row: name,{kind.column}"),
                column=field,
            )
    value = found[kind.column].map(lambda word: kind.read(word) if word else None)
    ends = [
        _ends(name or "", start, end, section)
        for name, start, end, section in zip(
            *(
                found[column].astype(object).where(found[column].notna(), None)
                for column in ("name", "from", "to", "section")
            ),
            strict=True,
        )
    ]
    rows = pd.DataFrame(
        {
            "name": mask(pd.Series([name for name, _, _ in ends], dtype=object)),
            kind.column: value.to_numpy(),
            "from": mask(pd.Series([start for _, start, _ in ends], dtype=object)),
            "to": mask(pd.Series([end for _, _, end in ends], dtype=object)),
            "row": found.index,
        }
    )
    half = rows["from"].isna() != rows["to"].isna()
    good = (rows["name"] != "") & rows[kind.column].notna() & ~half
    problems = [*raw.findings, *unread_finding(unread)] + [
        Finding(row, *_refusal(name, word, half_, kind))
        for row, name, word, half_ in zip(
            rows.loc[~good, "row"],
            rows.loc[~good, "name"],
            found[kind.column][~good.to_numpy()].fillna(""),
            half[~good],
            strict=True,
        )
    ]
    rows = rows[good].reset_index(drop=True)
    read = [sheet.sheet for sheet in raw.sheets if sheet.read]
    if len(read) > 1:
        names = mask(pd.Series(read, dtype=object)).to_numpy(dtype=object)
        rows = rows.assign(row=rows["row"] % SHEET_ROWS, sheet=names[(rows["row"] // SHEET_ROWS).to_numpy(dtype=int)])
    return StreetList(file, rows, findings_table(kind.layer, raw.located(problems), file), tuple(unread))


def _ends(name: str, start: str | None, end: str | None, section: str | None) -> tuple[str, str | None, str | None]:
    """Return a street's name and its section's ends, wherever the row says them."""
    bracketed = _IN_BRACKETS.match(name)
    if not section and not start and not end and bracketed and _FROM_TO.match(bracketed[2]):
        name, section = bracketed[1], bracketed[2]
    match = _FROM_TO.match(section.strip()) if section else None
    if match and not start and not end:
        start, end = match[1].strip(), match[2].strip()
    return name.strip(), start or None, end or None


def _refusal(name: str, word: str, half: bool, kind: ListKind) -> tuple[str, Text, Text]:
    if not name:
        return "name", Text("缺少路名", "The street's name is missing"), _LEFT_OUT
    if half:
        return "to", Text("只写了路段的一端", "Only one end of the section is given"), _SAY_BOTH
    return kind.column, *kind.refusal(word)
