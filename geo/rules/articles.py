"""Articles of law: the legal bases of zones, bays, penalty steps and categories of complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from geo.core.text import Language, pick
from geo.rules.units import STEPS

USES: Final = ("zone", "bay", "night_bay", *(f"step.{step}" for step in STEPS))
"""The results that an article may stand behind, besides `category.CODE` for a category of complaints."""

CATEGORY: Final = "category."


@dataclass(frozen=True)
class Article:
    """
    An article of a law, and the results that it stands behind.

    Attributes
    ----------
    law, article
        Both languages, as stored texts.
    says
        Its rule in short, in both languages.
    behind
        Some of `USES`, or `category.CODE`.
    since, until
        The first day on which it is in force and the first on which it is no more, in ISO 8601; empty for always.
    address, checked
        Where and when it was read.
    """

    law: str
    article: str
    says: str
    behind: tuple[str, ...]
    since: str = ""
    until: str = ""
    address: str = ""
    checked: str = ""

    def holds(self, day: dt.date | None) -> bool:
        """Tell whether it is in force on a day; without one, whether it has not ended."""
        if day is None:
            return not self.until
        return self.since <= day.isoformat() and (not self.until or day.isoformat() < self.until)


class ArticleDocument(TypedDict):
    """
    An article of law behind a zone, a bay, a penalty step or a category of complaints.

    Attributes
    ----------
    id
        Its name in the profile (`articles`).
    law
        The law, by language.
    article
        The article, by language.
    says
        Its rule in short, by language.
    behind
        The results that it stands behind: `zone`, `bay`, `night_bay`, `step.STEP`, `category.CODE`.
    since
        The day from which it is in force.
    until
        The day from which it is no more in force.
    address
        Where it was read.
    checked
        The day on which it was read there.
    """

    id: str
    law: dict[str, str]
    article: dict[str, str]
    says: dict[str, str]
    behind: list[str]
    since: str | None
    until: str | None
    address: str
    checked: str | None


def is_use(name: str) -> bool:
    """Tell whether an article may stand behind a result of this name."""
    return name in USES or (name.startswith(CATEGORY) and len(name) > len(CATEGORY))


def article_document(name: str, article: Article) -> ArticleDocument:
    """Return an article as plain values."""
    return {
        "id": name,
        "law": _both(article.law),
        "article": _both(article.article),
        "says": _both(article.says),
        "behind": list(article.behind),
        "since": article.since or None,
        "until": article.until or None,
        "address": article.address,
        "checked": article.checked or None,
    }


def article_names(articles: Mapping[str, Article], language: Language) -> str:
    """Return articles as one cites them, in one language."""
    colon, between = ("", "、") if language == "zh" else (", ", "; ")
    return between.join(
        f"{pick(each.law, language)}{colon}{pick(each.article, language)}" for each in articles.values()
    )


def articles_behind(articles: Mapping[str, Article], use: str, day: dt.date | None) -> dict[str, Article]:
    """Return the articles in force on a day that stand behind a use, by name."""
    return {name: article for name, article in articles.items() if use in article.behind and article.holds(day)}


def articles_group(use: str) -> str:
    """Return the group of rules that the articles behind a use are (`articles.step` of `step.warning`)."""
    return f"articles.{use.partition('.')[0]}"


def by_group(articles: Mapping[str, Article], day: dt.date | None) -> dict[str, list[list[str]]]:
    """Return the uses and names of the articles in force on a day, by the group of rules that they are."""
    uses = sorted({use for article in articles.values() for use in article.behind})
    found: dict[str, list[list[str]]] = {}
    for use in uses:
        found.setdefault(articles_group(use), []).append([use, *articles_behind(articles, use, day)])
    return found


def _both(text: str) -> dict[str, str]:
    return {"zh": pick(text, "zh"), "en": pick(text, "en")}
