"""Geometry of a file's rows, row by row: unusable geometry is a finding, and the other rows are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from geo.core.text import Text
from geo.study.findings import Finding

FIRST_ROW: Final = 2
"""Rows are counted as a spreadsheet does: the headers are row 1."""
POINT: Final = 0
POLYGONS: Final = (3, 6)
"""GEOS's numbers of points, of polygons and multipolygons."""
_FAULTS: Final = (GEOSException, ValueError, TypeError, IndexError, KeyError, OverflowError)
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
