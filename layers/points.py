"""Complaints, stalls and parking as points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import geopandas as gpd
import shapely
from freestiler import FreestileLayer

from geo.schema import COLUMNS, POINT_KINDS
from layers import palette

KINDS: Final = POINT_KINDS
_CATEGORY: Final = {"complaints": "category", "stalls": "goods", "parking": "kind"}


def tile_layers(points: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `points`: `i` (the row's number in the study) and `c` (its category); no free text."""
    kind = next(kind for kind in KINDS if COLUMNS[kind][0] in points)
    table = gpd.GeoDataFrame(
        {"i": range(len(points)), "c": points[_CATEGORY[kind]].fillna("")},
        geometry=shapely.point_on_surface(points.geometry.to_numpy()),
        crs=points.crs,
    )
    return {"points": FreestileLayer(table)}


def legend(translate: Callable[[str], str], synthetic: Mapping[str, int]) -> dict[str, Any]:
    """
    Return the legend's entries: one dot per kind, which says so where points are made up.

    Parameters
    ----------
    translate
        From English to the reader's language.
    synthetic
        How many points of each kind are made up.
    """
    names = {
        "complaints": translate("Complaints"),
        "stalls": translate("Stalls"),
        "parking": translate("Parking"),
    }
    made_up = translate("synthetic")
    return {
        "title": translate("Points"),
        "entries": [
            {
                "label": f"{names[kind]} ({made_up})" if synthetic.get(kind) else names[kind],
                "kind": "dot",
                **palette.POINTS[kind],
            }
            for kind in KINDS
        ],
    }
