"""The words for tiers and kinds, in lists as offices write them."""

from __future__ import annotations

import pytest

from geo.core.vocabulary import KIND_NAMES, KINDS, TIER_NAMES, TIER_WORDS, tier_of
from geo.study.schema import GRADED, TIERS


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ("示范路", "demonstration"),
        (" 严禁 ", "demonstration"),
        ("次干道", "secondary"),
        ("Secondary Road", "secondary"),
        ("背街小巷", "back_street"),
        ("BACK STREET", "back_street"),
        ("一般道路", None),
        ("", None),
    ],
)
def test_a_tier_is_known_by_its_words(word: str, tier: str | None) -> None:
    assert tier_of(word) == tier


def test_every_tier_and_kind_has_a_name_in_both_languages_and_no_word_means_two() -> None:
    assert tuple(TIER_NAMES) == TIERS
    assert tuple(TIER_WORDS) == GRADED
    assert tuple(KIND_NAMES) == KINDS
    assert all(name.zh and name.en for name in (*TIER_NAMES.values(), *KIND_NAMES.values()))
    every = [word for words in TIER_WORDS.values() for word in words]
    assert len(every) == len(set(every))
    assert all(tier_of(TIER_NAMES[tier].zh) == tier == tier_of(TIER_NAMES[tier].en) for tier in GRADED)
