"""What is sent arrives as it was: tables, shapes, exceptions with all their fields."""

from __future__ import annotations

import io
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import pytest
import shapely

from geo.core.errors import InputError, RuleError
from geo.core.text import Text
from geo.files.questions import AskedError, Question
from geo.jobs.messages import dumps, loads, portable


def sent(item: Any) -> Any:
    stream = io.BytesIO(b"".join(bytes(part) for part in dumps(item)))

    def read_into(view: memoryview) -> None:
        assert stream.readinto(view) == len(view)

    return loads(read_into)


@pytest.mark.parametrize(
    "cells",
    [
        ["路", None, "b"],
        [None, None],
        ["a", float("nan"), None],
        [b"bytes", None],
        ["1", 2, 3.5, True],
        ["\ud800 half a character"],
        [],
        [("a", "b"), {"c": 1}],
    ],
)
def test_cells_arrive_as_they_are(cells: list[Any]) -> None:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    back = sent(array)
    assert back.dtype == object
    assert repr(back.tolist()) == repr(cells)
    table = pd.DataFrame({"a": array}, dtype=object, index=pd.RangeIndex(2, 2 + len(array)))
    pd.testing.assert_frame_equal(sent(table), table)


def test_blocks_of_several_columns_keep_their_shape() -> None:
    table = pd.DataFrame([["a", "b", None], ["c", None, "d"]], columns=["x", "y", "x"], dtype=object)
    pd.testing.assert_frame_equal(sent(table), table)
    assert sent(table.to_numpy().T).tolist() == table.to_numpy().T.tolist()


def test_shapes_arrive_as_they_are() -> None:
    shapes = np.array(
        [
            shapely.Point(1, 2),
            None,
            shapely.Point(),
            shapely.LineString([(0, 0, 1), (1, 1, 2)]),
            shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),  # crosses itself
            shapely.GeometryCollection([shapely.Point(1, 2)]),
            shapely.set_srid(shapely.Point(3, 4), 4326),
        ],
        dtype=object,
    )
    back = sent(shapes)
    assert [None if shape is None else shape.wkt for shape in back] == [
        None if shape is None else shape.wkt for shape in shapes
    ]
    assert shapely.get_srid(back[-1]) == 4326
    rings = np.array([shapely.LinearRing([(0, 0), (1, 0), (1, 1)])], dtype=object)
    assert sent(rings)[0].geom_type == "LinearRing"
    layer = gpd.GeoDataFrame({"a": ["x"] * 7}, geometry=shapes, crs=4490)
    assert sent(layer).crs == layer.crs


def test_numbers_travel_beside_the_pickle_and_can_be_changed() -> None:
    numbers = np.arange(100_000.0)
    parts = dumps(numbers)
    assert len(parts) == 3
    back = sent(numbers)
    back[0] = 5
    assert back[0] == 5


def test_an_error_keeps_its_fields_and_the_one_behind_it() -> None:
    question = Question("received_at", "时间", Text("日在前？", "Day first?"), ("1/2/2025",), ("dmy", "mdy"), "--dates")
    asked = AskedError("a.csv", [question])
    back = sent(asked)
    assert type(back) is AskedError
    assert (back.questions, back.sentence("zh"), back.column) == (asked.questions, asked.sentence("zh"), "时间")
    rule = sent(RuleError("a.yaml", "bay.length", Text("错", "wrong"), Text("改", "mend"), 7))
    assert (rule.path, rule.line, rule.place("en")) == ("bay.length", 7, "a.yaml, line 7: bay.length")
    try:
        try:
            b"\xff".decode()
        except UnicodeDecodeError as error:
            raise InputError("a.csv", Text("坏", "bad"), Text("改", "mend")) from error
    except InputError as error:
        cause = sent(error).__cause__
    assert isinstance(cause, UnicodeDecodeError)
    assert "invalid start byte" in str(cause)


def test_an_error_of_a_library_comes_as_its_kind_in_python() -> None:
    back = sent(portable(pyogrio.errors.DataSourceError("cannot open")))
    assert isinstance(back, RuntimeError)
    assert "DataSourceError: cannot open" in str(back)


def test_a_trace_travels_as_a_note() -> None:
    try:
        raise ZeroDivisionError("here")
    except ZeroDivisionError as error:
        back = sent(error)
    assert "test_a_trace_travels_as_a_note" in "".join(back.__notes__)
