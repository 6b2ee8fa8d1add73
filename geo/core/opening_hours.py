"""Hours of the week: windows as rules write them, and the slots of the week between their bounds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

DayKind = Literal["workday", "restday"]
DAY_KINDS: Final[tuple[DayKind, ...]] = ("workday", "restday")
"""Monday to Friday, and the weekend: rules know these two. Public holidays and moved working days are not known."""

Window = tuple[int, int]
"""Minutes of a working day (0 to 1440), then of a rest day (1440 to 2880): from, to."""

DAY: Final = 24 * 60
ALWAYS: Final[tuple[Window, ...]] = ((0, 2 * DAY),)
ALWAYS_TEXT: Final = "24/7"

_DAYS: Final = {"Mo-Fr": (0,), "Sa-Su": (1,), "Mo-Su": (0, 1)}
_DAYS_PER_WEEK: Final = (5, 2)
_WINDOW: Final = re.compile(r"(Mo-Fr|Sa-Su|Mo-Su) (\d\d):(\d\d)-(\d\d):(\d\d)")
_MOST_SLOTS: Final = 63


def parse_windows(texts: Iterable[str]) -> tuple[Window, ...]:
    """
    Return windows in the words of OpenStreetMap's `opening_hours` ("Mo-Fr 17:00-22:00"; "24/7") as minutes.

    Days are `Mo-Fr`, `Sa-Su` or `Mo-Su`; a window may run past midnight ("Mo-Su 22:00-02:00").

    Raises
    ------
    ValueError
        For a text that is no such window.
    """
    windows: list[Window] = []
    for text in texts:
        if text == ALWAYS_TEXT:
            windows += ALWAYS
            continue
        match = _WINDOW.fullmatch(text)
        if match is None:
            raise ValueError(text)
        days, *clock = match.groups()
        first_hour, first_minute, last_hour, last_minute = map(int, clock)
        first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if max(first_minute, last_minute) > 59 or max(first, last) > DAY or first == last:
            raise ValueError(text)
        for day in _DAYS[days]:
            pieces = [(first, last)] if first < last else [(first, DAY), (0, last)]
            windows += [(day * DAY + begin, day * DAY + end) for begin, end in pieces if begin < end]
    return tuple(sorted(windows))


class TooManySlotsError(ValueError):
    """Raised where windows cut the week into more slots than a mask has bits: into `count`."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} slots")
        self.count = count


class Slots:
    """
    The slots of a week, with no change of rules inside a slot, as bits of a mask.

    Parameters
    ----------
    rules
        The windows of every rule.

    Attributes
    ----------
    starts
        Shape (n,): when each slot begins, in minutes as a `Window` counts; it lasts until the next begins.
    minutes
        Shape (n,): how long each slot lasts in a day.

    Raises
    ------
    TooManySlotsError
        If the windows cut the week into more than 63 slots.
    """

    def __init__(self, rules: Iterable[Sequence[Window]]) -> None:
        cuts = {0, DAY, *(minute for windows in rules for window in windows for minute in window)} - {2 * DAY}
        if len(cuts) > _MOST_SLOTS:
            raise TooManySlotsError(len(cuts))
        self.starts = np.array(sorted(cuts), dtype=np.int64)
        self.minutes = np.diff(np.append(self.starts, 2 * DAY))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def all(self) -> int:
        """The mask of every slot."""
        return (1 << len(self)) - 1

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Each slot's share of the week."""
        day = (self.starts >= DAY).astype(int)
        weights = self.minutes * np.array(_DAYS_PER_WEEK)[day]
        return np.asarray(weights / weights.sum(), dtype=np.float64)

    def mask(self, windows: Iterable[Window]) -> int:
        """Return the slots within windows as bits; the windows must be among the windows of the slots."""
        bits = 0
        for begin, end in windows:
            inside = (self.starts >= begin) & (self.starts < end)
            bits |= sum(1 << int(slot) for slot in np.flatnonzero(inside))
        return bits

    def at(self, when: dt.datetime) -> int:
        """Return the slot of a moment on the clock of the study."""
        return self.of(DAY_KINDS[int(when.weekday() >= 5)], when.hour * 60 + when.minute)

    def of(self, day: DayKind, minute: int) -> int:
        """Return the slot of a minute of a kind of day."""
        return int(np.searchsorted(self.starts, DAY_KINDS.index(day) * DAY + minute, "right")) - 1

    def windows(self, mask: int) -> list[Window]:
        """Return the windows of a mask, joined where they touch on one day."""
        found: list[Window] = []
        for slot, start in enumerate(self.starts.tolist()):
            if not mask >> slot & 1:
                continue
            end = start + int(self.minutes[slot])
            if found and found[-1][1] == start and start != DAY:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found

    def text(self, mask: int) -> str:
        """Return a mask in the words of `parse_windows`, rules between "; "; nothing for no time at all."""
        if mask == self.all:
            return ALWAYS_TEXT
        windows = self.windows(mask)
        days = [[(begin % DAY, (end - 1) % DAY + 1) for begin, end in windows if begin // DAY == day] for day in (0, 1)]
        if days[0] == days[1]:
            return _words("Mo-Su", days[0])
        return "; ".join(filter(None, (_words("Mo-Fr", days[0]), _words("Sa-Su", days[1]))))


def _words(days: str, windows: list[Window]) -> str:
    clock = ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in windows)
    return f"{days} {clock}" if clock else ""


def hours_parts(text: str) -> list[tuple[str, str]]:
    """
    Split a text of `Slots.text` into parts: days (`Mo-Fr`, `Sa-Su`, `Mo-Su`) and the clock's windows between commas.

    At all hours, the days are `ALWAYS_TEXT` and there are no windows.
    """
    parts = (part.partition(" ") for part in text.split("; ") if part)
    return [(days, clock) for days, _, clock in parts]


def read_hours(text: str) -> tuple[Window, ...]:
    """Parse the text of `Slots.text` into windows."""
    texts = []
    for days, clock in hours_parts(text):
        texts += [f"{days} {window}" for window in clock.split(",")] if clock else [days]
    return parse_windows(texts)


def open_at(text: str, day: DayKind, minute: int) -> bool:
    """Tell whether hours as `Slots.text` writes them hold at a minute of a kind of day."""
    at = DAY_KINDS.index(day) * DAY + minute
    return any(begin <= at < end for begin, end in read_hours(text))
