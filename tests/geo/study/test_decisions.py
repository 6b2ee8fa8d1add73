"""The log of decisions: what stands is what no standing decision undoes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import StudyError
from geo.study.decisions import Taken, record, standing, standing_decisions, standing_on, street_of, taken_on
from geo.study.file import changing, read_layer
from geo.study.schema import conform


def taken(number: int, undoes: int | None = None) -> Taken:
    return Taken(f"D{number}", "2026-03-01T08:00:00.000Z", "王", "", "", f"D{undoes}" if undoes else None, "why")


@pytest.mark.parametrize(
    ("log", "stands"),
    [
        ([], []),
        ([taken(1), taken(2)], ["D2", "D1"]),
        ([taken(1), taken(2, undoes=1)], ["D2"]),
        ([taken(1), taken(2, undoes=1), taken(3, undoes=2)], ["D3", "D1"]),
        ([taken(1), taken(2, undoes=1), taken(3, undoes=2), taken(4, undoes=3)], ["D4", "D2"]),
        ([taken(1), taken(2), taken(3, undoes=1)], ["D3", "D2"]),
    ],
)
def test_an_undoing_that_is_undone_undoes_nothing(log: list[Taken], stands: list[str]) -> None:
    assert standing(log) == stands


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), "decisions")


LOG = table(
    [
        {"decision_id": "D1", "kind": "zone", "subject": "Z1", "street_id": "s1"},
        {"decision_id": "D2", "kind": "tier", "subject": "s2"},
        {"decision_id": "D3", "kind": "zone", "subject": "Z2", "street_id": "s2"},
        {"decision_id": "D4", "kind": "zone", "subject": "Z1", "street_id": "s1", "undoes": "D1"},
    ]
)


def test_each_kind_has_its_own_that_stand() -> None:
    assert standing_on(LOG, "zone")["decision_id"].tolist() == ["D3"]
    assert standing_on(LOG, "tier")["decision_id"].tolist() == ["D2"]
    assert standing_on(LOG, "site").empty
    assert set(standing_decisions(LOG)) == {"D2", "D3", "D4"}


def test_a_decision_belongs_to_its_street_else_to_its_subject() -> None:
    assert street_of(LOG).tolist() == ["s1", "s2", "s2", "s1"]


def add(study: Path, reason: str, at: dt.datetime) -> str:
    with changing(study) as connection:
        return record(
            connection,
            reason=reason,
            by="王",
            at=at,
            kind="step",
            subject="J1",
            subject_name="J1",
            before="",
            after="x",
        )


def test_decisions_are_numbered_and_kept_with_reason_and_time(study: Path) -> None:
    at = dt.datetime(2026, 3, 1, 8, 0, 0, 123_456, tzinfo=dt.UTC)
    assert [add(study, " 现场教育 ", at), add(study, "再次", at)] == ["D0001", "D0002"]
    kept = read_layer(study, "decisions")
    assert kept["reason"].tolist() == ["现场教育", "再次"]
    with sqlite3.connect(study) as connection:
        found = taken_on(connection, "step", "J1")
        assert [each.decision_id for each in found] == ["D0001", "D0002"]
        assert found[0].at.startswith("2026-03-01")
        assert taken_on(connection, "tier", "J1") == []
    connection.close()
    with pytest.raises(StudyError, match="reason is empty"):
        add(study, " \n", at)
    assert len(read_layer(study, "decisions")) == 2
