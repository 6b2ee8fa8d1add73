"""Lines in the plane: as long as they were drawn, and which of them goes straight on."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.core.metric_geometry import goes_straight_on, leaving_directions, metric_lines, metric_shapes, unit_vectors
from tests.support.drawn import CRS, degrees

CORNER = np.array([degrees(shapely.LineString([(0, 0), (100, 0), (100, 50)]))], dtype=object)


def test_shapes_are_as_large_as_they_were_drawn() -> None:
    square = np.array([degrees(shapely.box(0, 0, 20, 30))], dtype=object)
    assert shapely.area(metric_shapes(square, CRS))[0] == pytest.approx(600, rel=1e-3)
    assert shapely.length(metric_lines(CORNER, CRS))[0] == pytest.approx(150, abs=0.05)
    assert shapely.equals_exact(metric_lines(CORNER, CRS), metric_shapes(CORNER, CRS), 1e-9).all()


def test_unit_vectors_have_length_one_and_none_stays_none() -> None:
    found = unit_vectors(np.array([[3.0, 4.0], [0.0, -2.0], [0.0, 0.0]]))
    assert found.tolist() == [[0.6, 0.8], [0.0, -1.0], [0.0, 0.0]]


def test_a_line_leaves_its_first_node_east_and_its_last_one_south() -> None:
    first, last = leaving_directions(CORNER, CRS)[:, 0]
    assert first == pytest.approx([1, 0], abs=1e-3)
    assert last == pytest.approx([0, -1], abs=1e-3)


@pytest.mark.parametrize(("turn", "straight"), [(0, True), (29, True), (31, False), (90, False), (180, False)])
def test_lines_go_straight_on_up_to_an_angle(turn: float, straight: bool) -> None:
    # one arm leaves to the west; the other leaves to the east, turned
    one = np.array([[-1.0, 0.0]])
    other = np.array([[np.cos(np.radians(turn)), np.sin(np.radians(turn))]])
    assert goes_straight_on(one, other, 30.0).tolist() == [straight]
