"""Values of tags that hold at some hours: `no_parking @ (Mo-Fr 08:00-18:00)`, read into minutes of the week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Flags
from geo.core.opening_hours import DAY

WEEK: Final = 7 * DAY
"""Minutes of a week; the first is of Monday."""

_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY: Final = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_DAYS: Final = re.compile(rf"\b({_DAY})(?:\s*-\s*({_DAY}))?\b(\s*\[[^\]]*\])?")
_HOLIDAYS: Final = re.compile(r"\b[PS]H\b")
_CLOCK: Final = r"\d{1,2}(?:[:.]\d{2})?"
_SUN: Final = r"\(?\s*(?:dawn|sunrise|sunset|dusk)(?:\s*[+-]\s*\d{1,2}:\d{2}\s*\))?"
_SPAN: Final = re.compile(rf"({_CLOCK}|{_SUN})\s*-\s*({_CLOCK}|{_SUN})\+?")
_FROM: Final = re.compile(rf"({_CLOCK}|{_SUN})\+")
_OF_THE_YEAR: Final = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|week|easter|summer|winter|(?:19|20)\d{2})\b"
)
_REST: Final = re.compile(r"[\s,:()+-]|\b(?:on|open|and|\d{1,2}|24/7|\d{1,2}-\d{1,2}(?:/\d)?)\b|/\d")
_MARKED: Final = re.compile(r'"[^"]*"')

_SUN_MINUTES: Final = {"dawn": (180, 480), "sunrise": (240, 510), "sunset": (930, 1320), "dusk": (960, 1380)}
"""The earliest and the latest of the year between the tropics and 60 degrees."""


class Hours(NamedTuple):
    """
    Minutes of the week, shape (`WEEK`,), from Monday 00:00.

    Attributes
    ----------
    some
        In some weeks of the year at least.
    every
        In every week; public holidays do not count.
    """

    some: Flags
    every: Flags


class Clause(NamedTuple):
    """A value and its hours: None where the condition is not one of hours, or cannot be read."""

    value: str
    hours: Hours | None


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a conditional value; a later one stands over the earlier ones (OSM wiki)."""
    return [Clause(value, read_condition(condition)) for value, condition in clause_texts(text)]


def clause_texts(text: str) -> list[tuple[str, str]]:
    """
    Return the values of a conditional value, each with its condition as it is written.

    A part without `@` goes on with the condition before it.
    """
    found: list[list[str]] = []
    for part in _parts(text):
        value, at, condition = part.partition("@")
        if at:
            found.append([value.strip(), condition.strip()])
        elif found:
            found[-1][1] += f"; {part}"
    return [(value, condition) for value, condition in found]


def _parts(text: str) -> Iterator[str]:
    """Split at semicolons outside brackets."""
    depth, begin = 0, 0
    for place, letter in enumerate(text):
        depth = max(depth + (letter == "(") - (letter == ")"), 0)
        if letter == ";" and not depth:
            yield text[begin:place]
            begin = place + 1
    if text[begin:].strip():
        yield text[begin:]


@lru_cache(maxsize=4096)
def read_condition(condition: str) -> Hours | None:
    """
    Return the hours of a condition; None where it speaks of anything but hours, or cannot be read.

    Days, clocks past midnight, dawn to dusk, months, weeks and "off" of OSM's `opening_hours` are read. Parts joined by
    AND hold together; one that speaks of stay, weight or weather makes all of it no condition of hours.
    """
    text = condition.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    joined: Hours | None = None
    for part in re.split(r"\s+AND\s+", text, flags=re.IGNORECASE):
        hours = _opening_hours(part)
        if hours is None:
            return None
        joined = hours if joined is None else Hours(joined.some & hours.some, joined.every & hours.every)
    return joined


def _opening_hours(text: str) -> Hours | None:
    some, every = np.zeros(WEEK, dtype=bool), np.zeros(WEEK, dtype=bool)
    read = False
    for rule in re.split(r";|\|\|", _MARKED.sub("", text)):
        if not rule.strip():
            continue
        found = _rule(rule)
        if found is None:
            return None
        read = True
        hours, days, off = found
        if off:
            some, every = some & ~hours.every, every & ~hours.some
            continue
        # a later rule stands over the earlier ones of its days, of every week
        some, every = (some & ~days.every) | hours.some, (every & ~days.some) | hours.every
    return Hours(some, every) if read else None


def _rule(rule: str) -> tuple[Hours, Hours, bool] | None:
    """Return the hours of a rule, all hours of its days, and whether it closes; None where it cannot be read."""
    text = rule.strip()
    off = bool(re.search(r"\b(?:off|closed)\b", text))
    text = re.sub(r"\b(?:off|closed)\b", "", text)
    seasonal = bool(_OF_THE_YEAR.search(text))
    text = _dates_out(text) if seasonal else text
    holidays = bool(_HOLIDAYS.search(text))
    schools = "SH" in text
    in_holidays = re.search(rf"SH\s+{_DAY}", text) is not None
    text = _HOLIDAYS.sub("", text)
    # days of a month or weeks by number hold in some weeks only
    days, counted = np.zeros(7, dtype=bool), False
    for first, last, number in _DAYS.findall(text):
        begin, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        days[np.arange(begin, end + 1 + 7 * (end < begin)) % 7] = True
        counted |= bool(number)
    named = bool(days.any())
    text = _DAYS.sub("", text)
    spans = [(_minutes(first), _minutes(last)) for first, last in _SPAN.findall(text)]
    text = _SPAN.sub("", text)
    spans += [(_minutes(first), (DAY, DAY)) for first in _FROM.findall(text)]
    text = _FROM.sub("", text)
    if _REST.sub("", text) or not (named or spans or holidays or seasonal or "24/7" in rule):
        return None
    if holidays and not named:
        days[:] = schools  # holidays of schools fall on any day of some weeks; public ones are of no week
    elif not named:
        days[:] = True
    surely = not (seasonal or counted or in_holidays or (schools and not named))
    full = np.repeat(days, DAY)
    whole = Hours(full, full if surely else np.zeros(WEEK, dtype=bool))
    if not spans:
        return whole, whole, off
    some, every = np.zeros(WEEK, dtype=bool), np.zeros(WEEK, dtype=bool)
    for (earliest, latest), (early_end, late_end) in spans:
        some |= _on_days(days, earliest, late_end)
        if surely:
            every |= _on_days(days, latest, early_end)
    return Hours(some, every), whole, off


def _dates_out(text: str) -> str:
    """Return a rule without its months, weeks and days of the month."""
    month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    day = rf"(?:(?:(?:19|20)\d{{2}}\s*)?{month}(?:\s+\d{{1,2}}(?![:\d]))?)"
    text = re.sub(rf"{day}(?:\s*-\s*(?:{day}|\d{{1,2}}(?![:\d])))?(?:\s*,\s*(?={month}))?:?", " ", text)
    text = re.sub(r"\bweek\s+\d{1,2}(?:\s*-\s*\d{1,2})?(?:/\d+)?(?:\s*,\s*\d{1,2}(?:-\d{1,2})?(?![:\d]))*", " ", text)
    return re.sub(r"\b(?:easter|summer|winter|(?:19|20)\d{2})\b(?:\s*-\s*(?:19|20)\d{2})?", " ", text)


def _minutes(clock: str) -> tuple[int, int]:
    """Return the earliest and the latest minute of a time of day."""
    word = re.search("[a-z]+", clock)
    if word is not None:
        early, late = _SUN_MINUTES[word[0]]
        more = re.search(r"([+-])\s*(\d{1,2}):(\d{2})", clock)
        shift = 0 if more is None else (1 if more[1] == "+" else -1) * (int(more[2]) * 60 + int(more[3]))
        return early + shift, late + shift
    hour, _, minute = clock.replace(".", ":").partition(":")
    at = int(hour) * 60 + int(minute or 0)
    return at, at


def _on_days(days: Flags, begin: int, end: int) -> Flags:
    """Return the minutes from one time of the chosen days to another, past midnight where that is no later."""
    result = np.zeros(WEEK, dtype=bool)
    length = min(end - begin + (DAY if end <= begin else 0), DAY)
    starts = np.flatnonzero(days) * DAY + begin
    result[(starts[:, None] + np.arange(length)).ravel() % WEEK] = True
    return result
