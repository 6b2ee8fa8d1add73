"""The streets near a few points are the same as those of the whole study."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.core.crs import WGS84, to_degrees
from geo.files.crs_detection import streets_index
from geo.points import near_streets
from geo.points.near_streets import COLUMNS, NearStreets
from geo.streets.locating import locate
from geo.study.reader import Study


@pytest.fixture
def study(built: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The sample, looked at as a large study."""
    monkeypatch.setattr(near_streets, "ENOUGH", 0)
    return Study(built)


def test_the_extent_is_that_of_all_streets(study: Study) -> None:
    whole = streets_index(study.layer("segments").geometry.to_numpy(), study.crs)
    near = NearStreets(study)
    assert near.bounds == pytest.approx(whole.bounds, abs=1e-6)
    assert "segments" not in vars(near)


def test_points_on_streets_beside_them_and_far_away_are_as_far_as_from_all_streets(study: Study) -> None:
    whole = streets_index(study.layer("segments").geometry.to_numpy(), study.crs)
    west, south, east, north = whole.bounds
    chance = np.random.default_rng(5)
    inside = np.column_stack([chance.uniform(west, east, 40), chance.uniform(south, north, 40)])
    beyond = np.array([[west - 900.0, south - 700.0], [east + 4_000.0, north], [west, north + 9_000.0]])
    xy = np.concatenate([inside, beyond])
    assert NearStreets(study).distances(xy) == pytest.approx(whole.distances(xy), abs=1e-6)


@pytest.mark.parametrize("away_m", [0.0, 60.0, 3_000.0, 60_000.0])
def test_points_are_located_on_near_streets_as_on_all(study: Study, away_m: float) -> None:
    near = NearStreets(study)
    west, south, east, north = near.bounds
    chance = np.random.default_rng(6)
    xy = np.column_stack([chance.uniform(west, east, 25), chance.uniform(south, north, 25)]) + away_m
    points = gpd.GeoDataFrame(geometry=shapely.points(to_degrees(xy, study.crs)), crs=WGS84)
    beyond = float(study.profile["points.service_way"]) + float(study.profile["points.ambiguous_within"]) + 1e-6
    some = near.near(shapely.get_coordinates(points.geometry.to_numpy()), beyond)
    assert list(some.columns) == [*COLUMNS, "geometry"]
    found = locate(points, some, study.crs, study.profile)
    expected = locate(points, study.layer("segments"), study.crs, study.profile)
    assert found.drop(columns="geometry").equals(expected.drop(columns="geometry"))
    if away_m < 1_000.0:
        assert len(some) < len(study.layer("segments"))
