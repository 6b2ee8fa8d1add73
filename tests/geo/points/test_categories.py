"""Every code has a name in both languages, and every name stands for one code."""

from __future__ import annotations

import pytest

from geo.points.categories import CATEGORIES, CODE_OF


@pytest.mark.parametrize("code", CATEGORIES)
def test_every_code_is_found_by_itself_and_by_both_names(code: str) -> None:
    name = CATEGORIES[code]
    assert name.zh
    assert name.en
    assert {CODE_OF[word] for word in (code, name.zh, name.en)} == {code}


def test_words_of_the_hotline_are_known() -> None:
    assert CODE_OF["流动摊贩"] == "unlicensed_stall"
    assert set(CODE_OF.values()) == set(CATEGORIES)
