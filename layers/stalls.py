"""Zones for stalls along the kerbs, and the stretches that rules forbid, at the hour that is shown."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from freestiler import FreestileLayer

from geo.core.text import Language, Text
from geo.study.layers.codes import PROPOSALS
from layers import palette
from layers.hours import numbered
from layers.map_layer import Group, Part, named, title_of

_FROM_ZOOM: Final = 13
_PLACES_FROM_ZOOM: Final = 12

_SIZE: Final = [[13, 1.5], [15, 3], [17, 6], [19, 10]]
_LINE: Final[Part] = {"tileLayer": "stall_zones", "kind": "line", "size": _SIZE}

ZONE_DRAWING: Final[list[Part]] = [
    {**_LINE, "colour": palette.ZONES["closed"], "when": "closed"},
    {**_LINE, "by": "z", "colours": palette.ZONES, "when": "open"},
]

EXCLUSION_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "kerb_exclusions",
        "kind": "line",
        "by": "g",
        "colours": palette.EXCLUSIONS,
        "size": [[13, 0.8], [15, 1.6], [17, 3], [19, 5]],
        "when": "open",
    }
]

_PLACES: Final = "stall_places"
_SHAPES: Final = ("point", "line", "area")
"""By dimension, the values of the property `g` of existing places."""

PLACE_DRAWING: Final[list[Part]] = [
    {"tileLayer": _PLACES, "by": "g", "colours": {shape: palette.PLACES}, "strict": True, **part}
    for shape, part in (
        ("area", {"kind": "polygon", "opacity": 0.35}),
        ("line", {"kind": "line", "size": [[13, 3], [17, 8]], "opacity": 0.7}),
        ("point", {"kind": "dot", "size": [[12, 3.5], [17, 8]]}),
    )
]

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

_ZONE: Final = Text("疏导点", "Zone")
_ZONE_NAMES: Final = {**PROPOSALS, "closed": Text("此刻不开放", "closed at this hour")}
_GROUP_NAMES: Final = {
    "tier": Text("等级或时段不允许", "The tier forbids it"),
    "frontage": Text("无临街面或不足以成区", "No frontage, or too small a place"),
    "width": Text("人行道或消防通道净宽不足", "Pavement or fire lane too narrow"),
    "clearance": Text("避让距离：路口、人行横道、学校等", "Clearance: corner, crossing, school …"),
    "decision": Text("决定不设", "Rejected by a decision"),
}


def group_of(rule: str) -> str:
    """Return the group of a rule, for its colour on the map."""
    return next(group for start, group in _GROUPS.items() if rule.startswith(start))


def exclusion_tiles(exclusions: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
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
            table.sort_values("g", key=lambda column: column.map(order.index)), min_zoom=_FROM_ZOOM
        )
    }


def zone_tiles(zones: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `stall_zones`: `z` (proposed or accepted) and `p` (the number of its hours)."""
    table = gpd.GeoDataFrame(
        {"z": zones["status"], "p": numbered(zones["hours"])}, geometry=zones.geometry, crs=zones.crs
    )
    return {"stall_zones": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def place_tiles(places: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """
    Return the tile layer `stall_places`: `n` (the name) and `g`: `point` for one in the middle of each place, and
    `line` or `area` for places with such a shape.
    """
    shapes = places.geometry.to_numpy()
    dimension = shapely.get_dimensions(shapes)
    middle = np.asarray(shapely.point_on_surface(shapes), dtype=object)
    middle[dimension == 1] = shapely.line_interpolate_point(shapes[dimension == 1], 0.5, normalized=True)
    names = places["name"].fillna("").to_numpy(dtype=object)
    large = dimension > 0
    table = gpd.GeoDataFrame(
        {
            "n": np.concatenate([names[large], names]),
            "g": [_SHAPES[size] for size in (*dimension[large], *np.zeros(len(places), dtype=int))],
        },
        geometry=np.concatenate([shapes[large], middle]),
        crs=places.crs,
    )
    return {_PLACES: FreestileLayer(table, min_zoom=_PLACES_FROM_ZOOM)}


def place_legend(language: Language) -> Group:
    """Return the legend's entry of existing places."""
    title = title_of(_PLACES, language)
    return {
        "title": title,
        "layer": _PLACES,
        "entries": [{"label": title, "kind": "dot", "colour": palette.PLACES}],
    }


def exclusion_legend(language: Language) -> Group:
    """Return the legend's entries of exclusions: one line per group of rules."""
    return {
        "title": title_of("kerb_exclusions", language),
        "layer": "kerb_exclusions",
        "entries": [
            {"label": name.pick(language), "kind": "line", "colour": palette.EXCLUSIONS[group], "width": 0.4}
            for group, name in _GROUP_NAMES.items()
        ],
    }


def zone_legend(language: Language) -> Group:
    """Return the legend's entries of zones."""
    return {
        "title": title_of("stall_zones", language),
        "layer": "stall_zones",
        "entries": [
            {"label": named(_ZONE, name).pick(language), "kind": "line", "colour": palette.ZONES[status], "width": 0.8}
            for status, name in _ZONE_NAMES.items()
        ],
    }
