"""A study is checked wholly: each kind of damage is found, none ends in a fault, and an edit is no damage."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.stalls.study import STALLS
from geo.study.checks import accept_changes, document_of, verify
from geo.study.damage import DamagedError
from geo.study.export import export_layer
from geo.study.figures import info
from geo.study.reader import Study
from tests.support.damage import edit, flip, with_random_bytes


def said(study: Path) -> list[tuple[str, str | None, str]]:
    return [(each["part"], each["layer"], each["text"]["en"]) for each in verify(study)["problems"]]


def test_a_study_with_everything_computed_is_sound_and_checking_changes_nothing(placed: Path) -> None:
    content = placed.read_bytes()
    found = verify(placed)
    assert found["problems"] == []
    assert found["sound"]
    assert {layer["status"] for layer in found["layer_states"]} == {"sound"}
    assert found["log"] is not None
    assert found["log"]["status"] == "sound"
    assert placed.read_bytes() == content


def test_a_damaged_layer_is_named_and_the_others_are_sound(study: Path) -> None:
    flip(study, "Vuorikatu", "Vuoriketu")
    found = verify(study)
    states = {layer["layer"]: layer["status"] for layer in found["layer_states"]}
    assert (states["streets"], states["complaints"]) == ("damaged", "sound")
    assert any("Still sound" in step["en"] for step in found["restore"]["steps"])


def test_an_edit_in_qgis_is_named_with_its_time_and_may_be_accepted(planned: Path, tmp_path: Path) -> None:
    study = tmp_path / "study.gpkg"
    study.write_bytes(planned.read_bytes())
    edit(
        study,
        "UPDATE stalls SET goods = '花' WHERE fid = 1",
        "UPDATE gpkg_contents SET last_change = '2026-11-01T09:00:00.000Z' WHERE table_name = 'stalls'",
    )
    found = verify(study)
    (problem,) = found["problems"]
    assert problem["layer"] == "stalls"
    assert "Changed outside Jiexu since 2026-11-01" in problem["text"]["en"]
    assert info(study)["layers"]["stalls"] == 90  # a legal edit is read
    assert accept_changes(study) == ["stalls"]
    assert verify(study)["sound"]
    assert not STALLS.known(Study(study)).fresh  # what was computed of the stalls is known to be out of date
    assert accept_changes(study) == []


@pytest.mark.parametrize(
    ("change", "part", "layer"),
    [
        ("DELETE FROM gpkg_geometry_columns WHERE table_name = 'stalls'", "file", "stalls"),
        ("INSERT INTO gpkg_contents (table_name, data_type) VALUES ('ghost', 'attributes')", "file", "ghost"),
        ("DELETE FROM rtree_roads_geom WHERE id = 1", "file", "roads"),
        ("UPDATE roads SET tier = 'fourth' WHERE fid = 1", "rows", "roads"),
        ("DELETE FROM about WHERE key = 'metric_crs'", "facts", None),
        ("INSERT INTO decisions (decision_id) VALUES ('D0001')", "log", "decisions"),
        ("DROP TABLE jiexu_checksums", "file", "jiexu_checksums"),
        ("DROP TABLE stalls", "file", "stalls"),
    ],
)
def test_each_part_is_checked(study: Path, change: str, part: str, layer: str | None) -> None:
    edit(study, change)
    assert (part, layer) in {(where, name) for where, name, _ in said(study)}, said(study)


def test_a_file_without_beginning_or_end_is_a_problem_and_no_fault(study: Path) -> None:
    content = study.read_bytes()
    study.write_bytes(content[: len(content) // 2])
    found = verify(study)
    assert not found["sound"]
    assert any("cut short" in each["text"]["en"] for each in found["problems"])
    study.write_bytes(b"\0" * 100 + content[100:])
    assert not verify(study)["sound"]


def test_what_is_no_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="There is no study"):
        verify(tmp_path / "none.gpkg")
    file = tmp_path / "other.gpkg"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE about (key TEXT, value TEXT)")
    connection.close()
    with pytest.raises(StudyError, match="is not a Jiexu study"):
        verify(file)


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_give_the_same_answer_or_a_sentence(seed: int, planned: Path, tmp_path: Path) -> None:
    sound = tmp_path / "sound" / "study.gpkg"
    study = tmp_path / "damaged" / "study.gpkg"
    for path in (sound, study):
        path.parent.mkdir()
        path.write_bytes(planned.read_bytes())
    study.write_bytes(with_random_bytes(planned.read_bytes(), seed))
    assert not verify(study)["sound"]

    def streets(path: Path) -> str:
        to = path.with_name("streets.geojson")
        export_layer(path, "streets", to, None)
        return to.read_text(encoding="utf-8")

    for work in (info, streets):
        try:
            answer = json.dumps(work(study))
        except DamagedError:
            continue
        assert answer == json.dumps(work(sound))


def test_a_text_stands_in_both_languages() -> None:
    assert document_of(Text("完好", "sound")) == {"zh": "完好", "en": "sound"}
