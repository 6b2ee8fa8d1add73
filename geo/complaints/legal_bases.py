"""The legal bases of complaints: the articles of law that each category is about."""

from __future__ import annotations

import pandas as pd

from geo.complaints.answer_documents import CategoryBasis
from geo.rules.articles import CATEGORY
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
            "basis": basis_document(profile.basis(f"{CATEGORY}{category}")),
        }
        for category, count in sorted(counts.items(), key=lambda row: (-row[1], str(row[0])))
    ]
