"""The shifts of Chinese maps are the published ones, and their inverses are exact."""

from __future__ import annotations

import numpy as np
import pytest

from geo.core.chinese_datums import bd09_to_wgs84, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from geo.core.time_zones import in_mainland_china


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # the reference pairs of the eviltransform project
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_the_shift_is_the_published_one(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(np.array([wgs]))[0] == pytest.approx(gcj, abs=1e-6)


def test_baidus_shift_is_the_published_one() -> None:
    # the pair that ports of Baidu's transformation quote
    assert gcj02_to_bd09(np.array([[116.404, 39.915]]))[0] == pytest.approx((116.41036949, 39.92133699), abs=1e-7)


def test_there_and_back_is_within_a_tenth_of_a_millimetre_all_over_china() -> None:
    grid = np.stack(np.meshgrid(np.linspace(74, 135, 300), np.linspace(18, 54, 300)), -1).reshape(-1, 2)
    grid = grid[in_mainland_china(grid)]
    assert len(grid) > 30_000
    for forward, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        metres = np.hypot(*((back(forward(grid)) - grid) * 111_000).T)
        assert metres.max() < 1e-4
        moved = np.hypot(*((forward(grid) - grid) * 111_000).T)
        assert moved.min() > 1
        assert moved.max() < 2500


def test_outside_mainland_china_nothing_is_shifted() -> None:
    names = {"Helsinki": (24.94, 60.17), "Delhi": (77.2, 28.6), "Seoul": (127.0, 37.55), "Hanoi": (105.85, 21.03)}
    names |= {"Hong Kong": (114.17, 22.3), "Taipei": (121.56, 25.04), "San Francisco": (-122.4, 37.8)}
    places = np.array(list(names.values()))
    np.testing.assert_array_equal(wgs84_to_gcj02(places), places)
    np.testing.assert_array_equal(gcj02_to_wgs84(places), places)
    np.testing.assert_array_equal(wgs84_to_bd09(places), places)
    np.testing.assert_array_equal(bd09_to_wgs84(places), places)
