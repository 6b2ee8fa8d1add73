"""A point belongs to the street that a person would name, on the side where it stands."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.rules import Profile
from geo.streets.locating import count_per_street, locate, street_of
from tests.support.drawn import CRS, degrees, road, roads_layer

ROADS = roads_layer(
    [
        road([(0, 0), (200, 0)]),
        road([(0, 60), (200, 60)], street_id="s2"),
        road([(100, 0), (100, 30)], street_id="s3", highway="service"),
    ]
)


def at(*places: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[degrees(shapely.Point(*place)) for place in places], crs=WGS84)


@pytest.mark.parametrize(
    ("place", "segment", "side", "offset", "distance"),
    [
        ((50, 8), "1-0", "left", 50, 8),
        ((50, -8), "1-0", "right", 50, 8),
        ((150, 52), "2-0", "right", 150, 8),
        ((-3, 4), "1-0", "left", 0, 5),
        ((203, -4), "1-0", "right", 200, 5),
    ],
)
def test_a_point_is_located_on_its_side_of_the_nearest_street(
    place: tuple[float, float], segment: str, side: str, offset: float, distance: float, profile: Profile
) -> None:
    found = locate(at(place), ROADS, CRS, profile).iloc[0]
    assert (found["segment_id"], found["side"]) == (segment, side)
    assert found["offset_m"] == pytest.approx(offset, abs=0.05)
    assert found["distance_m"] == pytest.approx(distance, abs=0.05)


def test_what_is_beside_a_car_parks_entrance_happened_on_the_street(profile: Profile) -> None:
    # 4 m from the service way and 8 m from the street: the street, unless the rule says otherwise
    near, plainly = (
        locate(at((104, 8)), ROADS, CRS, profile.changed({"points.service_way": metres})).iloc[0]
        for metres in (10.0, 0.0)
    )
    assert (near["segment_id"], plainly["segment_id"]) == ("1-0", "3-0")


def test_a_point_between_two_streets_is_ambiguous(profile: Profile) -> None:
    rules = profile.changed({"points.ambiguous_within": 3.0})
    found = locate(at((30, 29), (30, 27)), ROADS, CRS, rules)
    assert found["segment_id"].tolist() == ["1-0", "1-0"]
    assert found["ambiguous"].tolist() == [True, False], "29 and 31 m, 27 and 33 m away"


def test_the_carriageways_of_one_street_make_nothing_ambiguous(profile: Profile) -> None:
    dual = roads_layer([road([(0, 0), (200, 0)]), road([(200, 12), (0, 12)])])
    found = locate(at((50, 6.1)), dual, CRS, profile.changed({"points.ambiguous_within": 3.0})).iloc[0]
    assert (found["segment_id"], found["side"], found["ambiguous"]) == ("2-0", "left", False)


def test_counts_are_by_street(profile: Profile) -> None:
    found = locate(at((50, 8), (60, -8), (150, 52)), ROADS, CRS, profile)
    assert street_of(found, ROADS).tolist() == ["s1", "s1", "s2"]
    counts = count_per_street(found, ROADS, pd.Series(["s2", "s1", "s3"]))
    assert counts.tolist() == [1, 2, 0]


def test_no_points_are_no_rows(profile: Profile) -> None:
    assert locate(at(), ROADS, CRS, profile).empty
