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
from geo.core.crs import WGS84, metric_crs
from geo.files.coordinates import to_wgs84
from geo.files.crs_detection import StreetsIndex, detect, streets_index
from geo.files.crs_hints import hint_of
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


def shifted(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return GCJ-02 by the published formula wherever a place is: providers shift in Hong Kong too."""
    return wgs84_to_gcj02(lonlat, where=lambda places: np.ones(len(places), dtype=bool))


def town(lon: float, lat: float) -> tuple[StreetsIndex, NDArray[np.float64]]:
    """Return a grid of streets at a place, and points beside them."""
    steps = np.arange(12) * 0.0015
    lines = [shapely.LineString([(lon + at, lat), (lon + at, lat + 0.0165)]) for at in steps]
    lines += [shapely.LineString([(lon, lat + at), (lon + 0.0165, lat + at)]) for at in steps]
    rng = np.random.default_rng(5)
    along = shapely.line_interpolate_point(rng.choice(np.array(lines), 200), rng.random(200), normalized=True)
    points = shapely.get_coordinates(along) + rng.normal(0, 0.00003, (200, 2))
    return streets_index(np.array(lines), metric_crs(lon, lat, lon + 0.0165, lat + 0.0165)), points


@pytest.mark.parametrize(
    ("lon", "lat", "offered"),
    [
        (116.40, 39.90, True),
        (114.165, 22.315, True),
        (113.54, 22.19, True),
        (121.55, 25.03, False),
        (106.91, 47.91, False),
        (105.84, 21.02, False),
        (126.98, 37.56, False),
    ],
)
def test_shifted_datums_are_offered_where_chinese_maps_are_shifted(lon: float, lat: float, offered: bool) -> None:
    ground, points = town(lon, lat)
    plain = detect(points, ground)
    assert plain.system is not None
    assert (plain.system.name, plain.sure) == ("WGS84", True)
    verdict = detect(shifted(points), ground)
    tried = {candidate.system.name for candidate in verdict.candidates}
    assert ("GCJ-02" in tried) is offered
    if offered:
        assert verdict.system is not None
        assert (verdict.system.name, verdict.sure) == ("GCJ-02", True), "in Hong Kong and Macao the streets decide"
        back = to_wgs84(shifted(points), verdict.system)
        assert np.hypot(*((back - points) * 111_000).T).max() < 0.01


def test_the_make_of_a_file_decides_a_tie_and_streets_stand_over_it() -> None:
    ground, points = town(116.40, 39.90)
    rng = np.random.default_rng(3)
    anywhere = rng.uniform((116.4065, 39.9065), (116.4100, 39.9100), (400, 2))
    amap = hint_of("poi.csv", ["pname", "cityname", "typecode", "location"], ["location"])
    assert not detect(shifted(anywhere), ground).sure
    verdict = detect(shifted(anywhere), ground, amap)
    assert verdict.system is not None
    assert (verdict.system.name, verdict.sure, verdict.as_dict()["hint"]) == ("GCJ-02", True, "GCJ-02")
    assert "AMap" in verdict.text.en
    assert "高德" in verdict.text.zh
    clear = detect(points, ground, amap)
    assert clear.system is not None
    assert (clear.system.name, clear.sure) == ("WGS84", True), "converted since"


def test_a_provider_decides_nothing_in_hong_kong_but_a_named_datum_does() -> None:
    ground, _ = town(114.165, 22.315)
    anywhere = np.random.default_rng(3).uniform((114.1715, 22.3215), (114.1750, 22.3250), (400, 2))
    amap = hint_of("poi.csv", ["pname", "cityname", "typecode", "location"], ["location"])
    assert not detect(anywhere, ground, amap).sure
    named = detect(anywhere, ground, hint_of("poi_wgs84.csv", [], []))
    assert named.system is not None
    assert (named.system.name, named.sure) == ("WGS84", True)
