"""Geometry is read row by row: a fault of one row is that row's finding."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from geo.core.text import Text
from geo.files.row_geometry import applied, left_out, points_taken, read_shapes
from tests.support.broken_geometry import SQUARE, UNCLOSED, unclosed_wkb


def test_rows_without_geometry_are_no_fault_and_broken_ones_are() -> None:
    rows = [json.dumps(SQUARE), None, json.dumps(UNCLOSED)]
    shapes, findings = read_shapes(rows, shapely.from_geojson)
    assert [shape is not None for shape in shapes] == [True, False, False]
    assert [(finding.row, finding.column) for finding in findings] == [(4, "geometry")]
    assert findings[0].problem.zh == "多边形的环未闭合"


@pytest.mark.parametrize("error", [ValueError, TypeError, IndexError, KeyError, OverflowError])
def test_whatever_a_decoder_raises_is_the_rows_fault(error: type[Exception]) -> None:
    def decode(row: int) -> shapely.Geometry:
        if row:
            raise error("?")
        return shapely.Point(0, 0)

    shapes, findings = read_shapes([0, 1], decode)
    assert shapes[0] == shapely.Point(0, 0)
    assert error.__name__ in findings[0].problem.en


def test_binary_geometry_with_an_open_ring_is_named() -> None:
    shapes, findings = read_shapes([unclosed_wkb(), b"", shapely.to_wkb(shapely.Point(1, 2))], shapely.from_wkb)
    assert [finding.row for finding in findings] == [2, 3]
    assert shapes[2] == shapely.Point(1, 2)


def test_a_function_that_fails_on_one_shape_is_applied_to_the_others() -> None:
    def fussy(shapes: object) -> object:
        if isinstance(shapes, np.ndarray) or shapes == shapely.Point(1, 1):
            raise shapely.errors.GEOSException("no")
        return shapes

    given = np.array([shapely.Point(0, 0), shapely.Point(1, 1), None], dtype=object)
    shapes, findings = applied(fussy, given)
    assert shapes.tolist() == [shapely.Point(0, 0), None, None]
    assert [finding.row for finding in findings] == [3]
    assert applied(shapely.make_valid, given).findings == []


def test_lines_and_areas_are_counted_and_empty_shapes_are_not() -> None:
    shapes = np.array(
        [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon(), None], dtype=object
    )
    (finding,) = points_taken(shapes)
    assert finding.problem.en == "1 rows are lines or areas"
    assert points_taken(shapes[:1]) == []
    assert points_taken(np.empty(0, dtype=object)) == []


def test_a_finding_names_the_row_as_a_spreadsheet_counts_it() -> None:
    (finding,) = left_out(np.array([0]), Text("无", "none"))
    assert finding.row == 2
    assert "Fix geometries" in finding.action.en
