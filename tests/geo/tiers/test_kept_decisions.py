"""A decision is put back on its street after a rebuild: by id and name, else by name near its place."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.rules import Profile
from geo.study.schema import conform
from geo.tiers.kept_decisions import reapply
from tests.support.ways import ANYANG


def streets(**names: str) -> gpd.GeoDataFrame:
    """Return streets 900 m long, 1.1 km apart from south to north, by id."""
    lines = [shapely.LineString([(114.30, 36.0 + 0.01 * i), (114.31, 36.0 + 0.01 * i)]) for i in range(len(names))]
    table: dict[str, object] = {
        "street_id": list(names),
        "name": list(names.values()),
        "aliases": None,
        "tier": "back_street",
    }
    table |= {"tier_source": "inferred", "tier_reason": "", "tier_confidence": 0.5}
    return gpd.GeoDataFrame(table, geometry=lines, crs=WGS84)


def decided(street: str, name: str, lat: float = 36.0) -> pd.DataFrame:
    row: dict[str, object] = {
        "decision_id": "D0001",
        "kind": "tier",
        "at": pd.Timestamp("2025-03-01 08:30", tz="UTC"),
        "by": "李",
    }
    row |= {"subject": street, "subject_name": name, "after": "secondary", "reason": "夜市", "lon": 114.305, "lat": lat}
    return conform(pd.DataFrame([{**row, "street_id": street}]), "decisions")


@pytest.mark.parametrize(
    ("built", "decision", "where"),
    [
        (streets(s1="甲路", s2="乙路"), decided("s1", "甲路"), "s1"),
        (streets(s9="甲路", s2="乙路"), decided("s1", "甲路"), "s9"),  # the street has another id now
        (streets(s1="新名", s2="乙路"), decided("s1", "甲路"), "s1"),  # the street was renamed
    ],
)
def test_a_decision_is_found_again(
    built: gpd.GeoDataFrame, decision: pd.DataFrame, where: str, profile: Profile
) -> None:
    found = reapply(built, built, decision, {}, ANYANG, profile)
    tiers = found.streets.set_index("street_id")["tier"]
    assert tiers[where] == "secondary"
    assert (tiers.drop(where) == "back_street").all()
    assert found.decisions["street_id"].tolist() == [where]
    assert found.findings.empty
    assert built["tier"].eq("back_street").all()


def test_a_decision_whose_street_is_gone_is_a_finding_and_stays(profile: Profile) -> None:
    built = streets(s2="乙路")
    found = reapply(built, built, decided("s1", "甲路"), {}, ANYANG, profile)
    assert found.streets["tier"].tolist() == ["back_street"]
    assert len(found.decisions) == 1
    assert "D0001" in found.findings["problem"].iloc[0]
