"""Checksums are kept with each write, and tell damage from the work of another program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from geo.stalls.study import plan_stalls
from geo.study import checksums
from geo.study.checksums import CATALOGUE, TABLE, State, absorb, counter_of, kept_in, state_of, written_by_others
from geo.study.file import about, changing, connect, read_layer
from geo.study.log_chain import TABLE as LOG
from geo.tiers.decisions import decide_tier
from geo.tiers.study import grade_study
from tests.support.damage import edit, flip


def states(study: Path) -> dict[str, State]:
    with connect(study) as connection:
        connection.execute("BEGIN")
        return {name: state_of(connection, name) for name in kept_in(connection)}


def test_every_way_of_writing_keeps_every_layer_sound(study: Path) -> None:
    assert set(states(study)) == {*read_names(study), LOG, CATALOGUE}
    street = read_layer(study, "streets")["street_id"].iloc[0]
    for change in (
        lambda: decide_tier(study, street, "secondary", "bus lane", "王"),
        lambda: plan_stalls(study),
        lambda: grade_study(study),
    ):
        change()
        assert set(states(study).values()) == {"sound"}
        with connect(study) as connection:
            assert not written_by_others(connection, kept_in(connection))


def read_names(study: Path) -> list[str]:
    with connect(study) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")]
    return [name for name in names if name != "layer_styles"]


def test_rows_changed_by_no_program_are_damaged_and_no_later_change_hides_them(study: Path) -> None:
    flip(study, "Vuorikatu", "Vuoriketu")
    assert states(study)["streets"] == "damaged"
    with changing(study) as connection:
        connection.execute("UPDATE streets SET highway = 'service' WHERE fid = 1")
    assert states(study)["streets"] == "damaged"
    assert states(study)["stalls"] == "sound"


def test_rows_changed_by_another_program_are_changed_outside_until_they_are_accepted(study: Path) -> None:
    edit(study, "UPDATE stalls SET goods = '花' WHERE fid = 1")
    assert {name for name, state in states(study).items() if state == "changed_outside"} == {"stalls"}
    with changing(study) as connection:
        connection.execute("UPDATE parking SET capacity = 3 WHERE fid = 1")
    assert set(states(study).values()) == {"sound"}
    with connect(study) as connection:
        kept = kept_in(connection)
    assert [name for name, entry in kept.items() if entry.outside] == ["stalls"]
    with changing(study) as connection:
        checksums.accept(connection, ["stalls"])
    with connect(study) as connection:
        assert not any(entry.outside for entry in kept_in(connection).values())


def test_an_import_after_an_edit_in_qgis_remembers_the_edit_of_other_layers(study: Path) -> None:
    edit(study, "UPDATE stalls SET goods = '花' WHERE fid = 1")
    grade_study(study)
    with connect(study) as connection:
        kept = kept_in(connection)
    assert [name for name, entry in kept.items() if entry.outside] == ["stalls"]
    assert set(states(study).values()) == {"sound"}


def test_a_damaged_checksum_is_no_sound_one(study: Path) -> None:
    with connect(study) as connection:
        digest = kept_in(connection)["bays"].content.digest
    edit(study, f"UPDATE {TABLE} SET digest = '{digest[:-1]}g' WHERE layer = 'stalls'")
    assert states(study)["stalls"] == "damaged"


def test_a_study_of_before_has_none_and_gets_them_when_it_is_written(study: Path) -> None:
    edit(
        study,
        f"DROP TABLE {TABLE}",
        "DROP TABLE jiexu_log",
        "DELETE FROM about WHERE key IN ('checksums', 'log_head', 'log_entries')",
    )
    about(study)
    assert states(study) == {}
    with connect(study) as connection:
        connection.execute("BEGIN")
        assert state_of(connection, "roads") == "unkept"
    with changing(study) as connection:
        connection.execute("UPDATE stalls SET goods = '花' WHERE fid = 1")
    assert set(states(study).values()) == {"sound"}
    assert len(states(study)) > 30


def test_a_transaction_that_fails_or_changes_nothing_leaves_the_checksums(study: Path) -> None:
    content = study.read_bytes()
    with pytest.raises(RuntimeError), changing(study) as connection:
        connection.execute("DELETE FROM stalls")
        raise RuntimeError
    with changing(study):
        pass
    assert study.read_bytes() == content


def test_write_ahead_logging_counts_no_writes(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE a (b)")
    connection.commit()
    assert counter_of(connection) == 1
    connection.execute("PRAGMA journal_mode = WAL")
    assert counter_of(connection) is None
    absorb(connection, None)  # a file without checksums
    connection.close()
