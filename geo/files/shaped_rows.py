"""Rows with shapes, of one layer or of several, as a file that was read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.text import Text
from geo.files.raw_file import RawFile, cell_text, text_cells, unique_headers
from geo.files.row_geometry import FIRST_ROW, Shapes, points_on, sound
from geo.study.findings import Finding

EMPTY: Final = ("", "nan", "NaT", "None", "<NA>")
"""Texts of cells that are empty."""
LAYER: Final = "layer"
"""The column of the layer's name where rows of several layers are read."""


class Rows(NamedTuple):
    """
    The rows of a layer.

    Attributes
    ----------
    name
        The layer's name.
    table
        Its cells, a row each, in the order of the file.
    read
        Its shapes; findings count its rows from `FIRST_ROW`.
    crs
        The coordinate system that it states, or None.
    """

    name: str
    table: pd.DataFrame
    read: Shapes
    crs: pyproj.CRS | None


def with_shapes(
    path: Path, kind: str, encoding: str, table: pd.DataFrame, read: Shapes, crs: pyproj.CRS | None
) -> RawFile:
    """
    Return rows with their shapes, and a point of each.

    Rows are counted as the file has them, after a row for the headers. A plane coordinate system without a code, as a
    city's own, is converted to WGS 84 here.

    Parameters
    ----------
    path
        The file.
    kind, encoding, crs
        As in `RawFile`.
    table
        The cells, one row for each shape.
    read
        The shapes.
    """
    shapes, findings = sound(read)
    crs = usable(crs)
    if crs is not None and crs.is_projected and crs.to_epsg() is None:
        shapes, converted = in_degrees(path, shapes, crs)
        findings, crs = [*findings, *converted], WGS84
    points, unusable = points_on(shapes)
    table = table.set_axis(pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(table)))
    names, repeated = unique_headers([str(column).strip() for column in table.columns], range(len(table.columns)))
    table = table.set_axis(names, axis=1)
    clean = text_cells(table.map(cell_text), EMPTY)
    if clean.columns.empty:
        clean["row"] = [str(row) for row in clean.index]
    return RawFile(path.name, kind, encoding, clean, points, crs, [*repeated, *findings, *unusable], shapes)


def usable(crs: pyproj.CRS | None) -> pyproj.CRS | None:
    """Return a coordinate system of places on earth, None for any other, as a drawing has."""
    return crs if crs is not None and (crs.is_geographic or crs.is_projected) else None


def in_degrees(path: Path, shapes: np.ndarray, crs: pyproj.CRS) -> tuple[np.ndarray, list[Finding]]:
    """
    Return shapes in WGS 84, with a finding that names the system they were in.

    Raises
    ------
    InputError
        If the system cannot be converted.
    """
    degrees = to_wgs84_shapes(path, shapes, crs)
    said = Text(f"坐标系为“{crs.name}”，没有编号", f"Its coordinate system “{crs.name}” has no code")
    done = Text("已换算为 WGS 84", "It was converted to WGS 84")
    return degrees, [Finding(None, "geometry", said, done)]


def to_wgs84_shapes(path: Path, shapes: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """
    Return shapes in WGS 84.

    Raises
    ------
    InputError
        If the system cannot be converted.
    """
    try:
        return gpd.GeoSeries(shapes, crs=crs).to_crs(WGS84).to_numpy(dtype=object).copy()
    except (pyproj.exceptions.ProjError, pyproj.exceptions.CRSError) as error:
        raise InputError(
            path,
            Text(f"坐标系无法换算（{crs.name}）", f"Its coordinate system cannot be converted ({crs.name})"),
            Text("请用 GIS 软件转换为 WGS 84 后重新导出", "Export it in WGS 84"),
        ) from error


def joined(path: Path, kind: str, encoding: str, layers: Sequence[Rows]) -> RawFile:
    """
    Return the rows of layers, one layer below the other; of several, a column names the layer of each row.

    Parameters
    ----------
    path, kind, encoding
        As `with_shapes` takes them.
    layers
        The layers that are read; layers in different coordinate systems are brought to WGS 84.

    Raises
    ------
    InputError
        If some layers state a coordinate system and others none.
    """
    if len(layers) == 1:
        return with_shapes(path, kind, encoding, layers[0].table, layers[0].read, layers[0].crs)
    crs = layers[0].crs
    if any(layer.crs != crs for layer in layers):
        unknown = next((layer.name for layer in layers if usable(layer.crs) is None), None)
        if unknown is not None:
            raise InputError(
                path,
                Text(
                    f"图层“{masked(unknown)}”没有坐标系，其他图层有",
                    f"The layer “{masked(unknown)}” states no coordinate system, and others do",
                ),
                Text("请用 --layer 指明要读的图层", "Name the layer to read with --layer"),
            )
        layers = [
            layer._replace(read=layer.read._replace(shapes=to_wgs84_shapes(path, layer.read.shapes, layer.crs)))
            for layer in layers
            if layer.crs is not None
        ]
        crs = WGS84
    findings: list[Finding] = []
    first = 0
    for layer in layers:
        findings += [
            finding if finding.row is None else finding._replace(row=finding.row + first)
            for finding in layer.read.findings
        ]
        first += len(layer.table)
    tables = [layer.table.assign(**{} if LAYER in layer.table else {LAYER: layer.name}) for layer in layers]
    table = pd.concat([table.astype(object) for table in tables], ignore_index=True)
    shapes = np.concatenate([layer.read.shapes for layer in layers])
    return with_shapes(path, kind, encoding, table, Shapes(shapes, findings), crs)
