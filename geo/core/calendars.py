"""Calendars of holidays and moved working days, offline, from the library `holidays`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.core.text import Text

WEEKENDS_ONLY: Final = "weekends"
"""The name of the calendar of a place whose holidays are not known."""

_WEEKEND: Final = frozenset({5, 6})


@dataclass(frozen=True)
class Calendar:
    """
    The holidays and working weekends of a country or region.

    Attributes
    ----------
    name
        Its ISO 3166-1 code, or `WEEKENDS_ONLY`. In mainland China the days of the State Council's yearly notices
        count: holidays that are moved, and the weekends that are worked for them (调休).
    """

    name: str

    @classmethod
    def of(cls, code: str) -> Calendar:
        """Return the calendar of a country or region, by its ISO 3166-1 code."""
        import holidays  # noqa: PLC0415 (a quarter of a second: only who asks for working days waits for it)

        return cls(code if code in holidays.list_supported_countries(include_aliases=False) else WEEKENDS_ONLY)

    @property
    def weekend(self) -> frozenset[int]:
        """The weekdays that are not worked, Monday being 0."""
        return self._days(dt.date.today().year).weekend

    @cached_property
    def known_until(self) -> int | None:
        """
        The last year with known moved working days; None where none are moved by yearly notices.

        Of later years the holidays of the law are known, not which weekends are worked for them.
        """
        return _last_notice(self.name)

    @property
    def limits(self) -> Text:
        """The limits of the calendar, in words."""
        if self.name == WEEKENDS_ONLY:
            return Text("只计周末，节假日未知", "weekends only: the holidays are not known")
        if self.known_until is None:
            return Text("法定节假日", "public holidays")
        return Text(
            f"法定节假日及调休（至 {self.known_until} 年；其后年份的调休尚未公布）",
            f"public holidays and moved working days (to {self.known_until}; later ones are not known yet)",
        )

    def is_working_day(self, day: dt.date) -> bool:
        """Tell whether a day is worked: no weekend and no holiday, or a weekend worked for a moved holiday."""
        known = self._days(day.year)
        at = np.datetime64(day, "D")
        return bool((day.weekday() not in known.weekend and at not in known.off) or at in known.worked)

    def working_days(self, first: NDArray[np.datetime64], last: NDArray[np.datetime64]) -> Integers:
        """
        Count the working days from each first day up to, but without, each last one.

        Parameters
        ----------
        first, last
            Shape (n,), `datetime64[D]`.
        """
        if len(first) == 0:
            return np.zeros(0, dtype=np.int64)
        years = [int(str(day)[:4]) for day in (min(first.min(), last.min()), max(first.max(), last.max()))]
        known = self._days(*years)
        mask = [weekday not in known.weekend for weekday in range(7)]
        counts = np.busday_count(first, last, weekmask=mask, holidays=known.off)
        moved = [np.searchsorted(known.worked, day) for day in (first, last)]
        return np.asarray(counts + moved[1] - moved[0], dtype=np.int64)

    def _days(self, first: int, last: int | None = None) -> _Days:
        return _days(self.name, first, first if last is None else last)


class _Days(NamedTuple):
    """Weekend (weekdays), days off and worked weekends, both sorted."""

    weekend: frozenset[int]
    off: NDArray[np.datetime64]
    worked: NDArray[np.datetime64]


@lru_cache(maxsize=64)
def _days(name: str, first: int, last: int) -> _Days:
    if name == WEEKENDS_ONLY:
        none = np.zeros(0, dtype="datetime64[D]")
        return _Days(_WEEKEND, none, none)
    import holidays  # noqa: PLC0415 (as in `Calendar.of`)

    found = holidays.country_holidays(name, years=range(first, last + 1), language=None)
    off = np.array(sorted(found), dtype="datetime64[D]")
    worked = np.array(sorted(found.weekend_workdays), dtype="datetime64[D]")
    return _Days(frozenset(found.weekend), off, worked)


@lru_cache(maxsize=64)
def _last_notice(name: str) -> int | None:
    if name == WEEKENDS_ONLY:
        return None
    import holidays  # noqa: PLC0415 (as in `Calendar.of`)

    found = holidays.country_holidays(name)
    if not found.has_substituted_holidays:
        return None
    return max(found.special_public_holidays, default=None)
