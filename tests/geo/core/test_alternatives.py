"""Alternatives: small cases by hand."""

from __future__ import annotations

import re

from geo.core.alternatives import any_of

WORDS = ["市", "市民", "市民代表", "投诉人", "投诉者", "(a)", "老"]


def test_the_longest_word_is_matched() -> None:
    pattern = re.compile(any_of(WORDS))
    found = [match.group() for match in pattern.finditer("市民代和投诉者、市民代表(a)老")]
    assert found == ["市民", "投诉者", "市民代表", "(a)", "老"]


def test_words_with_the_same_beginning_share_it() -> None:
    assert any_of(["市", "市民"]) == "市(?:民)?"
    assert any_of(["市"]) == "市"
