"""A street's tier reaches all of its segments."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.tiers.columns import TIER_COLUMNS, decision_reason, spread_to_roads

LINE = shapely.LineString([(0, 0), (1, 1)])


def test_every_segment_has_the_tier_of_its_street() -> None:
    tiers = pd.DataFrame(
        [("secondary", "manual", "a", 1.0), ("back_street", "inferred", "b", 0.6)], columns=TIER_COLUMNS
    )
    streets = gpd.GeoDataFrame(tiers.assign(street_id=["s1", "s2"]), geometry=[LINE] * 2)
    roads = gpd.GeoDataFrame({"street_id": ["s2", "s1", "s2"], "tier": "old"}, geometry=[LINE] * 3, index=[5, 6, 7])
    found = spread_to_roads(roads, streets)
    assert found["tier"].tolist() == ["back_street", "secondary", "back_street"]
    assert found["tier_confidence"].tolist() == [0.6, 1.0, 0.6]
    assert found.index.tolist() == [5, 6, 7]
    assert roads["tier"].tolist() == ["old"] * 3


@pytest.mark.parametrize(("by", "text"), [("李", "夜市（李，2025-03-01 08:30）"), ("", "夜市（2025-03-01 08:30）")])
def test_a_reason_says_who_and_when(by: str, text: str) -> None:
    assert decision_reason("夜市", by, pd.Timestamp("2025-03-01 08:30")) == text
