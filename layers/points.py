"""Complaints, stalls, parking and other lists as points: single when near, gathered into clusters when far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from freestiler import FreestileLayer
from numpy.typing import NDArray

from geo.core.text import Language, Text
from geo.points.cases import unplaced
from geo.points.other_lists import list_names, list_of
from geo.study.schema import COLUMNS, POINT_KINDS
from layers import palette
from layers.map_layer import MAX_ZOOM, MIN_ZOOM, Group, Part, title_of

KINDS: Final = POINT_KINDS
CATEGORY_COLUMN: Final = {"complaints": "category", "stalls": "goods", "parking": "kind"}
"""The column by which points of each kind are filtered."""

_CELL_PX: Final = 56
_CATEGORIES_AT_MOST: Final = 24
_OTHER_FROM_ZOOM: Final = 12

_TITLE: Final = Text("点位", "Points")
_OTHER_POINT: Final = Text("其他名单的点", "Point of another list")

OTHER_DRAWING: Final[list[Part]] = [
    {"tileLayer": "other", "kind": "dot", "colour": palette.OTHER, "size": [[12, 2.5], [17, 6]], "when": "open"}
]
"""Its hours are the lists."""


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

    A point is `i` (the row's number in the study) and `c` (the number of its category); a row without a place has none.
    A cluster stands for the points of a cell of 56 pixels, at their middle: `k` is their count, `k0`, `k1` … the counts
    by category. No free text.
    """
    kind = next(kind for kind in KINDS if COLUMNS[kind][0] in points)
    names = categories(points, kind)
    number = pd.Index(names).get_indexer(points[CATEGORY_COLUMN[kind]].fillna(""))
    number = np.where(number < 0, len(names) - 1, number)
    row = np.flatnonzero(~unplaced(points))
    number, places = number[row], shapely.point_on_surface(points.geometry.to_numpy()[row])
    single = gpd.GeoDataFrame({"i": row, "c": number}, geometry=places, crs=points.crs)
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


def other_tiles(points: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `other`: `n` (the name) and `p` (the number of its list)."""
    number = pd.Index(list_names(points)).get_indexer(pd.Index(list_of(points)))
    table = gpd.GeoDataFrame({"n": points["name"].fillna(""), "p": number}, geometry=points.geometry, crs=points.crs)
    return {"other": FreestileLayer(table, min_zoom=_OTHER_FROM_ZOOM)}


def legend_of(kind: str) -> Callable[[Language], Group]:
    """Return the legend of one kind of points: a dot. Kinds share one group."""
    return lambda language: {
        "title": _TITLE.pick(language),
        "entries": [{"label": title_of(kind, language), "kind": "dot", "colour": palette.POINTS[kind]["colour"]}],
    }


def other_legend(language: Language) -> Group:
    """Return the legend's entry of other lists."""
    return {
        "title": title_of("other", language),
        "layer": "other",
        "entries": [{"label": _OTHER_POINT.pick(language), "kind": "dot", "colour": palette.OTHER}],
    }
