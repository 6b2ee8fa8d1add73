"""Dates are taken apart without deciding about their order."""

import time

import pandas as pd
import pytest

from geo.files.date_parts import full_years, parts_of


def test_numbers_of_an_open_order_keep_their_places() -> None:
    parts = parts_of(pd.Series(["03.04.25 8:30", "2025年3月1日下午2点 +08:00", "soon"]))
    assert parts["ok"].tolist() == [True, True, False]
    assert parts.loc[0, ["a", "b", "c", "a_digits", "c_digits"]].tolist() == [3, 4, 25, 2, 2]
    assert parts.loc[0, ["year", "month", "day"]].isna().all()
    assert parts.loc[1, ["year", "month", "day", "zone"]].tolist() == [2025, 3, 1, 480]
    assert parts["clock_ms"].tolist()[:2] == [8.5 * 3_600_000, 14 * 3_600_000]


def test_years_of_two_digits_have_a_century() -> None:
    assert full_years(pd.Series([25.0, 68, 69, 99, 2025]).to_numpy()).tolist() == [2025, 2068, 1969, 1999, 2025]


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-09 08:08" + " " * 60 + "`",
        "2025年3月9日" + "\u3000" * 5_000 + "x",
        "2025-03-09\t" + " \t" * 50_000,
        "0" * 100_000,
        "1-" * 50_000,
        "周一 " * 30_000,
    ],
)
def test_a_long_cell_takes_no_time(text: str) -> None:
    began = time.process_time()
    parts_of(pd.Series([text, "2025-03-09   08:08"]))
    assert time.process_time() - began < 2


def test_runs_of_spaces_are_one() -> None:
    parts = parts_of(pd.Series(["2025-03-09   08:08"]))
    assert parts["ok"].all()
    assert parts["clock_ms"].tolist() == [8 * 3_600_000 + 8 * 60_000]
