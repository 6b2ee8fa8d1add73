"""Hours of the week are read, cut into slots, and written as they were read."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.core.opening_hours import ALWAYS, DAY, Slots, open_at, parse_windows, read_hours


def test_windows_over_midnight_go_on_the_next_morning() -> None:
    assert parse_windows(["Mo-Fr 22:00-02:00"]) == ((0, 120), (1320, 1440))
    assert parse_windows(["Sa-Su 00:00-24:00"]) == ((DAY, 2 * DAY),)
    assert parse_windows(["24/7"]) == ALWAYS
    assert parse_windows([]) == ()


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
    for minute in range(0, DAY, 15):
        for day, start in (("workday", 0), ("restday", DAY)):
            plain = any(begin <= start + minute < end for begin, end in rules)
            assert open_at(slots.text(mask), day, minute) == plain  # type: ignore[arg-type]
