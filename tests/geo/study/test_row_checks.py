"""Rows and facts that cannot be are found; a study as Jiexu makes it has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.study.file import about, connect
from geo.study.row_checks import contradictions, impossible_rows
from geo.study.schema import COLUMNS
from tests.support.damage import edit

THERE = frozenset(COLUMNS)


def found(study: Path, layer: str) -> list[tuple[str, int, str]]:
    with connect(study) as connection:
        return [(each.column, each.rows, each.problem.en) for each in impossible_rows(connection, layer, THERE)]


def test_a_study_with_everything_computed_has_none(placed: Path) -> None:
    with connect(placed) as connection:
        every = [found for layer in COLUMNS for found in impossible_rows(connection, layer, THERE)]
    assert every == []
    assert contradictions(about(placed), THERE) == []


@pytest.mark.parametrize(
    ("change", "layer", "column", "said"),
    [
        ("UPDATE roads SET tier = 'fourth' WHERE fid = 3", "roads", "tier", "no code"),
        ("UPDATE roads SET length_m = -1 WHERE fid = 3", "roads", "length_m", "negative"),
        (
            "UPDATE roads SET segment_id = (SELECT segment_id FROM roads WHERE fid = 4)",
            "roads",
            "segment_id",
            "two rows",
        ),
        ("UPDATE roads SET street_id = 's0' WHERE fid = 3", "roads", "street_id", "not in streets"),
        ("UPDATE stalls SET segment_id = 'w0' WHERE fid = 3", "stalls", "segment_id", "not in roads"),
        ("UPDATE streets SET geom = NULL WHERE fid = 3", "streets", "geom", "without its shape"),
        ("UPDATE imports SET at = '2126-01-01T00:00:00.000Z' WHERE fid = 1", "imports", "at", "future"),
        ("UPDATE imports SET at = '1926-01-01T00:00:00.000Z' WHERE fid = 1", "imports", "at", "before there"),
        ("UPDATE imports SET rows = -4 WHERE fid = 1", "imports", "rows", "negative"),
        (
            "INSERT INTO stall_zones (segment_id, from_m, to_m) SELECT segment_id, 9, 3 FROM roads LIMIT 1",
            "stall_zones",
            "to_m",
            "ends before",
        ),
        ("INSERT INTO stall_zones (segment_id) VALUES ('w0')", "stall_zones", "segment_id", "not in roads"),
        ("INSERT INTO decisions (decision_id, kind) VALUES ('D1', 'whim')", "decisions", "kind", "no code"),
    ],
)
def test_each_kind_is_named(study: Path, change: str, layer: str, column: str, said: str) -> None:
    edit(study, change)
    assert any(where == column and said in text for where, _, text in found(study, layer)), found(study, layer)


def test_a_shape_that_cannot_be_read_is_named(study: Path) -> None:
    with connect(study) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'streets'"
        triggers = [row[0] for row in connection.execute(query)]
    for blob in ("x'00'", "x'475000030000000000'", "'text'"):
        edit(study, *(f"DROP TRIGGER IF EXISTS {name}" for name in triggers))
        edit(study, f"UPDATE streets SET geom = {blob} WHERE fid = 3")
        assert found(study, "streets") == [("geom", 1, "a shape that cannot be read")]


def test_a_shape_on_another_continent_is_far(study: Path) -> None:
    edit(study, "UPDATE about SET value = '[114.0, 36.0, 114.5, 36.2]' WHERE key = 'extent'")
    assert ("geom", 1144, "far outside the study's extent") in found(study, "roads")


def test_facts_that_contradict_are_named(study: Path) -> None:
    facts = about(study)
    wrong = {
        "extent": '"here"',
        "built_at": "2126-01-01T00:00:00+00:00",
        "result:tiers": "{",
    }
    for key, value in wrong.items():
        assert len(contradictions({**facts, key: value}, THERE)) == 1
    lacking = {key: value for key, value in facts.items() if key not in ("metric_crs", "version:roads")}
    assert [text.en for text in contradictions(lacking, THERE)] == [
        "The facts of the study lack metric_crs",
        "Layers without a version: roads",
    ]
