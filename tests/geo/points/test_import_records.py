"""Imports are numbered on, and their row names nobody."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.points.import_records import import_record, next_import
from geo.points.reading import read_points
from geo.rules import Profile


def test_imports_are_numbered_on() -> None:
    assert next_import(pd.DataFrame({"import_id": []})) == "I0001"
    assert next_import(pd.DataFrame({"import_id": ["I0009", "I0002"]})) == "I0010"


def test_the_row_of_an_import_keeps_the_officer_and_no_number(profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("编号,类别,经度,纬度\nA1,占道经营,24.94,60.17\n", encoding="utf-8")
    reading = read_points(file, "complaints", profile)
    row = import_record("I0003", reading, "complaints", "王建国 13951234567", added=1).iloc[0]
    assert (row["import_id"], row["by"], row["rows"], row["added"]) == ("I0003", "王建国 [电话]", 1, 1)
