"""Lengths are computed where the city's own surveyors compute them."""

from __future__ import annotations

import pytest
import shapely

from geo.core.crs import metric_crs, to_metric
from tests.support.drawn import CRS, degrees


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(114.35, 36.10, 4547), (117.2, 28.3, 4548), (87.6, 43.8, 4538), (116.35, 40.0, 4548), (-8.6, 41.15, 32629),
     (24.94, 60.17, 32635), (151.2, -33.9, 32756), (-179.9, 10.0, 32601)],
)  # fmt: skip
def test_chinese_cities_use_cgcs2000_zones_and_others_utm(lon: float, lat: float, code: int) -> None:
    crs = metric_crs(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)
    assert crs.to_epsg() == code
    assert crs.axis_info[0].unit_name == "metre"


def test_metric_places_survive_the_way_to_degrees_and_back() -> None:
    line = degrees(shapely.LineString([(0, 0), (100, 0)]))
    assert shapely.length(shapely.transform(line, lambda xy: to_metric(xy, CRS))) == pytest.approx(100, abs=0.03)
