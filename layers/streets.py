"""Streets in their tiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import shapely
from freestiler import FreestileLayer

from geo.streets.segment_tags import highway_class
from geo.study.schema import TIERS
from layers import palette

_MAJOR = ("motorway", "trunk", "primary", "secondary", "tertiary")
_MINOR_FROM_ZOOM = 11


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


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries: one line per tier."""
    names = {
        "demonstration": translate("Demonstration road: no stalls"),
        "secondary": translate("Secondary road: strictly controlled"),
        "back_street": translate("Back street: orderly"),
        "unclassified": translate("No tier"),
    }
    return {
        "title": translate("Tiers"),
        "streets": True,  # not shown where streets are grey
        "entries": [{"label": names[tier], "kind": "line", **palette.TIERS[tier]} for tier in TIERS],
    }
