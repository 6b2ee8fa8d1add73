"""The cases that count: with and without a place, undoubted, by a moment."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.points.cases import cases, dated, events, placed, placed_cases, unplaced
from geo.study.schema import conform_geo

AT = pd.Timestamp("2025-06-01T00:00Z")


@pytest.fixture
def complaints() -> gpd.GeoDataFrame:
    """A good case, one without a place, one far away, one of 2062, one after the moment, one undated, one repeated."""
    here = shapely.Point(24.94, 60.17)
    days = ["2025-03-01", "2025-03-02", "2025-03-03", "2062-03-01", "2025-07-01", None, "2025-03-01"]
    table = pd.DataFrame(
        {
            "complaint_id": list("abcdefg"),
            "received_at": pd.to_datetime(days, utc=True),
            "segment_id": ["1-0", None, *["1-0"] * 5],
            "doubted": [None, None, "place", None, None, None, None],
            "duplicate_of": [None] * 6 + ["a"],
        }
    )
    shapes = [here, None, *[here] * 5]
    return conform_geo(gpd.GeoDataFrame(table, geometry=shapes, crs=4326), "complaints")


def ids(rows: pd.DataFrame) -> str:
    return "".join(rows["complaint_id"])


def test_each_figure_knows_what_it_leaves_out(complaints: gpd.GeoDataFrame) -> None:
    every, on_map = cases(complaints, AT), placed_cases(complaints, AT)
    assert (ids(every.rows), every.left_out) == ("abcfg", {"received_doubted": 1, "after_at": 1})
    assert ids(cases(complaints).rows) == "abcefg"
    assert (ids(on_map.rows), on_map.left_out) == ("afg", {**every.left_out, "no_place": 1, "place_doubted": 1})
    assert ids(dated(on_map).rows) == "ag"
    found = events(complaints, AT)
    assert ids(found.rows) == "a"
    assert len(complaints) - len(found.rows) == sum(found.left_out.values())
    assert ids(placed(cases(complaints)).rows) == "aefg"


def test_a_row_without_a_place_is_told_with_and_without_shapes(complaints: gpd.GeoDataFrame) -> None:
    expected = [False, True, False, False, False, False, False]
    assert unplaced(complaints).tolist() == expected
    table = pd.DataFrame(complaints.drop(columns="geometry"))
    assert unplaced(table).tolist() == expected
    assert unplaced(table[["segment_id"]]).tolist() == expected
