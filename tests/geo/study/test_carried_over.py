"""A study hands on to the next one what it has, of whichever format it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study.carried_over import CarriedOver
from geo.study.file import FORMAT, about, changing, read_layer
from geo.study.schema import COLUMNS
from geo.study.versions import put_facts


def test_where_no_study_stands_there_is_nothing_to_hand_on(tmp_path: Path) -> None:
    old = CarriedOver(tmp_path / "none.gpkg")
    assert not old.has("decisions")
    assert old.facts("residents_total") == {}
    assert old.table("decisions").empty
    assert tuple(old.table("decisions").columns) == COLUMNS["decisions"]
    layer = old.layer("stalls")
    assert layer.empty
    assert layer.crs == "EPSG:4326"


@pytest.mark.parametrize("known", ["jiexu-study-1", "jiexu-study-5", FORMAT])
def test_layers_tables_and_facts_of_every_format_are_handed_on(known: str, study: Path) -> None:
    stalls = read_layer(study, "stalls")
    with changing(study) as connection:
        put_facts(connection, {"format": known, "residents_total": "12000"})
        connection.execute("DROP TABLE surveyed_widths")
        connection.execute("DELETE FROM gpkg_contents WHERE table_name = 'surveyed_widths'")
    old = CarriedOver(study)
    assert old.layer("stalls")["stall_id"].tolist() == stalls["stall_id"].tolist()
    assert old.layer("stalls").crs == "EPSG:4326"
    assert old.table("decisions").empty
    assert not old.has("surveyed_widths")
    assert old.table("surveyed_widths").empty
    assert old.facts("residents_total", "no such") == {"residents_total": "12000"}
    assert about(study, older=True)["format"] == known, "it is read as it is"


def test_what_is_no_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.gpkg").write_text("notes")
    with pytest.raises(StudyError, match="not a Jiexu study"):
        CarriedOver(tmp_path / "notes.gpkg")
