"""Plans of drawn streets with quarters, stalls and places of a city's own."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from geo.core.crs import WGS84
from geo.kerbs.ground import KerbGround
from geo.points.stretches import located_shapes
from geo.rules import Profile
from geo.stalls.demand import Demand
from geo.stalls.plan import Plan
from geo.stalls.planning import make_plan
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road

MAIN_ROAD = {"tier": "demonstration", "highway": "primary", "width_m": 12.0}


def places_of(*rows: tuple[shapely.Geometry, dict[str, Any]]) -> gpd.GeoDataFrame:
    table = [{"place_id": f"P{number + 1}", **columns} for number, (_, columns) in enumerate(rows)]
    shapes = [degrees(shape) for shape, _ in rows]
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "stall_places")


def stalls_at(xs: list[float], goods: str = "水果", y: float = 6.0) -> gpd.GeoDataFrame:
    table = {
        "stall_id": [f"T{number}" for number in range(len(xs))],
        "goods": goods,
        "segment_id": "1-0",
        "side": "left",
        "offset_m": xs,
        "distance_m": y,
        "offences": 0,
    }
    shapes = [degrees(shapely.Point(x, y)) for x in xs]
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "stalls")


def plan_with(
    profile: Profile,
    places: gpd.GeoDataFrame,
    stalls: gpd.GeoDataFrame,
    rows: list[dict[str, Any]] | None = None,
    things: list[dict[str, Any]] | None = None,
) -> tuple[Plan, dict[str, gpd.GeoDataFrame]]:
    layers = layers_of(rows or [road([(0, 0), (200, 0)], **MAIN_ROAD)], things or [])
    ground = KerbGround.of(layers, CRS, profile)
    located = conform_geo(located_shapes(places, layers["roads"], CRS, profile), "stall_places")
    quarters = conform_geo(gpd.GeoDataFrame(geometry=[], crs=WGS84), "quarters")
    return make_plan(ground, profile, demand=Demand(quarters, stalls, located)), layers


def quarters_of(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    shapes = [shapely.MultiPolygon([degrees(shapely.box(*box))]) for box in boxes]
    ids = [f"Q{number + 1:03d}" for number in range(len(boxes))]
    table = gpd.GeoDataFrame({"quarter_id": ids, "name": None, "source": "test"}, geometry=shapes, crs=WGS84)
    return conform_geo(table, "quarters")


def stalls_of(*places: tuple[float, float], segment: str = "1-0") -> gpd.GeoDataFrame:
    shapes = [degrees(shapely.Point(*place)) for place in places]
    table = {
        "stall_id": [f"T{number}" for number in range(len(places))],
        "segment_id": segment,
        "side": ["left" if y > 0 else "right" for _, y in places],
        "offset_m": [x for x, _ in places],
        "distance_m": [abs(y) for _, y in places],
    }
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84), "stalls")
