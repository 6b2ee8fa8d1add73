"""Rows with an unquoted comma are mended where one reading alone fits."""

from __future__ import annotations

from geo.files.repaired_rows import merged_cells, typed_columns

GOOD = [["A1", "2025-03-01 08:00", "占道", "116.3", "39.9"]] * 30


def test_columns_of_numbers_and_times_are_known() -> None:
    types = typed_columns(GOOD, 5)
    assert [kind is not None for kind in types] == [False, True, False, True, True]


def test_a_comma_in_the_only_text_between_typed_columns_is_mended() -> None:
    types = typed_columns(GOOD, 5)
    cells = ["A2", "2025-03-02 09:00", "占道", "影响通行", "116.4", "39.8"]
    assert merged_cells(cells, types, ",") == ["A2", "2025-03-02 09:00", "占道,影响通行", "116.4", "39.8"]


def test_a_row_that_may_be_read_two_ways_is_left() -> None:
    types = typed_columns([["甲", "乙", "丙"]] * 30, 3)
    assert merged_cells(["甲", "乙", "丙", "丁"], types, ",") is None
