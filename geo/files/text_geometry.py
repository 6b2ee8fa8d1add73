"""Geometry that a table writes as text, in a column of well-known text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np

from geo.files.raw_file import RawFile
from geo.files.row_geometry import FIRST_ROW, points_on, shapes_of_wkt, sound

_HEADERS: Final = frozenset(
    (
        "wkt",
        "geometry",
        "geom",
        "the_geom",
        "shape",
        "wkt_geom",
        "geo_shape",
        "geometry_wkt",
        "几何",
        "空间信息",
        "图形",
    )
)
_LARGE: Final = re.compile(
    r"^\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:LINESTRING|POLYGON)|^\s*GEOMETRYCOLLECTION", re.IGNORECASE
)
"""Lines and areas; points are read as coordinates."""


def with_text_geometry(raw: RawFile) -> RawFile:
    """Return a table with the lines and areas that one of its columns writes."""
    if raw.shapes is not None or raw.table.empty:
        return raw
    for column in raw.table.columns:
        if str(column).strip().casefold() not in _HEADERS or not raw.table[column].str.match(_LARGE).any():
            continue
        at = raw.table.index.to_numpy() - FIRST_ROW
        texts = np.full(int(at.max()) + 1, None, dtype=object)
        texts[at] = raw.table[column].to_numpy(dtype=object)
        shapes, findings = sound(shapes_of_wkt(texts.tolist()))
        points, unusable = points_on(shapes)
        table = raw.table.drop(columns=column)
        return replace(raw, table=table, shapes=shapes, points=points, findings=[*raw.findings, *findings, *unusable])
    return raw
