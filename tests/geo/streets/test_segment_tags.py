"""What tags say of a segment: width, pavements, parking, cycle lanes, access."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.rules import Profile
from geo.streets.parking_tags import orientation_by_width
from geo.streets.roads import make_roads
from geo.streets.segment_tags import (
    highway_class,
    parse_width_m,
    with_access,
    with_cycleways,
    with_pavements,
)
from tests.support.ways import make_ways


@pytest.mark.parametrize(
    ("text", "width"),
    [("7", 7), ("7.5 m", 7.5), ("7,5", 7.5), ("24'", 7.3152), ("24'6\"", 7.4676), ("650 cm", 6.5), ("1000", np.nan),
     ("wide", np.nan), ("", np.nan), (None, np.nan), ("3;4", np.nan), ("-3", np.nan)],
)  # fmt: skip
def test_widths_are_read_as_mappers_write_them(text: str | None, width: float) -> None:
    np.testing.assert_allclose(parse_width_m(text), width)


def test_width_comes_from_the_tag_else_the_lanes_else_the_class(profile: Profile) -> None:
    tags = [
        {"highway": "primary", "width": "15", "lanes": "2"},
        {"highway": "primary", "lanes": "4"},
        {"highway": "primary_link", "oneway": "yes"},
        {"highway": "residential"},
    ]
    roads, _ = make_roads(make_ways([[(i, 0), (i, 1)] for i in range(4)], tags), profile, Path("test.osm"))
    assert roads["width_source"].tolist() == ["tag", "lanes", "default", "default"]
    one_way = profile["roads.width.default_one_way.primary"]
    two_way = profile["roads.width.default_two_way.residential"]
    assert roads["width_m"].tolist() == [15, 4 * profile["roads.width.lane.primary"], one_way, two_way]


def tagged(row: dict[str, object], *tags: str) -> gpd.GeoDataFrame:
    """Return one segment with some tags; the others of `tags` are missing."""
    return gpd.GeoDataFrame([{**dict.fromkeys(tags), "turned": False, **row}])


PAVEMENT = [f"sidewalk{side}{what}" for side in ("", ":both", ":left", ":right") for what in ("", ":width")]


@pytest.mark.parametrize(
    ("tags", "left", "right"),
    [
        ({"sidewalk": "both"}, None, None),
        ({"sidewalk": "left"}, None, 0),
        ({"sidewalk": "no"}, 0, 0),
        ({"sidewalk:both": "none"}, 0, 0),
        ({"sidewalk:both:width": "2.5"}, 2.5, 2.5),
        ({"sidewalk:left:width": "3 m", "sidewalk:right": "no"}, 3, 0),
        ({"sidewalk:left:width": "3", "sidewalk": "left", "turned": True}, 0, 3),
        ({"sidewalk": "separate"}, None, None),
    ],
)
def test_a_pavement_is_as_wide_as_a_tag_says_of_the_segments_own_sides(
    tags: dict[str, object], left: float | None, right: float | None
) -> None:
    found = with_pavements(tagged(tags, *PAVEMENT)).iloc[0]
    assert [
        None if np.isnan(found[f"pavement_{side}_m"]) else found[f"pavement_{side}_m"] for side in ("left", "right")
    ] == [
        left,
        right,
    ]


@pytest.mark.parametrize(
    ("tags", "left", "right"),
    [
        ({"cycleway": "lane"}, "lane", "lane"),
        ({"cycleway:both": "track"}, "track", "track"),
        ({"cycleway:left": "track", "cycleway:right": "no"}, "track", None),
        ({"cycleway:left": "no", "cycleway": "lane"}, None, "lane"),
        ({"cycleway:right": "lane", "turned": True}, "lane", None),
        ({"cycleway": "shared"}, None, None),
    ],
)
def test_cycle_lanes_lie_on_the_segments_own_sides(
    tags: dict[str, object], left: str | None, right: str | None
) -> None:
    found = with_cycleways(tagged(tags, *(f"cycleway{side}" for side in ("", ":both", ":left", ":right")))).iloc[0]
    assert (found["cycleway_left"], found["cycleway_right"]) == (left, right)


@pytest.mark.parametrize(
    ("tags", "drive", "walk"),
    [
        ({"highway": "residential"}, True, True),
        ({"highway": "motorway"}, True, False),
        ({"highway": "pedestrian"}, False, True),
        ({"highway": "residential", "access": "private"}, False, False),
        ({"highway": "residential", "access": "no", "foot": "yes"}, False, True),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, True, True),
        ({"highway": "residential", "foot": "no"}, True, False),
    ],
)
def test_the_tag_for_a_mode_beats_access_and_access_the_class(
    tags: dict[str, object], drive: bool, walk: bool, profile: Profile
) -> None:
    found = with_access(tagged(tags, "access", "motor_vehicle", "foot"), profile).iloc[0]
    assert (found["drive"], found["walk"]) == (drive, walk)


def test_parking_stands_as_its_width_says_and_a_link_is_of_its_roads_class(profile: Profile) -> None:
    rules = profile.changed({"mapped_parking.parallel_width": 2.5, "mapped_parking.diagonal_width": 4.5})
    found = orientation_by_width(np.array([np.nan, 2.0, 2.5, 4.0, 5.0]), rules)
    assert found.tolist() == ["parallel", "parallel", "parallel", "diagonal", "perpendicular"]
    assert highway_class(pd.Series(["primary_link", "primary", "service"])).tolist() == [
        "primary",
        "primary",
        "service",
    ]
