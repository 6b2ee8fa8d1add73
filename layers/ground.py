"""The ground around the streets: water, green, buildings, rails and paths from the extract."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
from freestiler import FreestileLayer

KINDS: Final = ("green", "water", "river", "rail", "building", "path")
"""From the bottom up."""

_FROM_ZOOM: Final = {"building": 12, "path": 12, "rail": 10, "river": 10}


def tile_layers(context: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return a tile layer per kind of ground, with the name as `n`."""
    table = context[["kind", "name", "geometry"]].rename(columns={"name": "n"})
    table["n"] = table["n"].fillna("")
    table["kind"] = table["kind"].replace("tram", "rail")
    return {
        kind: FreestileLayer(table.loc[table["kind"] == kind, ["n", "geometry"]], min_zoom=_FROM_ZOOM.get(kind))
        for kind in KINDS
    }
