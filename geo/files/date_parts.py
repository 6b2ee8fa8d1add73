"""Dates and times taken apart as people and machines write them, before anything is decided about their order."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_WEEKDAY: Final = (
    r"(?:[(]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)]?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?)"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"

_HALVES: Final[dict[str, tuple[str, ...]]] = {
    "early": ("凌晨", "am", "a.m."),
    "morning": ("清晨", "早晨", "早上", "早", "上午"),
    "noon": ("中午", "正午", "午间"),
    "afternoon": ("下午", "午后", "傍晚", "黄昏", "pm", "p.m."),
    "night": ("晚上", "晚间", "夜晚", "夜间", "夜里", "深夜", "半夜", "午夜", "晚"),
}
"""The parts of a day that a clock of twelve hours is given with."""
_PART_OF: Final = {word: part for part, words in _HALVES.items() for word in words}
_HALF: Final = "|".join(re.escape(word) for word in sorted(_PART_OF, key=len, reverse=True))

_TIME: Final = (
    rf"(?P<half>{_HALF})?\s*"
    r"(?:(?P<hour>\d{1,2})(?:\s*(?P<sign>[:.时時点點h])\s*"
    r"(?:(?P<minute>\d{1,2}|半|[一三]刻)\s*分?(?:钟|鐘)?\s*(?:[:.]?\s*(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*秒?)?)?整?)?)?"
    rf"\s*(?P<after>{_HALF})?"
)
_ZONE: Final = (
    r"\s*(?P<zone>z|(?:utc|gmt)?\s*[+−-]\s*\d{1,2}(?::?\d{2})?|utc|gmt|cst|北京时间)?"
    r"\s*(?:\[[A-Za-z_/]+\])?\s*(?:\([^()]{1,40}\))?"
)
_REST: Final = rf"\s*[,t:]?\s*(?:{_WEEKDAY})?\s*{_TIME}{_ZONE}"

_SPACES: Final = r"\s+"
_LONGEST: Final = 200
"""Longer texts are no times."""

_COMPACT: Final = (
    r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[t\s]?(?P<hour>[01]\d|2[0-4]):?(?:(?P<minute>[0-5]\d):?(?:(?P<second>[0-5]\d)[.,]?(?P<part>\d{1,6})?)?)?)?"
)
_PATTERNS: Final = (
    # 20250301, 20250301083000, 20250301T083000Z
    rf"{_COMPACT}{_ZONE}",
    # 2025-03-01, 2025/3/1 8:30, 2025年3月1日下午3点
    rf"(?:{_WEEKDAY})?\s*(?P<year>\d{{4}})\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*(?P<day>\d{{1,2}})\s*[日号號]?{_REST}",
    # 25年3月1日
    rf"(?P<year>\d{{2}})\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*[日号號]?{_REST}",
    # 03.04.2025, 3/4/25, 25-3-1
    rf"(?:{_WEEKDAY})?\s*(?P<a>\d{{1,2}})\s*[./-]\s*(?P<b>\d{{1,2}})\s*[./-]\s*(?P<c>\d{{4}}|\d{{1,2}}){_REST}",
    # 3 April 2025, 03-Apr-25
    rf"(?:{_WEEKDAY})?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s/-]*{_MONTH}[\s,/-]*(?P<year>\d{{4}}|\d{{2}}){_REST}",
    # April 3, 2025
    rf"(?:{_WEEKDAY})?\s*{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{{4}}){_REST}",
    # Sat Mar 01 09:30:00 CST 2025
    rf"{_WEEKDAY}\s*{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
    # 2025年3月, 2025-03
    r"(?P<year>\d{4})\s*(?:年\s*(?P<month>\d{1,2})\s*月份?|[./-]\s*(?P<month2>\d{1,2}))初?",
    # 03/2025
    r"(?P<month>\d{1,2})\s*[./-]\s*(?P<year>\d{4})",
    # 2025年
    r"(?P<year>\d{4})\s*年",
)
_GROUPS: Final = (
    *("year", "month", "day", "name", "a", "b", "c", "half", "hour", "sign", "minute", "second", "part", "after"),
    "zone",
)
_PLAIN_CLOCK: Final = r"\d{1,2}:\d{1,2}(?::\d{1,2})?"
_ANY_DAY: Final = "2000-01-01 "
_FIRST_DAY_FROM: Final = 7
"""From this pattern on, only the month or the year is written."""
_MINUTES: Final = {"半": "30", "一刻": "15", "三刻": "45"}
_REPUBLIC: Final = r"民[国國]\s*(\d{2,3})\s*年"
_REPUBLIC_FROM: Final = 1911
_CENTURY: Final = 69
"""Years of two digits from here on are of the twentieth century, as POSIX has it."""


def parts_of(texts: pd.Series) -> pd.DataFrame:
    """
    Take dates and times apart.

    Parameters
    ----------
    texts
        Distinct texts.

    Returns
    -------
    parts
        By the index of `texts`: `year`, `month`, `day` (NaN where their order is open: `a`, `b`, `c` then, with the
        digits of first and last in `a_digits`, `c_digits`); `clock_ms` since the day's midnight, up to 36 hours, NaN
        without one; `ends_day` where it is the midnight at the end; `zone` in minutes east of Greenwich, NaN without
        one; `coarse` where only month or year is written; `small_hours` where an hour after midnight is said to be of
        the night; `ok`.
    """
    plain = texts.astype(str).str.slice(0, _LONGEST).str.normalize("NFKC").str.strip().str.strip("'\"").str.lower()
    # patterns with many optional parts try each way to share a run of spaces among them
    plain = plain.str.replace(_SPACES, " ", regex=True)
    republic = plain.str.contains("民", regex=False)
    if republic.any():
        plain[republic] = plain[republic].str.replace(
            _REPUBLIC, lambda match: f"{int(match[1]) + _REPUBLIC_FROM}年", regex=True
        )
    pieces = plain.str.partition(" ")
    simple = pieces[2].str.fullmatch(_PLAIN_CLOCK).fillna(False).to_numpy(dtype=bool)
    whole = _taken_apart(plain[~simple])
    if not simple.any():
        return whole
    # days and times of day repeat: each is taken apart once
    day_of, days = pd.factorize(pieces.loc[simple, 0])
    clock_of, clocks = pd.factorize(pieces.loc[simple, 2])
    parts = _taken_apart(pd.Series(days.astype(object))).iloc[day_of]
    times = _taken_apart(_ANY_DAY + pd.Series(clocks.astype(object))).iloc[clock_of]
    alone = ~parts["coarse"].to_numpy() & parts["clock_ms"].isna().to_numpy()
    ok = parts["ok"].to_numpy() & times["ok"].to_numpy() & alone
    clock = {column: times[column].to_numpy() for column in ("clock_ms", "ends_day")}
    parts = parts.assign(**clock, ok=ok).set_axis(plain.index[simple])
    return pd.concat([whole, parts]).reindex(texts.index) if len(whole) else parts


def _taken_apart(plain: pd.Series) -> pd.DataFrame:
    """Take folded texts apart by the first pattern that each matches."""
    found = pd.DataFrame(None, index=plain.index, columns=list(_GROUPS), dtype=object)
    pattern_of = pd.Series(-1, index=plain.index)
    left = plain
    for number, pattern in enumerate(_PATTERNS):
        if left.empty:
            break
        groups = left.str.extract(rf"^(?P<all>{pattern})$")
        hit = groups["all"].notna()
        if "month2" in groups:
            groups["month"] = groups["month"].fillna(groups["month2"])
        if hit.any():
            columns = [column for column in _GROUPS if column in groups]
            found.loc[hit.index[hit], columns] = groups.loc[hit, columns].astype(object)
            pattern_of[hit.index[hit]] = number
        left = left[~hit]
    return _numbers_of(found, pattern_of)


def _numbers_of(found: pd.DataFrame, pattern_of: pd.Series) -> pd.DataFrame:
    """Return the groups of patterns as numbers."""
    number = {
        column: pd.to_numeric(found[column].replace(_MINUTES), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        for column in ("year", "month", "day", "a", "b", "c", "hour", "minute", "second")
    }
    number["month"] = np.where(
        found["name"].notna(),
        found["name"].map({m: n for n, m in enumerate(_MONTHS, 1)}).astype(float),
        number["month"],
    )
    coarse = (pattern_of >= _FIRST_DAY_FROM).to_numpy()
    for column in ("month", "day"):
        number[column] = np.where(coarse & np.isnan(number[column]), 1.0, number[column])
    digits = {column: found[column].astype("string").str.len().fillna(0).to_numpy(dtype=int) for column in ("a", "c")}
    clock_ms, ends_day, small, wrong = _clock(found, number)
    parts = pd.DataFrame(
        {
            "year": full_years(number["year"]),
            **{column: number[column] for column in ("month", "day", "a", "b", "c")},
            "a_digits": digits["a"],
            "c_digits": digits["c"],
            "clock_ms": clock_ms,
            "ends_day": ends_day,
            "small_hours": small,
            "zone": _zones(found["zone"]),
            "coarse": coarse,
            "ok": (pattern_of >= 0).to_numpy() & ~wrong,
        },
        index=found.index,
    )
    return parts


def full_years(years: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return years with their century."""
    with np.errstate(invalid="ignore"):
        return np.where(years < _CENTURY, years + 2000, np.where(years < 100, years + 1900, years))


def _clock(
    found: pd.DataFrame, number: dict[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return milliseconds since midnight, ends of days, small hours of nights, and impossible times."""
    word = found["half"].fillna(found["after"])
    part = word.map(_PART_OF).fillna("").to_numpy(dtype=object)
    hour = number["hour"]
    minute, second = (np.nan_to_num(number[column]) for column in ("minute", "second"))
    spoken = found["sign"].isin(list("时時点點")).to_numpy()
    with np.errstate(invalid="ignore"):
        twelve = hour == 12
        to_zero = twelve & ((part == "early") | ((part == "morning") & ~spoken))
        to_noon = ((part == "afternoon") & (hour < 12)) | ((part == "noon") & (hour >= 1) & (hour <= 3))
        evening = (part == "night") & (hour >= 5) & (hour < 12)
        midnight = (part == "night") & (twelve | (hour == 0))
        small = (part == "night") & (hour >= 1) & (hour < 5)
        read = hour + np.where(to_noon | evening, 12, 0)
        read = np.where(to_zero, 0, np.where(midnight, 24, read))
        full = (hour == 24) & (part != "night")
        wrong = (hour > 24) | (minute > 59) | (second > 60) | (full & (minute + second > 0))
        wrong |= (hour > 12) & np.isin(part, ["early", "noon"]) & (hour != 24)
    fraction = found["part"].astype("string").str.slice(0, 3).str.pad(3, side="right", fillchar="0")
    milli = pd.to_numeric(fraction, errors="coerce").fillna(0).to_numpy(dtype=float)
    clock_ms = ((read * 60 + minute) * 60 + second) * 1000 + milli
    return clock_ms, clock_ms >= 24 * 3_600_000, small, wrong


def _zones(zone: pd.Series) -> NDArray[np.float64]:
    """Return offsets in minutes east of Greenwich; NaN for none, and for letters that are the clock's own (CST)."""
    text = zone.astype("string").str.replace("−", "-").str.replace(r"\s", "", regex=True)
    offset = text.str.extract(r"^(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?$")
    sign = offset[0].map({"+": 1.0, "-": -1.0}).astype(float)
    hours, minutes = (pd.to_numeric(offset[column], errors="coerce") for column in (1, 2))
    minute = sign * (hours.astype(float) * 60 + minutes.astype(float).fillna(0))
    minute = minute.where(~text.isin(["z", "utc", "gmt"]).fillna(False), 0.0)
    return minute.where(~text.eq("北京时间").fillna(False), 480.0).to_numpy(dtype=float)
