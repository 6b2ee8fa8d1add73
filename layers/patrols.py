"""Districts of supervisors, and their rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
from freestiler import FreestileLayer

from layers import palette

DISTRICTS: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "patrol_districts",
        "kind": "line",
        "by": "c",
        "colours": {str(number): colour for number, colour in enumerate(palette.DISTRICTS)},
        "size": [[11, 2], [14, 5], [17, 11]],
    }
]
ROUNDS: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "patrol_rounds",
        "kind": "line",
        "colour": palette.ROUND,
        "size": [[11, 1], [17, 2.5]],
        "dash": [4, 3],
    }
]
"""How the map's script draws the layers: see docs/develop/architecture.md."""


def district_tiles(districts: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `patrol_districts`: `c` (the number of its colour)."""
    colour = (np.arange(len(districts)) % len(palette.DISTRICTS)).astype(str)
    table = gpd.GeoDataFrame({"c": colour}, geometry=districts.geometry.to_numpy(), crs=districts.crs)
    return {"patrol_districts": FreestileLayer(table)}


def round_tiles(rounds: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `patrol_rounds`."""
    shapes = rounds.geometry.to_numpy()
    table = gpd.GeoDataFrame({"p": np.zeros(len(shapes), dtype=np.int64)}, geometry=shapes, crs=rounds.crs)
    return {"patrol_rounds": FreestileLayer(table)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    return {
        "title": translate("Patrols"),
        "layer": "patrol_districts",
        "entries": [
            {
                "label": translate("Districts, one colour each"),
                "kind": "line",
                "colour": palette.DISTRICTS[0],
                "width": 1.0,
            },
            {"label": translate("Walking round"), "kind": "line", "colour": palette.ROUND, "width": 0.2},
        ],
    }
