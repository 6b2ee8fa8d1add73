"""The legal bases of complaints: the articles of law that each category is about."""

from __future__ import annotations

import pandas as pd

from geo.complaints.answer_documents import CategoryBasis
from geo.points.categories import SUCCESSORS
from geo.rules.articles import CATEGORY, Article
from geo.rules.documents import basis_document
from geo.rules.loader import Profile


def category_bases(complaints: pd.DataFrame, profile: Profile) -> list[CategoryBasis]:
    """
    Return the categories of complaints with the articles of law behind each, the most complaints first.

    Parameters
    ----------
    complaints
        `category`.
    profile
        Its articles.
    """
    counts = complaints["category"].value_counts()
    return [
        {
            "category": str(category),
            "complaints": int(count),
            "basis": basis_document(_basis(str(category), profile)),
        }
        for category, count in sorted(counts.items(), key=lambda row: (-row[1], str(row[0])))
    ]


def _basis(category: str, profile: Profile) -> dict[str, Article]:
    """Return the articles behind a category; a study's rules of before a category was split name the old one."""
    found = profile.basis(f"{CATEGORY}{category}")
    if found:
        return found
    others = [old for old, codes in SUCCESSORS.items() if category == codes[0]]
    others += SUCCESSORS.get(category, ())[:1]
    return next((basis for other in others if (basis := profile.basis(f"{CATEGORY}{other}"))), found)
