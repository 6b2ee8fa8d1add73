"""The columns of a file that serve its fields: the user's choice first."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.core.text import pick
from geo.files.raw_file import RawFile
from geo.points.columns import columns_of_fields
from geo.points.reading import Options, read_points
from geo.rules.loader import load_profile

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


@pytest.mark.parametrize(
    "approved", ["审批时间", "批准时间", "核准日期", "批复时间", "许可时间", "审批通过时间", "发证日期"]
)
@pytest.mark.parametrize(("kind", "begin"), [("围挡", "开工时间"), ("外摆许可", "申请时间"), ("广告牌", "设置时间")])
def test_an_approval_never_closes_a_permit_or_a_hoarding(approved: str, kind: str, begin: str, tmp_path: Path) -> None:
    file = tmp_path / "许可.csv"
    head = f"编号,类型,经度,纬度,{begin},{approved},到期时间\n"
    rows = [
        f"W{number},{kind},24.9405,60.170{number},2025-01-02,2025-01-03,2025-0{number + 3}-01" for number in range(3)
    ]
    file.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    reading = read_points(file, "other", load_profile(), options=Options(crs="WGS84"))
    assert reading.points["closed_at"].isna().all()
    assert reading.points["due_at"].notna().all()


def test_an_approval_closes_an_application_without_an_end_of_validity(tmp_path: Path) -> None:
    file = tmp_path / "审批.csv"
    head = "编号,事项,经度,纬度,申请时间,审批时间,到期时间\n"
    rows = [
        "S1,招牌,24.9405,60.1702,2025-01-02,2025-01-03,",
        "S2,招牌,24.9405,60.1703,2025-01-02,2025-01-03,2026-01-03",
    ]
    file.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    reading = read_points(file, "other", load_profile(), options=Options(crs="WGS84"))
    assert reading.points["closed_at"].notna().tolist() == [True, False]
    said = [pick(problem, "en") for problem in reading.findings["problem"]]
    assert any("“审批时间” is the time of an approval: 1 rows" in line for line in said)
