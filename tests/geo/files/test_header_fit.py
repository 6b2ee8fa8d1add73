"""Planned is not done: a header that names a deadline, an approval or a duration never closes a case."""

from __future__ import annotations

import pytest

from geo.files.column_matching import equally_fit, propose_mapping, unread_columns


@pytest.mark.parametrize(
    "header",
    ["要求办结时间", "应办结日期", "办结截止时间", "计划完成时间", "预计结案时间", "办结期限", "承诺办结日期",
     "最迟办结时间", "限期整改时间", "Due Date", "expected_datetime", "Planned completion", "Target Date"],
)  # fmt: skip
def test_a_planned_time_is_due_and_never_a_closing(header: str) -> None:
    mapping = propose_mapping([header], "complaints")
    assert mapping == {"due_at": header}


@pytest.mark.parametrize(
    "header", ["批准时间", "批准日期", "发证日期", "核准时间", "Approved", "许可批准时间", "Date issued"]
)
def test_an_approval_closes_no_permit(header: str) -> None:
    for kind in ("other", "complaints"):
        assert "closed_at" not in propose_mapping([header, "到期时间"], kind)


@pytest.mark.parametrize(
    "header",
    ["处置时限（小时）", "是否按期办结", "办结率", "办结用时", "办结情况", "要求办结天数", "超期小时", "On Time"],
)
def test_a_judgement_or_a_duration_is_no_moment(header: str) -> None:
    assert not {"due_at", "closed_at"} & set(propose_mapping([header], "complaints"))


@pytest.mark.parametrize(
    ("headers", "closed"),
    [
        (["办结时间", "实际办结时间", "要求办结时间"], "实际办结时间"),
        (["完成日期", "实际完工办结日期"], "实际完工办结日期"),
        (["处置时间", "结案时间"], "结案时间"),
        (["结案日期"], "结案日期"),
        (["响应时间", "办结时间"], "办结时间"),
    ],
)
def test_the_actual_closing_goes_before_others(headers: list[str], closed: str) -> None:
    for order in (headers, headers[::-1]):
        assert propose_mapping(order, "complaints")["closed_at"] == closed
        assert equally_fit(order, "complaints", propose_mapping(order, "complaints")) == {}


@pytest.mark.parametrize(
    "headers",
    [
        ["办结时间", "结案时间"],
        ["完成时间", "关闭时间"],
        ["一级办结时间", "二级办结时间"],
        ["部门实际办结时间", "街道实际办结时间"],
    ],
)
def test_two_closings_that_fit_equally_are_a_tie(headers: list[str]) -> None:
    tie = equally_fit(headers, "complaints", propose_mapping(headers, "complaints"))
    assert sorted(tie["closed_at"]) == sorted(headers)


@pytest.mark.parametrize(
    ("headers", "category"),
    [
        (["问题类型", "大类名称", "小类名称", "小类代码"], "小类名称"),
        (["大类", "问题类型"], "问题类型"),
        (["一级分类", "二级分类", "三级分类"], "三级分类"),
        (["小类代码"], None),
    ],
)
def test_the_finest_category_is_taken_and_no_code(headers: list[str], category: str | None) -> None:
    assert propose_mapping(headers, "complaints").get("category") == category


def test_later_steps_are_no_time_of_receipt() -> None:
    mapping = propose_mapping(["编号", "派遣时间", "更新时间", "回访时间"], "complaints")
    assert (mapping.get("received_at"), mapping["updated_at"]) == (None, "更新时间")


def test_columns_that_nothing_reads_are_listed_in_their_order() -> None:
    headers = ["工单编号", "来电人", "来电号码", "受理时间", "满意度"]
    assert unread_columns(headers, propose_mapping(headers, "complaints")) == ["来电人", "来电号码", "满意度"]
