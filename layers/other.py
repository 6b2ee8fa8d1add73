"""Points of other lists: shops, permits, hoardings, supervisors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
from freestiler import FreestileLayer

from layers import palette

_FROM_ZOOM = 12

DRAWING: Final[list[dict[str, Any]]] = [
    {"tileLayer": "other", "kind": "dot", "colour": palette.OTHER, "size": [[12, 2.5], [17, 6]]}
]
"""How the map's script draws the layer: see docs/developers.md."""


def tile_layers(points: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `other`: `n` (the name)."""
    table = gpd.GeoDataFrame({"n": points["name"].fillna("")}, geometry=points.geometry, crs=points.crs)
    return {"other": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entry."""
    return {
        "title": translate("Other points"),
        "layer": "other",
        "entries": [{"label": translate("Point of another list"), "kind": "dot", "colour": palette.OTHER}],
    }
