"""A row is placed by its coordinates, else by its address, and what has no place is said why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.files.coordinates import System, system_named, to_wgs84
from geo.files.raw_file import RawFile
from geo.points.gazetteer import Gazetteer, Located
from geo.points.placing import in_use, located, pairs_of
from geo.study.findings import Finding

WGS = System("WGS84")


class Names(Gazetteer):
    """A gazetteer of three addresses."""

    def __init__(self) -> None:
        self.crs = pyproj.CRS.from_epsg(3857)

    def locate(self, addresses: pd.Series) -> Located:
        known = {"甲路1号": "house_number", "乙路": "street", "南关市场": "place"}
        precision = np.array([known.get(address) for address in addresses], dtype=object)
        lonlat = np.array([[114.35, 36.1] if word else [np.nan, np.nan] for word in precision])
        return Located(lonlat, precision)


def rows(*cells: tuple[str | None, str | None, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(cells, columns=["lon", "lat", "address"], dtype=object).assign(coordinates=None)
    return table.set_axis(pd.RangeIndex(2, 2 + len(table)))


def raw(points: np.ndarray | None = None) -> RawFile:
    return RawFile("f", "csv", "utf-8", pd.DataFrame(), points)


def test_pairs_are_read_from_two_columns_one_column_or_geometry() -> None:
    found = rows(("114.3", "36.1", None), (None, None, None))
    np.testing.assert_allclose(pairs_of(raw(), found), [[114.3, 36.1], [np.nan, np.nan]])
    together = found.assign(coordinates=["36.1, 114.3", "114.4;36.2"])
    np.testing.assert_allclose(pairs_of(raw(), together), [[36.1, 114.3], [114.4, 36.2]])
    shapes = np.array([None, shapely.Point(114.5, 36.3)], dtype=object)
    np.testing.assert_allclose(pairs_of(raw(shapes), found), [[114.3, 36.1], [114.5, 36.3]])


def test_geometry_is_matched_by_the_number_of_the_row() -> None:
    """A table may have lost a row whose cells were all empty; its geometry is still there."""
    shapes = np.array([shapely.Point(1, 1), shapely.Point(2, 2), shapely.Point(3, 3)])
    kept = rows((None, None, None), (None, None, None), (None, None, None)).iloc[[0, 2]]
    np.testing.assert_allclose(pairs_of(raw(shapes), kept), [[1, 1], [3, 3]])


@pytest.mark.parametrize(
    ("cells", "pair", "problem"),
    [
        (("0", "0", None), (0.0, 0.0), "The coordinates are 0"),
        (("500000", "4000000", None), (500_000.0, 4_000_000.0), "none of that system"),
        (("here", "there", None), (np.nan, np.nan), "cannot be read"),
        ((None, None, None), (np.nan, np.nan), "No coordinates"),
        ((None, None, "丙路"), (np.nan, np.nan), "the address is not found either"),
    ],
)
def test_a_row_without_a_place_says_why(
    cells: tuple[str | None, str | None, str | None], pair: tuple[float, float], problem: str
) -> None:
    findings: list[Finding] = []
    placed = located(np.array([pair]), WGS, rows(cells), Names(), findings)
    assert np.isnan(placed.lonlat).all()
    assert placed.precision.tolist() == [None]
    assert problem in findings[0].problem.en
    assert (findings[0].row, findings[0].column) == (2, "lon, lat")


def test_an_address_places_what_coordinates_do_not_and_a_rough_one_is_a_finding() -> None:
    findings: list[Finding] = []
    found = rows(("114.3", "36.1", "乙路"), (None, None, "甲路1号"), (None, None, "乙路"), (None, None, "南关市场"))
    pairs = pairs_of(raw(), found)
    placed = located(pairs, WGS, found, Names(), findings)
    assert placed.precision.tolist() == ["coordinates", "house_number", "street", "place"]
    assert np.isfinite(placed.lonlat).all()
    assert [(finding.row, finding.column) for finding in findings] == [(4, "address"), (5, "address")]


def test_without_a_study_addresses_are_not_looked_up() -> None:
    findings: list[Finding] = []
    placed = located(np.full((1, 2), np.nan), None, rows((None, None, "甲路1号")), None, findings)
    assert np.isnan(placed.lonlat).all()
    assert len(findings) == 1


@pytest.mark.parametrize("name", ["GCJ-02", "BD-09", "GCJ-02 (lat, lon)"])
def test_a_chinese_datum_moves_nothing_where_it_is_not_in_use(name: str) -> None:
    places = {"Taipei": (121.56, 25.04), "Ulaanbaatar": (106.91, 47.91), "Hanoi": (105.84, 21.02), "Seoul": (127, 37.6)}
    system = system_named(name)
    pairs = np.array(list(places.values()))
    given = pairs[:, ::-1] if system.swapped else pairs
    used, (finding,) = in_use(given, system)
    assert used == System("WGS84", system.swapped)
    np.testing.assert_array_equal(to_wgs84(given, used), pairs)
    np.testing.assert_array_equal(to_wgs84(given, system), pairs)
    assert "4 points" in finding.problem.en
    assert system.name in finding.problem.zh


def test_a_chinese_datum_is_used_where_chinese_maps_are_shifted() -> None:
    pairs = np.array([[116.40, 39.90], [114.17, 22.30], [113.55, 22.195]])
    used, findings = in_use(pairs, System("GCJ-02"))
    assert (used, findings) == (System("GCJ-02"), [])
    moved = np.hypot(*((to_wgs84(pairs, used) - pairs) * 111_000).T)
    assert ((moved > 300) & (moved < 1000)).all()
    mixed, (finding,) = in_use(np.array([[116.40, 39.90], [126.98, 37.56]]), System("GCJ-02"))
    assert mixed == System("GCJ-02")
    assert "1 points" in finding.problem.en
    assert in_use(pairs, System("WGS84")) == (System("WGS84"), [])
