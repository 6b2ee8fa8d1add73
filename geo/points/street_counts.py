"""The number of points on each street, kept with the streets: only the streets that an import concerns are counted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import pandas as pd

from geo.points.cases import placed_cases
from geo.streets.locating import count_per_street
from geo.study.reader import Study
from geo.study.row_changes import RowChanges
from geo.study.rows import AMONG, ROW
from geo.study.schema import COLUMNS

_SEGMENTS: Final = ("segment_id", "street_id")
_OF_THESE: Final = f"street_id IN (SELECT street_id FROM roads WHERE segment_id {AMONG})"  # noqa: S608 (our own words)
"""The condition of the segments of streets that given segments belong to."""
_COUNTED: Final = ("segment_id", "precision", "received_at", "doubted")
"""The columns that tell whether a point counts on its street."""


def counts_of_all(study: Study, kind: str, points: pd.DataFrame, segments: pd.DataFrame) -> RowChanges:
    """
    Return the changes of the streets' counts for a layer that is written as a whole.

    Parameters
    ----------
    study
        The study.
    kind
        The layer, and the column of streets.
    points
        Its rows as they will be.
    segments
        All of them, `segment_id` and `street_id`.
    """
    return _changes(study.some("streets", ("street_id", kind), geometry=False), kind, points, segments)


def counts_of_some(study: Study, kind: str, change: RowChanges) -> RowChanges:
    """
    Return the changes of the streets' counts for changes of single rows.

    Parameters
    ----------
    study
        The study.
    kind
        The layer, and the column of streets.
    change
        Its rows that come and go.
    """
    with study.looking(kind, "segments", "streets"):
        return _counts_of_some(study, kind, change)


def _counts_of_some(study: Study, kind: str, change: RowChanges) -> RowChanges:
    gone = json.dumps([int(row) for row in change.removed])
    before = study.some(kind, ("segment_id",), f"{ROW} {AMONG}", (gone,), geometry=False)["segment_id"]
    added = pd.DataFrame(columns=list(COLUMNS[kind])) if change.added is None else change.added
    concerned = _json([*before.dropna(), *added["segment_id"].dropna()])
    segments = study.some("segments", _SEGMENTS, _OF_THESE, (concerned,), geometry=False)
    columns = [name for name in _COUNTED if name in COLUMNS[kind]]
    there = f"segment_id {AMONG} AND {ROW} NOT {AMONG}"
    kept = study.some(kind, columns, there, (_json(segments["segment_id"]), gone))
    points = pd.concat([part for part in (kept, added) if len(part)] or [kept], ignore_index=True)
    streets = study.some(
        "streets", ("street_id", kind), f"street_id {AMONG}", (_json(segments["street_id"].unique()),), geometry=False
    )
    return _changes(streets, kind, points, segments)


def _json(words: Iterable[object]) -> str:
    return json.dumps(list(dict.fromkeys(map(str, words))))


def _changes(streets: pd.DataFrame, kind: str, points: pd.DataFrame, segments: pd.DataFrame) -> RowChanges:
    counts = count_per_street(placed_cases(points).rows, segments, streets["street_id"])
    other = (streets[kind].isna() | (streets[kind] != counts)).fillna(True).to_numpy(dtype=bool)
    changed = counts[other]
    return RowChanges(values={kind: dict(zip(changed.index.tolist(), changed.astype(int).tolist(), strict=True))})
