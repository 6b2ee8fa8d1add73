"""Coded values in the reader's words."""

from __future__ import annotations

import pytest

from dashboards.session import wording
from geo.core.opening_hours import hours_parts


def test_hours_are_said_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"Mon–Fri": "周一至周五", "Sat, Sun": "周六、周日", "daily": "每天", "at all hours": "全时段"}
    monkeypatch.setattr(wording, "_", lambda text: words.get(text, text))
    said = wording.hours_name("Mo-Fr 07:00-09:00,17:00-22:00; Sa-Su 10:00-23:00")
    assert said == "周一至周五 07:00-09:00,17:00-22:00; 周六、周日 10:00-23:00"
    assert wording.hours_name("Mo-Su 17:00-22:00") == "每天 17:00-22:00"
    assert wording.hours_name("Mo 02:00-24:00; Tu-Fr 00:00-24:00") == "Mon 02:00-24:00; Tue–Fri 00:00-24:00"
    assert wording.hours_name("24/7") == "全时段"
    assert wording.hours_name("") == ""


def test_hours_in_parts() -> None:
    assert hours_parts("Mo-Fr 07:00-09:00; Sa-Su 10:00-23:00") == [
        ("Mo-Fr", "07:00-09:00"),
        ("Sa-Su", "10:00-23:00"),
    ]
    assert hours_parts("24/7") == [("24/7", "")]
    assert hours_parts("") == []
