"""Rows of tables as plain values, as JSON takes them."""

from __future__ import annotations

import json

import pandas as pd

from geo.core.records import plain_rows


def test_times_are_iso_8601_and_what_is_missing_is_none() -> None:
    table = pd.DataFrame(
        {
            "at": pd.to_datetime(["2026-03-01T08:00:00Z", None], utc=True),
            "count": pd.array([3, None], dtype="Int64"),
            "share": [0.5, float("nan")],
            "name": ["文峰大道", None],
        }
    )
    rows = plain_rows(table)
    assert rows == [
        {"at": "2026-03-01T08:00:00+00:00", "count": 3, "share": 0.5, "name": "文峰大道"},
        {"at": None, "count": None, "share": None, "name": None},
    ]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert str(table["at"].dtype).startswith("datetime64"), "the table itself stays as it was"


def test_no_rows_are_an_empty_list() -> None:
    assert plain_rows(pd.DataFrame({"a": []})) == []
