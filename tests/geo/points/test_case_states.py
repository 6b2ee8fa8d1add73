"""Statuses tell the state of a case in Chinese and English."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.points.case_states import CLOSED, IN_PROGRESS, OPEN, closed_by_status, closed_without_time, state_of


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Closed", CLOSED), ("已结案", CLOSED), ("fixed - council", CLOSED), ("COMPLETED", CLOSED),
        ("不予受理", CLOSED),
        ("In Progress", IN_PROGRESS), ("处置中", IN_PROGRESS), ("已派遣", IN_PROGRESS),
        ("Open", OPEN), ("未结案", OPEN), ("待处置", OPEN), ("在用", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_statuses(word: str, state: str | None) -> None:
    assert state_of(word) == state


def test_a_case_closed_by_its_status_without_a_time_is_known() -> None:
    day = pd.Timestamp("2026-01-01", tz="UTC")
    table = pd.DataFrame({"status": ["closed", "已办结", "open", None], "closed_at": [day, pd.NaT, pd.NaT, pd.NaT]})
    assert closed_by_status(table["status"]).tolist() == [True, True, False, False]
    assert closed_without_time(table).tolist() == [False, True, False, False]
    assert closed_without_time(table.drop(columns="status")).tolist() == [False] * 4
