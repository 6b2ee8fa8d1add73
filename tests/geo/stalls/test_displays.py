"""Displays outside shops: each along the front of its own building."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.rules import Profile
from geo.stalls.displays import shop_displays
from tests.support.drawn import degrees, layers_of, road
from tests.support.plans import plan_for


def test_shops_of_one_building_share_its_front(profile: Profile) -> None:
    shops = [{"kind": "shop", "x": 45.0, "y": 8.0}, {"kind": "shop", "x": 55.0, "y": 8.0}]
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], shops)
    house = degrees(shapely.box(40, 6.5, 60, 20))
    layers["context"] = gpd.GeoDataFrame({"kind": ["building"], "name": [None]}, geometry=[house], crs=WGS84)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays["frontage_m"].tolist() == pytest.approx([10, 10], abs=0.05)
    assert displays["length_m"].tolist() == pytest.approx([8, 8], abs=0.05)
    assert displays["depth_m"].tolist() == [1.0, 1.0]
    assert set(displays["hours"]) == {"Mo-Su 07:00-22:00"}


def test_a_long_building_is_not_one_shops_front(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], [{"kind": "shop", "x": 45.0, "y": 8.0}])
    house = degrees(shapely.box(10, 6.5, 90, 20))
    layers["context"] = gpd.GeoDataFrame({"kind": ["building"], "name": [None]}, geometry=[house], crs=WGS84)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays["frontage_m"].tolist() == [profile["display.frontage_at_most"]]


def test_a_display_gives_way_to_a_crossing(profile: Profile) -> None:
    things = [{"kind": "shop", "x": 50.0, "y": 8.0}, {"kind": "crossing", "x": 50.0, "y": 0.0}]
    layers = layers_of([road([(0, 0), (100, 0)], pavement_m=2.5)], things)
    displays = shop_displays(plan_for(layers, profile, "display"), layers["facilities"], layers["context"])
    assert displays[["length_m", "depth_m"]].to_numpy().tolist() == [[0.0, 0.0]]
