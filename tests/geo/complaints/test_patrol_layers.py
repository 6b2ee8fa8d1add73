"""Earlier districts are read back from their layer."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.complaints.patrol_layers import earlier_districts
from geo.core.crs import WGS84
from tests.support.drawn import CRS, degrees


def test_each_way_is_in_the_district_that_was_drawn_along_it() -> None:
    lines = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(150, -50), (150, 50)], [(200, 0), (300, 0)]]
    shapes = [degrees(shapely.LineString(line)) for line in lines]
    # the third passes over the second, middle on middle, and is longer by a little
    drawn = gpd.GeoDataFrame(
        {"district_id": ["W01", "W02", "W07"]},
        geometry=[shapely.MultiLineString(shapes[:1]), None, shapely.MultiLineString([shapes[1]])],
        crs=WGS84,
    )
    metric = gpd.GeoSeries(shapes, crs=WGS84).to_crs(CRS).to_numpy()
    assert earlier_districts(metric[[0, 1, 3]], drawn, CRS).tolist() == [0, 2, -1]
    assert earlier_districts(metric, drawn.iloc[:0], CRS).tolist() == [-1] * 4
    assert earlier_districts(np.array([], dtype=object), drawn, CRS).tolist() == []
