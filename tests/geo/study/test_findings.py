"""Findings are rows of a layer, in the order of the file that they are about."""

from __future__ import annotations

from geo.core.text import Text
from geo.study.findings import Finding, findings_table
from geo.study.schema import COLUMNS

DOUBT, DONE = Text("不是数字", "It is no number"), Text("留空", "left empty")


def test_findings_follow_the_rows_of_the_file_the_whole_file_first() -> None:
    found = [Finding(9, "price", DOUBT, DONE), Finding(None, "", DOUBT, DONE), Finding(2, "b", DOUBT, DONE)]
    table = findings_table("stalls", [*found, Finding(2, "a", DOUBT, DONE)], "摊位.csv")
    assert tuple(table.columns) == COLUMNS["findings"]
    assert table["row"].isna().tolist() == [True, False, False, False]
    assert table["row"].tolist()[1:] == [2, 2, 9]
    assert table["column"].tolist() == ["", "a", "b", "price"]
    assert set(table["layer"]) == {"stalls"}
    assert set(table["source"]) == {"摊位.csv"}
    assert table["problem"].iloc[0] == "不是数字 ｜ It is no number"


def test_no_findings_are_a_table_without_rows() -> None:
    assert findings_table("stalls", [], "a.csv").empty
