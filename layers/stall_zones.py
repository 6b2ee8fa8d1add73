"""Zones for stalls along the kerbs: open or closed at the hour that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
from freestiler import FreestileLayer

from layers import palette
from layers.hours import numbered

FROM_ZOOM: Final = 13

_SIZE: Final = [[13, 1.5], [15, 3], [17, 6], [19, 10]]
_LINE: Final[dict[str, Any]] = {"tileLayer": "stall_zones", "kind": "line", "size": _SIZE}

DRAWING: Final[list[dict[str, Any]]] = [
    {**_LINE, "colour": palette.ZONES["closed"], "when": "closed"},
    {**_LINE, "by": "z", "colours": palette.ZONES, "when": "open"},
]
"""How the map's script draws the layer: see docs/develop/architecture.md."""


def tile_layers(zones: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `stall_zones`: `z` (proposed or accepted) and `p` (the number of its hours)."""
    table = gpd.GeoDataFrame(
        {"z": zones["status"], "p": numbered(zones["hours"])}, geometry=zones.geometry, crs=zones.crs
    )
    return {"stall_zones": FreestileLayer(table, min_zoom=FROM_ZOOM)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    names = {
        "proposed": translate("Zone, proposed"),
        "accepted": translate("Zone, accepted"),
        "closed": translate("Zone, closed at this hour"),
    }
    return {
        "title": translate("Zones for stalls"),
        "layer": "stall_zones",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.ZONES[status], "width": 0.8}
            for status, label in names.items()
        ],
    }
