"""Facilities, ground and house numbers of an extract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geo.rules import Profile
from geo.streets.features import read_features
from tests.support.extracts import grid, write_osm


def test_facilities_are_points_on_their_area_and_ground_is_drawn(
    shared: Callable[[str], Path], profile: Profile
) -> None:
    facilities, areas, context, addresses = read_features(
        shared("beijing_wudaokou.osm.pbf"), profile.group("facilities.kinds"), profile.group("context.kinds")
    )
    counts = facilities["kind"].value_counts()
    assert (counts["market"], counts["shop"], counts["parking"], counts["bus_stop"]) == (2, 63, 19, 24)
    assert set(facilities.geom_type) == {"Point"}
    assert facilities["facility_id"].is_unique
    assert set(areas["facility_id"]) <= set(facilities["facility_id"])
    assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}
    assert {"school", "hospital"} <= set(areas["kind"])
    assert set(addresses.geom_type) <= {"Point"}
    assert {"building", "green", "water", "rail"} <= set(context["kind"])


def test_gates_are_read_where_they_are_locked(tmp_path: Path, profile: Profile) -> None:
    nodes = grid(3)
    tags = {
        2: {"barrier": "gate", "access": "no"},
        3: {"barrier": "gate", "access": "private"},
        4: {"barrier": "gate", "locked": "yes"},
        5: {"barrier": "gate", "access": "no", "foot": "yes"},
        6: {"barrier": "gate"},
    }
    file = write_osm(tmp_path / "gates.osm", nodes, [(1, list(nodes), {"highway": "residential"})], tags)
    found = read_features(file, profile.group("facilities.kinds"), profile.group("context.kinds")).facilities
    assert found["facility_id"].tolist() == ["node/2", "node/4"], "residents go through a private gate"
    assert set(found["kind"]) == {"closed_gate"}
