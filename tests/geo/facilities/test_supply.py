"""Facilities of the extract and of lists count once, with what each knows; doors, gates and barriers."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from geo.core.crs import WGS84
from geo.facilities.supply import Supply, supply
from geo.rules import Profile
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road


def facilities(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    made = [{**row, "geometry": degrees(shapely.Point(row.pop("x"), row.pop("y")))} for row in map(dict, rows)]
    return conform_geo(gpd.GeoDataFrame(made, geometry="geometry", crs=WGS84), "facilities")


def known(rows: list[dict[str, Any]], profile: Profile, areas: gpd.GeoDataFrame | None = None) -> Supply:
    layers = layers_of([road([(0, 0), (500, 0)])])
    ground = layers["facility_areas"] if areas is None else areas
    return supply("market", facilities(rows), ground, layers["parking"], CRS, profile)


def market(number: int, x: float, y: float = 20.0, **more: Any) -> dict[str, Any]:
    return {"facility_id": f"node/{number}", "kind": "market", "x": x, "y": y, "source": "OSM", **more}


def listed(number: int, x: float, y: float = 20.0, **more: Any) -> dict[str, Any]:
    given = {"facility_id": f"L{number}", "kind": "market", "source": "list.xlsx", "import_id": "I0001"}
    return {**given, "x": x, "y": y, **more}


def test_an_entry_of_a_list_near_a_mapped_market_is_that_market(profile: Profile) -> None:
    found = known(
        [market(1, 100, name="东风市场", hours="06:00-18:00"), listed(1, 140, name="东风农贸市场", capacity=80)],
        profile,
    ).table
    assert len(found) == 1
    row = found.iloc[0]
    assert row["facility_id"] == "node/1"
    assert (row["name"], row["capacity"], row["hours"]) == ("东风农贸市场", 80, "06:00-18:00")
    assert row["source"] == "list.xlsx + OSM"
    assert row["merged"] == "L1"


def test_names_that_differ_and_places_that_are_far_are_others(profile: Profile) -> None:
    rows = [market(1, 100, name="东关市场"), listed(1, 120, name="西关市场"), listed(2, 300)]
    assert len(known(rows, profile).table) == 3


def test_of_two_entries_the_nearer_is_the_mapped_one(profile: Profile) -> None:
    found = known([market(1, 100), listed(1, 130), listed(2, 110)], profile).table
    assert found["facility_id"].tolist() == ["node/1", "L1"]
    assert found["merged"].iloc[0] == "L2"


def test_a_point_within_an_area_of_its_kind_is_that_area_and_the_closed_do_not_count(profile: Profile) -> None:
    ground = degrees(shapely.box(80, 10, 140, 60))
    areas = gpd.GeoDataFrame({"facility_id": ["way/9"], "kind": ["market"]}, geometry=[ground], crs=WGS84)
    areas = conform_geo(areas.set_geometry([shapely.MultiPolygon([ground])]), "facility_areas")
    rows = [
        market(1, 100, capacity=40),
        {**market(9, 110, 35), "facility_id": "way/9"},
        market(2, 300, access="private"),
    ]
    found = known(rows, profile, areas)
    assert found.table["facility_id"].tolist() == ["way/9"]
    assert found.table["capacity"].tolist() == [40]
    assert shapely.get_dimensions(found.shapes).tolist() == [2]


def test_car_parks_of_the_parking_list_are_car_parks(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (500, 0)])])
    lot = {"parking_id": "P1", "kind": "off_street", "capacity": 90, "source": "lots.csv"}
    rows = gpd.GeoDataFrame([{**lot, "geometry": degrees(shapely.Point(200, 30))}], geometry="geometry", crs=WGS84)
    mapped = facilities([{**market(1, 210, 30), "kind": "parking", "capacity": 70}])
    found = supply("parking", mapped, layers["facility_areas"], conform_geo(rows, "parking"), CRS, profile).table
    assert found["facility_id"].tolist() == ["node/1"]
    assert found["capacity"].tolist() == [90], "the list's figure stands over the tag's"
