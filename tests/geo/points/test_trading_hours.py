"""Trading hours as offices write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.core.opening_hours import read_hours
from geo.points.trading_hours import hours_of, trading_hours
from geo.study.findings import Finding


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("06:00-09:00", "Mo-Su 06:00-09:00"),
        ("6：00—22：00", "Mo-Su 06:00-22:00"),
        ("早6点至晚10点半", "Mo-Su 06:00-22:30"),
        ("上午6:30-9:00、下午4:00-7:30", "Mo-Su 06:30-09:00,16:00-19:30"),
        ("上午11点到1点", "Mo-Su 11:00-13:00"),
        ("晚上8点到12点", "Mo-Su 20:00-24:00"),
        ("晚8点至次日凌晨2点", "Mo-Su 20:00-02:00"),
        ("周一至周五17:30-22:00，周末16:00-22:30", "Mo-Fr 17:30-22:00; Sa-Su 16:00-22:30"),
        ("周一至周日 06:00-10:00", "Mo-Su 06:00-10:00"),
        ("Mo-Fr 17:30-22:00; Sa-Su 16:00-22:30", "Mo-Fr 17:30-22:00; Sa-Su 16:00-22:30"),
        ("5:00 PM - 9:00 PM", "Mo-Su 17:00-21:00"),
        ("全天", "24/7"),
        ("whenever", None),
        ("25:00-26:00", None),
        ("9:00-9:00", None),
    ],
)
def test_hours_are_read(written: str, hours: str | None) -> None:
    assert hours_of(written) == hours
    if hours:
        assert read_hours(hours)


def test_hours_that_are_none_are_a_finding() -> None:
    findings: list[Finding] = []
    read = trading_hours(pd.Series(["06:00-09:00", "看天气", None], index=[2, 3, 4], dtype=object), findings)
    assert read.where(read.notna(), None).tolist() == ["Mo-Su 06:00-09:00", None, None]
    assert [(finding.row, finding.column) for finding in findings] == [(3, "hours")]
