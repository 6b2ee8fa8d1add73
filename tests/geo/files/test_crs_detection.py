"""The streets say which coordinate system a file is in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geo.core.chinese_datums import wgs84_to_bd09, wgs84_to_gcj02
from geo.core.crs import WGS84
from geo.files.coordinates import to_wgs84
from geo.files.crs_detection import StreetsIndex, detect, streets_index
from geo.rules import Profile
from geo.streets.extract import read_ways
from geo.streets.roads import make_roads
from tests.support.drawn import CRS, degrees, layers_of, road


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
    assert "please confirm" in verdict.text.en


def test_noise_is_asked_about(beijing: tuple[StreetsIndex, NDArray[np.float64]]) -> None:
    ground, lonlat = beijing
    noise = np.random.default_rng(3).uniform(lonlat.min(axis=0), lonlat.max(axis=0), (400, 2))
    assert not detect(noise, ground).sure


def test_points_elsewhere_are_in_no_system(beijing: tuple[StreetsIndex, NDArray[np.float64]]) -> None:
    verdict = detect(np.array([[2.35, 48.85]] * 20), beijing[0])
    assert verdict.system is None
    assert detect(np.full((3, 2), np.nan), beijing[0]).points == 0


def test_the_index_knows_where_its_streets_lie() -> None:
    ground = streets_index(
        layers_of([road([(0, 0), (400, 0)]), road([(0, 0), (0, 300)])])["roads"].geometry.to_numpy(), CRS
    )
    west, south, east, north = ground.bounds
    assert (east - west, north - south) == pytest.approx((400, 300), abs=0.1)
    middle = degrees(shapely.Point(200, 150))
    assert ground.middle[0] == pytest.approx([middle.x, middle.y], abs=1e-6)


def test_a_verdict_is_said_in_both_languages_and_as_plain_values() -> None:
    roads = layers_of([road([(0, 0), (400, 0)]), road([(0, 0), (0, 300)])])["roads"]
    ground = streets_index(roads.geometry.to_numpy(), CRS)
    pairs = shapely.get_coordinates([degrees(shapely.Point(x, 2)) for x in range(5, 400, 10)])
    verdict = detect(pairs, ground)
    said = verdict.as_dict()
    assert (said["system"], said["sure"], said["points"]) == ("WGS84", True, 40)
    assert said["evidence"][0]["on_streets"] == 1
    assert said["evidence"][0]["median_m"] == pytest.approx(2, abs=0.1)
    assert said["text"]["zh"].startswith("坐标系为 WGS84（40 个点）")
    nothing = detect(pairs + 20, ground)
    assert (nothing.as_dict()["system"], nothing.candidates) == (None, [])
    assert "No coordinate system" in nothing.text.en
