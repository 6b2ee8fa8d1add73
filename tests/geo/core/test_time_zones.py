"""Clocks and borders, by position and offline."""

from __future__ import annotations

import numpy as np
import pytest

from geo.core.time_zones import in_mainland_china, is_territory, middle_of, territory_of, zone_at, zone_within


@pytest.mark.parametrize(
    ("lon", "lat", "zone", "territory"),
    [
        (105.85, 21.03, "Asia/Ho_Chi_Minh", "VN"),  # Hanoi lies in the boundaries of Bangkok's clock
        (103.02, 21.39, "Asia/Ho_Chi_Minh", "VN"),
        (105.69, 18.67, "Asia/Ho_Chi_Minh", "VN"),
        (106.70, 10.80, "Asia/Ho_Chi_Minh", "VN"),
        (100.50, 13.75, "Asia/Bangkok", "TH"),
        (104.77, 17.40, "Asia/Bangkok", "TH"),
        (100.77, 18.78, "Asia/Bangkok", "TH"),
        (102.63, 17.97, "Asia/Vientiane", "LA"),
        (-2.10, 49.20, "Europe/Jersey", "JE"),
        (10.75, 59.91, "Europe/Oslo", "NO"),
        (87.60, 43.80, "Asia/Shanghai", "CN"),
    ],
)
def test_zones_and_their_territories(lon: float, lat: float, zone: str, territory: str) -> None:
    assert zone_at(lon, lat) == zone
    assert territory_of(zone) == territory


def test_a_harbour_whose_middle_is_open_sea_has_the_clock_of_its_shore() -> None:
    assert zone_at(-22.0, 61.0).startswith("Etc/")
    assert zone_within(-24.0, 58.0, -20.0, 64.0) == "Atlantic/Reykjavik"
    assert zone_within(-141, -11, -140, -10).startswith("Etc/")
    assert territory_of("Etc/GMT+9") == ""


def test_the_middle_of_an_extent_on_both_sides_of_the_antimeridian() -> None:
    assert middle_of(-179.9, -17, 179.7, -16) == pytest.approx((179.9, -16.5))
    assert middle_of(-179.7, -17, 179.9, -16) == pytest.approx((-179.9, -16.5))
    assert middle_of(10, 20, 30, 40) == (20, 30)


def test_mainland_china_ends_at_its_neighbours() -> None:
    inside = [(114.35, 36.1), (114.06, 22.6), (87.6, 43.8), (75.99, 39.47), (109.5, 18.25), (127.5, 50.24)]
    outside = [(114.17, 22.3), (113.545, 22.195), (121.56, 25.04), (118.32, 24.44), (77.2, 28.6), (127.0, 37.55)]
    outside += [(105.85, 21.03), (106.9, 47.9), (85.3, 27.7), (76.9, 43.25), (127.53, 50.28), (24.94, 60.17)]
    assert in_mainland_china(np.array(inside)).all()
    assert not in_mainland_china(np.array(outside)).any()
    assert not in_mainland_china(np.full((1, 2), np.nan)).any()


def test_codes_are_those_of_iso_3166() -> None:
    assert is_territory("HK")
    assert not is_territory("XX")
