"""Each category of complaints names the articles of law that it is about."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from geo.complaints.answer_documents import CategoryBasis
from geo.complaints.legal_bases import category_bases
from geo.rules import Profile, load_profile
from tests.support.documents import mismatches


def test_piled_goods_are_about_article_14_of_city_appearance(profile: Profile) -> None:
    complaints = pd.DataFrame({"category": ["piled_goods", "hoarding", "piled_goods", None, "own words"]})
    found = category_bases(complaints, profile)
    assert [(row["category"], row["complaints"]) for row in found] == [
        ("piled_goods", 2),
        ("hoarding", 1),
        ("own words", 1),
    ]
    assert [article["id"] for article in found[0]["basis"]] == ["appearance_14", "appearance_36"]
    assert [article["article"]["zh"] for article in found[1]["basis"]] == ["第十一条", "第三十六条"]
    assert found[2]["basis"] == []
    assert mismatches(found, list[CategoryBasis]) == []


def test_abroad_nothing_is_about_chinese_law() -> None:
    complaints = pd.DataFrame({"category": ["piled_goods"]})
    assert category_bases(complaints, load_profile("berlin"))[0]["basis"] == []


def test_a_study_with_rules_of_before_the_split_keeps_the_articles(profile: Profile) -> None:
    complaints = pd.DataFrame({"category": ["advertising", "works_hoarding", "hoarding"]})
    now = {row["category"]: [each["id"] for each in row["basis"]] for row in category_bases(complaints, profile)}
    assert now["advertising"] == now["hoarding"] == ["appearance_11", "appearance_36"]
    assert now["works_hoarding"] == ["appearance_16", "appearance_34"]
    articles = profile.articles
    old = {
        name: replace(each, behind=tuple(word.replace("advertising", "hoarding") for word in each.behind))
        for name, each in articles.items()
    }
    before = category_bases(complaints, replace(profile, articles=old))
    assert {row["category"]: [each["id"] for each in row["basis"]] for row in before}["advertising"] == now["hoarding"]
