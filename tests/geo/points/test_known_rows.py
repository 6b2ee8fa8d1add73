"""Of a study's rows only those are read that have an identifier of the file, or that findings are about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.points.imports import add_points
from geo.points.known_rows import known_in, rows_beside
from geo.points.near_streets import NearStreets
from geo.points.reading import read_points
from geo.points.study_place import StudyPlace
from geo.rules import Profile
from geo.study.reader import Study
from tests.support.points import places


def test_rows_beside_a_file_are_those_it_names_and_those_of_findings(
    study: Path, profile: Profile, tmp_path: Path
) -> None:
    add_points(study, write(tmp_path, places(study, 12)), "complaints", profile)
    opened = Study(study)
    reading = read_points(write(tmp_path, places(study, 3)), "complaints", profile, StudyPlace(opened))
    rows, whole = rows_beside(opened, reading, "complaints", every=False)
    assert not whole
    assert sorted(rows["complaint_id"]) == ["A0", "A1", "A2"]
    every, whole = rows_beside(opened, reading, "complaints", every=True)
    assert whole
    assert len(every) == len(opened.layer("complaints"))


def test_identifiers_of_a_column_are_those_of_all_kinds_that_have_it(study: Path) -> None:
    opened = Study(study)
    assert known_in(opened, ("complaints",), "complaint_id") == frozenset(opened.layer("complaints")["complaint_id"])
    assert known_in(opened, ("complaints",), "operator_id") == frozenset()


def test_a_mended_file_updates_single_rows_as_an_import_of_all_would(
    study: Path, profile: Profile, tmp_path: Path
) -> None:
    rows = places(study, 20)
    add_points(study, write(tmp_path, rows), "complaints", profile)
    before = Study(study).layer("complaints")
    mended = rows.iloc[[4, 9]].assign(诉求类型="店外经营")
    done = add_points(study, write(tmp_path, mended), "complaints", profile)
    assert (done.added, done.updated) == (0, 2)
    after = Study(study).layer("complaints")
    assert len(after) == len(before)
    assert after["complaint_id"].tolist()[-2:] == ["A4", "A9"]
    others = ~before["complaint_id"].isin(["A4", "A9"])
    left = after.iloc[:-2].drop(columns="geometry").reset_index(drop=True)
    assert left.equals(before[others].drop(columns="geometry").reset_index(drop=True))
    assert NearStreets(Study(study)).crs == Study(study).crs


def write(folder: Path, rows: pd.DataFrame) -> Path:
    rows.to_csv(folder / "投诉.csv", index=False, encoding="gbk")
    return folder / "投诉.csv"
