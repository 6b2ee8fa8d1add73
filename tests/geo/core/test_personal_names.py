"""Personal names: small cases by hand."""

from __future__ import annotations

from geo.core.personal_names import names


def test_small_cases() -> None:
    assert names("来电人李建国来电称路灯不亮") == [(3, 6)]
    assert names("经营者范围广") == []
