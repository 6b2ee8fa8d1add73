"""Join the cells of a text that has a delimiter without quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TYPES: Final = (
    re.compile(r"^[-+]?\d+(\.\d+)?$"),
    re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*$"),
)
"""Numbers; dates and times."""
_SHARE: Final = 0.95
"""A column has a type where that share of its cells is of it."""
_LEAST: Final = 3
"""Fewer rows tell nothing."""

Types = Sequence[re.Pattern[str] | None]


def typed_columns(rows: Sequence[Sequence[str]], width: int) -> Types:
    """Return the type of each column of numbers or times, None of the others, as good rows show."""
    found: list[re.Pattern[str] | None] = []
    rows = [row for row in rows if any(row)]
    for at in range(width):
        cells = [row[at].strip() for row in rows if row[at].strip()]
        fits = [kind for kind in _TYPES if sum(bool(kind.match(cell)) for cell in cells) >= _SHARE * len(cells)]
        found.append(fits[0] if fits and len(cells) >= max(_LEAST, _SHARE * len(rows)) else None)
    return found


def merged_cells(cells: Sequence[str], types: Types, delimiter: str) -> list[str] | None:
    """
    Return the cells of a row with too many, joined to one text; None where it is not certain.

    A reading is certain where it alone puts numbers and times into the columns that have them; that the cells beyond
    the headers are notes is a reading as well.
    """
    more = len(cells) - len(types)
    if not any(types):
        return None
    readings: list[list[str]] = []
    for at in range(len(types)):
        joined = [*cells[:at], delimiter.join(cells[at : at + more + 1]), *cells[at + more + 1 :]]
        if types[at] is None and _fits(joined, types):
            readings.append(joined)
    if _fits(cells[: len(types)], types):
        readings.append(list(cells))
    return readings[0] if len(readings) == 1 else None


def _fits(cells: Sequence[str], types: Types) -> bool:
    return all(kind is None or kind.match(cell.strip()) for cell, kind in zip(cells, types, strict=True))
