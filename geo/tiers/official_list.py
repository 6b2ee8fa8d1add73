"""The city's official list of graded streets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from geo.core.text import Text
from geo.core.vocabulary import TIER_WORDS, tier_of
from geo.streets.street_lists import ListKind, StreetList, read_list

LIST_COLUMNS: Final = ("name", "tier", "from", "to", "row")


def _unknown_tier(word: str) -> tuple[Text, Text]:
    tiers = "、".join(words[0] for words in TIER_WORDS.values())
    return (
        Text(f"未知等级“{word}”", f"Unknown tier “{word}”"),
        Text(f"该行未采用；请改为 {tiers}", f"The row was left out; write one of {', '.join(TIER_WORDS)}"),
    )


TIERS_OF_STREETS: Final = ListKind(
    "tier",
    (
        *("level", "class", "等级", "道路等级", "街道等级", "街路等级", "管理等级", "管控等级", "分级", "道路分级"),
        *("类别", "道路类别", "街道类别", "级别", "道路级别", "类型", "道路类型"),
    ),
    Text("等级", "tier"),
    tier_of,
    _unknown_tier,
    "streets",
)


def read_tier_list(path: Path | str, sheets: Sequence[str] = ()) -> StreetList:
    """
    Read the city's list of graded streets: names, and tiers in Chinese (示范路, 次干道, 背街小巷) or English.

    Its rows have `LIST_COLUMNS`. Sections and errors are those of `geo.streets.street_lists.read_list`.
    """
    return read_list(path, TIERS_OF_STREETS, sheets)
