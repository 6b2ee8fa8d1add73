"""A parameter of a rule profile: its value, its source, and its values by date."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

ALWAYS: Final = dt.date.min.isoformat()
"""The beginning of a value that holds without a date."""

_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True)
class Leaf:
    """
    One parameter: its value and where it comes from.

    Attributes
    ----------
    value
        As its unit takes it; None on a day before the first of `values`.
    unit, source, status, since, note
        As the profile says them.
    address
        Where the source was read: an address, or a document.
    checked
        The day on which it was read there, in ISO 8601.
    range
        The least and the greatest value that an assumption may have; None where nothing says it.
    values
        Everything above but the unit, by the day from which it holds in ISO 8601, for a parameter whose values have
        dates; empty for one that holds always.
    """

    value: Any
    unit: str
    source: str
    status: str
    since: int | None = None
    note: str = ""
    address: str = ""
    checked: str = ""
    range: list[Any] | None = None
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The first day with a value; empty for always."""
        first = min(self.values, default=ALWAYS)
        return "" if first == ALWAYS else first

    @property
    def days(self) -> list[str]:
        """The days of its changes."""
        return sorted(self.values)

    def on(self, day: dt.date) -> Leaf:
        """Return the parameter as it holds on a day; its value is None before the first."""
        if not self.values:
            return self
        days = self.days
        number = bisect_right(days, day.isoformat())
        return replace(self, **self.values[days[number - 1]]) if number else replace(self, value=None)

    def since_day(self, day: dt.date) -> str | None:
        """Return the first day of the value of a day; None for always, or where it has none."""
        begun = [each for each in self.days if each <= day.isoformat()]
        return begun[-1] if begun and begun[-1] != ALWAYS else None

    def over(self, base: Leaf) -> Leaf:
        """
        Return the parameter of a profile that extends another: before its first date, the values of `base` hold.
        """
        if not self.values:
            return self
        first = self.days[0]
        earlier = base.values or {ALWAYS: said(base)}
        return replace(self, values={**{day: entry for day, entry in earlier.items() if day < first}, **self.values})

    def set_to(self, value: object, source: str) -> Leaf:
        """Return the parameter with another value at any time, an assumption of this source."""
        return Leaf(value, self.unit, source, "assumption", self.since, self.note)


DATED: Final = frozenset(Leaf.__dataclass_fields__) - {"unit", "values"}
"""The fields that each value by date has."""


def said(leaf: Leaf) -> dict[str, Any]:
    """Return the fields of a parameter that a date may change."""
    return {name: getattr(leaf, name) for name in sorted(DATED)}


def as_day(text: object) -> str | None:
    """
    Return a date as a profile may write it (`2021-03-01`, `2021-3-1`, `2021-03`, `2021`) in ISO 8601, or None.

    A year begins on its 1 January, a month on its first day.
    """
    found = _DAY.fullmatch(str(text).strip())
    if found is None:
        return None
    try:
        return dt.date(*(int(part or 1) for part in found.groups())).isoformat()
    except ValueError:
        return None
