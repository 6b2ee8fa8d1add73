"""The tiers: their names, the words that mean them, and how a street's tier reaches its segments."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from geo.text import Text

TIER_COLUMNS: Final = ("tier", "tier_source", "tier_reason", "tier_confidence")

TIER_NAMES: Final[dict[str, Text]] = {
    "demonstration": Text("示范路", "demonstration road"),
    "secondary": Text("次干道", "secondary road"),
    "back_street": Text("背街小巷", "back street"),
    "unclassified": Text("不分级", "unclassified"),
}

TIER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "demonstration": ("示范路", "示范街", "示范道路", "示范", "严禁", "demonstration", "demonstration road"),
    "secondary": ("次干道", "次干路", "严控", "secondary", "secondary road"),
    "back_street": ("背街小巷", "背街", "小巷", "有序", "back_street", "back street", "back-street"),
}
"""What a list may call a tier; the first word is the tier's own."""

_WORD_TO_TIER = {word: tier for tier, words in TIER_WORDS.items() for word in words}


def spread_to_roads(roads: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `roads` with the `TIER_COLUMNS` of each segment's street."""
    position = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    tiers = pd.DataFrame(streets[list(TIER_COLUMNS)]).take(position).set_axis(roads.index)
    return roads.drop(columns=list(TIER_COLUMNS), errors="ignore").join(tiers)


def tier_of(word: str) -> str | None:
    """Return the tier that a Chinese or English word names, or None."""
    return _WORD_TO_TIER.get(word.strip().casefold())


def decision_reason(reason: str, by: str, at: pd.Timestamp) -> str:
    """Return what a manual tier's `tier_reason` says: the decision's reason, who and when."""
    return f"{reason}（{by}，{at:%Y-%m-%d %H:%M}）" if by else f"{reason}（{at:%Y-%m-%d %H:%M}）"
