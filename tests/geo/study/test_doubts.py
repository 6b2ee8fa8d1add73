"""A doubted field is listed, is told from its value too, and leaves its row out of what needs it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.core.text import Text
from geo.study.doubts import doubted, keep, marked, undoubted, with_doubts
from geo.study.findings import KEPT_AS_IT_IS, Finding
from geo.study.schema import conform

DAY = pd.Timestamp("2025-03-01T00:00Z")


def rows(*cells: dict[str, Any], layer: str = "complaints") -> pd.DataFrame:
    return conform(pd.DataFrame([{"received_at": DAY, **each} for each in cells]), layer)


@pytest.mark.parametrize("text", ["1969-12-31T10:00Z", "1970-01-01T00:00Z", "1989-12-31T23:59Z", "2062-03-01T10:00Z"])
def test_a_time_that_cannot_be_true_is_doubted_without_a_mark(text: str) -> None:
    """Studies of earlier versions have no marks."""
    table = rows({}, {"received_at": pd.Timestamp(text)}).drop(columns="doubted")
    assert doubted(table, "received_at").tolist() == [False, True]
    assert undoubted(table, "received_at").left_out == {"received_doubted": 1}


def test_what_lies_before_receipt_is_doubted_unless_receipt_is() -> None:
    early = DAY - pd.Timedelta(hours=1)
    table = rows(
        {"closed_at": early},
        {"closed_at": DAY},
        {"closed_at": early, "received_at": pd.Timestamp("2062-01-01T00:00Z")},
        {"answered_at": early},
    )
    assert doubted(table, "closed_at").tolist() == [True, False, False, False], "at once is no doubt"
    assert doubted(table, "answered_at").tolist() == [False, False, False, True]
    due = rows({"due_at": early}, {"due_at": pd.Timestamp("2062-01-01T00:00Z")}, layer="other")
    assert doubted(due, "due_at").tolist() == [True, False], "a permit may run for decades"


def test_a_listed_field_is_doubted_whatever_its_value() -> None:
    table = rows({"doubted": "closed_at,place"}, {"doubted": "place, received_at"}, {"doubted": None}, {"doubted": ""})
    assert doubted(table, "place").tolist() == [True, True, False, False]
    assert doubted(table, "received_at").tolist() == [False, True, False, False]
    assert doubted(table, "closed_at").tolist() == [True, False, False, False]


def test_findings_that_keep_a_value_doubt_it_and_repairs_do_not() -> None:
    table = pd.DataFrame({"received_at": [DAY] * 3, "closed_at": [DAY] * 3}, index=[2, 3, 7])
    odd, repaired = Text("怪", "odd"), Text("已取第一次", "The first of both was taken")
    found = marked(
        table,
        [
            Finding(3, "received_at", odd, KEPT_AS_IT_IS),
            Finding(3, "closed_at", odd, KEPT_AS_IT_IS),
            Finding(3, "closed_at", odd, KEPT_AS_IT_IS),
            Finding(7, "received_at", odd, repaired),
            Finding(None, "received_at", odd, KEPT_AS_IT_IS),
            Finding(2, "lon, lat", odd, KEPT_AS_IT_IS),
        ],
    )
    assert found["doubted"].tolist() == [None, "closed_at,received_at", None]
    assert marked(table, [])["doubted"].isna().all()
    assert "doubted" not in table


def test_a_place_is_doubted_anew_and_other_doubts_stay() -> None:
    table = rows({"doubted": "closed_at,place"}, {}, {"doubted": "place"})
    found = with_doubts(table, "place", np.array([False, True, True]))
    assert found["doubted"].tolist() == ["closed_at", "place", "place"]
    assert with_doubts(found, "place", np.array([False, True, True])) is found


def test_each_row_is_left_out_once_for_the_first_reason() -> None:
    table = pd.DataFrame({"x": range(4)})
    found = keep(table, {"no_time": np.array([1, 1, 0, 0], bool), "no_place": np.array([0, 1, 1, 0], bool)})
    assert found.rows["x"].tolist() == [3]
    assert found.left_out == {"no_time": 2, "no_place": 1}
    assert keep(table, {}).left_out == {}
