"""A kind that the file does not tell is asked, and one that it contradicts is a finding."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.raw_file import RawFile
from geo.points.file_kind import rows_of


def table(headers: str, *rows: str) -> pd.DataFrame:
    cells = [[cell or None for cell in row.split(",")] for row in rows]
    return pd.DataFrame(cells, columns=headers.split(","), dtype=object)


def raw(headers: str, *rows: str) -> RawFile:
    return RawFile("rows.csv", "csv", "utf-8", table(headers, *rows))


def test_words_that_any_list_has_are_asked_about() -> None:
    rows = rows_of(raw("编号,名称,经度,纬度", "1,甲,116,40"), "rows.csv", None)
    (question,) = rows.questions
    assert (question.field, question.answer) == ("kind", "--kind")
    assert set(question.choices) == {"complaints", "stalls", "parking", "facilities", "stall_places", "other"}
    assert len(question.evidence) == len(question.choices)
    assert rows_of(raw("编号,名称,经度,纬度", "1,甲,116,40"), "rows.csv", "other").questions == ()


def test_a_list_of_another_verb_is_refused_with_it() -> None:
    with pytest.raises(InputError, match="jiexu grade"):
        rows_of(raw("路名,等级", "甲路,次干道"), "rows.csv", None)


def test_a_kind_that_the_file_contradicts_is_read_with_a_finding() -> None:
    complaints = raw("工单编号,诉求类型,受理时间,诉求内容,经度,纬度", "1,店外经营,2026-01-01,x,116,40")
    rows = rows_of(complaints, "rows.csv", "parking")
    (finding,) = rows.findings
    assert "--kind complaints" in finding.action.en
    assert (rows.kind, rows.given) == ("parking", True)
    assert rows_of(complaints, "rows.csv", "complaints").findings == ()
