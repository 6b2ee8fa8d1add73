"""Shapes across the antimeridian are drawn on its two sides, and not around the world."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.core.antimeridian import cut_at_antimeridian


def test_lines_and_areas_are_cut_and_keep_their_size() -> None:
    line = shapely.LineString([(179.99, -16.8), (-179.98, -16.8)])
    area = shapely.Polygon([(179.99, -17), (-179.99, -17), (-179.99, -16.99), (179.99, -16.99)])
    plain = shapely.LineString([(114.3, 36.1), (114.4, 36.1)])
    shapes = np.array([line, area, plain, None, shapely.Point(-179.9, 0)], dtype=object)
    cut = cut_at_antimeridian(shapes)
    assert shapely.length(cut[0]) == pytest.approx(0.03)
    assert [part.bounds[::2] for part in shapely.get_parts(cut[0])] == [
        pytest.approx((179.99, 180)),
        pytest.approx((-180, -179.98)),
    ]
    assert shapely.area(cut[1]) == pytest.approx(0.02 * 0.01)
    assert cut[1].bounds == (-180, -17, 180, -16.99)
    assert cut[2] is plain
    assert cut[3] is None
    assert cut[4] is shapes[4]
    assert shapes[0] is line, "the input stays"
