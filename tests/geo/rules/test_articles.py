"""Articles of law stand behind zones, bays, penalty steps and categories of complaints."""

from __future__ import annotations

import datetime as dt

import pytest

from geo.points.categories import CATEGORIES
from geo.rules import PROFILES, Profile, load_profile
from geo.rules.articles import CATEGORY


def test_every_result_of_the_profile_china_has_its_articles(profile: Profile) -> None:
    assert list(profile.basis("zone")) == ["unlicensed_3"]
    assert list(profile.basis("night_bay")) == ["traffic_33", "traffic_63"]
    assert list(profile.basis("step.guidance")) == ["unlicensed_10", "penalties_33"]
    for use in ("bay", *(f"step.{step}" for step in ("warning", "light_penalty", "strict"))):
        assert profile.basis(use), use
    assert list(profile.basis("category.piled_goods")) == ["appearance_14", "appearance_36"]
    for article in profile.articles.values():
        assert article.address
        assert article.checked
        for use in article.behind:
            assert not use.startswith(CATEGORY) or use.removeprefix(CATEGORY) in CATEGORIES


def test_an_article_stands_behind_nothing_before_it_is_in_force(profile: Profile) -> None:
    """State Council Order 684 is in force since 1 October 2017."""
    assert not profile.on(dt.date(2017, 9, 30)).basis("zone")
    assert profile.on(dt.date(2017, 10, 1)).basis("zone")


@pytest.mark.parametrize("name", [name for name in PROFILES if name in ("nyc", "berlin")])
def test_chinese_law_stands_behind_nothing_abroad(name: str) -> None:
    assert not load_profile(name).articles
