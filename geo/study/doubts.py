"""Doubted fields of points: kept and shown as they were imported, and missing from every figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from geo.core.arrays import Flags
from geo.study.file import now
from geo.study.findings import KEPT_AS_IT_IS, Finding
from geo.study.left_out import AHEAD_DAYS, COLUMN, EARLIEST_DAY, LeftOut

EARLIEST: Final = pd.Timestamp(EARLIEST_DAY, tz="UTC")

_AFTER_RECEIPT: Final = ("answered_at", "closed_at", "due_at")
_BETWEEN: Final = ","

_T = TypeVar("_T", bound=pd.DataFrame)


class Kept(NamedTuple, Generic[_T]):
    """
    The rows that count for a figure.

    Attributes
    ----------
    rows
        The rows.
    left_out
        How many others there are, by reason; each row counts once, under the first reason that holds.
    """

    rows: _T
    left_out: LeftOut


def doubted(table: pd.DataFrame, field: str) -> Flags:
    """
    Tell the rows with a doubted value in a field.

    A value is doubted where the importer doubted it, and where it cannot be true: a time before 1990 or ahead of the
    present, or a case that was answered, closed or due before it was received. Studies of versions that did not keep
    the importer's doubts are held to the same.

    Parameters
    ----------
    table
        A layer of points.
    field
        A column of times, or `PLACE_FIELD`.
    """
    found = _listed(table, field)
    if field in AHEAD_DAYS and field in table:
        times = table[field]
        ahead = pd.Timestamp(now()) + pd.Timedelta(days=AHEAD_DAYS[field])
        found |= ((times < EARLIEST) | (times > ahead)).to_numpy(dtype=bool)
        if field in _AFTER_RECEIPT and "received_at" in table:
            early = (times < table["received_at"]).to_numpy(dtype=bool)
            found |= early & ~doubted(table, "received_at")
    return found


def undoubted(table: _T, *fields: str) -> Kept[_T]:
    """
    Return the rows without a doubt in any of some fields.

    Parameters
    ----------
    table
        A layer of points.
    fields
        As `doubted` takes them.
    """
    return keep(table, {reason_of(field): doubted(table, field) for field in fields})


def keep(table: _T, out: Mapping[str, Flags | pd.Series]) -> Kept[_T]:
    """
    Return the rows that no reason leaves out.

    Parameters
    ----------
    table
        Any table.
    out
        Flags of the rows to leave out, by reason (a key of `REASONS`), the first reason first.
    """
    left, counts = np.zeros(len(table), dtype=bool), {}
    for reason, flags in out.items():
        more = np.asarray(flags, dtype=bool) & ~left
        if more.any():
            counts[reason] = int(more.sum())
        left |= more
    return Kept(table[~left] if left.any() else table, counts)


def reason_of(field: str) -> str:
    """Return the reason (a key of `REASONS`) for leaving out rows with a doubt in a field."""
    return f"{field.removesuffix('_at')}_doubted"


def marked(table: _T, findings: Iterable[Finding]) -> _T:
    """
    Return rows of a file with their doubted fields listed.

    Parameters
    ----------
    table
        By its index: the numbers of rows in findings.
    findings
        Of the file; those that keep a value as it is doubt it.
    """
    fields: dict[int, set[str]] = {}
    for each in findings:
        if each.action == KEPT_AS_IT_IS and each.row is not None and each.column in table:
            fields.setdefault(each.row, set()).add(each.column)
    listed = [_BETWEEN.join(sorted(fields[row])) if row in fields else None for row in table.index]
    return table.assign(**{COLUMN: pd.Series(listed, index=table.index, dtype=object)})


def with_doubts(table: _T, field: str, flags: Any) -> _T:
    """Return rows with a field doubted where flags say so, and nowhere else; doubts of other fields stay."""
    present = _listed(table, field)
    asked = np.asarray(flags, dtype=bool)
    if COLUMN in table and (present == asked).all():
        return table
    lists = _lists(table)
    changed = [
        _BETWEEN.join(sorted({*[name for name in names if name != field], *([field] if flag else [])})) or None
        for names, flag in zip(lists, asked, strict=True)
    ]
    return table.assign(**{COLUMN: pd.Series(changed, index=table.index, dtype=object)})


def _lists(table: pd.DataFrame) -> list[list[str]]:
    """Return the listed doubts of each row."""
    if COLUMN not in table:
        return [[]] * len(table)
    return [text.split(_BETWEEN) if isinstance(text, str) and text else [] for text in table[COLUMN]]


def _listed(table: pd.DataFrame, field: str) -> Flags:
    """Tell the rows that list a field among their doubts."""
    if COLUMN not in table:
        return np.zeros(len(table), dtype=bool)
    found = np.zeros(len(table), dtype=bool)
    rows = np.flatnonzero(table[COLUMN].notna())  # hardly any row lists a doubt
    text = table[COLUMN].iloc[rows].astype("string")
    lists = _BETWEEN + text.str.replace(" ", "") + _BETWEEN
    found[rows] = lists.str.contains(f"{_BETWEEN}{field}{_BETWEEN}", regex=False).fillna(False).to_numpy(dtype=bool)
    return found
