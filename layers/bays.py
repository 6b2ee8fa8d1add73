"""Parking bays along the kerbs, when near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
from freestiler import FreestileLayer

from layers import palette

_FROM_ZOOM: Final = 14

DRAWING: Final[list[dict[str, Any]]] = [
    {"tileLayer": "bays", "kind": "polygon", "by": "b", "colours": palette.BAYS, "stroke": "#ffffff"}
]
"""How the map's script draws the layer: see docs/develop/architecture.md."""


def tile_layers(bays: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `bays`: `b` (all_day, night or accessible)."""
    kind = np.where(bays["accessible"], "accessible", bays["hours"])
    table = gpd.GeoDataFrame({"b": kind}, geometry=bays.geometry.to_numpy(), crs=bays.crs)
    return {"bays": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    names = {
        "all_day": translate("Bay, all day"),
        "night": translate("Bay, at night"),
        "accessible": translate("Bay, accessible"),
    }
    return {
        "title": translate("Parking bays"),
        "layer": "bays",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.BAYS[kind], "width": 1.0}
            for kind, label in names.items()
        ],
    }
