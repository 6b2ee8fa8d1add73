"""Where a study lies, and the clock, calendar, grid and side of driving that follow."""

from __future__ import annotations

import json

import pyproj
import pytest

from geo.core.errors import InputError
from geo.core.place import NATIONAL_GRIDS, Place, place_at, place_facts, place_of

PLACES = {
    "Delhi": (77.21, 28.61, "IN", "", "Asia/Kolkata", 7755, "left"),
    "Seoul": (127.00, 37.55, "KR", "", "Asia/Seoul", 5179, "right"),
    "Hanoi": (105.85, 21.03, "VN", "", "Asia/Ho_Chi_Minh", 3405, "right"),
    "Hong Kong": (114.17, 22.30, "CN", "HK", "Asia/Hong_Kong", 2326, "left"),
    "Macao": (113.55, 22.195, "CN", "MO", "Asia/Macau", 8433, "left"),
    "Taipei": (121.56, 25.04, "CN", "TW", "Asia/Taipei", 3826, "right"),
    "Leeds": (-1.55, 53.80, "GB", "", "Europe/London", 27700, "left"),
    "New York": (-74.00, 40.70, "US", "", "America/New_York", None, "right"),
    "Helsinki": (24.94, 60.17, "FI", "", "Europe/Helsinki", 3067, "right"),
    "Anyang": (114.35, 36.10, "CN", "", "Asia/Shanghai", 4547, "right"),
    "Urumqi": (87.60, 43.80, "CN", "", "Asia/Shanghai", 4538, "right"),
    "Kashgar": (75.99, 39.47, "CN", "", "Asia/Shanghai", 4534, "right"),
    "Sydney": (151.21, -33.87, "AU", "", "Australia/Sydney", None, "left"),
    "Tokyo": (139.70, 35.68, "JP", "", "Asia/Tokyo", None, "left"),
}


@pytest.mark.parametrize("name", PLACES)
def test_places_of_the_world(name: str) -> None:
    lon, lat, *expected = PLACES[name]
    place = place_at(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    assert [place.country, place.region, place.timezone, place.national_grid, place.drives_on] == expected
    assert place.calendar.name == (place.region or place.country)


def test_a_place_on_both_sides_of_the_antimeridian() -> None:
    place = place_at(-179.998, -16.8014, 179.999, -16.8008)
    assert (place.country, place.timezone, place.drives_on) == ("FJ", "Pacific/Fiji", "left")


def test_a_person_may_say_otherwise() -> None:
    xinjiang = place_at(87.5, 43.7, 87.7, 43.9, timezone="Asia/Urumqi")
    assert (xinjiang.timezone, xinjiang.country, xinjiang.national_grid) == ("Asia/Urumqi", "CN", 4538)
    border = place_at(114.05, 22.51, 114.15, 22.55, country="hk")
    assert (border.code, border.drives_on, border.national_grid) == ("HK", "left", 2326)
    with pytest.raises(InputError, match="no time zone"):
        place_at(87.5, 43.7, 87.7, 43.9, timezone="Mars/Olympus")
    with pytest.raises(InputError, match="no country"):
        place_at(87.5, 43.7, 87.7, 43.9, country="Atlantis")


@pytest.mark.parametrize("name", PLACES)
def test_a_study_keeps_its_place_as_facts(name: str) -> None:
    lon, lat = PLACES[name][:2]
    place = place_at(lon, lat, lon, lat)
    assert place_of(place_facts(place)) == place
    # a study of before has its place by its extent
    assert place_of({"extent": json.dumps([lon, lat, lon, lat])}) == place


def test_the_open_sea_has_a_clock_at_least() -> None:
    assert place_at(-140.1, -10.1, -140, -10) == Place("", "", "Etc/GMT+9", None, "right")


@pytest.mark.parametrize("code", NATIONAL_GRIDS)
def test_every_national_grid_is_one_of_epsgs_in_metres(code: str) -> None:
    for _, epsg in NATIONAL_GRIDS[code]:
        crs = pyproj.CRS.from_epsg(epsg)
        assert crs.axis_info[0].unit_name == "metre"
        assert not crs.is_deprecated
