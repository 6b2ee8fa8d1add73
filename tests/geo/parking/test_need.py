"""Who looks for a parking space where, and which bays relieve that."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.network.graph import walking
from geo.parking.mapped import Mapped
from geo.parking.need import (
    Cells,
    WalkReach,
    at_night,
    demand,
    off_street,
    on_street,
    spaces_within,
    spread,
    within_walk,
)
from geo.rules import Profile
from geo.study.schema import conform, conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road


def streets() -> dict[str, gpd.GeoDataFrame]:
    """Two streets that meet at right angles, 594 m and 297 m long: cells of 99 m."""
    return layers_of([road([(0, 0), (594, 0)]), road([(594, 0), (594, 297)], street_id="s2")])


def cells_of(layers: dict[str, gpd.GeoDataFrame], at_most_m: float = 100.0) -> tuple[Cells, Any]:
    network = walking(layers["roads"], layers["paths"], CRS)
    return Cells(layers["roads"], network, at_most_m), network


def building(x: float, y: float, use: str, levels: float, size: float = 20.0) -> dict[str, Any]:
    square = shapely.box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    return {"kind": "building", "use": use, "levels": levels, "geometry": degrees(square)}


def complaint(number: int, at: str, offset: float, segment: str = "1-0", **more: Any) -> dict[str, Any]:
    given = {"category": "illegal_parking_motor", "segment_id": segment, "offset_m": offset, "received_at": at}
    return {"complaint_id": f"C{number}", **given, **more}


def complaints_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), "complaints")


def test_cars_at_buildings_and_complaints_belong_to_the_street_before_them(profile: Profile) -> None:
    layers = streets()
    cells, _ = cells_of(layers)
    rules = profile.changed({"need.own_space": 0.5})
    rows = [building(150, 30, "apartments", 6), building(450, 30, "office", 2), building(50, 20, "garage", 1)]
    context = conform_geo(gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84), "context")
    reports = complaints_of(
        [
            complaint(1, "2026-03-02T14:30:00Z", 310.0),  # half past ten at night in China
            complaint(2, "2026-03-02T02:00:00Z", 310.0),  # ten in the morning
            complaint(3, "2026-03-02T02:10:00Z", 312.0, duplicate_of="C2"),
            complaint(4, "2026-03-02T02:00:00Z", 310.0, category="noise"),
        ]
    )
    cars = demand(layers["roads"], cells, context, reports, CRS, rules, "Asia/Shanghai")
    # 400 m2 of six storeys: 2400 m2 x 0.7 a hundred, half of them without a space
    assert cars["night"][1] == pytest.approx(24 * 0.7 / 2, rel=0.01)
    assert cars["day"][1] == pytest.approx(24 * 0.3 / 2, rel=0.01)
    assert cars["day"][4] == pytest.approx(8 * 0.8 / 2, rel=0.01)
    assert (cars["day"][3], cars["night"][3]) == (1.0, 1.0)
    assert cars["night"][0] == 0, "nobody parks because of a garage"


def test_the_night_runs_past_midnight(profile: Profile) -> None:
    times = pd.to_datetime(pd.Series(["2026-03-01T23:30:00Z", "2026-03-02T11:59:00Z", "2026-03-02T12:00:00Z"]))
    # 07:30, 19:59 and 20:00 on the study's clock
    assert at_night(times, profile, "Asia/Shanghai").tolist() == [False, False, True]
    assert at_night(pd.Series(pd.to_datetime([None], utc=True)), profile, "Asia/Shanghai").tolist() == [False]


def test_a_car_park_without_a_capacity_is_counted_by_its_area(profile: Profile) -> None:
    layers = layers_of(
        [road([(0, 0), (600, 0)])],
        [
            {"kind": "parking", "x": 100, "y": 30, "size_m": 28.2},
            {"kind": "parking", "x": 200, "y": 30, "capacity": 55, "size_m": 28.0},
            {"kind": "parking", "x": 300, "y": 30},
            {"kind": "parking", "x": 400, "y": 30, "size_m": 100.0},
        ],
    )
    facilities = layers["facilities"].assign(access=[None, "customers", None, "private"])
    _, network = cells_of(layers)
    listed = conform_geo(
        gpd.GeoDataFrame(
            [{"kind": "off_street", "capacity": 12, "night_only": True, "geometry": degrees(shapely.Point(10, 9))}],
            geometry="geometry",
            crs=WGS84,
        ),
        "parking",
    )
    found = off_street(facilities, layers["facility_areas"], listed, network, CRS, profile)
    assert found.spaces["night"].tolist() == [28.0, 55.0, 20.0, 12.0]
    assert found.spaces["day"].tolist() == [28.0, 55.0, 20.0, 0.0]


def test_parking_along_a_whole_side_is_spread_over_it() -> None:
    layers = streets()
    cells, _ = cells_of(layers)
    none = np.zeros(1, dtype=bool)
    side = Mapped(np.array([0]), np.zeros(1), np.array([594.0]), ~none, none, np.array([60.0]), np.ones(4, dtype=bool))
    found = on_street(side, layers["parking"], cells)
    assert found["day"][:6] == pytest.approx(np.full(6, 10.0), abs=1e-6)
    assert spread(np.zeros(1), np.zeros(1), np.ones(1))[0][1].tolist() == [1.0]


def test_only_places_within_the_walk_count() -> None:
    layers = streets()
    cells, network = cells_of(layers)
    every = np.arange(len(cells))
    reach = within_walk(network, cells, cells.positions(np.array([0])), every, 300.0)
    assert reach.cell.tolist() == [0, 1, 2, 3], "the middles of pieces of 99 m"
    assert reach.walk_m == pytest.approx([0, 99, 198, 297], abs=0.1)


def test_spaces_are_shared_among_the_cars_within_a_walk() -> None:
    # place 0 is near to cells 0 and 1, place 1 to cell 1 only
    reach = WalkReach(np.array([0, 0, 1]), np.array([0, 1, 1]), np.zeros(3))
    found = spaces_within(reach, np.array([10.0, 6.0]), np.array([10.0, 30.0, 5.0]))
    # ten spaces among forty cars, six among thirty
    assert found == pytest.approx([10 * 0.25, 30 * (0.25 + 0.2), 0.0])
