"""The ground in tiles, by kind."""

from __future__ import annotations

import geopandas as gpd
import shapely

from layers import ground


def test_each_kind_is_a_tile_layer_and_trams_are_rails() -> None:
    shape = shapely.Point(0, 0).buffer(1)
    context = gpd.GeoDataFrame(
        {
            "kind": ["water", "tram", "rail", "kerb", "building"],
            "name": ["Lake", None, "Line", None, None],
            "levels": 1.0,
        },
        geometry=[shape] * 5,
        crs=4326,
    )
    cut = ground.tile_layers(context)
    assert tuple(cut) == ground.KINDS
    assert {kind: len(tile.input) for kind, tile in cut.items() if len(tile.input)} == {
        "water": 1,
        "rail": 2,
        "building": 1,
    }, "kerbs are for computing, not for the map"
    assert cut["rail"].input["n"].tolist() == ["", "Line"]
    assert set(cut["water"].input.columns) == {"n", "geometry"}
    assert (cut["building"].min_zoom, cut["green"].min_zoom) == (12, None)
