"""Words for categories of complaints that no table knows."""

from __future__ import annotations

from typing import Final, TypedDict

import pandas as pd

from geo.core.text import Text
from geo.points.categories import CATEGORIES
from geo.study.findings import Finding

_NAMED: Final = 20
"""Words that a finding names; the document of an import has all."""


class Unmapped(TypedDict):
    """
    A word for a category that no table knows.

    Attributes
    ----------
    word
        The word, as the file writes it.
    count
        Complaints with it.
    """

    word: str
    count: int


def unmapped(categories: pd.Series) -> list[Unmapped]:
    """Return the words among coded categories that stand for none, the most frequent first."""
    counts = categories.dropna().value_counts()
    counts = counts[~counts.index.isin(list(CATEGORIES))]
    rows = sorted(counts.items(), key=lambda row: (-row[1], str(row[0])))
    return [{"word": str(word), "count": int(count)} for word, count in rows]


def unmapped_findings(categories: pd.Series) -> list[Finding]:
    """Return one finding on the words that stand for no category, none where all do."""
    words = unmapped(categories)
    if not words:
        return []
    named = [f"{row['word']} ({row['count']})" for row in words[:_NAMED]]
    more = len(words) - len(named)
    zh = "、".join(named) + (f" 等 {len(words)} 个" if more else "")
    en = ", ".join(named) + (f" and {more} more" if more else "")
    return [
        Finding(
            None,
            "category",
            Text(f"类别表中没有这些类别：{zh}", f"The table of categories does not know: {en}"),
            Text(
                "按原文保留；可用 --categories 文件（原词,类别）对应",
                "They are kept as written; map them with --categories FILE (word, category)",
            ),
        )
    ]
