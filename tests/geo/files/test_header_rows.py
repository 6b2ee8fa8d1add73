"""Headers are the row that fits known words best, joined of several rows, whatever stands above and below."""

from __future__ import annotations

import pytest

from geo.files.header_rows import find_header, is_numbering

NAMES: list[str | None] = ["工单编号", "诉求类型", "受理时间"]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["三月清单", None, None]],
        [["三月清单", None, None], ["单位：城管局", None, "日期：4月1日"]],
        [["导出人：甲", "导出时间：2025-04-01", "共4条"]],
        [[None, None, None], ["填表说明", None, None]],
    ],
)
def test_what_stands_above_is_no_header(above: list[list[str | None]]) -> None:
    header = find_header([*above, NAMES, ["内容", "类型", "2025-03-01"]])
    assert header is not None
    assert (header.first, header.last, header.names) == (len(above), len(above), NAMES)


def test_a_table_of_unknown_words_begins_with_its_first_full_row() -> None:
    header = find_header([["a title", None], ["qq", "ww"], ["1", "2"]])
    assert header is not None
    assert header.names == ["qq", "ww"]


def test_headers_in_two_rows_are_joined_by_their_merged_cells() -> None:
    head: list[list[str | None]] = [
        ["工单编号", "受理", None, "办结", "坐标", None],
        [None, "时间", "渠道", "时间", "经度", "纬度"],
        ["A1", "2025-03-01", "电话", "2025-03-02", "114.3", "36.1"],
    ]
    header = find_header(head, [(0, 0, 1, 0), (0, 1, 0, 2), (0, 4, 0, 5)])
    assert header is not None
    assert (header.first, header.last) == (0, 1)
    assert header.names == ["工单编号", "受理时间", "受理渠道", "办结时间", "经度", "纬度"]


def test_headers_in_two_rows_are_joined_where_a_text_file_lost_the_merged_cells() -> None:
    head: list[list[str | None]] = [
        ["工单编号", "类型", "坐标", None, "内容"],
        [None, None, "经度", "纬度", None],
        ["A", "b", "1", "2", "c"],
    ]
    header = find_header(head)
    assert header is not None
    assert (header.last, header.names) == (1, ["工单编号", "类型", "经度", "纬度", "内容"])


@pytest.mark.parametrize(
    ("row", "below", "numbers"),
    [
        (["1", "2", "3", "4"], ["A1", "x", "2025-01-01", "y"], True),
        (["（1）", "（2）"], ["A1", "x"], True),
        (["甲", "乙", "1", "2", "3", "4"], ["A", "B", "x", "y", "z", "w"], True),
        (["1", "2", "3"], ["4", "5", "6"], False),
        (["1", "2", "3", "4"], ["2", "3", "4", "5"], False),
        (["1", "2", "3", "4"], None, False),
    ],
)
def test_numbers_of_columns_are_told_from_records(row: list[str], below: list[str] | None, numbers: bool) -> None:
    assert is_numbering(row, below) is numbers
