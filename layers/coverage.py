"""Who has a facility within a walk: homes, the ground that facilities serve, and the gaps between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from geo.core.vocabulary import KINDS
from layers import palette

DRAWING: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "coverage",
        "kind": "dot",
        "by": "c",
        "colours": palette.COVERAGE,
        "size": [[11, 1.5], [14, 3], [17, 6]],
        "when": "open",
    }
]
"""How the map's script draws the homes: see docs/develop/architecture.md. Its hours are the kinds of facilities."""

CATCHMENTS: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "catchments",
        "kind": "polygon",
        "colour": palette.CATCHMENT,
        "opacity": 0.22,
        "stroke": palette.CATCHMENT,
        "when": "open",
    }
]
GAPS: Final[list[dict[str, Any]]] = [
    {
        "tileLayer": "coverage_gaps",
        "kind": "polygon",
        "colour": palette.GAP,
        "opacity": 0.25,
        "stroke": palette.GAP,
        "when": "open",
    }
]


def _kinds(table: pd.DataFrame) -> np.ndarray:
    """Return the numbers of the kinds of facilities that rows are of: the property `p`."""
    return pd.Index(KINDS).get_indexer(pd.Index(table["kind"]))


def tile_layers(coverage: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
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


def _areas(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"p": _kinds(areas)}, geometry=areas.geometry.array, crs=areas.crs)


def legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entries of homes."""
    names = {"in": translate("has one within the standard"), "out": translate("beyond the standard")}
    return {
        "title": translate("Who has one within a walk"),
        "layer": "coverage",
        "entries": [{"label": label, "kind": "dot", "colour": palette.COVERAGE[key]} for key, label in names.items()],
    }


def catchment_legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entry of catchments."""
    entry = {"label": translate("within a walk"), "kind": "line", "colour": palette.CATCHMENT, "width": 1.0}
    return {"title": translate("Catchments"), "layer": "catchments", "entries": [entry]}


def gap_legend(translate: Callable[[str], str]) -> dict[str, Any]:
    """Return the legend's entry of gaps."""
    entry = {"label": translate("people left out"), "kind": "line", "colour": palette.GAP, "width": 1.0}
    return {"title": translate("Gaps"), "layer": "coverage_gaps", "entries": [entry]}
