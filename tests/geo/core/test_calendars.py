"""Holidays and weekends that are worked for them, as far as they are known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from geo.core.calendars import WEEKENDS_ONLY, Calendar


@pytest.mark.parametrize(
    ("code", "day", "worked"),
    [
        ("CN", "2025-01-26", True),  # a Sunday, worked for the Spring Festival
        ("CN", "2025-02-08", True),
        ("CN", "2025-01-29", False),
        ("CN", "2024-10-12", True),
        ("CN", "2024-10-07", False),
        ("CN", "2025-03-08", False),
        ("CN", "2025-03-10", True),
        ("GB", "2025-12-25", False),
        ("GB", "2025-10-01", True),
        ("HK", "2025-07-01", False),
        ("FI", "2025-12-06", False),
        ("IL", "2025-03-07", False),
        ("IL", "2025-03-09", True),
    ],
)
def test_a_day_is_worked_or_not(code: str, day: str, worked: bool) -> None:
    assert Calendar.of(code).is_working_day(dt.date.fromisoformat(day)) is worked


def test_counting_days_agrees_with_asking_each_of_them() -> None:
    calendar = Calendar.of("CN")
    days = np.arange("2023-12-20", "2025-03-01", dtype="datetime64[D]")
    worked = np.array([calendar.is_working_day(day) for day in days.astype(object)])
    first, last = days[:-1:7], np.full(len(days[:-1:7]), days[-1])
    expected = [int(worked[number:-1].sum()) for number in range(0, len(days) - 1, 7)]
    assert calendar.working_days(first, last).tolist() == expected
    assert len(calendar.working_days(days[:0], days[:0])) == 0


def test_what_is_not_known_is_said() -> None:
    china = Calendar.of("CN")
    assert china.known_until is not None
    assert str(china.known_until) in china.limits.en
    assert "not known yet" in china.limits.en
    # beyond that year the holidays of the law count, and no weekend is made a working day
    later = [dt.date(china.known_until + 1, 1, 1) + dt.timedelta(days=number) for number in range(365)]
    assert not any(china.is_working_day(day) for day in later if day.weekday() >= 5)
    assert not china.is_working_day(dt.date(china.known_until + 1, 10, 1))
    assert Calendar.of("GB").known_until is None


def test_a_place_without_a_calendar_has_weekends() -> None:
    nowhere = Calendar.of("")
    assert nowhere.name == WEEKENDS_ONLY
    assert nowhere.weekend == {5, 6}
    assert nowhere.is_working_day(dt.date(2025, 1, 1))
    assert not nowhere.is_working_day(dt.date(2025, 1, 4))
    assert "weekends only" in nowhere.limits.en
