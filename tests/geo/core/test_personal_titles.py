"""Personal titles: small cases by hand."""

from __future__ import annotations

from geo.core.personal_titles import before_titles, nicknames
from geo.core.segmented import Words


def test_small_cases() -> None:
    assert [*before_titles(Words("张先生反映"))] == [(0, 1)]
    assert [*before_titles(Words("高新区先生产后治理"))] == []
    assert [*nicknames(Words("老王家的狗"))] == [(0, 2)]
