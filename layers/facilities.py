"""Facilities; who has one within a walk, the ground that they serve, the gaps between them; sites for new ones."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from geo.core import vocabulary
from geo.core.text import Language, Text
from layers import palette
from layers.map_layer import Group, Part, captions, title_of

KINDS: Final = ("market", "parking", "toilet", "school", "hospital", "station", "bus_stop")
"""The kinds that are drawn: their numbers are the property `p` of facilities."""

_FROM_ZOOM: Final = 13

_WITHIN: Final = Text("步行可达范围", "within walking distance")
_LEFT_OUT: Final = Text("未覆盖人群", "people left out")

DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "facilities",
        "kind": "dot",
        "by": "f",
        "colours": palette.FACILITIES,
        "size": [[14, 3], [17, 6]],
        "when": "open",
    }
]
"""Its hours are the kinds (`KINDS`)."""

COVERAGE_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "coverage",
        "kind": "dot",
        "by": "c",
        "colours": palette.COVERAGE,
        "size": [[11, 1.5], [14, 3], [17, 6]],
        "when": "open",
    }
]
"""Its hours, and those of catchments, gaps and sites, are the kinds of `geo.core.vocabulary`."""

CATCHMENT_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "catchments",
        "kind": "polygon",
        "colour": palette.CATCHMENT,
        "opacity": 0.22,
        "stroke": palette.CATCHMENT,
        "when": "open",
    }
]
GAP_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "coverage_gaps",
        "kind": "polygon",
        "colour": palette.GAP,
        "opacity": 0.25,
        "stroke": palette.GAP,
        "when": "open",
    }
]

SITE_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "sites",
        "kind": "dot",
        "by": "s",
        "colours": palette.SITES,
        "size": [[11, 5], [14, 8], [17, 11]],
        "when": "open",
    }
]


def tile_layers(facilities: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `facilities`: `f` (the kind), `p` (its number in `KINDS`) and `n` (the name)."""
    kept = facilities[facilities["kind"].isin(KINDS)]
    table = gpd.GeoDataFrame(
        {"f": kept["kind"], "p": pd.Index(KINDS).get_indexer(pd.Index(kept["kind"])), "n": kept["name"].fillna("")},
        geometry=kept.geometry,
        crs=facilities.crs,
    )
    return {"facilities": FreestileLayer(table, min_zoom=_FROM_ZOOM)}


def coverage_tiles(coverage: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `coverage`: `c` (in or out) and `p` (the kind's number)."""
    table = gpd.GeoDataFrame(
        {"c": np.where(coverage["covered"], "in", "out"), "p": _kinds(coverage)},
        geometry=coverage.geometry.array,
        crs=coverage.crs,
    )
    return {"coverage": FreestileLayer(table)}


def catchment_tiles(areas: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `catchments`: `p` (the kind's number)."""
    return {"catchments": FreestileLayer(_areas(areas))}


def gap_tiles(areas: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `coverage_gaps`: `p` (the kind's number)."""
    return {"coverage_gaps": FreestileLayer(_areas(areas))}


def site_tiles(sites: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `sites`: `s` (proposed, accepted or closed) and `p` (the kind's number)."""
    table = gpd.GeoDataFrame(
        {"s": sites["status"].to_numpy(dtype=object), "p": _kinds(sites)},
        geometry=sites.geometry.array,
        crs=sites.crs,
    )
    return {"sites": FreestileLayer(table)}


def _kinds(table: pd.DataFrame) -> np.ndarray:
    """Return the numbers of the kinds of facilities that rows are of: the property `p`."""
    return pd.Index(vocabulary.KINDS).get_indexer(pd.Index(table["kind"]))


def _areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"p": _kinds(areas)}, geometry=areas.geometry.array, crs=areas.crs)


def legend(language: Language) -> Group:
    """Return the legend's entries of facilities: one dot per kind."""
    names = captions("facilities", "kind", language)
    return {
        "title": title_of("facilities", language),
        "layer": "facilities",
        "entries": [
            {"label": names[kind], "kind": "dot", "colour": palette.FACILITIES[kind], "open": number}
            for number, kind in enumerate(KINDS)
        ],
    }


def coverage_legend(language: Language) -> Group:
    """Return the legend's entries of homes."""
    names = captions("coverage", "covered", language)
    colours = {"true": palette.COVERAGE["in"], "false": palette.COVERAGE["out"]}
    return {
        "title": title_of("coverage", language),
        "layer": "coverage",
        "entries": [{"label": names[key], "kind": "dot", "colour": colour} for key, colour in colours.items()],
    }


def catchment_legend(language: Language) -> Group:
    """Return the legend's entry of catchments."""
    return {
        "title": title_of("catchments", language),
        "layer": "catchments",
        "entries": [{"label": _WITHIN.pick(language), "kind": "line", "colour": palette.CATCHMENT, "width": 1.0}],
    }


def gap_legend(language: Language) -> Group:
    """Return the legend's entry of gaps."""
    return {
        "title": title_of("coverage_gaps", language),
        "layer": "coverage_gaps",
        "entries": [{"label": _LEFT_OUT.pick(language), "kind": "line", "colour": palette.GAP, "width": 1.0}],
    }


def site_legend(language: Language) -> Group:
    """Return the legend's entries of sites."""
    names = captions("sites", "status", language)
    return {
        "title": title_of("sites", language),
        "layer": "sites",
        "entries": [
            {"label": names[status], "kind": "dot", "colour": colour} for status, colour in palette.SITES.items()
        ],
    }
