"""Extents, also of places on both sides of the antimeridian."""

from __future__ import annotations

import numpy as np
import pytest

from geo.core.extents import Extent, beside, extent_of, unwrapped, within


@pytest.mark.parametrize(
    ("lons", "west", "east"),
    [
        ([114.2, 114.5, 114.3], 114.2, 114.5),
        ([179.99, -179.98, -179.99, 179.97], 179.97, -179.98),
        ([-170.0, 170.0, 179.0], 170.0, -170.0),
        ([-87.0, 9.5], -87.0, 9.5),
        ([180.0, -180.0, -179.9], 180.0, -179.9),
        ([-179.5, -179.4], -179.5, -179.4),
    ],
)
def test_an_extent_runs_where_its_positions_are(lons: list[float], west: float, east: float) -> None:
    lonlat = np.column_stack([[*lons, np.nan], np.linspace(-10, 10, len(lons) + 1)])
    found = extent_of(lonlat)
    assert (found[0], found[2]) == (west, east)
    assert found[1] == -10
    assert found[3] < 10, "a position that is unknown is left out"


def test_east_is_beyond_west_when_it_is_unwrapped() -> None:
    assert unwrapped((179.0, -17.0, -179.0, -16.0)) == (179.0, -17.0, 181.0, -16.0)
    assert unwrapped((-179.0, -17.0, 179.0, -16.0)) == (179.0, -17.0, 181.0, -16.0), "as studies of before have it"
    assert unwrapped((114.0, 36.0, 115.0, 37.0)) == (114.0, 36.0, 115.0, 37.0)


def test_positions_beside_an_extent_are_told_from_those_within() -> None:
    across: Extent = (179.0, -17.0, -179.0, -16.0)
    assert beside(np.array([179.5, -179.5, 180.0, -180.0]), across).tolist() == [179.5, 180.5, 180.0, 180.0]
    lonlat = np.array([[179.5, -16.5], [-179.5, -16.5], [178.5, -16.5], [0.0, -16.5], [180.0, -15.5], [np.nan, 0]])
    assert within(lonlat, across).tolist() == [True, True, False, False, False, False]
    assert within(lonlat, across, 1.0).tolist() == [True, True, True, False, True, False]
