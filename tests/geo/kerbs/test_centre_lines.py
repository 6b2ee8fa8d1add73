"""Positions, directions and bends along centre lines."""

from __future__ import annotations

import numpy as np
import pytest

from geo.kerbs.centre_lines import CentreLines
from tests.support.drawn import CRS, layers_of, road


@pytest.fixture
def centre() -> CentreLines:
    """Return a street that turns left at a right angle after 100 m, and one that runs straight for 50 m."""
    roads = layers_of([road([(0, 0), (100, 0), (100, 60)]), road([(0, 200), (50, 200)])])["roads"]
    return CentreLines(roads.geometry.to_numpy(), CRS)


def test_lengths_and_places_are_metric(centre: CentreLines) -> None:
    assert centre.length_m == pytest.approx([160, 50], abs=0.05)
    at = centre.points(np.array([0, 0, 1]), np.array([100.0, 130.0, 25.0]))
    assert at[1] - at[0] == pytest.approx([0, 30], abs=0.1)
    assert at[2] - at[0] == pytest.approx([-75, 200], abs=0.3)
    vertex, share = centre.place(np.array([0, 1]), np.array([130.0, 999.0]))
    assert (vertex - centre.first[[0, 1]]).tolist() == [1, 0]
    assert share == pytest.approx([0.5, 1.0], abs=1e-3), "beyond the end is the end"


def test_directions_follow_the_drawing_and_rays_leave_to_the_side(centre: CentreLines) -> None:
    rows, at = np.array([0, 0, 1]), np.array([50.0, 130.0, 10.0])
    assert centre.directions(rows, at) == pytest.approx(np.array([[1, 0], [0, 1], [1, 0]]), abs=1e-2)
    for side, sign in ((0, 1.0), (1, -1.0)):
        ray = centre.rays(rows[:1], np.array([side]), at[:1], 7.0)[0]
        (x0, y0), (x1, y1) = ray.coords
        assert (x1 - x0, y1 - y0) == pytest.approx((0.0, 7.0 * sign), abs=0.05)


def test_bends_are_inner_vertices_with_the_radius_of_their_turn(centre: CentreLines) -> None:
    row, along, radius = centre.bends()
    assert row.tolist() == [0]
    assert along == pytest.approx([100], abs=0.05)
    assert radius == pytest.approx([80 / (np.pi / 2)], rel=0.01)
    before, after = centre.bend_span(row, along)
    assert (before[0], after[0]) == pytest.approx((50, 30), abs=0.1)
    assert centre.turning()[0] > 0 == centre.turning()[1]
