"""The one reader of dates and times: of columns of files, and of typed ones."""

from __future__ import annotations

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.text import Text
from geo.files.date_order import ANSWER, DateOrder, decide_order
from geo.files.date_parts import parts_of
from geo.files.questions import Question
from geo.study.findings import Finding

DAY_ZERO: Final = pd.Timestamp("1899-12-30")
DAY_ZERO_1904: Final = pd.Timestamp("1904-01-01")
"""Day 0 of workbooks, and of workbooks of 1904."""

_WORKBOOK_DAYS: Final = (20_000, 80_000)
"""Numbers that a workbook means as days since 1899-12-30: 1954 to 2119."""
_EPOCH_SECONDS: Final = (631_152_000, 4_102_444_800)
"""Numbers that a machine means as seconds since 1970: 1990 to 2100; thousands of them are milliseconds, and so on."""
_YEARS: Final = (1678, 2261)
"""Years beyond stand for "never" and "unknown" (0001-01-01, 9999-12-31), not for times."""

_ISO: Final = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?"
_ISO_ZONED: Final = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)"
_NUMBER: Final = r"\d+(?:\.\d+)?(?:[eE]\+?\d+)?"
_COMPACT: Final = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}\d{0,3})?"

_EMPTIED: Final = Text("该格留空，其余照常导入", "The cell was left empty, the rest of the row is kept")
_UNREAD: Final = Text("不是可读的时间", "Not a time that can be read")
_COARSE: Final = (
    Text("只写到月份或年份", "Only the month or the year is written"),
    Text("按其第一天读取", "Its first day was taken"),
)
_SMALL_HOURS: Final = (
    Text("夜里的钟点在零点之后", "The hour of the night is after midnight"),
    Text("按所写日期的凌晨读取", "It was taken as of the morning of the day that is written"),
)
_TWICE: Final = (
    Text("该时刻因拨钟出现两次", "The clock showed this time twice"),
    Text("已取第一次", "The first of both was taken"),
)
_SKIPPED: Final = (
    Text("该时刻因拨钟被跳过", "The clock skipped this time"),
    Text("已按拨钟前的钟点顺延", "It was read by the clock before the change"),
)


class Moments(NamedTuple):
    """
    A column of times as it was read.

    Attributes
    ----------
    moments
        In UTC; missing where a cell is no time or the order of its days is asked.
    days
        The days on the clock, as 2026-06-30; None where a cell is none. Of the midnight that ends a day: that day.
    findings
        Cells that were doubted or are no times.
    question
        Asked where the cells do not tell the order of day and month.
    """

    moments: pd.Series
    days: pd.Series
    findings: list[Finding]
    question: Question | None


def read_moments(
    column: pd.Series,
    field: str,
    header: str,
    timezone: str,
    said: DateOrder | None = None,
    day_zero: pd.Timestamp = DAY_ZERO,
) -> Moments:
    """
    Read a column of dates and times; times without a zone are on the clock of `timezone`.

    Read are ISO 8601; 2025/3/1 8:30; 2025年3月1日 with 凌晨, 上午, 中午, 下午, 晚上, and AM, PM; names of months; 24:00
    and 晚上12点 as the midnight that ends the day; 20250301083000; seconds and milliseconds since 1970; days of
    workbooks. A month alone is its first day. Day and month of 03.04.2025 have one order in the whole column.

    Parameters
    ----------
    column
        Text.
    field, header
        The field and the name of its column, for findings and questions.
    timezone
        The IANA name of the clock.
    said
        The order of day, month and year that a person said, where the cells do not tell.
    day_zero
        Day 0 of the workbook.
    """
    text = column.astype("string").str.normalize("NFKC").str.strip()
    local = pd.Series(pd.NaT, index=column.index, dtype="datetime64[ms]")
    moments = pd.Series(pd.NaT, index=column.index, dtype="datetime64[ms, UTC]")
    left = text.notna().to_numpy(dtype=bool)
    left = _read_iso(text, left, local, moments)
    year_first = bool((text.notna().to_numpy() & ~left).any())
    left = _read_numbers(text, left, local, moments, day_zero)
    findings: list[Finding] = []
    question = None
    days = local.copy()
    unread = left
    if left.any():
        codes, distinct = pd.factorize(text[left])
        texts = pd.Series(distinct.astype(object))
        parts = parts_of(texts)
        decided = decide_order(parts, np.bincount(codes), texts, field, header, said, year_first)
        question = decided.question
        rows = column.index[left]
        clock, day, zoned = _moments_of(parts, decided.days)
        local[rows], days[rows] = clock.to_numpy()[codes], day.to_numpy()[codes]
        zone = zoned.notna().to_numpy()[codes]
        moments[rows[zone]] = zoned.iloc[codes[zone]].to_numpy()
        local[rows[zone]] = days[rows[zone]] = pd.NaT
        asked = (parts["ok"] & parts["a"].notna()).to_numpy()[codes] & (question is not None)
        unread = left.copy()
        unread[left] = local[rows].isna().to_numpy() & moments[rows].isna().to_numpy() & ~asked
        for flag, said_of in (("coarse", _COARSE), ("small_hours", _SMALL_HOURS)):
            findings += _each(rows[parts[flag].to_numpy()[codes] & ~unread[left]], field, *said_of)
        if said is not None and decided.order not in (None, said):
            findings.append(_other_order(field, said, decided.order))
    known = local.notna().to_numpy()
    moments[known], twice, skipped = _on_clock(local[known], timezone)
    for rows, said_of in ((twice, _TWICE), (skipped, _SKIPPED)):
        findings += _each(rows, field, *said_of)
    absurd = (moments.notna() & ~moments.dt.year.between(*_YEARS)).to_numpy()
    moments[absurd] = days[absurd] = pd.NaT
    days = days.where(days.notna(), moments.dt.tz_convert(timezone).dt.tz_localize(None))
    findings += _each(column.index[unread | absurd], field, _UNREAD, _EMPTIED)
    written = days.dt.strftime("%Y-%m-%d").astype(object)
    return Moments(moments, written.where(days.notna(), None), findings, question)


def moment_of(text: str, timezone: str) -> pd.Timestamp:
    """
    Return a time that somebody typed as a moment in UTC; a time without a zone is on the clock of `timezone`.

    Raises
    ------
    ValueError
        If it is no time, or day and month cannot be told apart.
    """
    read = read_moments(pd.Series([text], dtype=object), "", "", timezone)
    moment = read.moments.iloc[0]
    if pd.isna(moment):
        raise ValueError(text)
    return pd.Timestamp(moment)


def _read_iso(text: pd.Series, left: NDArray[np.bool_], local: pd.Series, moments: pd.Series) -> NDArray[np.bool_]:
    """Read the cells that most files have, fast; return the cells that are left."""
    for pattern, into in ((_ISO, local), (_ISO_ZONED, moments)):
        rows = left & text.str.fullmatch(pattern).fillna(False).to_numpy(dtype=bool)
        if rows.any():
            read = pd.to_datetime(text[rows].astype(object), format="ISO8601", errors="coerce", utc=into is moments)
            into[rows] = read.astype(into.dtype)
            left = left & into.isna().to_numpy()
    return left


def _read_numbers(
    text: pd.Series, left: NDArray[np.bool_], local: pd.Series, moments: pd.Series, day_zero: pd.Timestamp
) -> NDArray[np.bool_]:
    """Read days of workbooks and seconds since 1970; return the cells that are left."""
    rows = left & text.str.fullmatch(_NUMBER).fillna(False).to_numpy(dtype=bool)
    rows &= ~text.str.fullmatch(_COMPACT).fillna(False).to_numpy(dtype=bool)
    if not rows.any():
        return left
    number = pd.to_numeric(text[rows], errors="coerce").astype(float)
    workbook = number + (day_zero - DAY_ZERO).days
    serial = number[workbook.between(*_WORKBOOK_DAYS)]
    local[serial.index] = (day_zero + pd.to_timedelta(serial, unit="D").dt.round("s")).astype("datetime64[ms]")
    for times in (1, 1_000, 1_000_000, 1_000_000_000):
        since = number[number.between(*(bound * times for bound in _EPOCH_SECONDS), inclusive="left")]
        milli = (since / times * 1000).round()
        moments[since.index] = pd.to_datetime(milli, unit="ms", utc=True).astype(moments.dtype)
    return left & local.isna().to_numpy() & moments.isna().to_numpy()


def _moments_of(parts: pd.DataFrame, days: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return times on the clock, days, and moments of times with a zone (UTC), of distinct texts."""
    ok = parts["ok"].to_numpy() & days["year"].between(*_YEARS).to_numpy()
    year, month, day = (np.where(ok, days[column], fill) for column, fill in (("year", 1970), ("month", 1), ("day", 1)))
    at = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]") + (day - 1).astype(int)
    midnight = at.astype("datetime64[ms]")
    clock = midnight + np.nan_to_num(parts["clock_ms"].to_numpy()).astype("timedelta64[ms]")
    zone = parts["zone"].to_numpy()
    zoned = ok & np.isfinite(zone)
    utc = clock - (np.nan_to_num(zone) * 60_000).astype("timedelta64[ms]")
    series = [pd.Series(values, index=parts.index) for values in (clock, midnight, utc)]
    clock, midnight, utc = (each.where(mask) for each, mask in zip(series, (ok, ok, zoned), strict=True))
    return clock, midnight, utc.dt.tz_localize("UTC")


def _on_clock(local: pd.Series, timezone: str) -> tuple[pd.Series, pd.Index, pd.Index]:
    """Return times of a clock in UTC, the rows of times that it showed twice, and of times that it skipped."""
    first = np.ones(len(local), dtype=bool)
    moments = local.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=first).dt.tz_convert("UTC")
    again = local.dt.tz_localize(timezone, nonexistent="NaT", ambiguous=~first).dt.tz_convert("UTC")
    twice = local.index[(moments != again) & moments.notna()]
    skipped = local.index[moments.isna()]
    zone = ZoneInfo(timezone)
    for row in skipped:  # an hour in a year
        moments[row] = pd.Timestamp(
            local[row].to_pydatetime().replace(tzinfo=zone, fold=0).timestamp(), unit="s", tz="UTC"
        )
    return moments.astype("datetime64[ms, UTC]"), twice, skipped


def _each(rows: pd.Index, field: str, problem: Text, action: Text) -> list[Finding]:
    return [Finding(row, field, problem, action) for row in rows]


def _other_order(field: str, said: DateOrder, order: DateOrder | None) -> Finding:
    return Finding(
        None,
        field,
        Text(f"{ANSWER} {said} 与各行的日期不符", f"The cells do not agree with {ANSWER} {said}"),
        Text(f"已按 {order} 读取", f"They were read as {order}"),
    )
