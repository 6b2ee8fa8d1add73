"""Hours of the week are read, cut into slots, and written as they were read."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.core.opening_hours import (
    ALWAYS,
    DAY,
    DAY_KINDS,
    Slots,
    day_kind,
    minutes_of,
    open_at,
    parse_windows,
    read_hours,
)


def holds(texts: list[str], day: str, clock: str) -> bool:
    """Tell whether windows hold on a weekday (Mo, Tu, …) at a time, as the mask of their slots says."""
    rule = parse_windows(texts)
    slots = Slots([rule])
    date = dt.date(2026, 5, 4) + dt.timedelta(days=["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].index(day))
    when = dt.datetime.combine(date, dt.time.fromisoformat(clock))
    mask = slots.mask(rule)
    said = open_at(slots.text(mask), day_kind(when), when.hour * 60 + when.minute)
    held = bool(mask >> slots.at(when) & 1)
    assert said == held, "hours in words say the same"
    return held


@pytest.mark.parametrize(
    ("text", "open_", "closed"),
    [
        ("Sa-Su 18:00-02:00", "Sa 18:00, Sa 23:59, Su 01:59, Su 18:00, Mo 01:00", "Sa 01:00, Su 02:00, Mo 02:00"),
        ("Mo-Fr 22:00-06:00", "Mo 22:00, Tu 05:59, Fr 23:00, Sa 05:59", "Mo 05:59, Sa 06:00, Sa 22:00, Su 03:00"),
        ("Mo-Su 20:00-07:00", "Mo 00:00, Mo 06:59, Su 20:00, We 03:00", "Mo 07:00, Sa 19:59"),
        ("Mo-Fr 18:00-24:00", "Mo 23:59, Fr 23:59", "Tu 00:00, Sa 00:00, Sa 18:00"),
        ("Sa-Su 18:00-00:00", "Sa 23:59, Su 23:59", "Su 00:00, Mo 00:00"),
        ("Sa-Su 00:00-24:00", "Sa 00:00, Su 23:59", "Mo 00:00, Fr 23:59"),
        ("Mo-Fr 00:30-00:15", "Mo 00:30, Tu 00:14, Tu 00:30, Sa 00:14", "Mo 00:14, Tu 00:15, Sa 00:15"),
    ],
)  # fmt: skip
def test_a_window_over_midnight_ends_on_the_next_day(text: str, open_: str, closed: str) -> None:
    for moments, wanted in ((open_, True), (closed, False)):
        for moment in moments.split(", "):
            day, clock = moment.split(" ")
            assert holds([text], day, clock) == wanted, (text, moment)


def test_nights_of_the_week_and_of_its_end_stay_apart() -> None:
    both = ["Mo-Fr 22:00-01:00", "Sa-Su 20:00-03:00"]
    assert not holds(both, "Sa", "02:00"), "the night of Friday"
    assert holds(both, "Sa", "00:30")
    assert holds(both, "Mo", "02:00"), "the night of Sunday"
    rule = parse_windows(both)
    assert Slots([rule]).text(Slots([rule]).mask(rule)) == "Mo-Fr 22:00-01:00; Sa-Su 20:00-03:00"


def test_days_are_told_apart_only_where_a_night_makes_them_differ() -> None:
    assert Slots([parse_windows(["Mo-Fr 08:00-18:00", "Sa-Su 10:00-16:00"])]).day_kinds == ("workday", "restday")
    assert Slots([parse_windows(["Mo-Su 22:00-06:00"])]).day_kinds == ("workday", "restday")
    night = parse_windows(["Sa-Su 18:00-02:00"])
    slots = Slots([night])
    assert slots.day_kinds == ("monday", "workday", "saturday", "restday")
    assert slots.text(slots.all & ~slots.mask(night)) == (
        "Mo 02:00-24:00; Tu-Fr 00:00-24:00; Sa 00:00-18:00; Su 02:00-18:00"
    )
    assert slots.shares[slots.of("saturday", 60)] == pytest.approx(2 / 168)


def test_a_week_of_daytime_hours_has_as_many_slots_as_two_days_have() -> None:
    assert len(Slots([parse_windows(["Mo-Fr 08:00-18:00", "Sa-Su 10:00-16:00"])])) == 6
    assert parse_windows(["24/7"]) == ALWAYS
    assert parse_windows([]) == ()


def test_minutes_of_the_week_of_whole_columns() -> None:
    days = pd.to_datetime(
        pd.Series(["2026-05-04 01:00", "2026-05-06 01:00", "2026-05-09 01:00", "2026-05-10 00:00", None])
    )
    assert minutes_of(days).tolist()[:4] == [2 * DAY + 60, 60, 3 * DAY + 60, DAY]
    assert np.isnan(minutes_of(days)[4])


@pytest.mark.parametrize(
    "text", ["Mo 10:00-12:00", "10:00-12:00", "Mo-Su 10:60-12:00", "Mo-Su 10:00-10:00", "", "weekend"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_windows([text])


def test_a_moment_finds_its_slot() -> None:
    slots = Slots([parse_windows(["Mo-Fr 17:30-22:00", "Sa-Su 16:00-22:30"])])
    evening = slots.mask(parse_windows(["Mo-Fr 17:30-22:00"]))
    assert evening >> slots.at(dt.datetime(2026, 5, 8, 17, 30)) & 1
    assert not evening >> slots.at(dt.datetime(2026, 5, 8, 17, 29)) & 1
    assert not evening >> slots.at(dt.datetime(2026, 5, 9, 18, 0)) & 1
    assert slots.text(slots.all) == "24/7"
    assert slots.text(0) == ""
    assert slots.shares.sum() == pytest.approx(1)


windows = st.lists(
    st.tuples(st.sampled_from(["Mo-Fr", "Sa-Su", "Mo-Su"]), st.integers(0, 95), st.integers(0, 96)).filter(
        lambda window: window[1] != window[2]
    ),
    max_size=4,
)


@given(windows)
def test_hours_survive_being_written(given_windows: list[tuple[str, int, int]]) -> None:
    texts = [f"{days} {a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for days, a, b in given_windows]
    rules = parse_windows(texts)
    slots = Slots([rules])
    mask = slots.mask(rules)
    again = read_hours(slots.text(mask))
    assert slots.mask(again) == mask
    closed = slots.all & ~mask
    assert slots.mask(read_hours(slots.text(closed))) == closed
    for minute in range(0, DAY, 15):
        for number, day in enumerate(DAY_KINDS):
            plain = any(begin <= number * DAY + minute < end for begin, end in rules)
            assert open_at(slots.text(mask), day, minute) == plain
            assert mask >> slots.of(day, minute) & 1 == plain
