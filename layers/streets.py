"""Streets in their tiers, and arrows on one-way streets."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import shapely
from freestiler import FreestileLayer

from geo.core.text import Language, Text
from geo.streets.segment_tags import highway_class
from geo.study.schema import TIERS
from layers import palette
from layers.map_layer import MAX_ZOOM, Group

_MAJOR: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
_MINOR_FROM_ZOOM: Final = 11

_TITLE: Final = Text("等级", "Tiers")
_STANCES: Final = {
    "demonstration": Text("示范路：严禁摆摊", "Demonstration road: no stalls"),
    "secondary": Text("次干道：严格控制", "Secondary road: strictly controlled"),
    "back_street": Text("背街小巷：有序", "Back street: orderly"),
    "unclassified": Text("不分级", "No tier"),
}


def tile_layers(streets: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """
    Return the tile layers `major` and `minor` (the latter from zoom 11 on).

    A third layer, `names`, has each named street's continuous lines, for labels along them.
    A street is `s` (its id), `t` (its tier's place in `TIERS`), `h` (its OSM class) and `n`
    (its name).
    """
    table = gpd.GeoDataFrame(
        {
            "s": streets["street_id"],
            "t": streets["tier"].map({tier: i for i, tier in enumerate(TIERS)}).astype("int64"),
            "h": highway_class(streets["highway"]),
            "n": streets["name"].fillna(""),
        },
        geometry=streets.geometry,
        crs=streets.crs,
    )
    major = table["h"].isin(_MAJOR)
    named = table.loc[table["n"] != "", ["t", "n", "h"]].assign(major=major.astype("int64"))
    names = gpd.GeoDataFrame(
        named, geometry=shapely.line_merge(table.geometry[named.index].to_numpy()), crs=streets.crs
    ).explode()
    return {
        "major": FreestileLayer(table[major]),
        "minor": FreestileLayer(table[~major], min_zoom=_MINOR_FROM_ZOOM),
        "names": FreestileLayer(names, min_zoom=_MINOR_FROM_ZOOM),
    }


def oneway_tiles(roads: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `oneway`: the lines of one-way segments along their traffic, in the nearest tiles only."""
    lines = roads.loc[roads["oneway"], ["geometry"]].assign(o=1)
    return {"oneway": FreestileLayer(lines, min_zoom=MAX_ZOOM)}


def legend(language: Language) -> Group:
    """Return the legend's entries: one line per tier."""
    return {
        "title": _TITLE.pick(language),
        "streets": True,  # not shown where streets are grey
        "entries": [
            {
                "label": _STANCES[tier].pick(language),
                "kind": "line",
                "colour": palette.TIERS[tier]["colour"],
                "width": palette.TIERS[tier]["width"],
            }
            for tier in TIERS
        ],
    }
