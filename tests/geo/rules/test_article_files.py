"""Articles of law are read from rule files, and what is no article is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geo.core.errors import RuleError
from geo.rules import load_profile, profile_from_json

NOTICE = """articles:
  our_notice:
    law: 某市摊点管理办法
    article: {zh: 第五条, en: Art. 5}
    says: {zh: 疏导点由区政府公布, en: The district publishes zones}
    behind: [zone]
    since: 2025-05-01
"""


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
