"""A damaged study says what to restore it from: other files of the same study, and the files it was made of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from geo.study.checks import verify
from geo.study.file import about, connect
from geo.study.restoring import original_files, other_copies, restore_steps
from tests.support.damage import flip


def test_sound_copies_of_the_same_study_are_found_the_newest_first(study: Path, bare: Path) -> None:
    backups = study.parent / "study backups"
    backups.mkdir()
    old, new, broken = backups / "monday.gpkg", study.with_name("study-2.gpkg"), backups / "tuesday.gpkg"
    for file in (old, new, broken):
        shutil.copy(study, file)
    flip(broken, "Vuorikatu", "Vuoriketu")
    shutil.copy(bare, study.with_name("other.gpkg"))
    os.utime(old, (1, 1))
    copies = other_copies(study, about(study)["study_id"])
    assert [copy["file"] for copy in copies] == [str(new), str(old)]
    # a study that cannot say its number goes by its name
    assert [Path(copy["file"]).name for copy in other_copies(study, None)] == ["study-2.gpkg"]


def test_imports_name_their_files(study: Path) -> None:
    with connect(study) as connection:
        files = original_files(connection)
    assert [(file["kind"], len(file["sha256"])) for file in files] == [
        ("complaints", 64),
        ("stalls", 64),
        ("parking", 64),
    ]


def test_the_steps_say_what_is_sound_and_where_the_rest_comes_from(study: Path) -> None:
    layers = verify(study)["layer_states"]
    for layer in layers:
        layer["status"] = "damaged" if layer["layer"] in ("complaints", "roads") else layer["status"]
    with connect(study) as connection:
        inputs = original_files(connection)
    steps = restore_steps(study, layers, None, {"copies": [], "inputs": inputs, "steps": []})
    said = " ".join(step.en for step in steps)
    assert "Still sound: streets" in said
    assert "Damaged: roads, complaints" in said
    assert "backup of study" in said
    assert "complaints were imported from: complaints.csv" in said
    assert "jiexu build" in said
    for layer in layers:
        layer["status"] = "damaged" if layer["layer"] == "bays" else "sound"
    steps = restore_steps(study, layers, None, {"copies": [], "inputs": inputs, "steps": []})
    assert any("compute them again" in step.en for step in steps)
