"""Cells are cleaned as a careful clerk would; nothing doubtful passes in silence."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84, metric_crs
from geo.points.categories import CATEGORIES, CODE_OF
from geo.points.cleaning import coded, duplicates, identifiers, numbers, order_of_times, times
from geo.points.options import DateColumns
from geo.study.findings import Finding


@pytest.mark.parametrize(
    "text", ["2025-03-01 08:30", "2025/3/1 8:30", "2025年3月1日上午8时30分", "2025年03月01日 08:30", "20250301083000",
    "2025-03-01T00:30:00Z",
     "2025-03-01T08:30:00+08:00", "45717.354166666664", "２０２５年３月１日８点３０分"],
)  # fmt: skip
def test_one_moment_in_many_hands(text: str) -> None:
    findings: list[Finding] = []
    found = times(pd.Series([text], dtype=object), "received_at", findings, DateColumns("Asia/Shanghai"))
    assert found.iloc[0] == pd.Timestamp("2025-03-01 08:30", tz="Asia/Shanghai")
    assert findings == []


@pytest.mark.parametrize(
    ("text", "says"),
    [("soon", "can be read"), ("2025-13-45", "can be read"), ("1850-01-01", "plausible"), ("2090-01-01", "plausible")],
)
def test_impossible_times_are_findings(text: str, says: str) -> None:
    findings: list[Finding] = []
    times(pd.Series([text], index=[7], dtype=object), "received_at", findings, DateColumns("Asia/Shanghai"))
    assert [(f.row, says in f.problem.en) for f in findings] == [(7, True)]


def test_closed_before_received_is_doubted_and_kept() -> None:
    findings: list[Finding] = []
    stamps = pd.to_datetime(["2025-03-02", "2025-03-01"], utc=True)
    order_of_times(pd.DataFrame({"received_at": stamps, "closed_at": stamps[::-1]}, index=[2, 3]), findings)
    assert [f.row for f in findings] == [2]


def test_numbers_as_people_write_them() -> None:
    findings: list[Finding] = []
    found = numbers(
        pd.Series(["12", "1,200", "3.5 平方米", "１２", "-4", "many", None, "1e300"], dtype=object), "area_m2", findings
    )
    assert found.tolist()[:4] == [12, 1200, 3.5, 12]
    assert found.isna().tolist() == [False] * 4 + [True] * 4
    assert len(findings) == 3


def test_categories_are_known_by_all_their_names_and_unknown_ones_stay() -> None:
    words = pd.Series(["流动摊贩", "跨门营业", "机动车 违停", "Open-air barbecue", "外星人", None], dtype=object)
    assert coded(words, CODE_OF).tolist() == [
        "unlicensed_stall", "outside_trading", "illegal_parking_motor", "open_air_barbecue", "外星人", None
    ]  # fmt: skip
    assert set(CODE_OF.values()) == set(CATEGORIES)


def test_repeated_reports_of_one_event_are_linked_to_the_first() -> None:
    at = pd.to_datetime(
        ["2025-03-01 09:00", "2025-03-01 08:00", "2025-03-02 20:00", "2025-03-01 08:30", "2025-03-01 08:10", None],
        utc=True,
    )
    step = 0.0002  # about twenty metres
    points = gpd.GeoDataFrame(
        {
            "complaint_id": list("abcdef"),
            "category": ["x", "x", "x", "y", "x", "x"],
            "received_at": at,
        },
        geometry=[shapely.Point(114.3 + step * i, 36.0) for i in (0, 1, 0, 0, 40, 0)],
        crs=WGS84,
    )
    found = duplicates(points, metric_crs(114, 35, 115, 36), 50, 24)
    assert found.where(found.notna(), None).tolist() == ["b", None, None, None, None, None]


def test_identifiers_are_told_apart() -> None:
    findings: list[Finding] = []
    found = identifiers(pd.Series(["1", None, "1"], index=[2, 3, 4], dtype=object), "id", findings)
    assert found.tolist() == ["1", "row-3", "1-row-4"]
    assert [f.row for f in findings] == [4]
