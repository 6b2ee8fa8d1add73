"""Points of other lists: shops, permits, hoardings, supervisors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from freestiler import FreestileLayer

from geo.points.other_lists import list_names, list_of
from layers import palette

_FROM_ZOOM = 12

DRAWING: Final[list[dict[str, Any]]] = [
    {"tileLayer": "other", "kind": "dot", "colour": palette.OTHER, "size": [[12, 2.5], [17, 6]], "when": "open"}
]
"""How the map's script draws the layer: see docs/develop/architecture.md. Its hours are the lists."""


def tile_layers(points: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `other`: `n` (the name) and `p` (the number of its list)."""
    number = pd.Index(list_names(points)).get_indexer(pd.Index(list_of(points)))
    table = gpd.GeoDataFrame({"n": points["name"].fillna(""), "p": number}, geometry=points.geometry, crs=points.crs)
    return {"other": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entry."""
    return {
        "title": translate("Other points"),
        "layer": "other",
        "entries": [{"label": translate("Point of another list"), "kind": "dot", "colour": palette.OTHER}],
    }
