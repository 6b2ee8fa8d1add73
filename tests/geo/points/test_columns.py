"""The columns of a file that serve its fields: the user's choice first."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.raw_file import RawFile
from geo.points.columns import columns_of_fields

HEADERS = ["名称", "位置", "摊位数", "经营时段", "业态", "责任单位", "管理费", "备注"]
RAW = RawFile("疏导点.csv", "csv", "utf-8", pd.DataFrame(columns=HEADERS))


def test_the_columns_of_a_list_of_places_are_found() -> None:
    assert columns_of_fields(RAW, "stall_places", {}, None) == {
        "name": "名称",
        "address": "位置",
        "pitches": "摊位数",
        "hours": "经营时段",
        "goods": "业态",
        "manager": "责任单位",
        "fee": "管理费",
    }


def test_a_user_may_choose_another_column_or_none() -> None:
    chosen = columns_of_fields(RAW, "stall_places", {"goods": "备注", "fee": ""}, {"name": "备注"})
    assert chosen["goods"] == "备注"
    assert "fee" not in chosen


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no column"):
        columns_of_fields(RAW, "stall_places", {"goods": "品类表"}, None)
