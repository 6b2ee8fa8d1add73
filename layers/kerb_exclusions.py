"""Stretches of kerb that rules forbid, at the hour that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from freestiler import FreestileLayer

from layers import palette
from layers.hours import numbered
from layers.stall_zones import FROM_ZOOM

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "kerb_exclusions",
        "kind": "line",
        "by": "g",
        "colours": palette.EXCLUSIONS,
        "size": [[13, 0.8], [15, 1.6], [17, 3], [19, 5]],
        "when": "open",
    }
]
"""How the map's script draws the layer: see docs/develop/architecture.md."""

_GROUPS: Final = {
    "stalls.stance": "tier",
    "stalls.hours": "tier",
    "kerb": "frontage",
    "stalls": "frontage",
    "pavement": "width",
    "fire_lane": "width",
    "clearance": "clearance",
    "decisions": "decision",
}
"""Which group of rules a rule belongs to, by how it begins: the first that fits."""


def group_of(rule: str) -> str:
    """Return the group of a rule, by which the map colours it."""
    return next(group for start, group in _GROUPS.items() if rule.startswith(start))


def tile_layers(exclusions: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `kerb_exclusions`: `g` (the group of its rule) and `p` (the number of its hours)."""
    codes, rules = pd.factorize(exclusions["rule"])
    groups = pd.Series([group_of(rule) for rule in rules], dtype=object)
    table = gpd.GeoDataFrame(
        {"g": groups.take(codes).to_numpy(), "p": numbered(exclusions["hours"])},
        geometry=exclusions.geometry.to_numpy(),
        crs=exclusions.crs,
    )
    # what is drawn last is seen where stretches lie over each other
    order = list(palette.EXCLUSIONS)
    return {
        "kerb_exclusions": FreestileLayer(
            table.sort_values("g", key=lambda column: column.map(order.index)), min_zoom=FROM_ZOOM
        )
    }


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries: one line per group of rules."""
    names = {
        "tier": translate("The tier forbids it"),
        "frontage": translate("No frontage, or too small a place"),
        "width": translate("Pavement or fire lane too narrow"),
        "clearance": translate("Clearance: corner, crossing, school …"),
        "decision": translate("Rejected by a decision"),
    }
    return {
        "title": translate("Kerb without stalls"),
        "layer": "kerb_exclusions",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.EXCLUSIONS[group], "width": 0.4}
            for group, label in names.items()
        ],
    }
