"""The streets' counts are those of all points, though only the streets of an import are counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geo.points.cases import placed_cases
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.points.street_counts import counts_of_all, counts_of_some
from geo.rules import Profile
from geo.streets.locating import count_per_street
from geo.study.reader import Study
from geo.study.row_changes import RowChanges
from tests.support.points import places


def counted(study: Path) -> tuple[list[int], list[int]]:
    """The counts that stand with the streets, and those of all points."""
    opened = Study(study)
    streets = opened.layer("streets")
    points = placed_cases(opened.layer("complaints")).rows
    counts = count_per_street(points, opened.layer("segments"), streets["street_id"])
    return streets["complaints"].fillna(0).astype(int).tolist(), counts.astype(int).tolist()


def test_counts_follow_an_import_and_its_removal(study: Path, profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "投诉.csv"
    places(study, 40).to_csv(file, index=False, encoding="gbk")
    before = counted(study)
    assert before[0] == before[1]
    done = add_points(study, file, "complaints", profile)
    during = counted(study)
    assert during[0] == during[1]
    assert sum(during[0]) == sum(before[0]) + 40
    remove_import(study, str(done.import_id))
    assert counted(study) == before


def test_what_stands_right_is_not_written_again(study: Path) -> None:
    opened = Study(study)
    segments = opened.some("segments", ("segment_id", "street_id"), geometry=False)
    assert not counts_of_all(opened, "complaints", opened.layer("complaints"), segments)
    assert not counts_of_some(opened, "complaints", RowChanges())
    gone = opened.some("complaints").index.tolist()[:1]
    changes = counts_of_some(opened, "complaints", RowChanges(removed=gone))
    assert len(changes.values["complaints"]) == 1
    assert isinstance(next(iter(changes.values["complaints"].values())), int)
    assert pd.Series(changes.values["complaints"]).ge(0).all()
