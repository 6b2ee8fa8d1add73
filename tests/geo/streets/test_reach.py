"""One metric CRS for all streets of a study, or a sentence that asks for a boundary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest

from geo.build import Inputs, build_study
from geo.core.crs import GOOD_WITHIN, scale_error
from geo.core.errors import InputError
from geo.core.extents import Extent, extent_of
from geo.streets.extract import Ways, read_ways
from geo.streets.reach import main_extent, within_reach
from geo.study.figures import info
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.extracts import Nodes, grid, write_osm

VADUZ, MONTGOMERY = (9.52, 47.14), (-86.3, 32.36)
GEOD = pyproj.Geod(ellps="WGS84")
RESIDENTIAL = {"highway": "residential"}
Drawn = tuple[dict[int, tuple[float, float]], list[tuple[int, list[int], dict[str, str]]]]


def city(origin: tuple[float, float], first: int = 1, size: int = 4) -> Drawn:
    """Return the nodes of a grid of streets, and its ways."""
    nodes = {first + number - 1: place for number, place in grid(size, origin=origin).items()}
    rows = [[first + row * size + column for column in range(size)] for row in range(size)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return nodes, [(first + number, line, RESIDENTIAL) for number, line in enumerate([*rows, *columns])]


def drawn(path: Path, *parts: Drawn) -> Ways:
    return read_ways(write(path, *parts), ["residential"])


def write(path: Path, *parts: Drawn) -> Path:
    nodes: Nodes = {number: place for part in parts for number, place in part[0].items()}
    return write_osm(path, nodes, [way for part in parts for way in part[1]])


def test_two_far_places_are_asked_about_with_a_boundary_for_each(tmp_path: Path) -> None:
    file = write(tmp_path / "two.osm", city(VADUZ, size=5), city(MONTGOMERY, 1001))
    with pytest.raises(InputError) as refused:
        build_study(tmp_path / "two.gpkg", Inputs(file))
    assert not (tmp_path / "two.gpkg").exists()
    for language in ("zh", "en"):
        sentence = refused.value.sentence(language)
        assert "--boundary" in sentence
        assert "9.52,47.14,9.53,47.15" in sentence
        assert "-86.3,32.36,-86.29,32.37" in sentence
    build_study(tmp_path / "two.gpkg", Inputs(file, boundary=(-86.3, 32.36, -86.29, 32.37)))
    figures = info(tmp_path / "two.gpkg")
    assert (figures["metric_crs"], figures["place"]["country"]) == ("EPSG:32616", "US")
    assert figures["layers"]["streets"] > 0
    true_km = 8 * 3 * GEOD.inv(-86.3, 32.361, -86.299, 32.361)[2] / 1000
    assert sum(figures["streets_km"]["tier"].values()) == pytest.approx(true_km, rel=0.15)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [((9.5, -1.0), "far apart"), ((-170.0, 47.1), "up to"), ((100.0, 1.0), "more than 100 %"), ((21.5, 47.1), "up to")],
)
def test_places_far_apart_in_any_direction_are_asked_about(
    second: tuple[float, float], sentence: str, tmp_path: Path
) -> None:
    ways = drawn(tmp_path / "two.osm", city(VADUZ), city(second, 1001))
    with pytest.raises(InputError, match=sentence) as refused:
        within_reach(ways, tmp_path / "two.osm")
    assert "9.52,47.14,9.53,47.15" in refused.value.sentence("zh")


STRAYS: dict[str, Drawn] = {
    "a way elsewhere": ({901: (-86.0, 32.0), 902: (-86.001, 32.0)}, [(901, [901, 902], RESIDENTIAL)]),
    "a node at 0, 0": ({901: (0.0, 0.0)}, [(901, [901, 1], RESIDENTIAL)]),
    "a way due south": ({901: (9.52, -20.0), 902: (9.521, -20.0)}, [(901, [901, 902], RESIDENTIAL)]),
    "a road across a continent": (
        {901 + i: (9.523 + i * 0.05, 47.143) for i in range(1000)},
        [(901, [16, *range(901, 1901)], RESIDENTIAL)],
    ),
}


@pytest.mark.parametrize("stray", STRAYS)
def test_a_stray_does_not_move_a_city(stray: str, tmp_path: Path) -> None:
    alone = within_reach(drawn(tmp_path / "alone.osm", city(VADUZ)), tmp_path)
    ways, crs, findings = within_reach(drawn(tmp_path / "stray.osm", city(VADUZ), STRAYS[stray]), tmp_path)
    assert alone.crs is not None
    assert alone.findings == []
    assert crs == alone.crs
    assert "901" in findings[0].problem.en
    assert "--boundary" in findings[0].action.zh
    assert scale_error(extent_of(ways.lonlat), crs) < 0.0005
    assert len(ways.lonlat) >= len(alone.ways.lonlat)
    west, south, east, north = extent_of(ways.lonlat)
    assert max(east - west, north - south) < 0.5


def test_a_long_country_is_refused_where_no_few_strays_make_it_long(tmp_path: Path) -> None:
    nodes = {i: (97 + i * 0.02, 45.0) for i in range(1, 1500)}
    ways = drawn(tmp_path / "long.osm", (nodes, [(i, [i, i + 1], RESIDENTIAL) for i in range(1, 1499)]))
    with pytest.raises(InputError, match="--boundary FILE"):
        within_reach(ways, tmp_path / "long.osm")
    reach = within_reach(ways, tmp_path / "long.osm", (110.0, 44.0, 111.0, 46.0))
    assert reach.crs is not None
    assert reach.crs.to_epsg() == 32649


def test_a_wide_province_is_read_and_says_how_wrong_its_lengths_are(tmp_path: Path) -> None:
    nodes = {i: (97.5 + i * 0.02, 30.0) for i in range(1, 550)}
    file = write(tmp_path / "wide.osm", (nodes, [(i, [i, i + 1], RESIDENTIAL) for i in range(1, 549)]))
    reach = within_reach(read_ways(file, ["residential"]), file)
    assert reach.crs is not None
    error = scale_error(extent_of(reach.ways.lonlat), reach.crs)
    assert 0.001 < error <= GOOD_WITHIN
    assert f"{error:.1%}".replace("%", " %") in reach.findings[0].problem.en


def test_islands_stay_and_do_not_move_the_zone(tmp_path: Path) -> None:
    main, island = city((11.9, 54.0), size=5), city((12.9, 54.6), 1001, 2)
    ways = drawn(tmp_path / "islands.osm", main, island)
    reach = within_reach(ways, tmp_path)
    assert reach.crs is not None
    assert (reach.crs.to_epsg(), reach.findings) == (32632, []), "the zone of the city, not of the water between"
    assert len(reach.ways.lonlat) == len(ways.lonlat)
    assert main_extent(ways.lonlat, ways.way) == pytest.approx((11.9, 54.0, 11.904, 54.004))


@pytest.mark.parametrize("lat", [69.65, 78.22, 82.5, -77.85, -54.8, 0.0])
def test_lengths_are_right_near_the_poles_and_at_the_equator(lat: float, tmp_path: Path) -> None:
    file = write(tmp_path / "city.osm", city((16.9, lat)))
    build_study(tmp_path / "city.gpkg", Inputs(file))
    lonlat = read_layer(tmp_path / "city.gpkg", "roads")
    lines = [np.asarray(line.coords) for line in lonlat.geometry]
    true = [GEOD.line_length(line[:, 0], line[:, 1]) for line in lines]
    assert lonlat["length_m"].to_numpy() == pytest.approx(true, rel=0.001)
    stated = info(tmp_path / "city.gpkg")["scale_error"]
    assert stated is not None
    assert np.abs(lonlat["length_m"].to_numpy() / true - 1).max() <= stated + 1e-4


def test_a_city_across_the_antimeridian_is_a_small_one(tmp_path: Path) -> None:
    size = 5
    nodes, ways = city((179.998, -16.8), size=size)
    nodes = {number: ((lon + 180) % 360 - 180, lat) for number, (lon, lat) in nodes.items()}
    build_study(tmp_path / "taveuni.gpkg", Inputs(write(tmp_path / "taveuni.osm", (nodes, ways))))
    figures = info(tmp_path / "taveuni.gpkg")
    assert figures["extent"] == pytest.approx([179.998, -16.8, -179.998, -16.796])
    assert figures["place"]["country"] == "FJ"
    assert figures["metric_crs"] in ("EPSG:32701", "EPSG:32760")
    true = 4 * size * (GEOD.inv(0, -16.798, 0.001, -16.798)[2] + GEOD.inv(0, -16.798, 0, -16.797)[2]) / 1000
    assert sum(figures["streets_km"]["tier"].values()) == pytest.approx(true, rel=0.002)
    assert Study(tmp_path / "taveuni.gpkg").extent == pytest.approx((179.998, -16.8, -179.998, -16.796))
    west: Extent = (179.9985, -16.9, 179.9995, -16.7)
    build_study(tmp_path / "west.gpkg", Inputs(tmp_path / "taveuni.osm", boundary=west))
    across: Extent = (179.9999, -16.9, -179.9999, -16.7)
    build_study(tmp_path / "across.gpkg", Inputs(tmp_path / "taveuni.osm", boundary=across))
    assert info(tmp_path / "across.gpkg")["layers"]["roads"] > 0


def test_the_place_with_the_most_streets_counts_in_every_hemisphere() -> None:
    # 16 ways in each of two places, one more in a third; a way counts once, however many vertices it has
    for main in ((-179.9, -89.5), (179.9, 89.5), (0.0, 0.0), (-0.1, -0.1)):
        others = [(lon, lat) for lon, lat in ((-60.0, -40.0), (100.0, 50.0))]
        lonlat: list[tuple[float, float]] = []
        owner: list[int] = []
        for place, count in ((main, 17), (others[0], 16), (others[1], 16)):
            for _ in range(count):
                vertices = 2 if place == main else 9
                lonlat += [place] * vertices
                owner += [(owner[-1] if owner else -1) + 1] * vertices
        found = main_extent(np.array([*lonlat, (np.nan, np.nan)]), np.array([*owner, 0]))
        assert found == pytest.approx((*main, *main))
