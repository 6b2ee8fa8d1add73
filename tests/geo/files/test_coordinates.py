"""Coordinates are read as people write them, and the streets say which system they are in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geo.core.chinese_datums import wgs84_to_bd09, wgs84_to_gcj02
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.files.coordinates import parse_number, parse_pair, read_pairs, system_named, to_wgs84
from geo.files.crs_detection import StreetsIndex, detect, streets_index
from geo.rules import Profile
from geo.streets.extract import read_ways
from geo.streets.roads import make_roads


@pytest.mark.parametrize(
    "text",
    ["114.35", " 114,35 ", "114.35°", "东经114.35", "E114.35", "114.35E", "114°21'00\"", "114°21′0″E", "114度21分0秒",
     "东经114°21'", "114:21:00", "114d21m0s"],
)  # fmt: skip
def test_one_coordinate_in_many_hands(text: str) -> None:
    assert parse_number(text).value == pytest.approx(114.35)


@pytest.mark.parametrize("text", ["", None, "abc", "114°61'", "12 34 56 78", "1e5", "inf", "=1+1", "114.35.2"])
def test_what_is_no_coordinate_is_none(text: str | None) -> None:
    assert np.isnan(parse_number(text).value)


def test_the_south_and_the_west_are_negative() -> None:
    assert parse_number("33.5S").value == -33.5
    assert parse_number("西经8.6").value == -8.6
    assert parse_number("-8°36'").value == pytest.approx(-8.6)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("36.1, 114.3", (36.1, 114.3)), ("(36.1 114.3)", (36.1, 114.3)), ("36,1 114,3", (36.1, 114.3)),
     ("114.3，36.1", (114.3, 36.1)), ("114.3;36.1", (114.3, 36.1)), ("POINT (114.3 36.1)", (114.3, 36.1)),
     ("SRID=4326;POINT Z (114.3 36.1 70)", (114.3, 36.1)), ("114°18'E, 36°6'N", (114.3, 36.1)), ("[114.3|36.1]",
     (114.3, 36.1))],
)  # fmt: skip
def test_both_coordinates_in_one_cell(text: str, pair: tuple[float, float]) -> None:
    assert tuple(number.value for number in parse_pair(text)) == pytest.approx(pair)


def test_letters_put_the_axes_in_order() -> None:
    found = read_pairs(pd.Series(["36.1N", "N36°6'"]), pd.Series(["114.3E", "E114°18'"]))
    np.testing.assert_allclose(found, [[114.3, 36.1]] * 2)
    np.testing.assert_allclose(read_pairs(pd.Series(["36.1N, 114.3E", None, "?"]), None)[0], [114.3, 36.1])


def test_systems_are_known_by_their_names() -> None:
    assert str(system_named("高德")) == "GCJ-02"
    assert str(system_named("百度")) == "BD-09"
    assert str(system_named("epsg:4326 (lat, lon)")) == "WGS84 (lat, lon)"
    assert str(system_named("4547")) == "EPSG:4547"
    with pytest.raises(InputError, match="EPSG:4547"):
        system_named("mars")


@pytest.fixture(scope="module")
def beijing(shared: Callable[[str], Path], profile: Profile) -> tuple[StreetsIndex, NDArray[np.float64]]:
    """The streets of Wudaokou, and 300 places of complaints along its named streets."""
    file = shared("beijing_wudaokou.osm.pbf")
    roads, crs = make_roads(read_ways(file, profile["roads.kept_highways"]), profile, file)
    rng = np.random.default_rng(7)
    named = roads[roads["name"].notna()]
    lines = named.geometry.to_numpy()[
        rng.choice(len(named), 300, p=(named["length_m"] / named["length_m"].sum()).to_numpy())
    ]
    metric = gpd.GeoSeries(shapely.line_interpolate_point(lines, rng.random(300), normalized=True), crs=WGS84).to_crs(
        crs
    )
    moved = shapely.points(shapely.get_coordinates(metric.to_numpy()) + rng.normal(0, 5, (300, 2)))
    lonlat = shapely.get_coordinates(gpd.GeoSeries(moved, crs=crs).to_crs(WGS84).to_numpy())
    return streets_index(roads.geometry.to_numpy(), crs), lonlat


def project(code: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    transformer = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return lambda lonlat: np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("WGS84", lambda lonlat: lonlat),
        ("GCJ-02", wgs84_to_gcj02),
        ("BD-09", wgs84_to_bd09),
        ("EPSG:4548", project(4548)),
        ("EPSG:4527", project(4527)),
        ("EPSG:4509", project(4509)),
        ("EPSG:32650", project(32650)),
        ("EPSG:3857", project(3857)),
    ],
)
def test_the_streets_tell_the_system_and_the_order(
    name: str,
    write: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    swapped: bool,
    beijing: tuple[StreetsIndex, NDArray[np.float64]],
) -> None:
    ground, lonlat = beijing
    pairs = write(lonlat)[:, ::-1] if swapped else write(lonlat)
    verdict = detect(pairs, ground)
    assert verdict.sure
    assert verdict.system is not None
    back = to_wgs84(pairs, verdict.system)
    assert np.hypot(*((back - lonlat) * 111_000).T).max() < 1.0
    assert f"{verdict.candidates[0].on_streets:.0%}" in verdict.text.en
    if name in ("GCJ-02", "BD-09", "WGS84"):
        assert (verdict.system.name, verdict.system.swapped) == (name, swapped)
        assert verdict.candidates[0].on_streets > 0.9


def test_a_few_points_are_asked_about_and_never_guessed(beijing: tuple[StreetsIndex, NDArray[np.float64]]) -> None:
    ground, lonlat = beijing
    verdict = detect(wgs84_to_gcj02(lonlat[:3]), ground)
    assert not verdict.sure
    assert "please say" in verdict.text.en


def test_noise_is_asked_about(beijing: tuple[StreetsIndex, NDArray[np.float64]]) -> None:
    ground, lonlat = beijing
    noise = np.random.default_rng(3).uniform(lonlat.min(axis=0), lonlat.max(axis=0), (400, 2))
    assert not detect(noise, ground).sure


def test_points_elsewhere_are_in_no_system(beijing: tuple[StreetsIndex, NDArray[np.float64]]) -> None:
    verdict = detect(np.array([[2.35, 48.85]] * 20), beijing[0])
    assert verdict.system is None
    assert detect(np.full((3, 2), np.nan), beijing[0]).points == 0
