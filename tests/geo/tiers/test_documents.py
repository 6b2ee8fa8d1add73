"""The JSON document of graded streets."""

from __future__ import annotations

import pandas as pd

from geo.core.text import Text
from geo.study.findings import Finding, findings_table
from geo.tiers.documents import GradeDocument, GradingReport, grade_document
from tests.support.documents import mismatches

STREETS = pd.DataFrame({"tier_source": ["official", "inferred", "inferred"]})
DOUBTS = pd.DataFrame(
    {"kind": ["island"], "street_id": ["s1"], "name": [None], "reason": ["短 ｜ short"], "lon": [24.9], "lat": [60.1]}
)
FINDINGS = findings_table("streets", [Finding(3, "tier", Text("未知", "unknown"), Text("略", "left out"))], "list.csv")
SHORT: GradingReport = {"method": "score", "listed": 2, "weights": {"class": 100.0}}
LONG: GradingReport = {
    **SHORT,
    "accuracy": 0.8,
    "interval": [0.7, 0.9],
    "confusion": {"secondary": {"secondary": 8}},
    "log_loss": 0.4,
    "folds": 5,
}


def test_a_short_list_claims_no_accuracy() -> None:
    found = grade_document(SHORT, STREETS, DOUBTS, FINDINGS, {"no_place": 2})
    assert mismatches(found, GradeDocument) == []
    assert found["streets"] == {"total": 3, "tier_source": {"inferred": 2, "official": 1}}
    assert (found["accuracy"], found["interval"], found["confusion"]) == (None, None, None)
    assert "log_loss" not in found
    assert found["left_out"] == {"no_place": 2}


def test_a_long_list_says_how_well_streets_are_graded() -> None:
    found = grade_document(LONG, STREETS, DOUBTS, FINDINGS, {"no_place": 2})
    assert mismatches(found, GradeDocument) == []
    assert (found["accuracy"], found["interval"], found["folds"]) == (0.8, [0.7, 0.9], 5)


def test_doubts_and_findings_are_rows_of_plain_values() -> None:
    found = grade_document(SHORT, STREETS, DOUBTS, FINDINGS, {"no_place": 2})
    assert found["doubts"] == [
        {"kind": "island", "street_id": "s1", "name": None, "reason": "短 ｜ short", "lon": 24.9, "lat": 60.1}
    ]
    assert [(row["row"], row["column"], row["source"], row["import_id"]) for row in found["findings"]] == [
        (3, "tier", "list.csv", None)
    ]
