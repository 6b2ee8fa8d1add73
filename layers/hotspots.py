"""Where complaints are dense, where beyond chance, and where that changes: three views of the same streets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from layers import palette

VIEWS: Final = ("density", "chance", "change")
"""Their numbers are the property `p`: the view that is shown is the one that is open."""

_QUANTILES: Final = (0.5, 0.75, 0.9, 0.97)
"""Of the lixels with any density: the bounds of its classes."""

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "hotspots",
        "kind": "line",
        "by": "c",
        "colours": palette.HOTSPOTS,
        "size": [[11, 1.5], [14, 4], [17, 9]],
        "when": "open",
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md."""


def tile_layers(hotspots: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `hotspots`: `c` (class) and `p` (number of the view)."""
    density = hotspots["density"].to_numpy(dtype=float)
    some = density > 0
    bounds = np.quantile(density[some], _QUANTILES) if some.any() else np.zeros(len(_QUANTILES))
    classes = np.array([f"d{number}" for number in range(len(_QUANTILES) + 1)], dtype=object)
    views = [
        pd.Series(np.where(some, classes[np.searchsorted(bounds, density)], None), dtype=object),
        pd.Series(np.select([hotspots["hot"], hotspots["cluster"].notna()], ["hot", "cluster"], ""), dtype=object),
        hotspots["emerging"].reset_index(drop=True),
    ]
    parts = []
    for number, kind in enumerate(views):
        there = (kind.notna() & (kind != "")).to_numpy()
        table = {"c": kind[there].astype(str).to_numpy(), "p": number}
        parts.append(gpd.GeoDataFrame(table, geometry=hotspots.geometry.array[there], crs=hotspots.crs))
    every = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=hotspots.crs)
    return {"hotspots": FreestileLayer(every)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    views = {"d": 0, "hot": 1, "cluster": 1}
    names = {
        "d4": translate("Complaints: densest 3 %"),
        "d2": translate("dense"),
        "d0": translate("some"),
        "hot": translate("Hot beyond chance"),
        "cluster": translate("In a cluster"),
        "new": translate("New hot spot"),
        "intensifying": translate("Intensifying"),
        "persistent": translate("Persistent"),
        "sporadic": translate("Sporadic"),
        "diminishing": translate("Diminishing"),
    }
    return {
        "title": translate("Hot spots"),
        "layer": "hotspots",
        "entries": [
            {
                "label": label,
                "kind": "line",
                "colour": palette.HOTSPOTS[kind],
                "width": 0.8,
                "open": views.get(kind.rstrip("0123456789"), 2),
            }
            for kind, label in names.items()
        ],
    }
