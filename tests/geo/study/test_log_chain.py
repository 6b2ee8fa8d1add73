"""The chain of the log grows with each decision, goes along through rebuilds, and lets a text be masked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.study.file import about, changing, connect, read_layer
from geo.study.log_chain import (
    ENTRIES,
    FIELDS,
    HEAD,
    TABLE,
    adopt,
    carry,
    entries_in,
    field_digest,
    follow,
    mask_fields,
    note_forgotten,
)
from geo.study.log_check import check_log
from geo.tiers.decisions import decide_tier, undo
from geo.tiers.study import grade_study
from tests.support.damage import edit

AT = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def decided(study: Path) -> Path:
    """Three decisions, one undone."""
    streets = read_layer(study, "streets")["street_id"][:3]
    for street, tier in zip(streets, ("secondary", "back_street", "secondary"), strict=True):
        decide_tier(study, street, tier, "来电人张先生 13812345678", "王科长")
    undo(study, "D0002", "误判", "王科长")
    return study


def test_each_decision_is_an_entry_and_the_head_stands_in_the_facts(decided: Path) -> None:
    with connect(decided) as connection:
        entries = entries_in(connection)
    assert entries is not None
    assert [entry.decision_id for entry in entries] == ["D0001", "D0002", "D0003", "D0004"]
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    facts = about(decided)
    assert (facts[HEAD], facts[ENTRIES]) == (entries[-1].hash, "4")
    assert set(entries[0].digests) == set(FIELDS)
    assert len({salt for entry in entries for salt in entry.salts.values()}) == 4 * len(FIELDS)


def test_the_chain_goes_along_through_grading_and_building(decided: Path, sample: Inputs) -> None:
    head = about(decided)[HEAD]
    grade_study(decided)
    build_study(decided, Inputs(sample.osm))
    assert about(decided)[HEAD] == head
    with connect(decided) as connection:
        found = check_log(connection)
    assert (found.problems, found.entries, found.decisions) == ([], 4, 4)


def test_decisions_of_before_are_chained_with_the_first_change(decided: Path) -> None:
    edit(decided, f"DROP TABLE {TABLE}", f"DELETE FROM about WHERE key IN ('{HEAD}', '{ENTRIES}')")
    with connect(decided) as connection:
        assert entries_in(connection) is None
        assert check_log(connection).problems == []
    decide_tier(decided, read_layer(decided, "streets")["street_id"].iloc[5], "secondary", "bus lane", "王")
    with connect(decided) as connection:
        entries, found = entries_in(connection), check_log(connection)
    assert entries is not None
    assert [entry.what for entry in entries] == ["adopted"] * 4 + ["decided"]
    assert found.problems == []
    assert found.since is not None


def test_a_masked_text_leaves_no_salt_to_guess_it_by(decided: Path) -> None:
    with changing(decided) as connection:
        mask_fields(connection, {("D0001", "reason"): "来电人[姓名] [电话]"}, "李", AT)
    with connect(decided) as connection:
        entries, found = entries_in(connection), check_log(connection)
    assert entries is not None
    assert "reason" in entries[0].digests
    assert "reason" not in entries[0].salts
    assert entries[-1].salts.keys() == {"reason"}
    assert found.problems == []
    assert found.masked == [("D0001", "reason", "2026-03-01T08:30:00Z", "李")]


def test_removed_texts_are_an_entry(decided: Path) -> None:
    with changing(decided) as connection:
        note_forgotten(connection, "complaints", {"rows": "12"}, "李", AT)
    with connect(decided) as connection:
        found = check_log(connection)
    assert (found.forgotten, found.problems) == ([("complaints", "2026-03-01T08:30:00Z", "李")], [])


def test_a_digest_does_not_depend_on_how_a_program_stored_the_value() -> None:
    same = [
        ("at", "2026-03-01T08:30:00.000Z", "2026-03-01T08:30:00Z"),
        ("at", "2026-03-01T08:30:00Z", "2026-03-01T16:30:00+08:00"),
        ("lon", 114, 114.0),
        ("section", None, ""),
    ]
    for field, one, other in same:
        assert field_digest("s", field, one) == field_digest("s", field, other)
    assert field_digest("s", "reason", "a") != field_digest("t", "reason", "a")
    assert field_digest("s", "reason", "a") != field_digest("s", "by", "a")


def test_a_chain_is_put_into_a_replacement_once_and_adopted_only_where_there_is_none(decided: Path, bare: Path) -> None:
    with connect(decided) as connection:
        entries, facts = entries_in(connection), about(decided)
    copy = decided.with_name("copy.gpkg")
    copy.write_bytes(bare.read_bytes())
    edit(copy, f"DROP TABLE {TABLE}")
    with connect(copy) as connection:
        carry(connection, None, facts)
        assert entries_in(connection) is None
        carry(connection, entries, facts)
        adopt(connection)
        assert entries_in(connection) == entries
        with pytest.raises(TypeError):
            follow(connection, "D0099")
