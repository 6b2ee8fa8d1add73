"""The log of decisions: numbered, repeated by their withdrawal, and withdrawn from every layer by its columns."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
import shapely

from geo.core.errors import StudyError
from geo.study.decisions import (
    Taken,
    by_subject,
    record,
    standing,
    standing_decisions,
    standing_on,
    street_of,
    taken_on,
    taken_where,
    withdraw,
)
from geo.study.file import about, changing, connect, read_layer
from geo.study.geometry_blobs import geometry_blob
from geo.study.log_chain import ENTRIES, HEAD
from geo.study.schema import COLUMNS, conform
from geo.study.selections import keep_selection
from geo.tiers.decisions import decide_tier, undo

AT = dt.datetime(2026, 3, 1, 8, 30, 15, 123_456, tzinfo=dt.UTC)
MARKED = [layer for layer, columns in COLUMNS.items() if {"status", "decision_id"} <= set(columns)]
LOG = conform(
    pd.DataFrame(
        [
            {"decision_id": "D0001", "kind": "zone", "subject": "Z1", "street_id": "s1"},
            {"decision_id": "D0002", "kind": "tier", "subject": "s2"},
            {"decision_id": "D0003", "kind": "zone", "subject": "Z2", "street_id": "s2"},
            {"decision_id": "D0004", "kind": "zone", "subject": "Z1", "street_id": "s1", "undoes": "D0001"},
        ]
    ),
    "decisions",
)


def decide(connection: sqlite3.Connection, subject: str, kind: str = "site", **values: object) -> str:
    given = {"before": "proposed", "after": "accepted", **values}
    return record(connection, reason="because", by="李", at=AT, kind=kind, subject=subject, **given)


def taken(number: int, undoes: int | None = None) -> Taken:
    return Taken(f"D{number:04d}", "", None, "", "", None if undoes is None else f"D{undoes:04d}", "")


def test_decisions_are_numbered_and_keep_milliseconds(study: Path) -> None:
    with changing(study) as connection:
        assert [decide(connection, subject) for subject in ("a", "b")] == ["D0001", "D0002"]
        assert [row.decision_id for row in taken_on(connection, "site", "b")] == ["D0002"]
        assert taken_on(connection, "zone", "b") == []
        assert len(taken_where(connection, "after = ?", "accepted")) == 2
        record(connection, reason=" 现场教育 ", by="王", at=AT, kind="step", subject="J1", before="", after="x")
        assert [(row.decision_id, row.at) for row in taken_on(connection, "step", "J1")] == [
            ("D0003", "2026-03-01T08:30:15.123Z")
        ]
    kept = read_layer(study, "decisions")
    assert kept["at"].iloc[0] == pd.Timestamp("2026-03-01T08:30:15.123Z")
    assert kept["reason"].tolist() == ["because", "because", "现场教育"]


def test_an_empty_reason_is_refused(study: Path) -> None:
    with pytest.raises(StudyError, match="reason"), changing(study) as connection:
        record(connection, reason="  ", by="", at=AT, kind="site", subject="a")
    assert read_layer(study, "decisions").empty


@pytest.mark.parametrize(
    ("history", "stands"),
    [
        ([], []),
        ([taken(1), taken(2)], ["D0002", "D0001"]),
        ([taken(1), taken(2, undoes=1)], ["D0002"]),
        ([taken(1), taken(2, undoes=1), taken(3, undoes=2)], ["D0003", "D0001"]),
        ([taken(1), taken(2, undoes=1), taken(3, undoes=2), taken(4, undoes=3)], ["D0004", "D0002"]),
        ([taken(1), taken(2), taken(3, undoes=1)], ["D0003", "D0002"]),
    ],
)
def test_an_undoing_can_be_undone(history: list[Taken], stands: list[str]) -> None:
    assert standing(history) == stands


def test_decisions_are_kept_apart_by_street_else_by_subject(study: Path) -> None:
    with changing(study) as connection:
        decide(connection, "z1", "zone", street_id="s1")
        decide(connection, "s1", "tier")
        first = decide(connection, "t1")
        withdraw(connection, first, "a mistake", "王", AT)
        decide(connection, "t2")
    decisions = read_layer(study, "decisions")
    assert [[row.decision_id for row in group] for group in by_subject(decisions)] == [
        ["D0001", "D0002"],
        ["D0003", "D0004"],
        ["D0005"],
    ]
    assert standing_on(decisions, "site")["subject"].tolist() == ["t2"]


def test_each_kind_has_its_own_that_stand() -> None:
    assert standing_on(LOG, "zone")["decision_id"].tolist() == ["D0003"]
    assert standing_on(LOG, "tier")["decision_id"].tolist() == ["D0002"]
    assert standing_on(LOG, "site").empty
    assert set(standing_decisions(LOG)) == {"D0002", "D0003", "D0004"}


def test_a_decision_belongs_to_its_street_else_to_its_subject() -> None:
    assert street_of(LOG).tolist() == ["s1", "s2", "s2", "s1"]


@pytest.mark.parametrize("layer", MARKED)
def test_a_withdrawal_proposes_every_row_of_every_layer_again(layer: str, study: Path) -> None:
    identifier = COLUMNS[layer][0]
    blob = geometry_blob(shapely.Point(24.94, 60.17))
    with changing(study) as connection:
        ours, other = decide(connection, "a"), decide(connection, "b")
        for name, number in (("a", ours), ("b", other)):
            connection.execute(
                f"INSERT INTO {layer} (geom, {identifier}, status, decision_id) VALUES (?, ?, 'accepted', ?)",
                (blob, name, number),
            )
    before = about(study)
    with changing(study) as connection:
        number = withdraw(connection, ours, "a mistake", "王", AT)
    rows = read_layer(study, layer).set_index(identifier)
    assert rows.loc[["a", "b"], "status"].tolist() == ["proposed", "accepted"]
    assert pd.isna(rows.loc["a", "decision_id"])
    after = about(study)
    assert {key for key in after if after[key] != before[key]} - {HEAD, ENTRIES} == {
        f"version:{layer}",
        "version:decisions",
        "version:decisions:site",
    }
    said = read_layer(study, "decisions").set_index("decision_id").loc[number]
    assert (said["undoes"], said["subject"], said["before"], said["after"], said["by"]) == (
        ours,
        "a",
        "accepted",
        "proposed",
        "王",
    )


def test_kerb_that_a_decision_excludes_is_free_again_and_that_of_rules_is_not(study: Path) -> None:
    with changing(study) as connection:
        number = decide(connection, "z1", "zone", after="rejected")
        for rule in ("decisions", "clearance.crossing"):
            connection.execute(
                "INSERT INTO kerb_exclusions (geom, segment_id, rule, cause_id) VALUES (?, '1-0', ?, ?)",
                (geometry_blob(shapely.LineString([(24.94, 60.17), (24.95, 60.17)])), rule, number),
            )
        withdraw(connection, number, "a mistake", "", AT)
    assert read_layer(study, "kerb_exclusions")["rule"].tolist() == ["clearance.crossing"]


def test_a_layer_that_is_new_to_the_schema_is_withdrawn_from_too(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, "permits", ("permit_id", "status", "decision_id"))
    with changing(study) as connection:
        connection.execute("CREATE TABLE permits (permit_id TEXT, status TEXT, decision_id TEXT)")
        number = decide(connection, "p1")
        connection.execute("INSERT INTO permits VALUES ('p1', 'granted', ?)", (number,))
        withdraw(connection, number, "expired", "", AT)
    with connect(study) as connection:
        assert connection.execute("SELECT * FROM permits").fetchall() == [("p1", "proposed", None)]


def test_personal_data_never_enters_the_log_and_the_officer_stays(study: Path) -> None:
    phone, name = "13812345678", "李建国"
    street = read_layer(study, "streets")["street_id"].iloc[0]
    reason = f"市民{name}反映，电话{phone}，住3号楼2单元501室"
    decide_tier(study, street, "secondary", reason, f"王科长 {phone}")
    undo(study, "D0001", f"联系人：{name}", f"wangke {phone}")
    keep_selection(study, f"{name}先生 {phone}", [street], f"王科长 {phone}")
    taken = read_layer(study, "decisions")
    assert taken["by"].tolist() == ["王科长 [电话]", "wangke [电话]"]
    assert taken["reason"].tolist() == ["市民[姓名]反映，电话[电话]，住[门牌]", "联系人：[姓名]"]
    assert read_layer(study, "selections")["by"].tolist() == ["王科长 [电话]"]
    for written in [study, *study.parent.glob(f"{study.stem}*")]:
        assert phone.encode() not in written.read_bytes()
        assert name.encode() not in written.read_bytes()
