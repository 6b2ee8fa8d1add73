"""Parking bays along the kerbs, the parking that is there, and how hard it is to find a space."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from geo.core.text import Language, Text
from geo.parking.need import PERIODS
from geo.study.layers.codes import BAY_HOURS
from geo.study.layers.parking import PRESSURE
from layers import palette
from layers.map_layer import Group, Part, captions, named, title_of

_BAYS_FROM_ZOOM: Final = 14
_DIFFERENCES_FROM_ZOOM: Final = 12
_INVENTORY_FROM_ZOOM: Final = 12

_UP_TO: Final = (0.8, 1.2, 2.0)
"""Cars per space up to which a class goes."""

_BAY: Final = Text("泊位", "Bay")
_BAY_NAMES: Final = {**BAY_HOURS, "accessible": Text("无障碍", "accessible")}
_NO_SPACE: Final = Text("步行范围内无车位", "no space within a walk")

BAY_DRAWING: Final[list[Part]] = [
    {"tileLayer": "bays", "kind": "polygon", "by": "b", "colours": palette.BAYS, "stroke": "#ffffff"}
]

DIFFERENCE_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "parking_differences",
        "kind": "line",
        "by": "s",
        "colours": palette.DIFFERENCES,
        "size": [[12, 1], [15, 3], [17, 5], [19, 9]],
    }
]

_BY_MODEL: Final = ("likely", "unlikely")
_INVENTORY_SIZE: Final = [[12, 1], [15, 3], [17, 5], [19, 9]]

INVENTORY_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "parking_inventory",
        "kind": "line",
        "by": "s",
        "strict": True,
        "colours": {state: palette.INVENTORY[state] for state in _BY_MODEL},
        "size": _INVENTORY_SIZE,
        "dash": [5, 3],
    },
    {
        "tileLayer": "parking_inventory",
        "kind": "line",
        "by": "s",
        "strict": True,
        "colours": {state: colour for state, colour in palette.INVENTORY.items() if state not in _BY_MODEL},
        "size": _INVENTORY_SIZE,
    },
]
"""The model's answers are dashed."""

NEED_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "parking_need",
        "kind": "line",
        "by": "c",
        "colours": {str(number): colour for number, colour in enumerate(palette.PRESSURE)},
        "size": [[11, 1.5], [14, 4], [17, 9]],
        "when": "open",
    }
]
"""Its hours are the two periods."""


def bay_tiles(bays: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `bays`: `b` (all_day, night or accessible)."""
    kind = np.where(bays["accessible"], "accessible", bays["hours"])
    table = gpd.GeoDataFrame({"b": kind}, geometry=bays.geometry.to_numpy(), crs=bays.crs)
    return {"bays": FreestileLayer(table, min_zoom=_BAYS_FROM_ZOOM)}


def difference_tiles(differences: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `parking_differences`: `s` (both, study or mapped)."""
    table = gpd.GeoDataFrame({"s": differences["status"]}, geometry=differences.geometry, crs=differences.crs)
    return {"parking_differences": FreestileLayer(table, min_zoom=_DIFFERENCES_FROM_ZOOM)}


def inventory_tiles(inventory: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `parking_inventory`: `s` (its state)."""
    table = gpd.GeoDataFrame({"s": inventory["state"]}, geometry=inventory.geometry, crs=inventory.crs)
    return {"parking_inventory": FreestileLayer(table, min_zoom=_INVENTORY_FROM_ZOOM)}


def need_tiles(need: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `parking_need`: `c` (the class of its pressure) and `p` (0 by day, 1 at night)."""
    parts = []
    for number, period in enumerate(PERIODS):
        some = need[need[f"demand_{period}"] > 0]
        pressure = some[f"pressure_{period}"].to_numpy(dtype=float)
        kind = np.where(np.isnan(pressure), len(_UP_TO) + 1, np.searchsorted(_UP_TO, pressure))
        parts.append(gpd.GeoDataFrame({"c": kind.astype(str), "p": number}, geometry=some.geometry.array, crs=need.crs))
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=need.crs)
    return {"parking_need": FreestileLayer(table.sort_values("c"))}


def bay_legend(language: Language) -> Group:
    """Return the legend's entries of bays."""
    return {
        "title": title_of("bays", language),
        "layer": "bays",
        "entries": [
            {"label": named(_BAY, name).pick(language), "kind": "line", "colour": palette.BAYS[kind], "width": 1.0}
            for kind, name in _BAY_NAMES.items()
        ],
    }


def difference_legend(language: Language) -> Group:
    """Return the legend's entries of bays and mapped parking."""
    return {
        "title": title_of("parking_differences", language),
        "layer": "parking_differences",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.DIFFERENCES[status], "width": 0.8}
            for status, label in captions("parking_differences", "status", language).items()
        ],
    }


def inventory_legend(language: Language) -> Group:
    """Return the legend's entries of the inventory of parking."""
    return {
        "title": title_of("parking_inventory", language),
        "layer": "parking_inventory",
        "entries": [
            {"label": label, "kind": "line", "colour": palette.INVENTORY[state], "width": 0.8}
            for state, label in captions("parking_inventory", "state", language).items()
        ],
    }


def need_legend(language: Language) -> Group:
    """Return the legend's entries of the demand for parking."""
    low, middle, high = _UP_TO
    labels = [f"≤ {low}", f"{low}–{middle}", f"{middle}–{high}", f"> {high}", _NO_SPACE.pick(language)]
    return {
        "title": PRESSURE.pick(language),
        "layer": "parking_need",
        "entries": [
            {"label": label, "kind": "line", "colour": colour, "width": 1.0}
            for label, colour in zip(labels, palette.PRESSURE, strict=True)
        ],
    }
