"""The columns of a tier, and how a street's tier reaches its segments."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

TIER_COLUMNS: Final = ("tier", "tier_source", "tier_reason", "tier_confidence")


def spread_to_roads(roads: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `roads` with the `TIER_COLUMNS` of each segment's street."""
    position = pd.Index(streets["street_id"]).get_indexer(pd.Index(roads["street_id"]))
    tiers = pd.DataFrame(streets[list(TIER_COLUMNS)]).take(position).set_axis(roads.index)
    return roads.drop(columns=list(TIER_COLUMNS), errors="ignore").join(tiers)


def decision_reason(reason: str, by: str, at: pd.Timestamp) -> str:
    """Return the `tier_reason` of a manual tier: the decision's reason, who and when."""
    return f"{reason}（{by}，{at:%Y-%m-%d %H:%M}）" if by else f"{reason}（{at:%Y-%m-%d %H:%M}）"
