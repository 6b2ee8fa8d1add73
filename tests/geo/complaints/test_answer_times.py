"""How the city answers: 721, times with open cases, overdue ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.complaints.answer_times import (
    in_time,
    limits,
    months,
    overdue,
    shares,
    span_of,
    survival,
    wilson,
)
from geo.files.moments import moment_of
from geo.rules import Profile
from geo.study.schema import conform

DAY = pd.Timestamp("2025-03-01T00:00Z")


def complaints(*rows: dict[str, Any]) -> pd.DataFrame:
    given = {"category": "noise", "channel": "热线", "received_at": DAY, "closed_at": pd.NaT}
    table = pd.DataFrame([{"complaint_id": f"C{n}", **given, **row} for n, row in enumerate(rows)])
    return conform(table, "complaints")


def after(hours: float | None, **more: Any) -> dict[str, Any]:
    return {"closed_at": DAY + pd.Timedelta(hours=hours) if hours is not None else pd.NaT, **more}


def test_shares_of_the_721_method_with_their_intervals() -> None:
    table = complaints(
        *[{"response": word} for word in ["service"] * 7 + ["management"] * 2 + ["enforcement"] + [None]]
    )
    row = shares(table).iloc[0]
    assert (row["answered"], row["service"], row["management"], row["enforcement"]) == (10, 0.7, 0.2, 0.1)
    assert row["service_low"] == pytest.approx(0.397, abs=0.001)
    assert row["service_high"] == pytest.approx(0.892, abs=0.001)
    by = shares(table, pd.Series(["a"] * 5 + ["b"] * 6))
    assert by["answered"].tolist() == [5, 5]
    assert by["service"].tolist() == [1.0, 0.4]


def test_an_interval_of_nothing_is_everything() -> None:
    low, high = wilson(np.array([0]), np.array([0]))
    assert low[0] == 0
    assert high[0] > 0.79


def test_months_are_named() -> None:
    table = complaints({"received_at": pd.Timestamp("2025-01-31T20:00Z")}, {"received_at": pd.NaT})
    assert months(table, "Asia/Shanghai").tolist() == ["2025-02", None]


def test_open_cases_are_censored_not_left_out() -> None:
    # closed after 1, 2 and 4 hours; two more open after 3 hours
    table = complaints(after(1), after(2), after(4), after(None), after(None))
    table.loc[3:, "received_at"] = DAY + pd.Timedelta(hours=1)
    curve = survival(table, DAY + pd.Timedelta(hours=4))
    assert (curve.events, curve.censored) == (3, 2)
    # 4 of 5, then 3 of 4, then (after two are censored at 3 h) none of 1
    assert curve.open_share == pytest.approx([0.8, 0.6, 0.0])
    assert curve.quantile(0.5) == 4.0
    assert curve.quantile(0.2) == 1.0
    alone = survival(complaints(after(None), after(1)), DAY + pd.Timedelta(hours=9))
    assert alone.quantile(0.9) is None, "half is open still: nobody knows when nine in ten will be closed"
    assert survival(complaints(after(-3)), DAY).events == 0, "closed before it came: no time"


def test_overdue_by_the_limits_of_the_profile(profile: Profile) -> None:
    now = DAY + pd.Timedelta(hours=10)
    table = complaints(
        after(None, category="illegal_parking_motor"),
        after(None, category="noise"),
        after(2),
        after(None, category="x"),
    )
    assert limits(table["category"], profile).tolist() == [4.0, 48.0, 48.0, 48.0]
    late = overdue(table, profile, now)
    assert late[["complaint_id", "open_hours", "limit_hours"]].to_numpy().tolist() == [["C0", 10.0, 4.0]]
    assert len(overdue(table, profile, DAY + pd.Timedelta(hours=49))) == 3
    assert overdue(table, profile, DAY - pd.Timedelta(hours=1)).empty


def test_channels_one_by_one(profile: Profile) -> None:
    now = DAY + pd.Timedelta(hours=100)
    table = complaints(after(2), after(90), after(None), after(3, channel="微信"))
    found = in_time(table, profile, now).set_index("channel")
    assert found.loc["热线", "within_limit"] == pytest.approx(1 / 3), "one in time, one late, one overdue"
    assert found.loc["微信", "within_limit"] == 1.0
    assert found.loc["热线", "open"] == 1


def test_when_the_data_end_and_moments_of_the_studys_clock() -> None:
    span = span_of(complaints(after(5), after(None)))
    assert (span.first, span.last, span.until) == (DAY, DAY, DAY + pd.Timedelta(hours=5))
    assert span.days_before(DAY + pd.Timedelta(hours=29)) == 1
    assert moment_of("2025-03-01T08:00", "Asia/Shanghai") == DAY
    assert moment_of("2025-03-01T00:00+00:00", "Europe/Helsinki") == DAY


def test_a_first_answer_comes_before_the_end() -> None:
    first = [DAY + pd.Timedelta(hours=hours) for hours in (1, 2)]
    table = complaints(after(10, answered_at=first[0]), after(4), after(None, answered_at=first[1]))
    curve = survival(table, DAY + pd.Timedelta(hours=20), "answered_at")
    assert curve.hours.tolist() == [1.0, 2.0, 4.0], "what is closed without an answer was answered then"
    assert curve.events == 3


def test_a_due_time_of_the_file_stands_over_the_limit_of_the_category(profile: Profile) -> None:
    limit = float(profile["answer.limit.other"])
    soon, late = (DAY + pd.Timedelta(hours=hours) for hours in (1, limit + 100))
    now = DAY + pd.Timedelta(hours=limit + 10)
    table = complaints({"due_at": soon}, {"due_at": late}, {}, {"due_at": DAY - pd.Timedelta(days=1)})
    found = overdue(table, profile, now)
    assert found["complaint_id"].tolist() == ["C0", "C2", "C3"], "the longest overdue first; a doubted due time is none"
    assert found["limit_from"].tolist() == ["file", "rules", "rules"]
    assert found["limit_hours"].tolist() == [1.0, limit, limit]
    assert found["due_at"].tolist() == [soon, *[DAY + pd.Timedelta(hours=limit)] * 2]
    done = complaints(after(2, due_at=soon), after(limit + 50, due_at=late))
    assert in_time(done, profile, now + pd.Timedelta(days=30))["within_limit"].tolist() == [0.5]


def test_a_case_closed_by_its_status_at_an_unknown_time_is_neither_open_nor_measured(profile: Profile) -> None:
    table = complaints({"status": "已结案"}, {"status": "Open"}, after(3, status="Closed"))
    now = DAY + pd.Timedelta(days=90)
    curve = survival(table, now)
    assert (curve.events, curve.censored, curve.left_out) == (1, 1, {"closed_untimed": 1})
    assert overdue(table, profile, now)["complaint_id"].tolist() == ["C1"]
