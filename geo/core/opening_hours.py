"""Hours of the week: windows as rules write them, and the slots of the week between their bounds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

DayKind = Literal["workday", "restday", "monday", "saturday"]
DAY_KINDS: Final[tuple[DayKind, ...]] = ("workday", "restday", "monday", "saturday")
"""Tuesday to Friday, Sunday, Monday, Saturday: rules speak of Monday to Friday and of the weekend, and a night that
begins on one of these days ends on the next. Public holidays and moved working days are not known."""

Window = tuple[int, int]
"""From, to, in minutes of a week of four days, in the order of `DAY_KINDS` (Tuesday to Friday are 0 to 1440)."""

DAY: Final = 24 * 60
ALWAYS: Final[tuple[Window, ...]] = ((0, len(DAY_KINDS) * DAY),)
ALWAYS_TEXT: Final = "24/7"

_RULE_DAYS: Final[dict[str, tuple[int, ...]]] = {"Mo-Fr": (0, 2), "Sa-Su": (1, 3), "Mo-Su": (0, 1, 2, 3)}
_DAYS: Final[dict[str, tuple[int, ...]]] = {**_RULE_DAYS, "Tu-Fr": (0,), "Su": (1,), "Mo": (2,), "Sa": (3,)}
"""The days of each word, as numbers of `DAY_KINDS`: words of rules, and the other words that `Slots.text` writes."""

_MORNINGS_AFTER: Final = {0: (0, 3), 2: (0, 3), 1: (1, 2), 3: (1, 2)}
"""The days whose mornings end the nights of a day: after Monday to Friday come Tuesday to Saturday."""

_ALIKE: Final = ((0, 2), (1, 3))
"""Days of one word of rules: they differ only in the nights before them."""

_KIND_OF_WEEKDAY: Final = np.array([2, 0, 0, 0, 0, 3, 1])
_DAYS_PER_WEEK: Final = (4, 1, 1, 1)
_WINDOW: Final = re.compile(r"([A-Z][a-z](?:-[A-Z][a-z])?) (\d\d):(\d\d)-(\d\d):(\d\d)")
_MOST_SLOTS: Final = 63


def parse_windows(texts: Iterable[str]) -> tuple[Window, ...]:
    """
    Return windows in the words of OpenStreetMap's `opening_hours` ("Mo-Fr 17:00-22:00"; "24/7") as minutes.

    Days are `Mo-Fr`, `Sa-Su` or `Mo-Su`; a window may run past midnight and ends on the next day then: `Sa-Su
    18:00-02:00` holds on Sunday and Monday at 01:00, and not on Saturday at 01:00.

    Raises
    ------
    ValueError
        For a text that is no such window.
    """
    return _parsed(texts, _RULE_DAYS)


def _parsed(texts: Iterable[str], words: Mapping[str, tuple[int, ...]]) -> tuple[Window, ...]:
    windows: set[Window] = set()
    for text in texts:
        if text == ALWAYS_TEXT:
            windows.update(ALWAYS)
            continue
        match = _WINDOW.fullmatch(text)
        if match is None or match[1] not in words:
            raise ValueError(text)
        days, *clock = match.groups()
        first_hour, first_minute, last_hour, last_minute = map(int, clock)
        first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if max(first_minute, last_minute) > 59 or max(first, last) > DAY or first == last:
            raise ValueError(text)
        for day in words[days]:
            evening = (first, last) if first < last else (first, DAY)
            pieces = [(day, *evening)]
            if last < first:
                pieces += [(after, 0, last) for after in _MORNINGS_AFTER[day]]
            windows.update((on * DAY + begin, on * DAY + end) for on, begin, end in pieces if begin < end)
    return tuple(sorted(windows))


def day_kind(when: dt.date) -> DayKind:
    """Return the kind of a day."""
    return DAY_KINDS[int(_KIND_OF_WEEKDAY[when.weekday()])]


def minutes_of(clock: pd.Series) -> NDArray[np.float64]:
    """Return moments on a clock as minutes of the week, as a `Window` counts them; NaN for a missing one."""
    known = clock.notna().to_numpy()
    weekday = clock.dt.day_of_week.fillna(0).to_numpy(dtype=np.int64)
    minute = (clock.dt.hour * 60 + clock.dt.minute).to_numpy(dtype=np.float64)
    return np.where(known, _KIND_OF_WEEKDAY[weekday] * DAY + minute, np.nan)


def week_of(windows: Iterable[Window]) -> NDArray[np.bool_]:
    """Tell for each minute of a week from Monday 00:00, shape (7 * `DAY`,), whether it lies within windows."""
    inside = np.zeros(len(DAY_KINDS) * DAY, dtype=bool)
    for begin, end in windows:
        inside[begin:end] = True
    return np.asarray(inside.reshape(len(DAY_KINDS), DAY)[_KIND_OF_WEEKDAY].ravel())


class TooManySlotsError(ValueError):
    """Raised where windows cut the week into more slots than a mask has bits: into `count`."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} slots")
        self.count = count


class Slots:
    """
    The slots of a week, with no change of rules inside a slot, as bits of a mask.

    Monday and the days until Friday share their slots, and so do Saturday and Sunday, but for the hours in which the
    nights before them differ.

    Parameters
    ----------
    rules
        The windows of every rule.

    Attributes
    ----------
    starts
        Shape (n,): when each slot first begins, in minutes as a `Window` counts.

    Raises
    ------
    TooManySlotsError
        If the windows cut the week into more than 63 slots.
    """

    def __init__(self, rules: Iterable[Sequence[Window]]) -> None:
        rules = [list(windows) for windows in rules]
        begins: list[list[int]] = [[] for _ in DAY_KINDS]
        for days in _ALIKE:
            clock = {0} | {
                minute - day * DAY
                for windows in rules
                for window in windows
                for minute in window
                for day in days
                if 0 < minute - day * DAY < DAY
            }
            for day in days:
                begins[day] = [day * DAY + minute for minute in sorted(clock)]
        self._begins = np.array([minute for day in begins for minute in day], dtype=np.int64)
        self._minutes = np.diff(np.append(self._begins, len(DAY_KINDS) * DAY))
        held = np.array([self._inside(windows) for windows in rules]).reshape(len(rules), len(self._begins))
        self._slot = self._numbered(held)
        self.starts = self._begins[np.unique(self._slot, return_index=True)[1]]
        if len(self) > _MOST_SLOTS:
            raise TooManySlotsError(len(self))

    def _inside(self, windows: Iterable[Window]) -> NDArray[np.bool_]:
        """Tell for each piece of the week if it lies within windows."""
        inside = np.zeros(len(self._begins), dtype=bool)
        for begin, end in windows:
            inside |= (self._begins >= begin) & (self._begins < end)
        return inside

    def _numbered(self, held: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the slot of each piece of the week; `held` tells for each rule and piece if it holds."""
        slot = np.full(len(self._begins), -1, dtype=np.int64)
        day = self._begins // DAY
        count = 0
        for first, _ in _ALIKE:
            slot[day == first] = count + np.arange((day == first).sum())
            count += int((day == first).sum())
        for first, second in _ALIKE:
            same = (held[:, day == first] == held[:, day == second]).all(axis=0)
            own = count + np.cumsum(~same) - 1
            slot[day == second] = np.where(same, slot[day == first], own)
            count += int((~same).sum())
        return slot

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def all(self) -> int:
        """The mask of every slot."""
        return (1 << len(self)) - 1

    @property
    def day_kinds(self) -> tuple[DayKind, ...]:
        """The kinds of day with hours of their own: two where no night makes Monday or Saturday differ."""
        day = self._begins // DAY
        same = all(np.array_equal(self._slot[day == first], self._slot[day == second]) for first, second in _ALIKE)
        return ("workday", "restday") if same else ("monday", "workday", "saturday", "restday")

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Each slot's share of the week."""
        weights = self._minutes * np.array(_DAYS_PER_WEEK)[self._begins // DAY]
        return np.bincount(self._slot, weights, minlength=len(self)) / weights.sum()

    def mask(self, windows: Iterable[Window]) -> int:
        """Return the slots within windows as bits; the windows must be of a rule of the slots."""
        return sum(1 << int(slot) for slot in np.unique(self._slot[self._inside(windows)]))

    def at(self, when: dt.datetime) -> int:
        """Return the slot of a moment on the clock of the study."""
        return self.of(day_kind(when), when.hour * 60 + when.minute)

    def of(self, day: DayKind, minute: int) -> int:
        """Return the slot of a minute of a kind of day."""
        piece = np.searchsorted(self._begins, DAY_KINDS.index(day) * DAY + minute, "right") - 1
        return int(self._slot[piece])

    def windows(self, mask: int, day: DayKind) -> list[Window]:
        """Return the windows of a mask on a kind of day, in minutes of the day, joined where they touch."""
        found: list[Window] = []
        start = DAY_KINDS.index(day) * DAY
        for piece in np.flatnonzero(self._begins // DAY == DAY_KINDS.index(day)):
            if not mask >> int(self._slot[piece]) & 1:
                continue
            begin = int(self._begins[piece]) - start
            end = begin + int(self._minutes[piece])
            if found and found[-1][1] == begin:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
        return found

    def week(self, mask: int) -> list[Window]:
        """Return the windows of a mask in the week."""
        return [
            (number * DAY + begin, number * DAY + end)
            for number, day in enumerate(DAY_KINDS)
            for begin, end in self.windows(mask, day)
        ]

    def text(self, mask: int) -> str:
        """
        Return a mask in the words of `read_hours`, rules between "; "; nothing for no time at all.

        A night is one window of the day on which it begins ("Sa-Su 18:00-02:00").
        """
        if mask == self.all:
            return ALWAYS_TEXT
        days = _with_nights([self.windows(mask, day) for day in DAY_KINDS])
        if all(day == days[0] for day in days):
            return _words("Mo-Su", days[0])
        parts: list[str] = []
        for both, *each in (("Mo-Fr", "Mo", "Tu-Fr"), ("Sa-Su", "Sa", "Su")):
            of_each = [days[day] for name in each for day in _DAYS[name]]
            alike = of_each[0] == of_each[1]
            parts += [_words(both, of_each[0])] if alike else map(_words, each, of_each)
        return "; ".join(filter(None, parts))


def _with_nights(days: list[list[Window]]) -> list[list[Window]]:
    """Join the evenings of days with the mornings after them, where all evenings and mornings of a word have one."""
    result = [list(windows) for windows in days]
    for evenings in _ALIKE:
        mornings = _MORNINGS_AFTER[evenings[0]]
        if not all(days[day] and days[day][-1][1] == DAY for day in evenings):
            continue
        ends = {days[day][0][1] if days[day] and days[day][0][0] == 0 else 0 for day in mornings}
        end = ends.pop()
        if ends or not 0 < end < min(days[day][-1][0] for day in evenings):
            continue
        for day in mornings:
            result[day] = result[day][1:]
        for day in evenings:
            result[day] = [*result[day][:-1], (days[day][-1][0], end)]
    return result


def _words(days: str, windows: list[Window]) -> str:
    clock = ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in windows)
    return f"{days} {clock}" if clock else ""


def hours_parts(text: str) -> list[tuple[str, str]]:
    """
    Split a text of `Slots.text` into parts: days (`Mo-Fr`, `Sa-Su`, `Mo-Su`; `Mo`, `Tu-Fr`, `Sa`, `Su` where nights
    make them differ) and the clock's windows between commas.

    At all hours, the days are `ALWAYS_TEXT` and there are no windows.
    """
    parts = (part.partition(" ") for part in text.split("; ") if part)
    return [(days, clock) for days, _, clock in parts]


def read_hours(text: str) -> tuple[Window, ...]:
    """Parse the text of `Slots.text` into windows."""
    texts = []
    for days, clock in hours_parts(text):
        texts += [f"{days} {window}" for window in clock.split(",")] if clock else [days]
    return _parsed(texts, _DAYS)


def open_at(text: str, day: DayKind, minute: int) -> bool:
    """Tell whether hours as `Slots.text` writes them hold at a minute of a kind of day."""
    at = DAY_KINDS.index(day) * DAY + minute
    return any(begin <= at < end for begin, end in read_hours(text))
