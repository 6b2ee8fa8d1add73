"""Articles of law stand behind zones, bays, penalty steps and categories of complaints."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geo.core.errors import RuleError
from geo.points.categories import CATEGORIES
from geo.rules import PROFILES, Profile, load_profile, profile_from_json
from geo.rules.articles import CATEGORY

NOTICE = """articles:
  our_notice:
    law: 某市摊点管理办法
    article: {zh: 第五条, en: Art. 5}
    says: {zh: 疏导点由区政府公布, en: The district publishes zones}
    behind: [zone]
    since: 2025-05-01
"""


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


def test_a_city_adds_its_notice_and_takes_others_out(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(NOTICE + "  traffic_63: null\n", encoding="utf-8")
    own = load_profile(str(file), dt.date(2025, 5, 1))
    assert list(own.basis("zone")) == ["unlicensed_3", "our_notice"]
    assert list(own.basis("bay")) == ["traffic_33"]
    assert list(own.on(dt.date(2025, 4, 30)).basis("zone")) == ["unlicensed_3"]
    assert profile_from_json(own.to_json()).articles == own.articles
    file.write_text("keep_articles: false\n" + NOTICE, encoding="utf-8")
    assert list(load_profile(str(file)).articles) == ["our_notice"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("articles: [a]", "articles"),
        ("articles:\n  a: 3", "articles.a"),
        ("articles:\n  a: {law: a, article: b, says: c}", "articles.a"),
        ("articles:\n  a: {law: a, article: b, says: c, behind: [moon]}", "articles.a.behind"),
        ("articles:\n  a: {law: a, article: b, says: c, behind: []}", "articles.a.behind"),
        ("articles:\n  a: {law: a, article: b, says: c, behind: zone}", "articles.a.behind"),
        ("articles:\n  a: {law: a, article: b, says: c, behind: [zone], since: soon}", "articles.a.since"),
        ("articles:\n  a: {law: [a], article: b, says: c, behind: [zone]}", "articles.a.law"),
        ("keep_articles: perhaps", "keep_articles"),
    ],
)
def test_impossible_articles_are_refused_with_line_and_path(text: str, path: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"# ours\n{text}\n", encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        load_profile(str(file))
    assert refused.value.path == path
    assert refused.value.line == (3 if "\n" in text else 2)
