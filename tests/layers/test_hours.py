"""Hours in tiles are numbers, and the page says which of them hold."""

from __future__ import annotations

import pandas as pd

from layers import hours

TEXTS = pd.Series(["Mo-Su 06:00-22:00", None, "24/7", "Mo-Fr 17:30-22:00"])


def test_rows_carry_the_place_of_their_hours_in_the_list() -> None:
    listed = hours.distinct(TEXTS)
    assert listed == ["24/7", "Mo-Fr 17:30-22:00", "Mo-Su 06:00-22:00"]
    assert hours.numbered(TEXTS).tolist() == [2, -1, 0, 1]


def test_what_holds_at_a_minute_of_a_kind_of_day() -> None:
    listed = hours.distinct(TEXTS)
    assert hours.open_numbers(listed, "workday", 18 * 60) == [0, 1, 2]
    assert hours.open_numbers(listed, "restday", 18 * 60) == [0, 2]
    assert hours.open_numbers(listed, "workday", 3 * 60) == [0]
