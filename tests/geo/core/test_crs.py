"""Lengths are computed where the city's own surveyors compute them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.core.crs import metric_crs, to_degrees, to_metric
from tests.support.drawn import CRS, degrees


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(114.35, 36.10, 4547), (117.2, 28.3, 4548), (87.6, 43.8, 4538), (116.35, 40.0, 4548), (-8.6, 41.15, 32629),
     (24.94, 60.17, 32635), (151.2, -33.9, 32756), (-179.9, 10.0, 32601),
     (77.2, 28.6, 32643), (127.0, 37.55, 32652), (105.85, 21.03, 32648), (114.17, 22.3, 32650), (113.55, 22.195, 32649),
     (121.56, 25.04, 32651), (106.9, 47.9, 32648), (85.3, 27.7, 32645), (76.9, 43.25, 32643), (75.99, 39.47, 4534)],
)  # fmt: skip
def test_chinese_cities_use_cgcs2000_zones_and_others_utm(lon: float, lat: float, code: int) -> None:
    crs = metric_crs(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)
    assert crs.to_epsg() == code
    assert crs.axis_info[0].unit_name == "metre"


def test_metric_places_survive_the_way_to_degrees_and_back() -> None:
    line = degrees(shapely.LineString([(0, 0), (100, 0)]))
    assert shapely.length(shapely.transform(line, lambda xy: to_metric(xy, CRS))) == pytest.approx(100, abs=0.03)


def test_a_study_on_both_sides_of_the_antimeridian_is_computed_in_the_zone_beside_it() -> None:
    crs = metric_crs(-179.998, -16.8014, 179.999, -16.8008)
    assert crs.to_epsg() in (32701, 32760)
    lonlat = np.array([[179.999, -16.801], [-179.999, -16.801]])
    xy = to_metric(lonlat, crs)
    assert np.hypot(*(xy[1] - xy[0])) == pytest.approx(213, abs=2), "0.002 degrees, not around the world"
    assert to_degrees(xy, crs) == pytest.approx(lonlat, abs=1e-8)
