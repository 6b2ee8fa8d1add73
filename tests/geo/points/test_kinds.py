"""The kind of a file's rows is recognised from its headers and cells, with the evidence."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.points.kinds import recognise


def table(headers: str, *rows: str) -> pd.DataFrame:
    cells = [[cell or None for cell in row.split(",")] for row in rows]
    return pd.DataFrame(cells, columns=headers.split(","), dtype=object)


@pytest.mark.parametrize(
    ("headers", "row", "kind"),
    [
        ("案件编号,小类名称,上报时间,处置截止时间,经度,纬度", "7,店外经营,2026-01-02,2026-01-03,116,40", "complaints"),
        ("CaseNo,Complaint Type,Created,Closed,Latitude,Longitude", "7,Noise,2026-01-02,,1,2", "complaints"),
        ("摊位号,摊主,品种,占地面积,x,y", "1,甲,水果,3,116,40", "stalls"),
        ("编号,车位数,类型,经度,纬度", "1,30,路外,116,40", "parking"),
        ("名称,类型,经度,纬度,蹲位数", "甲,公厕,116,40,8", "facilities"),
        ("疏导点,位置,可容纳摊位,经营时段", "甲,某路,20,06:00-09:00", "stall_places"),
        ("证号,店名,有效期至,经度,纬度", "1,甲,2027-01-01,116,40", "other"),
        ("围挡编号,项目名称,类别,批准时间,到期时间,经度,纬度", "1,甲,围挡,2026-01-01,2026-06-01,116,40", "other"),
        ("街道,管控等级", "甲路,示范路", "tier_list"),
        ("路名,起点,止点,路宽", "甲路,乙路,丙路,9", "widths"),
        ("社区,常住人口", "甲,1200", "population"),
    ],
)
def test_kinds_are_recognised_from_headers_and_cells(headers: str, row: str, kind: str) -> None:
    verdict = recognise(table(headers, row))
    assert (verdict.kind, verdict.sure) == (kind, True), verdict
    assert verdict.candidates[0]["columns"]
    assert set(verdict.candidates[0]["columns"]) <= set(headers.split(","))


def test_the_evidence_is_said_with_its_share() -> None:
    verdict = recognise(table("任务号,小类名称,处置截止时间", "1,店外经营,2026-01-01"))
    assert "小类名称" in verdict.text.en
    assert verdict.text.en.endswith("%")
    assert sum(each["share"] for each in verdict.candidates) <= 1.001


def test_the_name_of_a_file_alone_is_not_enough() -> None:
    assert not recognise(table("a,b", "1,2"), "投诉.csv").sure
