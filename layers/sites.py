"""Sites for new facilities: proposed, accepted, and what is closed for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from freestiler import FreestileLayer

from geo.core.vocabulary import KINDS
from layers import palette

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "sites",
        "kind": "dot",
        "by": "s",
        "colours": palette.SITES,
        "size": [[11, 5], [14, 8], [17, 11]],
        "when": "open",
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md. Its hours are the kinds of facilities."""


def tile_layers(sites: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `sites`: `s` (proposed, accepted or closed) and `p` (the kind's number)."""
    table = gpd.GeoDataFrame(
        {"s": sites["status"].to_numpy(dtype=object), "p": pd.Index(KINDS).get_indexer(pd.Index(sites["kind"]))},
        geometry=sites.geometry.array,
        crs=sites.crs,
    )
    return {"sites": FreestileLayer(table)}


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries."""
    names = {
        "proposed": translate("proposed"),
        "accepted": translate("accepted"),
        "closed": translate("closed for it"),
    }
    return {
        "title": translate("Sites"),
        "layer": "sites",
        "entries": [{"label": label, "kind": "dot", "colour": palette.SITES[key]} for key, label in names.items()],
    }
