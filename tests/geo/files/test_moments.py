"""Dates and times as people and machines write them are read as a careful clerk would, or asked about."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.files.date_order import DateOrder
from geo.files.moments import DAY_ZERO_1904, Moments, moment_of, read_moments

BEIJING = "Asia/Shanghai"


def read(*cells: str | None, timezone: str = BEIJING, said: DateOrder | None = None) -> Moments:
    return read_moments(pd.Series(list(cells), dtype=object), "received_at", "受理时间", timezone, said)


def clock(found: Moments, timezone: str = BEIJING) -> list[str | None]:
    """Return moments as a clock shows them; seconds only where there are some."""
    text = found.moments.dt.tz_convert(timezone).dt.strftime("%Y-%m-%d %H:%M:%S").str.removesuffix(":00")
    return list(text.astype(object).where(found.moments.notna(), None))


def problems(found: Moments) -> list[tuple[int | None, str]]:
    return [(finding.row, finding.problem.en) for finding in found.findings]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2024年11月9日凌晨12:20", "2024-11-09 00:20"),
        ("2024年11月9日 凌晨3点", "2024-11-09 03:00"),
        ("2024/11/9 早上7:05", "2024-11-09 07:05"),
        ("2024/11/9 上午 11:59:30", "2024-11-09 11:59:30"),
        ("2024/11/9 上午 12:10", "2024-11-09 00:10"),
        ("2024年11月9日上午12点", "2024-11-09 12:00"),
        ("2024年11月9日中午12点15分", "2024-11-09 12:15"),
        ("2024年11月9日中午1点", "2024-11-09 13:00"),
        ("2024年11月9日中午11点半", "2024-11-09 11:30"),
        ("2024.11.9 下午3时5分9秒", "2024-11-09 15:05:09"),
        ("2024年11月9日下午15:05", "2024-11-09 15:05"),
        ("2024年11月9日傍晚6点", "2024-11-09 18:00"),
        ("2024年11月9日晚上8点一刻", "2024-11-09 20:15"),
        ("2024年11月9日晚12点", "2024-11-10 00:00"),
        ("2024年12月31日晚上12点半", "2025-01-01 00:30"),
        ("2024年11月9日夜里11点", "2024-11-09 23:00"),
        ("2024-02-28 24:00", "2024-02-29 00:00"),
        ("2024年12月31日24时", "2025-01-01 00:00"),
        ("２０２４年１１月９日８点３０分", "2024-11-09 08:30"),
        ("2024年11月9日（星期六）9:00", "2024-11-09 09:00"),
        ("2024-11-9 9:5 PM", "2024-11-09 21:05"),
        ("2024-11-09 12:30 a.m.", "2024-11-09 00:30"),
        ("24-11-9", "2024-11-09 00:00"),
        ("24年11月9日", "2024-11-09 00:00"),
        ("民國113年11月9日", "2024-11-09 00:00"),
        ("20241109", "2024-11-09 00:00"),
        ("202411091230", "2024-11-09 12:30"),
        ("20241109123045", "2024-11-09 12:30:45"),
        ("20241109T043000Z", "2024-11-09 12:30"),
        ("1731126600", "2024-11-09 12:30"),
        ("1731126600000", "2024-11-09 12:30"),
        ("1731126600.0", "2024-11-09 12:30"),
        ("45605.520833333", "2024-11-09 12:30"),
        ("2024-11-09T12:30:00.000+0800", "2024-11-09 12:30"),
        ("2024-11-09 04:30:00 +0000", "2024-11-09 12:30"),
        ("2024/11/9 12:30 UTC+8", "2024-11-09 12:30"),
        ("Sat Nov 09 12:30:00 CST 2024", "2024-11-09 12:30"),
        ("Sat, 09 Nov 2024 04:30:00 GMT", "2024-11-09 12:30"),
        ("9-Nov-24 12:30", "2024-11-09 12:30"),
        ("November 9, 2024 12:30 PM", "2024-11-09 12:30"),
    ],
)
def test_one_way_of_writing(written: str, shown: str) -> None:
    found = read(written)
    assert (clock(found), found.findings, found.question) == ([shown], [], None)


def test_the_midnight_that_ends_a_day_is_of_that_day() -> None:
    assert list(read("2026-06-30 24:00", "2026年6月30日晚上12点", "2026-06-30").days) == ["2026-06-30"] * 3


@pytest.mark.parametrize("word", ["soon", "now", "today", "10:00", "2025-02-30", "31.04.2025", "2025-03-01 24:30",
    "2025-03-01 25:00", "2025-03-01 10:61", "9999-12-31", "0001-01-01", "-1", "2025", "12"])  # fmt: skip
def test_words_that_are_no_times_are_emptied_with_a_finding(word: str) -> None:
    found = read("2025-03-01", word)
    assert clock(found)[1] is None
    assert problems(found) == [(1, "Not a time that can be read")]


@pytest.mark.parametrize("month", ["2025年3月", "2025年03月份", "2025-03", "2025/3", "03/2025"])
def test_a_month_is_its_first_day_with_a_finding(month: str) -> None:
    found = read(month)
    assert clock(found) == ["2025-03-01 00:00"]
    assert [problem for _, problem in problems(found)] == ["Only the month or the year is written"]


def test_an_hour_after_midnight_that_is_said_to_be_of_the_night_has_a_finding() -> None:
    found = read("2025年3月1日夜里2点")
    assert clock(found) == ["2025-03-01 02:00"]
    assert problems(found) == [(0, "The hour of the night is after midnight")]


def test_zones_in_one_column_are_each_read_as_they_are() -> None:
    cells = ["2025-03-01T09:30:00+08:00", "2025-03-01T01:30:00Z", "2025-03-01 09:30", "2025/3/1 2:30 +01:00", None]
    assert clock(read(*cells)) == ["2025-03-01 09:30"] * 4 + [None]
    assert clock(read("2025-03-01 09:30", timezone="Europe/Berlin"), "Europe/Berlin") == ["2025-03-01 09:30"]


def test_the_summer_time_of_china_skips_an_hour_and_shows_one_twice() -> None:
    found = read("1988-04-17 02:30", "1988-07-01 09:00", "1988-09-11 01:30", "1992-07-01 09:00")
    utc = found.moments.dt.strftime("%Y-%m-%d %H:%M").tolist()
    assert utc == ["1988-04-16 18:30", "1988-07-01 00:00", "1988-09-10 16:30", "1992-07-01 01:00"]
    assert problems(found) == [(2, "The clock showed this time twice"), (0, "The clock skipped this time")]
    lord_howe = read("2025-10-05 02:15", timezone="Australia/Lord_Howe")
    assert clock(lord_howe, "Australia/Lord_Howe") == ["2025-10-05 02:45"], "a gap of half an hour"


def test_days_of_a_workbook_of_1904() -> None:
    column = pd.Series(["44143.520833333"], dtype=object)
    found = read_moments(column, "received_at", "受理时间", BEIJING, day_zero=DAY_ZERO_1904)
    assert clock(found) == ["2024-11-09 12:30"]


def test_a_moment_that_somebody_types_is_read_as_cells_are() -> None:
    assert moment_of("2025-03-01T08:00", BEIJING) == pd.Timestamp("2025-03-01T00:00Z")
    assert moment_of("2025年3月1日上午8点", BEIJING) == pd.Timestamp("2025-03-01T00:00Z")
    assert moment_of("13.04.2025", "UTC") == pd.Timestamp("2025-04-13T00:00Z")
    for text in ("03.04.2025", "soon", ""):
        with pytest.raises(ValueError):
            moment_of(text, BEIJING)


FORMS = {
    "dmy": ("%d.%m.%Y %H:%M", "%d/%m/%y %H:%M", "%d-%m-%Y %I:%M %p"),
    "mdy": ("%m/%d/%Y %H:%M", "%m/%d/%y %I:%M %p", "%m-%d-%Y %H:%M"),
    "ymd": ("%Y/%m/%d %H:%M", "%Y年%m月%d日%H时%M分", "%Y.%m.%d %I:%M %p"),
}


@settings(deadline=None)
@given(
    st.lists(st.datetimes(pd.Timestamp("2013-01-01"), pd.Timestamp("2031-12-31")), min_size=1, max_size=12),
    st.sampled_from([(order, form) for order, forms in FORMS.items() for form in forms]),
)
def test_a_column_is_never_read_in_a_wrong_order(times: list[pd.Timestamp], form: tuple[DateOrder, str]) -> None:
    order, pattern = form
    cells = [time.strftime(pattern) for time in times]
    truth = [time.strftime("%Y-%m-%d %H:%M") for time in times]
    found = read(*cells)
    if found.question is None:
        assert clock(found) == truth
    else:
        assert order in found.question.choices
        assert found.moments.isna().any()
        assert clock(read(*cells, said=order)) == truth
