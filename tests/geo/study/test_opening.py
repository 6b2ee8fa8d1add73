"""Opening a study and reading a layer: a damaged one is refused, another program's work is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study import opening
from geo.study.damage import DamagedError
from geo.study.figures import info
from geo.study.file import about, connect, read_layer
from geo.study.opening import check_counts, check_layer, check_opening, is_database
from tests.support.damage import edit, flip


def test_a_file_that_is_cut_short_is_refused(study: Path) -> None:
    study.write_bytes(study.read_bytes()[:-8192])
    with pytest.raises(DamagedError, match="cut short"):
        about(study)


def test_damaged_facts_are_refused_and_edited_ones_are_not(study: Path) -> None:
    edited = Path(study.with_name("edited.gpkg"))
    edited.write_bytes(study.read_bytes())
    edit(edited, "UPDATE about SET value = 'Europe/Paris' WHERE key = 'timezone'")
    assert about(edited)["timezone"] == "Europe/Paris"
    flip(study, "Europe/Helsinki", "Europe/Helsinkj")
    with pytest.raises(DamagedError, match="about"):
        about(study)


def test_a_damaged_name_of_a_column_is_refused(study: Path) -> None:
    flip(study, '"tier_confidence"', '"tier_confidenze"')
    with pytest.raises(DamagedError):
        about(study)


def test_checksums_that_are_gone_are_missed(study: Path) -> None:
    edit(study, "DROP TABLE jiexu_checksums")
    with pytest.raises(DamagedError, match="jiexu_checksums"):
        about(study)


def test_a_damaged_layer_is_refused_alone(study: Path) -> None:
    flip(study, "Vuorikatu", "Vuoriketu")
    about(study)
    read_layer(study, "stalls")
    for work in (lambda: read_layer(study, "streets"), lambda: info(study)):
        with pytest.raises(DamagedError, match=r"jiexu verify study\.gpkg"):
            work()


def test_a_large_layer_is_left_to_verify(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flip(study, "Vuorikatu", "Vuoriketu")
    monkeypatch.setattr(opening, "CHECKED_AT_READING", 100)
    with connect(study) as connection:
        check_layer(study, connection, "streets")


def test_rows_that_are_missing_are_missed(study: Path) -> None:
    with connect(study) as connection:
        check_opening(study, connection, about(study))
        check_counts(study, connection, {"stalls": 90})
        with pytest.raises(DamagedError, match="stalls"):
            check_counts(study, connection, {"stalls": 89})


def test_what_is_no_database_is_no_study(tmp_path: Path) -> None:
    file = tmp_path / "notes.gpkg"
    file.write_text("x" * 4096)
    assert not is_database(file)
    with pytest.raises(StudyError, match="is not a Jiexu study"):
        about(file)
