"""Streets in tiles: all of them, by tier, with one continuous line for each name."""

from __future__ import annotations

import geopandas as gpd
import shapely

from layers import palette, streets
from layers.map_layer import MAX_ZOOM


def table() -> gpd.GeoDataFrame:
    lines = [shapely.LineString([(x, 0), (x + 1, 0)]) for x in range(3)]
    shapes = [shapely.MultiLineString(lines[:2]), shapely.MultiLineString([lines[2]]), shapely.MultiLineString(lines)]
    return gpd.GeoDataFrame(
        {
            "street_id": ["s1", "s2", "s3"],
            "tier": ["back_street", "demonstration", "unclassified"],
            "highway": ["residential", "primary_link", "service"],
            "name": ["南大街", None, ""],
        },
        geometry=shapes,
        crs=4326,
    )


def test_main_streets_are_apart_from_those_that_are_seen_when_near() -> None:
    cut = streets.tile_layers(table())
    assert cut["major"].input["s"].tolist() == ["s2"]
    assert cut["minor"].input["s"].tolist() == ["s1", "s3"]
    assert cut["major"].min_zoom is None
    assert cut["minor"].min_zoom == 11
    assert cut["minor"].input["t"].tolist() == [2, 3], "tiers are numbered from the strictest"


def test_only_named_streets_have_labels_along_joined_lines() -> None:
    names = streets.tile_layers(table())["names"].input
    assert names["n"].tolist() == ["南大街"]
    assert names.geometry.iloc[0].equals(shapely.LineString([(0, 0), (1, 0), (2, 0)]))


def test_arrows_are_in_the_nearest_tiles_of_oneway_segments_alone() -> None:
    roads = gpd.GeoDataFrame(
        {"oneway": [True, False]}, geometry=[shapely.LineString([(0, 0), (i + 1, 1)]) for i in range(2)], crs=4326
    )
    (arrows,) = streets.oneway_tiles(roads).values()
    assert arrows.min_zoom == MAX_ZOOM
    assert arrows.input.geometry.tolist() == [roads.geometry[0]]


def test_the_legend_says_what_a_tier_means_and_hides_where_streets_are_grey() -> None:
    legend = streets.legend("zh")
    assert legend["streets"] is True
    assert [entry["label"] for entry in legend["entries"]][:2] == ["示范路：严禁摆摊", "次干道：严格控制"]
    assert [entry["colour"] for entry in legend["entries"]] == [look["colour"] for look in palette.TIERS.values()]
