"""Read tables of text, whatever divides their cells; a bad line is named and costs no other one."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.header_rows import HEAD_ROWS, Header, find_header, row_score
from geo.files.raw_file import MAX_CELL, SAY_HEADERS, RawFile, without_apostrophes
from geo.files.repaired_rows import merged_cells, typed_columns
from geo.files.table_body import NAMED, row_names, table_body
from geo.files.text_lines import REPLACED, Lines, decode_lines
from geo.study.findings import Finding

_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_SAID: Final = re.compile(r"^\s*\"?sep=(.)\"?\s*$", re.IGNORECASE)
"""A line with which Excel says the delimiter."""
_LONGEST_RECORD: Final = 500
"""A cell in quotes spans at most so many lines; a quotation mark that is not closed by then is text."""
_SAMPLE: Final = 2000
"""So many good rows tell the types of columns."""
_REPAIR: Final = Text(
    "该行未导入；请给含分隔符的文字加英文双引号后重新导入",
    "The line was left out; put texts that have the delimiter in double quotes, then import again",
)

csv.field_size_limit(2**31 - 1)


class _Read(NamedTuple):
    """
    Records of lines, and lines at fault.

    Attributes
    ----------
    rows, numbers
        The cells of good records, and the number of the first line of each.
    long
        Records with more cells than the headers, by line.
    short, quotes
        Lines of records with fewer cells, and with quotation marks that are not closed.
    """

    rows: list[list[str]]
    numbers: list[int]
    long: dict[int, list[str]]
    short: list[int]
    quotes: list[int]


def read_csv(path: Path, encoding: str | None) -> RawFile:
    """Read a table of text, whatever divides its cells; without an encoding, the one that it seems to be in."""
    found = decode_lines(path.read_bytes(), encoding)
    lines = _lines(found.text)
    said = next((match[1] for line in lines[:1] if (match := _SAID.match(line))), None)
    first = 1 if said else 0
    delimiter = said or _delimiter(lines)
    header, at = _header(path, lines, first, delimiter)
    width = max(len(header.names), _usual_width(lines[at:], delimiter))
    read = _records(lines, at, delimiter, width)
    notes: list[Finding] = []
    rows, numbers, out = _with_long(read, width, delimiter, notes)
    cells = _cells(rows, numbers, max((len(row) for row in rows), default=width))
    names = header.names + [""] * (cells.shape[1] - len(header.names))
    body = table_body(path, cells, header=Header(-1, -1, names, header.score))
    notes += _faults(found, read, body.table, len(header.names))
    table = without_apostrophes(body.table) if "'" in found.text else body.table
    return RawFile(path.name, "csv", found.encoding, table, findings=[*body.findings, *notes], lines_out=tuple(out))


def _lines(text: str) -> list[str]:
    """Return lines as a person counts them, whether they end as on Windows, Unix or old Macintoshes."""
    if "\r" not in text:
        return text.split("\n")
    if "\n" not in text:
        return text.split("\r")
    return [line.removesuffix("\r").replace("\r", " ") for line in text.split("\n")]


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that gives the best headers, then the most rows of one width."""
    head = [line for line in lines[: 2 * HEAD_ROWS] if line.strip()][:HEAD_ROWS]

    def rate(delimiter: str) -> tuple[float, float, int]:
        rows = [_cut(line, delimiter) for line in head]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, usual = widths.most_common(1)[0] if widths else (1, 0)
        best = max((row_score(_trimmed(row)) for row in rows if len(row) > 1), default=0.0)
        return best, usual / max(len(head), 1), width

    return max(_DELIMITERS, key=rate)


def _cut(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line; a quotation mark that is not closed is text."""
    if '"' not in line or line.count('"') % 2:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter), [])


def _trimmed(row: Sequence[str]) -> list[str | None]:
    return [cell.strip() or None for cell in row]


def _header(path: Path, lines: Sequence[str], first: int, delimiter: str) -> tuple[Header, int]:
    """Return the headers, and the position of the line after them."""
    head = _records(lines[: first + 4 * HEAD_ROWS], first, delimiter, 0)
    rows, numbers = head.rows[:HEAD_ROWS], head.numbers
    width = max((len(row) for row in rows), default=0)
    found = find_header([[*_trimmed(row), *[None] * (width - len(row))] for row in rows])
    if found is None:
        raise InputError(path, Text("文件是空的", "The file is empty"), SAY_HEADERS)
    names = found.names
    given = max(len(row) for row in rows[found.first : found.last + 1])
    while len(names) > given and not names[-1]:
        names = names[:-1]
    after = numbers[found.last + 1] - 1 if found.last + 1 < len(numbers) else len(lines)
    return found._replace(names=names), after


def _usual_width(lines: Sequence[str], delimiter: str) -> int:
    """Return the width that most rows have, 0 where there is none."""
    sample = [len(_cut(line, delimiter)) for line in lines[:_SAMPLE] if line.strip()]
    width, count = Counter(sample).most_common(1)[0] if sample else (0, 0)
    return width if count > len(sample) / 2 else 0


def _records(lines: Sequence[str], start: int, delimiter: str, width: int) -> _Read:
    """Read records from the line at a position on; with a width of 0, records of any width."""
    read = _Read([], [], {}, [], [])
    at, end = start, len(lines)
    while at < end:
        line, number = lines[at], at + 1
        at += 1
        if '"' not in line:
            cells = line.split(delimiter)
        elif line.count('"') % 2 == 0:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        else:
            joined, taken = _quoted(lines, at - 1, delimiter, width)
            if joined is None:
                cells = line.split(delimiter)
                read.quotes.append(number)
            else:
                cells, at = joined, taken
        if not width or len(cells) == width:
            pass
        elif len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                read.long[number] = cells
                continue
            cells = cells[:width]
        else:
            if any(cell.strip() for cell in cells):
                read.short.append(number)
            cells = [*cells, *[""] * (width - len(cells))]
        read.rows.append(cells)
        read.numbers.append(number)
    return read


def _quoted(lines: Sequence[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """Return a record with quoted line breaks, and the position after it; None where there is none."""
    marks = 0
    for last in range(at, min(at + _LONGEST_RECORD, len(lines))):
        marks += lines[last].count('"')
        if marks % 2:
            continue
        part = lines[at : last + 1]
        try:
            rows = list(csv.reader("\n".join(part).splitlines(keepends=True), delimiter=delimiter, strict=True))
        except csv.Error:
            return None, at
        alone = [len(line.split(delimiter)) for line in part]
        if len(rows) != 1 or (width and len(rows[0]) < width) or (width > 1 and min(alone) >= width):
            return None, at  # each of the lines is a record by itself
        return rows[0], last + 1
    return None, at


def _with_long(
    read: _Read, width: int, delimiter: str, notes: list[Finding]
) -> tuple[list[list[str]], list[int], list[int]]:
    """Add the records with too many cells that have one certain reading; return the lines left out too."""
    if not read.long:
        return read.rows, read.numbers, []
    types = typed_columns(read.rows[:_SAMPLE], width)
    mended = {number: merged_cells(cells, types, delimiter) for number, cells in read.long.items()}
    out = [number for number, cells in mended.items() if cells is None]
    good = {number: cells for number, cells in mended.items() if cells is not None}
    for number in out[:NAMED]:
        count = len(read.long[number])
        problem = Text(
            f"该行有 {count} 格，表头只有 {width} 格：文字中有未加引号的分隔符",
            f"The line has {count} cells, the headers {width}: a text has a delimiter without quotes",
        )
        notes.append(Finding(number, "", problem, _REPAIR))
    if len(out) > NAMED:
        listed = row_names(out[NAMED:])
        notes.append(
            Finding(
                None,
                "",
                Text(
                    f"另有 {len(out) - NAMED} 行的格数多于表头：第 {listed.zh} 行",
                    f"{len(out) - NAMED} further lines have more cells than the headers: lines {listed.en}",
                ),
                _REPAIR,
            )
        )
    if good:
        notes.append(
            _summed(
                good,
                Text("文字中有未加引号的分隔符", "A text has a delimiter without quotes"),
                Text(
                    "其余各列的数字和时间只有一种读法，已照此读取",
                    "Numbers and times of the other columns leave one way to read it",
                ),
            )
        )
    order = sorted((*zip(read.numbers, read.rows, strict=True), *good.items()), key=lambda pair: pair[0])
    return [row for _, row in order], [number for number, _ in order], out


def _cells(rows: list[list[str]], numbers: Sequence[int], width: int) -> pd.DataFrame:
    """Return trimmed cells by line, None where they are empty."""
    rows = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
    columns: dict[int, np.ndarray] = {}
    for at, cells in enumerate(zip(*rows, strict=True)):
        column = np.empty(len(cells), dtype=object)
        column[:] = [cell[:MAX_CELL].strip() or None for cell in cells]
        columns[at] = column
    return pd.DataFrame(columns, index=np.asarray(numbers, dtype=np.int64), columns=range(width), dtype=object)


def _faults(found: Lines, read: _Read, table: pd.DataFrame, width: int) -> list[Finding]:
    """Return findings about lines that were read with a fault."""
    kept = set(table.index)
    findings = []
    if read.short:
        short = [number for number in read.short if number in kept]
        problem = Text("格数少于表头", "Fewer cells than headers")
        findings += _each(
            short, problem, Text("缺少的格按空格处理；请核对", "The missing cells are read as empty; check the line")
        )
    if read.quotes:
        problem = Text("引号没有配对", "A quotation mark is not closed")
        findings += _each(
            read.quotes, problem, Text("引号按普通文字读取；请核对", "It was read as text; check the line")
        )
    broken = list(found.broken)
    if broken:
        problem = Text("有无法识别的字节", "It has bytes that are no characters")
        action = Text(
            f"以“{REPLACED}”代替，其余照常读取；请更正后重新导入",
            f"“{REPLACED}” stands for them, the rest is read; correct the line and import again",
        )
        findings += _each(broken, problem, action)
    for name, rows in found.other.items():
        problem = Text(
            f"编码为 {name}，与其余行（{found.encoding}）不同", f"In {name}, the other lines in {found.encoding}"
        )
        findings.append(_summed(rows, problem, Text("已按各自的编码读取", "Each was read in its own encoding")))
    if found.nul:
        problem = Text("有 NUL 字符", "It has NUL characters")
        findings += _each(list(found.nul), problem, Text("已去掉；请核对该行", "They were dropped; check the line"))
    return [finding for finding in findings if finding is not None]


def _each(lines: Sequence[int], problem: Text, action: Text) -> list[Finding]:
    """Return a finding for each line, and one for all after the first `NAMED`."""
    found = [Finding(line, "", problem, action) for line in lines[:NAMED]]
    return [*found, *([_summed(lines[NAMED:], problem, action)] if len(lines) > NAMED else [])]


def _summed(lines: Sequence[int] | dict[int, list[str]], problem: Text, action: Text) -> Finding:
    listed = row_names(lines)
    return Finding(
        None,
        "",
        Text(f"{problem.zh}：{len(lines)} 行（第 {listed.zh} 行）", f"{problem.en}: {len(lines)} lines ({listed.en})"),
        action,
    )
