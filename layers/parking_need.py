"""How hard it is to find a parking space, street by street, by day or at night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from geo.parking.need import PERIODS
from layers import palette

_UP_TO: Final = (0.8, 1.2, 2.0)
"""Cars per space up to which a class goes."""

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "parking_need",
        "kind": "line",
        "by": "c",
        "colours": {str(number): colour for number, colour in enumerate(palette.PRESSURE)},
        "size": [[11, 1.5], [14, 4], [17, 9]],
        "when": "open",
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md. Its hours are the two periods."""


def tile_layers(need: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `parking_need`: `c` (the class of its pressure) and `p` (0 by day, 1 at night)."""
    parts = []
    for number, period in enumerate(PERIODS):
        some = need[need[f"demand_{period}"] > 0]
        pressure = some[f"pressure_{period}"].to_numpy(dtype=float)
        kind = np.where(np.isnan(pressure), len(_UP_TO) + 1, np.searchsorted(_UP_TO, pressure))
        parts.append(gpd.GeoDataFrame({"c": kind.astype(str), "p": number}, geometry=some.geometry.array, crs=need.crs))
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=need.crs)
    return {"parking_need": FreestileLayer(table.sort_values("c"))}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    low, middle, high = _UP_TO
    labels = [f"≤ {low}", f"{low}–{middle}", f"{middle}–{high}", f"> {high}", translate("no space within a walk")]
    return {
        "title": translate("Cars per parking space"),
        "layer": "parking_need",
        "entries": [
            {"label": label, "kind": "line", "colour": colour, "width": 1.0}
            for label, colour in zip(labels, palette.PRESSURE, strict=True)
        ],
    }
