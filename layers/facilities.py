"""Markets, car parks, toilets, schools and stops of the extract, when near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from freestiler import FreestileLayer

from layers import palette

KINDS: Final = ("market", "parking", "toilet", "school", "hospital", "station", "bus_stop")
_FROM_ZOOM = 13

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "facilities",
        "kind": "dot",
        "by": "f",
        "colours": palette.FACILITIES,
        "size": [[14, 3], [17, 6]],
        "when": "open",
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md. Its hours are the kinds."""


def tile_layers(facilities: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `facilities`: `f` (the kind), `p` (its number in `KINDS`) and `n` (the name)."""
    kept = facilities[facilities["kind"].isin(KINDS)]
    table = gpd.GeoDataFrame(
        {"f": kept["kind"], "p": pd.Index(KINDS).get_indexer(pd.Index(kept["kind"])), "n": kept["name"].fillna("")},
        geometry=kept.geometry,
        crs=facilities.crs,
    )
    return {"facilities": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries: one dot per kind."""
    names = {
        "market": translate("Market"),
        "parking": translate("Car park"),
        "toilet": translate("Toilet"),
        "school": translate("School"),
        "hospital": translate("Hospital"),
        "station": translate("Station"),
        "bus_stop": translate("Bus stop"),
    }
    return {
        "title": translate("Facilities"),
        "layer": "facilities",
        "entries": [
            {"label": names[kind], "kind": "dot", "colour": palette.FACILITIES[kind], "open": number}
            for number, kind in enumerate(KINDS)
        ],
    }
