"""Cells of each kind become numbers, times, flags and codes, and no person's name stays in them."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.masked_words import mask_word
from geo.files.column_matching import fields_of
from geo.points.cells import clean_values, masked_text
from geo.points.options import DateColumns
from geo.study.findings import Finding


def found(kind: str, /, **cells: str | None) -> pd.DataFrame:
    return pd.DataFrame({field: [cells.get(field)] for field in fields_of(kind)}, index=[2], dtype=object)


def test_numbers_flags_and_times_are_read_by_kind() -> None:
    findings: list[Finding] = []
    row = found("stalls", area_m2="3.5 平方米", offences="2次", hardship="是")
    stall = clean_values(row, "stalls", findings, DateColumns("Asia/Shanghai")).iloc[0]
    assert (stall["area_m2"], stall["offences"], stall["hardship"]) == (3.5, 2, True)
    assert not findings
    assert row["area_m2"].tolist() == ["3.5 平方米"]  # what was read stays as it was read
    lot = clean_values(
        found("parking", capacity="many", night_only="no"), "parking", findings, DateColumns("Asia/Shanghai")
    ).iloc[0]
    assert pd.isna(lot["capacity"])
    assert not lot["night_only"]
    assert [(finding.row, finding.column) for finding in findings] == [(2, "capacity")]


def test_a_complaint_that_was_closed_before_it_came_is_doubted() -> None:
    findings: list[Finding] = []
    row = found("complaints", received_at="2025-03-02", closed_at="2025-03-01")
    clean = clean_values(row, "complaints", findings, DateColumns("Asia/Shanghai"))
    assert clean["received_at"].notna().all()
    assert [finding.column for finding in findings] == ["closed_at"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026年6月30日", "2026-06-30"),
        ("46203", "2026-06-30"),
        ("20260630", "2026-06-30"),
        ("30.06.2026", "2026-06-30"),
        ("2026-06-30 24:00", "2026-06-30"),
        ("2026-06-29T16:00:00Z", "2026-06-30"),
        ("1782748800000", "2026-06-30"),
        ("长期", "长期"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_the_last_day_of_a_permit_is_a_day_and_other_words_stay(written: str, day: str) -> None:
    findings: list[Finding] = []
    dates = DateColumns("Asia/Shanghai")
    clean = clean_values(found("stalls", permit_until=written), "stalls", findings, dates)
    assert (clean["permit_until"].tolist(), findings, dates.questions) == ([day], [], [])


def test_a_permit_until_a_month_has_a_finding_and_an_ambiguous_one_a_question() -> None:
    findings: list[Finding] = []
    dates = DateColumns("Asia/Shanghai")
    clean = clean_values(found("stalls", permit_until="2026年6月"), "stalls", findings, dates)
    assert clean["permit_until"].tolist() == ["2026-06-01"]
    assert [finding.column for finding in findings] == ["permit_until"]
    clean_values(found("stalls", permit_until="05.06.2026"), "stalls", findings, dates)
    assert [question.choices for question in dates.questions] == [("dmy", "mdy")]


@pytest.mark.parametrize(
    ("kind", "field", "word", "code"),
    [
        ("complaints", "category", "流动摊贩", "unlicensed_stall"),
        ("complaints", "response", "执法", "enforcement"),
        ("complaints", "category", "新类型", "新类型"),
        ("parking", "kind", "路侧", "on_street"),
        ("facilities", "kind", "公共厕所", "toilet"),
        ("facilities", "kind", "market", "market"),
        ("stalls", "permit_until", "长期", "长期"),
        ("complaints", "text", "联系人：王建国", "联系人：[姓名]"),
        ("complaints", "category", "电话13812345678", "电话[电话]"),
    ],
)
def test_words_become_codes_and_persons_are_masked(kind: str, field: str, word: str, code: str) -> None:
    assert masked_text(found(kind, **{field: word}), kind, "file.csv")[field].tolist() == [code]


@pytest.mark.parametrize(
    ("source", "expected"),
    [(None, "file.csv"), ("合成数据", "synthetic"), ("Synthetic", "synthetic"), ("张先生的台账", "[姓名]先生的台账")],
)
def test_the_source_of_a_row_is_its_own_else_the_file(source: str | None, expected: str) -> None:
    assert masked_text(found("stalls", source=source), "stalls", "file.csv")["source"].tolist() == [expected]


def test_a_word_for_a_message_is_masked_and_short() -> None:
    assert mask_word("手机13812345678") == "手机[电话]"
    assert len(mask_word("长" * 500)) == 60
