"""Lengths are computed where the city's own surveyors compute them."""

from __future__ import annotations

import pytest

from geo.crs import gcj02_shift, metric_crs


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(114.35, 36.10, 4547), (117.2, 28.3, 4548), (87.6, 43.8, 4538), (116.35, 40.0, 4548), (-8.6, 41.15, 32629),
     (24.94, 60.17, 32635), (151.2, -33.9, 32756), (-179.9, 10.0, 32601)],
)  # fmt: skip
def test_chinese_cities_use_cgcs2000_zones_and_others_utm(lon: float, lat: float, code: int) -> None:
    crs = metric_crs(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)
    assert crs.to_epsg() == code
    assert crs.axis_info[0].unit_name == "metre"


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # the reference pairs of the eviltransform project
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_the_shift_of_chinese_online_maps_is_the_published_one(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    shift = gcj02_shift(*wgs)
    assert (wgs[0] + shift[0], wgs[1] + shift[1]) == pytest.approx(gcj, abs=1e-6)


def test_outside_china_nothing_is_shifted() -> None:
    assert gcj02_shift(24.94, 60.17) == (0.0, 0.0)
