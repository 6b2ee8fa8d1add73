"""A column of dates has one order of day and month, decided from all its cells, or asked."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.files.date_order import DateOrder
from geo.files.moments import Moments, read_moments


def read(*cells: str, said: DateOrder | None = None) -> Moments:
    return read_moments(pd.Series(list(cells), dtype=object), "closed_at", "办结时间", "UTC", said)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["03.04.2025", "13.04.2025"], ["2025-04-03", "2025-04-13"]),
        (["03/04/2025", "04/25/2025"], ["2025-03-04", "2025-04-25"]),
        (["05/05/2025"], ["2025-05-05"]),
        (["25-3-1", "25-12-31"], ["2025-03-01", "2025-12-31"]),
        (["25-03-01", "2025-03-02"], ["2025-03-01", "2025-03-02"]),
        (["3/4/25", "3/14/25"], ["2025-03-04", "2025-03-14"]),
        (["31-03-25", "01-04-25", "01-04-99"], ["2025-03-31", "2025-04-01", "1999-04-01"]),
        (["04/03/2025", "2025年3月4日", "30/03/2025"], ["2025-03-04", "2025-03-04", "2025-03-30"]),
    ],
)  # fmt: skip
def test_all_cells_decide(cells: list[str], days: list[str]) -> None:
    found = read(*cells)
    assert found.question is None
    assert list(found.days) == days


def test_a_column_with_no_day_after_the_twelfth_is_asked_about_with_its_first_rows() -> None:
    found = read("01.01.2025", "03.04.2025", "05.06.2025", "2025-01-01", "09.09.2025")
    assert found.question is not None
    assert (found.question.field, found.question.column) == ("closed_at", "办结时间")
    assert found.question.examples == ("03.04.2025", "05.06.2025")
    assert found.question.choices == ("dmy", "mdy")
    assert found.question.evidence == ("2025-04-03", "2025-03-04")
    assert found.question.answer == "--dates"
    assert "03.04.2025" in found.question.text.zh
    assert found.findings == []
    assert list(read("03.04.2025", said="dmy").days) == ["2025-04-03"]
    assert list(read("03.04.2025", said="mdy").days) == ["2025-03-04"]
    assert read("03.04.2025", said="ymd").question is not None, "no answer to this question"


def test_two_digits_everywhere_may_be_three_orders() -> None:
    found = read("03-04-05")
    assert found.question is not None
    assert found.question.choices == ("dmy", "mdy", "ymd")


def test_an_order_that_the_cells_refute_is_not_taken_and_said() -> None:
    found = read("13.04.2025", "03.04.2025", said="mdy")
    assert list(found.days) == ["2025-04-13", "2025-04-03"]
    assert [finding.row for finding in found.findings] == [None]


def test_a_slip_is_a_finding_and_two_hands_are_asked_about() -> None:
    slip = read(*["13/04/2025"] * 99, "04/13/2025")
    assert slip.question is None
    assert [finding.row for finding in slip.findings] == [99]
    hands = read("13/04/2025", "04/13/2025", "03/04/2025")
    assert hands.question is not None
    answered = read("13/04/2025", "04/13/2025", "03/04/2025", said="dmy")
    assert list(answered.days) == ["2025-04-13", None, "2025-04-03"]
    assert [finding.row for finding in answered.findings] == [1]


def test_cells_of_year_first_leave_the_others_to_be_asked_about() -> None:
    found = read("2025-03-04", "03.04.2025")
    assert found.question is not None
    assert list(found.days) == ["2025-03-04", None]
