"""Geometry of a file's rows, row by row: it is repaired or left out with a finding, and the other rows are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from geo.core.text import Text
from geo.files.curves import linear
from geo.study.findings import Finding

FIRST_ROW: Final = 2
"""Rows are counted as a spreadsheet does: the headers are row 1."""
POINT: Final = 0
POLYGONS: Final = (3, 6)
"""GEOS's numbers of points, of polygons and multipolygons."""
_COLLECTION: Final = 7
_MULTIPOINT: Final = 4
_FAULTS: Final = (
    *(GEOSException, ValueError, TypeError, IndexError, KeyError, OverflowError),
    *(NotImplementedError, AttributeError, RecursionError),
)
"""What decoders raise for geometry that is none."""
_REPAIR: Final = Text(
    "该行的几何未采用；请在 GIS 软件中修复几何（如 QGIS 的“修正几何图形”）后重新导出",
    "The row's geometry was left out; repair it in a GIS (in QGIS: Fix geometries), then export it again",
)
_REASONS: Final = (
    ("closed linestring", Text("多边形的环未闭合", "A ring of the polygon is not closed")),
    ("number of points", Text("几何的点数不足", "The geometry has too few points")),
)
"""Words in a decoder's message, and what they mean."""
_MIXED: Final = Text("几何混有点、线、面", "The geometry mixes points, lines and areas")
_NO_NUMBERS: Final = Text("坐标不是数字", "The coordinates are no numbers")
_BY_DIMENSION: Final = (
    Text("只采用其中的点", "Only its points were taken"),
    Text("只采用其中的线", "Only its lines were taken"),
    Text("只采用其中的面", "Only its areas were taken"),
)


_Row = TypeVar("_Row")


class Shapes(NamedTuple):
    """The geometry of each row, None where there is none, with a finding for each row of unusable geometry."""

    shapes: NDArray[np.object_]
    findings: list[Finding]


def read_shapes(rows: Iterable[_Row | None], decode: Callable[[_Row], shapely.Geometry | None]) -> Shapes:
    """
    Decode the geometry of each row.

    Parameters
    ----------
    rows
        Encoded geometry, None where a row has none.
    decode
        Returns the geometry of one row; whatever it raises is that row's fault.
    """
    return _each(list(rows), decode)


def shapes_of_wkb(blobs: Sequence[bytes | None] | NDArray[np.object_]) -> Shapes:
    """Decode well-known binary: arcs become short lines."""
    column = np.asarray(blobs, dtype=object)
    try:
        return Shapes(np.asarray(shapely.from_wkb(column), dtype=object), [])
    except _FAULTS:
        return read_shapes(column.tolist(), shape_of_wkb)


def shape_of_wkb(blob: bytes) -> shapely.Geometry:
    """Decode the well-known binary of one geometry; arcs become short lines."""
    if not blob:
        raise ValueError("no geometry")
    return shapely.from_wkb(linear(blob))


def shapes_of_geojson(geometries: Sequence[object]) -> Shapes:
    """Decode the geometries of GeoJSON, as documents; None where a row has none."""
    texts = np.array([None if geometry is None else json.dumps(geometry) for geometry in geometries], dtype=object)
    try:
        return Shapes(np.asarray(shapely.from_geojson(texts), dtype=object), [])
    except _FAULTS:
        return read_shapes(texts.tolist(), shapely.from_geojson)


def shapes_of_wkt(texts: Iterable[str | None]) -> Shapes:
    """Decode well-known text, also with `SRID=…;` in front."""
    plain = [text.rpartition(";")[2] if isinstance(text, str) else None for text in texts]
    return read_shapes(plain, shapely.from_wkt)


def sound(read: Shapes) -> Shapes:
    """
    Return the shapes of rows in the plane, of one kind each: points, lines or areas, single or several.

    Heights and measures are dropped; of a collection the parts of the most dimensions are kept; shapes whose
    coordinates are no numbers are left out. One point among several is a single one; empty shapes stay as they are.
    """
    shapes = np.asarray(shapely.force_2d(read.shapes), dtype=object)
    findings = list(read.findings)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    with np.errstate(invalid="ignore"):
        wild = there & ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    if wild.any():
        findings += left_out(np.flatnonzero(wild), _NO_NUMBERS)
        shapes[wild] = None
    lone = np.flatnonzero((shapely.get_type_id(shapes) == _MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1))
    shapes[lone] = shapely.get_geometry(shapes[lone], 0)
    mixed = np.flatnonzero(there & ~wild & (shapely.get_type_id(shapes) == _COLLECTION))
    for row in mixed:
        parts = _parts(shapes[row])
        dimension = shapely.get_dimensions(parts)
        most = int(dimension.max())
        shapes[row] = _together(parts[dimension == most], most)
        if (dimension != most).any():
            findings.append(Finding(int(row) + FIRST_ROW, "geometry", _MIXED, _BY_DIMENSION[most]))
    return Shapes(shapes, findings)


def _parts(shape: shapely.Geometry) -> NDArray[np.object_]:
    """Return the single shapes of a collection, also of collections within it."""
    parts = np.array([shape], dtype=object)
    while (shapely.get_type_id(parts) >= _MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    return cast("NDArray[np.object_]", parts[~shapely.is_empty(parts)])


def _together(parts: NDArray[np.object_], dimension: int) -> shapely.Geometry:
    if len(parts) == 1:
        return cast("shapely.Geometry", parts[0])
    return cast(
        "shapely.Geometry",
        (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[dimension](parts),
    )


def valid_areas(shapes: NDArray[np.object_]) -> Shapes:
    """Make areas valid, the lines that a repair leaves over dropped; a finding names each that had to be repaired."""
    known = ~shapely.is_missing(shapes)
    faulty = np.flatnonzero(known & ~shapely.is_valid(shapes))
    if len(faulty) == 0:
        return Shapes(shapes, [])
    result = shapes.copy()
    mended, problems = applied(shapely.make_valid, shapes[faulty])
    findings = [
        finding._replace(row=int(faulty[finding.row - FIRST_ROW]) + FIRST_ROW) for finding in problems if finding.row
    ]
    for row, shape in zip(faulty, mended, strict=True):
        if shape is None:
            result[row] = None
            continue
        parts = _parts(shape)
        flat = parts[shapely.get_dimensions(parts) == 2]
        result[row] = shapely.union_all(flat) if len(flat) else shapely.Polygon()
        if len(flat):
            findings.append(
                Finding(
                    int(row) + FIRST_ROW,
                    "geometry",
                    Text("面的边界自相交", "The area's outline crosses or touches itself"),
                    Text("已修复；请核对", "It was repaired; check it"),
                )
            )
    return Shapes(result, findings)


def points_on(shapes: NDArray[np.object_]) -> Shapes:
    """Return a point on each shape: itself, where it is a single one."""
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    single = known & (shapely.get_type_id(shapes) == POINT)
    others = shapes.copy()
    others[~known | single] = None
    points, unusable = applied(_on_surface, others)
    points[single] = shapes[single]
    return Shapes(points, unusable)


def _on_surface(shapes: Any) -> Any:
    return shapely.point_on_surface(shapely.make_valid(shapes))


def applied(function: Callable[..., object], shapes: NDArray[np.object_]) -> Shapes:
    """
    Apply a function of `shapely` to all shapes at once; where one of them makes it fail, to each by itself.

    Parameters
    ----------
    function
        From shapes to shapes, as `shapely.make_valid` or `shapely.point_on_surface`.
    shapes
        Shape (n,), None where a row has none.
    """
    try:
        return Shapes(np.asarray(function(shapes), dtype=object), [])
    except GEOSException:
        return _each(list(shapes), function)


def left_out(rows: NDArray[np.int64], problem: Text) -> list[Finding]:
    """Return a finding for each position of unusable geometry, with the reason."""
    return [Finding(int(row) + FIRST_ROW, "geometry", problem, _REPAIR) for row in rows]


def points_taken(shapes: NDArray[np.object_]) -> list[Finding]:
    """Return a finding where rows are lines or areas: one point of each is read."""
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    several = int((known & (shapely.get_type_id(shapes) != POINT)).sum())
    if several == 0:
        return []
    return [
        Finding(
            None,
            "geometry",
            Text(f"{several} 行是线或面", f"{several} rows are lines or areas"),
            Text("各取其上一点", "A point on each was taken"),
        )
    ]


def _each(rows: list[_Row | None], function: Callable[[_Row], object]) -> Shapes:
    shapes = np.full(len(rows), None, dtype=object)
    findings: list[Finding] = []
    for position, row in enumerate(rows):
        if row is None:
            continue
        try:
            shapes[position] = function(row)
        except _FAULTS as error:
            findings += left_out(np.array([position]), _reason(error))
    return Shapes(shapes, findings)


def _reason(error: Exception) -> Text:
    words = str(error)
    known = next((reason for part, reason in _REASONS if part in words), None)
    return known or Text(
        f"几何无法读取（{type(error).__name__}）", f"The geometry cannot be read ({type(error).__name__})"
    )
