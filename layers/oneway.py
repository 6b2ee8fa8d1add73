"""Arrows on one-way streets, when near."""

from __future__ import annotations

import geopandas as gpd
from freestiler import FreestileLayer

from layers.zooms import MAX_ZOOM


def tile_layers(roads: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `oneway`: the lines of one-way segments along their traffic, in the nearest tiles only."""
    lines = gpd.GeoDataFrame({"o": 1}, index=roads.index[roads["oneway"]], geometry=roads.geometry, crs=roads.crs)
    return {"oneway": FreestileLayer(lines, min_zoom=MAX_ZOOM)}
