"""Rasters of people: the cells around the streets, and their values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio.transform
import shapely

from geo.core.errors import InputError
from geo.files.crs_detection import StreetsIndex, streets_index
from geo.files.raster_files import read_raster
from tests.support.drawn import CRS, degrees, layers_of, road

WEST, NORTH, CELL = 114.3, 36.15, 1 / 1200
"""Three seconds, as WorldPop has them."""


@pytest.fixture
def ground() -> StreetsIndex:
    lines = layers_of([road([(0, 0), (500, 0)]), road([(0, 0), (0, 300)])])["roads"].geometry.to_numpy()
    return streets_index(lines, CRS)


def write_raster(file: Path, people: dict[tuple[float, float], float], crs: str | None = "EPSG:4326") -> Path:
    """Write people by the place of the plain at which they live; everywhere else there is no value."""
    values = np.full((180, 180), -1.0, dtype="float32")
    for (x, y), number in people.items():
        place = degrees(shapely.Point(x, y))
        values[int((NORTH - place.y) / CELL), int((place.x - WEST) / CELL)] = number
    transform = rasterio.transform.from_origin(WEST, NORTH, CELL, CELL)
    shape = {"height": 180, "width": 180, "count": 1, "dtype": "float32", "nodata": -1.0}
    with rasterio.open(file, "w", driver="GTiff", crs=crs, transform=transform, **shape) as target:
        target.write(values, 1)
    return file


def test_cells_with_people_around_the_streets_are_read_at_their_middles(ground: StreetsIndex, tmp_path: Path) -> None:
    people = {(250.0, 10.0): 42.5, (20.0, 280.0): 7.0, (400.0, 150.0): 0.0, (3000.0, 3000.0): 900.0}
    lonlat, value = read_raster(write_raster(tmp_path / "people.tif", people), ground)
    assert sorted(value) == [7.0, 42.5], "nobody lives in cells of 0 or without a value, and others live elsewhere"
    for place, number in zip(lonlat, value, strict=True):
        (x, y) = next(at for at, there in people.items() if there == number)
        assert np.abs(place - shapely.get_coordinates(degrees(shapely.Point(x, y)))[0]).max() <= CELL / 2 + 1e-9


def test_a_raster_that_lies_nowhere_is_refused(ground: StreetsIndex, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="coordinate system"):
        read_raster(write_raster(tmp_path / "nowhere.tif", {(250.0, 10.0): 1.0}, crs=None), ground)


def test_a_raster_of_another_place_is_refused(ground: StreetsIndex, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no people around"):
        read_raster(write_raster(tmp_path / "far.tif", {(3000.0, 3000.0): 900.0}), ground)


def test_what_is_no_raster_is_refused(ground: StreetsIndex, tmp_path: Path) -> None:
    (tmp_path / "bad.tif").write_bytes(b"no raster")
    with pytest.raises(InputError, match="cannot be read"):
        read_raster(tmp_path / "bad.tif", ground)
