"""Where bays would fit and where parking is mapped: both, or one of them only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
from freestiler import FreestileLayer

from layers import palette

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "parking_differences",
        "kind": "line",
        "by": "s",
        "colours": palette.DIFFERENCES,
        "size": [[12, 1], [15, 3], [17, 5], [19, 9]],
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md."""


def tile_layers(differences: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `parking_differences`: `s` (both, study or mapped)."""
    table = gpd.GeoDataFrame({"s": differences["status"]}, geometry=differences.geometry, crs=differences.crs)
    return {"parking_differences": FreestileLayer(table, min_zoom=12)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    names = {
        "both": translate("Mapped, and bays fit"),
        "study": translate("Bays fit, none are mapped"),
        "mapped": translate("Mapped, but no bay fits"),
    }
    return {
        "title": translate("Bays and mapped parking"),
        "layer": "parking_differences",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.DIFFERENCES[status], "width": 0.8}
            for status, label in names.items()
        ],
    }
