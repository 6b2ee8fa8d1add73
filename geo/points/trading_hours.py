"""Trading hours as offices write them, in the words of OpenStreetMap's `opening_hours`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import pandas as pd

from geo.core.opening_hours import ALWAYS_TEXT, read_hours
from geo.core.text import Text
from geo.study.findings import Finding

_ALWAYS: Final = frozenset({"24/7", "全天", "全天候", "24小时", "不限", "全时段", "全日", "all day", "24h", "always"})

_DAYS: Final = (
    (
        re.compile(
            r"周一(?:至|到|-)周五|星期一(?:至|到|-)星期五|周一(?:至|到|-)五|工作日|平日|mo-fr|mon-fri|weekdays?"
        ),
        "Mo-Fr",
    ),
    (re.compile(r"周六(?:日|、周日|至周日|-周日|周日)|周末|双休日|节假日|休息日|sa-su|sat-sun|weekends?"), "Sa-Su"),
    (re.compile(r"周一(?:至|到|-)周[日天]|周一(?:至|到|-)[日天]|每[天日]|天天|全周|mo-su|mon-sun|daily"), "Mo-Su"),
)  # fmt: skip
"""What days may be called; where none is named, all are meant."""

_HALF: Final = {
    "凌晨": 0, "清晨": 0, "早晨": 0, "早上": 0, "早": 0, "上午": 0, "am": 0,
    "中午": 12, "午": 12, "下午": 12, "傍晚": 12, "晚上": 12, "夜间": 12, "夜里": 12, "晚": 12, "pm": 12,
}  # fmt: skip
"""Words before an hour, and the half of the day that they mean."""

_WORD = "|".join(sorted(_HALF, key=len, reverse=True))
_CLOCK = rf"(次日|翌日|第二天)?\s*({_WORD})?\s*(\d{{1,2}})\s*(?:[:时点]\s*(?:(\d{{1,2}})\s*分?|(半)|整)?)?\s*(am|pm)?"
_WINDOW = re.compile(rf"{_CLOCK}\s*(?:至|到|-+|~|—+)\s*{_CLOCK}")
_DAY_MINUTES: Final = 1440
_NOON: Final = 12
_LAST_HOUR: Final = 24
_LAST_MINUTE: Final = 59
_NIGHT: Final = frozenset({"晚上", "夜间", "夜里", "晚"})
"""Words that make twelve the end of the day."""
_KEPT: Final = Text(
    "该格留空，视为全天；请写成 06:00-09:00", "The cell was left empty and counts as any time; write 06:00-09:00"
)


def trading_hours(column: pd.Series, findings: list[Finding]) -> pd.Series:
    """
    Return hours as `geo.core.opening_hours.read_hours` reads them; empty where a cell says none that can be read.

    Parameters
    ----------
    column
        Text: "06:00-09:00", "早6点至晚10点", "周末 17:30—22:00", "全天", "Mo-Fr 17:30-22:00; Sa-Su 16:00-22:30".
    findings
        Taken along: one for each cell that cannot be read.
    """
    read = {text: hours_of(text) for text in column.dropna().unique()}
    for row, text in column.dropna().items():
        if read[text] is None:
            problem = Text(f"“{text}”不是时段", f"“{text}” is no time of day")
            findings.append(Finding(int(str(row)), "hours", problem, _KEPT))
    return column.map(read, na_action="ignore").astype(object)


def hours_of(text: str) -> str | None:
    """Return one cell's hours, or None."""
    words = unicodedata.normalize("NFKC", text).strip().casefold()
    words = re.sub(r"[–—－−]", "-", words)
    if words in _ALWAYS or re.sub(r"\s+", "", words) in _ALWAYS:
        return ALWAYS_TEXT
    try:
        return text.strip() if read_hours(text.strip()) else None
    except ValueError:
        pass
    windows: dict[str, list[str]] = {}
    for part in re.split(r"[;；\n]", words):
        found = _days_in(part)
        if not found:
            return None
        for days, clocks in found:
            windows.setdefault(days, []).extend(clocks)
    return "; ".join(f"{days} {','.join(dict.fromkeys(clocks))}" for days, clocks in windows.items()) or None


def _days_in(part: str) -> list[tuple[str, list[str]]]:
    """Return the windows of a part of a cell by days; nothing where it has none."""
    marks = sorted((match.start(), match.end(), name) for pattern, name in _DAYS for match in pattern.finditer(part))
    # the longest of names that begin at one place: 周一至周日 is not 周一至周…
    marks = [mark for number, mark in enumerate(marks) if number + 1 == len(marks) or marks[number + 1][0] >= mark[1]]
    bounds = [*(mark[0] for mark in marks), len(part)]
    pieces = [(name, part[end:stop]) for (_, end, name), stop in zip(marks, bounds[1:], strict=True)]
    if not marks or _WINDOW.search(part[: bounds[0]]):
        pieces.insert(0, ("Mo-Su", part[: bounds[0]] if marks else part))
    read = [(days, _windows_in(piece)) for days, piece in pieces]
    return read if all(clocks for _, clocks in read) else []


def _windows_in(piece: str) -> list[str]:
    clocks = []
    for match in _WINDOW.finditer(piece):
        begin, end = match.groups()[:6], match.groups()[6:]
        first, last = _minute(begin), _minute(end)
        if first is None or last is None:
            return []
        said = begin[1] or begin[5]
        if said is not None and end[1] is None and end[5] is None and end[0] is None:
            # 下午4点至7点: the half of the day goes on, where that is later
            later = _minute((None, said if _HALF[said] or last > first else "pm", *end[2:5], None))
            last = later if later is not None and later > first else last
        first = first % _DAY_MINUTES
        if first == last:
            return []
        clocks.append(f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}")
    return clocks


def _minute(clock: Sequence[str | None]) -> int | None:
    """Return the minute of the day of a match's six groups; None for an hour that there is not."""
    next_day, word, hour, minute, half, suffix = clock
    hours, minutes = int(hour or 0), 30 if half else int(minute or 0)
    if hours > _LAST_HOUR or minutes > _LAST_MINUTE:
        return None
    said = word or suffix
    if said is not None and hours <= _NOON:
        night = said in _NIGHT and hours == _NOON
        hours = _LAST_HOUR if night else hours % _NOON + _HALF[said]
    total = hours * 60 + minutes
    if total > _DAY_MINUTES:
        return None
    return total % _DAY_MINUTES if next_day else total
