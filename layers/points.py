"""Complaints, stalls and parking as points: single when near, gathered into clusters when far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from freestiler import FreestileLayer
from numpy.typing import NDArray

from geo.study.schema import COLUMNS, POINT_KINDS
from layers import palette
from layers.zooms import MAX_ZOOM, MIN_ZOOM

KINDS: Final = POINT_KINDS
CATEGORY_COLUMN: Final = {"complaints": "category", "stalls": "goods", "parking": "kind"}
"""The column by which points of each kind are filtered."""

_CELL_PX = 56
_CATEGORIES_AT_MOST = 24


def categories(points: pd.DataFrame, kind: str) -> list[str]:
    """
    Return the categories of points, the most frequent first: their numbers in tiles are their places here.

    All beyond the first 24 share the last place, which then is "".
    """
    counts = points[CATEGORY_COLUMN[kind]].fillna("").value_counts()
    names = counts.reset_index().sort_values(["count", CATEGORY_COLUMN[kind]], ascending=[False, True])
    found = [str(name) for name in names[CATEGORY_COLUMN[kind]]]
    return found if len(found) <= _CATEGORIES_AT_MOST else [*found[: _CATEGORIES_AT_MOST - 1], ""]


def tile_layers(points: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """
    Return the tile layer `points` and, for zooms further out, `clustersZOOM`.

    A point is `i` (the row's number in the study) and `c` (the number of its category). A cluster stands for the points
    of a cell of 56 pixels, at their middle: `k` is their count, `k0`, `k1` … the counts by category. No free text.
    """
    kind = next(kind for kind in KINDS if COLUMNS[kind][0] in points)
    names = categories(points, kind)
    number = pd.Index(names).get_indexer(points[CATEGORY_COLUMN[kind]].fillna(""))
    number = np.where(number < 0, len(names) - 1, number)
    places = shapely.point_on_surface(points.geometry.to_numpy())
    single = gpd.GeoDataFrame({"i": np.arange(len(points)), "c": number}, geometry=places, crs=points.crs)
    layers = {"points": FreestileLayer(single, min_zoom=MAX_ZOOM)}
    for zoom in range(MIN_ZOOM, MAX_ZOOM):
        layers[f"clusters{zoom}"] = FreestileLayer(
            _clusters(places, number, len(names), zoom), min_zoom=zoom, max_zoom=zoom
        )
    return layers


def _clusters(places: NDArray[Any], category: NDArray[np.int64], categories: int, zoom: int) -> gpd.GeoDataFrame:
    """Gather points by cells of the map as it is displayed at `zoom` + 1, where tiles of `zoom` are shown."""
    lonlat = shapely.get_coordinates(places)
    pixels = 256 * 2 ** (zoom + 1)
    latitude = np.radians(np.clip(lonlat[:, 1], -85, 85))
    x = (lonlat[:, 0] / 360 + 0.5) * pixels
    y = (0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)) * pixels
    cells = np.column_stack([x, y]) // _CELL_PX
    cell = pd.MultiIndex.from_arrays(cells.T).factorize()[0]
    count = np.bincount(cell)
    by_category = np.zeros((len(count), categories), dtype=np.int64)
    np.add.at(by_category, (cell, category), 1)
    middle = np.column_stack([np.bincount(cell, weights=lonlat[:, axis]) / count for axis in (0, 1)])
    table = pd.DataFrame(by_category, columns=[f"k{i}" for i in range(categories)])
    return gpd.GeoDataFrame(table.assign(k=count), geometry=shapely.points(middle), crs=4326)


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
