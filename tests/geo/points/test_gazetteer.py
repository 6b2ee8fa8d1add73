"""Addresses are found in the extract alone, and say how precisely."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.core.crs import WGS84
from geo.points.gazetteer import PRECISIONS, Gazetteer
from geo.points.imports import place_in
from geo.rules import Profile
from geo.streets.roads import make_roads
from tests.support.lists import avenue

STEP = 0.00045


@pytest.fixture(scope="module")
def gazetteer(profile: Profile) -> Gazetteer:
    roads, crs = make_roads(avenue(), profile, Path("test.osm"))
    houses = gpd.GeoDataFrame(
        {"street": "文峰大道", "number": ["10", "20", "11", "88", "88"]},
        geometry=[shapely.Point(114.30 + x * STEP, 36.0002) for x in (1, 3, 2, 5, 45)],
        crs=WGS84,
    )
    places = gpd.GeoDataFrame({"name": ["南关市场"]}, geometry=[shapely.Point(114.31, 36.001)], crs=WGS84)
    return Gazetteer(roads, houses, [places], crs)


@pytest.mark.parametrize(
    ("address", "precision", "column"),
    [
        ("文峰大道与甲路交叉口", "intersection", 10),
        ("安阳市北关区文峰大道和丙路路口东北角", "intersection", 30),
        ("文峰大道/丁路", "intersection", 40),
        ("文峰大道与乙路口", "intersection", 20),
        ("文峰大道10号", "house_number", 1),
        ("河南省安阳市文峰大道20号院", "house_number", 3),
        ("文峰大道15号", "interpolated", 2),
        ("文峰大道12号", "interpolated", 1.4),
    ],
)
def test_an_address_is_placed_with_its_precision(
    address: str, precision: str, column: float, gazetteer: Gazetteer
) -> None:
    found = gazetteer.locate(pd.Series([address]))
    assert found.precision[0] == precision
    assert (found.lonlat[0, 0] - 114.30) / STEP == pytest.approx(column, abs=0.6)


def test_a_named_place_is_found(gazetteer: Gazetteer) -> None:
    found = gazetteer.locate(pd.Series(["南关市场门口"]))
    assert found.precision[0] == "place"
    np.testing.assert_allclose(found.lonlat[0], [114.31, 36.001])


@pytest.mark.parametrize(
    "address",
    ["", None, "不存在的路与甲路交叉口", "文峰大道", "文峰大道88号", "某某小区3号楼", "文峰大道9999号", "&" * 5000],
)
def test_what_is_not_one_place_is_nowhere(address: str | None, gazetteer: Gazetteer) -> None:
    found = gazetteer.locate(pd.Series([address], dtype=object))
    assert found.precision[0] is None
    assert np.isnan(found.lonlat[0]).all()


def test_real_house_numbers_are_found(built: Path) -> None:
    place = place_in(built)
    found = place.gazetteer.locate(
        pd.Series(["Mikonkatu 8", "Fabianinkatu & Aleksanterinkatu", "Kaivokatu 1, Helsinki"])
    )
    assert [p in PRECISIONS for p in found.precision] == [True] * 3
    assert np.isfinite(found.lonlat).all()
    assert (np.abs(found.lonlat - [24.945, 60.169]) < 0.01).all()
