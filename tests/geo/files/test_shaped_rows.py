"""Rows with shapes: one of each kind per row, in a system that has a code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.core.errors import InputError
from geo.files.row_geometry import Shapes
from geo.files.shaped_rows import Rows, joined, usable, with_shapes

FILE = Path("rows.gpkg")
OWN = pyproj.CRS.from_proj4("+proj=tmerc +lat_0=0 +lon_0=114.35 +k=1 +x_0=50000 +y_0=-3900000 +ellps=GRS80 +units=m")


def shapes(*found: shapely.Geometry | None) -> Shapes:
    return Shapes(np.array(found, dtype=object), [])


def test_a_citys_own_grid_is_converted_and_said() -> None:
    forward = pyproj.Transformer.from_crs(4326, OWN, always_xy=True)
    raw = with_shapes(
        FILE, "x", "utf-8", pd.DataFrame({"id": [1]}), shapes(shapely.Point(forward.transform(114.3, 36.0))), OWN
    )
    assert raw.points is not None
    assert raw.crs is not None
    assert (raw.crs.to_epsg(), raw.points[0].x, raw.points[0].y) == (4326, pytest.approx(114.3), pytest.approx(36.0))
    assert "has no code" in raw.findings[0].problem.en


def test_a_drawings_system_is_none() -> None:
    engineering = pyproj.CRS.from_wkt('LOCAL_CS["Nonearth",UNIT["metre",1],AXIS["X",EAST],AXIS["Y",NORTH]]')
    assert usable(engineering) is None
    assert usable(OWN) is OWN


def test_mixed_and_wild_shapes_are_findings_of_their_rows() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)])
    several = shapely.GeometryCollection([shapely.Point(0, 0), shapely.Point(1, 1)])
    wild = shapely.LineString([(0, 0), (np.inf, 1)])
    high = shapely.Point(1, 2, 3)
    raw = with_shapes(
        FILE,
        "x",
        "utf-8",
        pd.DataFrame({"id": range(6)}),
        shapes(mixed, several, wild, high, None, shapely.Point()),
        None,
    )
    assert raw.shapes is not None
    kinds = [None if shape is None else shape.geom_type for shape in raw.shapes]
    assert kinds == ["Polygon", "MultiPoint", None, "Point", None, "Point"]
    assert [(finding.row, finding.column) for finding in raw.findings] == [(4, "geometry"), (2, "geometry")]
    assert not shapely.has_z(raw.shapes).any()


def test_layers_are_joined_below_each_other_and_findings_move_along() -> None:
    one = Rows("一", pd.DataFrame({"a": ["x"]}), shapes(shapely.Point(0, 0)), pyproj.CRS(4326))
    two = Rows("二", pd.DataFrame({"b": ["y", "z"]}), shapes(None, shapely.Point(1, 1)), pyproj.CRS(4326))
    raw = joined(FILE, "x", "utf-8", [one, two])
    assert raw.table["layer"].tolist() == ["一", "二", "二"]
    assert raw.table["b"].tolist() == [None, "y", "z"]
    with pytest.raises(InputError, match="states no coordinate system"):
        joined(FILE, "x", "utf-8", [one, two._replace(crs=None)])
