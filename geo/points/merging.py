"""Points of a file put into a layer by their identifiers, and rows that were replaced brought back."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.core.crs import WGS84
from geo.study.schema import COLUMNS, conform, together

_FLAGS: Final = frozenset({"night_only", "hardship", "ambiguous"})
"""Columns of yes or no."""


class Merged(NamedTuple):
    """
    A layer with the points of a file in it.

    Attributes
    ----------
    layer
        The layer: rows that stay as they are, then new and changed ones.
    fresh
        The numbers of new and changed rows in it.
    replaced
        The rows of before that others replace.
    added, updated, unchanged
        How many points are new, changed, and known as they are.
    """

    layer: gpd.GeoDataFrame
    fresh: np.ndarray
    replaced: gpd.GeoDataFrame
    added: int
    updated: int
    unchanged: int


def merge(layer: gpd.GeoDataFrame, points: gpd.GeoDataFrame, kind: str) -> Merged:
    """Put points into a layer by their identifier."""
    identifier = COLUMNS[kind][0]
    points = gpd.GeoDataFrame(conform(points, kind), geometry="geometry", crs=WGS84)
    at = (
        pd.Index(layer[identifier]).get_indexer(pd.Index(points[identifier]))
        if len(layer)
        else np.full(len(points), -1)
    )
    known = np.flatnonzero(at >= 0)
    compared = [c for c in COLUMNS[kind] if c not in ("import_id", "source", "duplicate_of")]
    same = _content(points.iloc[known], compared) == _content(layer.iloc[at[known]], compared)
    changed = known[~same]
    replaced = layer.iloc[at[changed]]
    fresh_rows = np.sort(np.concatenate([np.flatnonzero(at < 0), changed]))
    kept = layer.drop(index=replaced.index)
    if len(kept):
        merged = together(kept, points.iloc[fresh_rows], kind)
    else:  # they are as the layer has them
        merged = points.iloc[fresh_rows].reset_index(drop=True)
    fresh = np.arange(len(kept), len(merged))
    return Merged(merged, fresh, replaced, int((at < 0).sum()), len(changed), int(same.sum()))


def _content(rows: gpd.GeoDataFrame, columns: list[str]) -> np.ndarray:
    """Return a text of each row's content, for comparing."""
    if rows.empty:
        return np.zeros(0, dtype=object)
    text = rows[columns].astype("string").fillna("")
    place = shapely.to_wkt(rows.geometry.to_numpy(), rounding_precision=6)
    place = np.where(shapely.is_missing(rows.geometry.to_numpy()), "", place)
    result: np.ndarray = (text.agg("\x1f".join, axis=1) + "\x1f" + place).to_numpy(dtype=object)
    return result


def kept_row(row: pd.Series) -> str:
    """Return a row that another replaces as text, for `restored_rows`."""
    cells = {key: (None if pd.isna(value) else str(value)) for key, value in row.drop("geometry").items()}
    return json.dumps({**cells, "geometry": shapely.to_wkt(row["geometry"])}, ensure_ascii=False)


def restored_rows(rows: list[dict[str, Any]], kind: str) -> gpd.GeoDataFrame:
    """Return rows of a layer that `kept_row` kept."""
    table = pd.DataFrame(rows)
    shapes = shapely.from_wkt(table.pop("geometry").to_numpy(dtype=object))
    for column in _FLAGS.intersection(table.columns):
        table[column] = table[column] == "True"
    return gpd.GeoDataFrame(conform(table, kind), geometry=shapes, crs=WGS84)
