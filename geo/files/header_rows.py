"""Find the headers of a table below its title, joined of several rows where cells are merged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from geo.files.column_matching import FIELDS, fields_of
from geo.files.crs_hints import DATUM_WORDS
from geo.files.header_fit import fold_header

HEAD_ROWS: Final = 50
"""How far down headers are looked for."""
_MOST_HEADER_ROWS: Final = 3
_OTHER_WORDS: Final = (
    *(
        "路名",
        "道路名称",
        "街路名称",
        "街道名称",
        "道路",
        "街道",
        "等级",
        "分级",
        "级别",
        "宽度",
        "路宽",
        "序号",
        "备注",
    ),
    *("电话", "联系电话", "社区", "区县", "乡镇", "办理单位", "承办单位", "责任单位", "来电人", "来电号码", "数量"),
    *("人口", "人口数", "户数", "起点", "止点", "路段", "区域", "中队", "大类", "大类名称", "满意度", "时段", "姓名"),
    *(
        "单位",
        "日期",
        "年份",
        "来源",
        "结果",
        "name",
        "tier",
        "class",
        "width",
        "population",
        "no",
        "remark",
        "remarks",
    ),
    *("phone", "street", "from", "to", "section"),
)
"""Words of headers that are no field of a kind of points."""
_LONGEST: Final = 30
"""Longer cells are no headers."""
_KNOWN: Final = 1.0
_WITHIN: Final = 0.4
_VALUE: Final = -0.5
"""Scores of a cell that is a known word, has one in it, or is a number or a time."""
_ENOUGH: Final = 1.5
_SHARE: Final = 0.5
"""A row is one of headers where its score is that high, or that high for each of its cells."""
_NUMBER: Final = re.compile(r"^[-+]?[\d.,]+%?$")
_TIME: Final = re.compile(r"^\d{2,4}[-/.年]\d{1,2}([-/.月]\d{1,2}|\b)")
_NOTE: Final = re.compile(r"^[^:：]{1,14}[:：].*\S|^#")
"""A cell such as 单位：市城管局 is no header."""
_GROUPS: Final = re.compile(r"信息|情况|资料|数据|基本|明细|坐标|位置")
"""Words of a header over several others that only groups them."""
_DEGREES: Final = frozenset(
    fold_header(name) for field in ("lon", "lat") for name in (field, *fields_of("other")[field])
)

Row = Sequence[str | None]
Merge = tuple[int, int, int, int]
"""Top, left, bottom and right of merged cells, as positions from 0, all of them inside."""


class Header(NamedTuple):
    """The rows of the headers, as positions, and the name of each column, "" where it has none."""

    first: int
    last: int
    names: list[str]
    score: float


@cache
def _words() -> tuple[frozenset[str], tuple[str, ...]]:
    words = {name for kind in FIELDS for field, names in fields_of(kind).items() for name in (field, *names)}
    folded = {fold_header(word) for word in (*words, *_OTHER_WORDS)} - {""}
    return frozenset(folded), tuple(word for word in folded if len(word) > 1 and not word.isascii())


def is_known(header: str) -> bool:
    """Tell whether a header is a known word."""
    return fold_header(header) in _words()[0]


def row_score(row: Iterable[str | None]) -> float:
    """Return how well the cells of a row fit known words of headers; a word counts once."""
    exact, parts = _words()
    score = 0.0
    for cell in dict.fromkeys(row):
        if not cell or len(cell) > _LONGEST:
            continue
        folded = fold_header(cell)
        if folded in exact:
            score += _KNOWN
        elif _NUMBER.match(cell) or _TIME.match(cell):
            score += _VALUE
        elif not _NOTE.match(cell) and any(part in folded for part in parts):
            score += _WITHIN
    return score


def find_header(head: Sequence[Row], merges: Sequence[Merge] = ()) -> Header | None:
    """
    Find the headers of a table: the row with the best score of known words, else the first that is no title.

    Parameters
    ----------
    head
        The first rows, trimmed; None where a cell is empty.
    merges
        The merged cells.

    Returns
    -------
    header
        None where all rows are empty.
    """
    filled = [sum(cell is not None for cell in row) for row in head]
    most = max(filled, default=0)
    if most == 0:
        return None
    least = min(2, most)
    full = next(at for at, count in enumerate(filled) if count >= max(least, most / 2))
    scores = [row_score(row) if count >= least else 0.0 for row, count in zip(head, filled, strict=True)]
    likely = [
        (-score, at)
        for at, score in enumerate(scores)
        if score > 0 and (score >= _ENOUGH or score >= _SHARE * filled[at])
    ]
    best = min(likely)[1] if likely else full
    first, last = _rows_of(head, merges, best)
    rows = [list(row) for row in head]
    for top, left, bottom, right in merges:
        if top <= last and bottom >= first and left < len(rows[top]):
            for at in range(max(top, first), min(bottom, last) + 1):
                for column in range(left, min(right + 1, len(rows[at]))):
                    rows[at][column] = head[top][left]
    if not merges:
        for at in range(first, last):
            _carry(rows[at], rows[at + 1])
    names = [_joined([rows[at][column] for at in range(first, last + 1)]) for column in range(len(head[best]))]
    return Header(first, last, _told_apart(names, rows[first : last + 1]), max(scores[first : last + 1]))


def _rows_of(head: Sequence[Row], merges: Sequence[Merge], best: int) -> tuple[int, int]:
    """Return the first and the last row of the headers around the best one."""
    first = last = best
    width = max((at for at, cell in enumerate(head[best]) if cell is not None), default=0)

    def linked(upper: int) -> bool:
        """Tell whether merged cells join a row to the one below."""
        over = any(top <= upper and bottom > upper and top >= upper - 1 for top, _, bottom, _ in merges)
        group = any(
            top == bottom == upper and right > left and right - left < width for top, left, bottom, right in merges
        )
        return over or group

    while last - first + 1 < _MOST_HEADER_ROWS and last + 1 < len(head) and linked(last) and _is_text(head[last + 1]):
        last += 1
    while last - first + 1 < _MOST_HEADER_ROWS and first > 0 and linked(first - 1) and _is_text(head[first - 1]):
        first -= 1
    if not merges and last + 1 < len(head) and _fills(head[last], head[last + 1]):
        last += 1
    elif not merges and first > 0 and _fills(head[first - 1], head[first]):
        first -= 1
    return first, last


def _is_text(row: Row) -> bool:
    """Tell whether a row may be one of headers: it has cells, and none is a number, a time or a note."""
    cells = [cell for cell in row if cell is not None]
    return bool(cells) and not any(
        len(cell) > _LONGEST or _NUMBER.match(cell) or _TIME.match(cell) or _NOTE.match(cell) for cell in cells
    )


def _fills(upper: Row, lower: Row) -> bool:
    """Tell whether a row without merged cells names the columns that the row above it leaves empty, and no others."""
    empty = [at for at, cell in enumerate(upper) if cell is None and at < len(lower) and lower[at] is not None]
    below = [at for at, cell in enumerate(lower) if cell is not None]
    named = sum(cell is not None for cell in upper)
    if not empty or named < 2 or len(below) > named or not _is_text(upper) or not _is_text(lower):
        return False
    starts = {at for at in below if at + 1 in below or at - 1 in below}
    return set(below) == starts and row_score(lower) >= _SHARE * len(below) and len(below) < len(upper)


def _carry(upper: list[str | None], lower: Sequence[str | None]) -> None:
    """Carry the name of a group to the right, over the columns that the row below names."""
    for at in range(1, len(upper)):
        if upper[at] is None and at < len(lower) and lower[at] is not None and lower[at - 1] is not None:
            upper[at] = upper[at - 1]


def _joined(cells: Sequence[str | None]) -> str:
    parts: list[str] = []
    for cell in cells:
        if cell and (not parts or parts[-1] != cell):
            parts.append(" ".join(cell.split()))
    if not parts:
        return ""
    name = parts[0]
    for part in parts[1:]:
        name = _under(name, part)
    return name


def _under(group: str, name: str) -> str:
    """Return the name of a column under a group: 受理 and 时间 are 受理时间, 坐标 and 经度 are 经度."""
    together = f"{group} {name}" if (group + name).isascii() else group + name
    if is_known(together):
        return together
    if fold_header(name) in _DEGREES:
        datum = next((match[0] for word in DATUM_WORDS.values() if (match := word.search(fold_header(group)))), "")
        return datum + name
    return name if _GROUPS.search(group) and is_known(name) else together


def _told_apart(names: list[str], rows: Sequence[Row]) -> list[str]:
    """Give columns that came to one name the names of their groups as well."""
    if len(rows) == 1:
        return names
    full = ["".join(dict.fromkeys(row[at] or "" for row in rows)) for at in range(len(names))]
    return [whole if name and names.count(name) > 1 else name for name, whole in zip(names, full, strict=True)]


def is_numbering(row: Row, below: Row | None) -> bool:
    """Tell whether a row below headers numbers the columns: 1 2 3 4, （1）（2）, or 甲 乙 1 2."""
    cells = [unicodedata.normalize("NFKC", cell).strip() for cell in row if cell is not None]
    bracketed = all(re.fullmatch(r"\(\d+\)|[①-⑳]", cell) for cell in row if cell is not None)
    cells = [cell for cell in cells if not re.fullmatch(r"[甲乙丙丁戊己ABCDE栏次列]{1,2}", cell)]
    numbers = [int(match[1]) for cell in cells if (match := re.fullmatch(r"\(?(\d{1,3})\)?", cell))]
    counted = len(numbers) == len(cells) and numbers == list(range(1, len(numbers) + 1))
    if not counted or below is None:
        return False
    if bracketed or any("(" in cell for cell in cells):
        return len(numbers) >= 2
    plain = [cell for cell in below if cell is not None]
    return len(numbers) >= 4 and not all(re.fullmatch(r"\d{1,3}", cell) for cell in plain)


def like_headers(row: Row, names: Mapping[int, str]) -> bool:
    """Tell whether a row repeats the headers, as at the top of each printed page."""
    cells = {at: cell for at, cell in enumerate(row) if cell is not None}
    return len(cells) > 1 and all(names.get(at) == cell for at, cell in cells.items())
