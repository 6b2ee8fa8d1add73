"""Ends at the same coordinates are one node, whichever lines they are of."""

from __future__ import annotations

import numpy as np
import shapely

from geo.core.node_ids import end_nodes, node_numbers


def test_lines_that_meet_share_a_node() -> None:
    lines = shapely.linestrings(
        [[(114.30, 36.0), (114.31, 36.0)], [(114.31, 36.0), (114.31, 36.01)], [(114.31, 36.01), (114.30, 36.0)]]
    )
    first, last = end_nodes(lines)
    assert first.tolist() == np.roll(last, 1).tolist()
    assert len(set(first)) == 3


def test_nodes_are_told_apart_at_a_centimetre_and_no_finer() -> None:
    place = np.array([[114.3, 36.0]])
    near, apart = place + 4e-8, place + np.array([1e-7, 0])
    assert node_numbers(place)[0] == node_numbers(near)[0]
    assert node_numbers(place)[0] != node_numbers(apart)[0]


def test_nodes_of_the_whole_world_have_numbers_of_their_own() -> None:
    lon, lat = np.meshgrid([-180.0, -0.0000001, 0.0, 0.0000001, 180.0], [-90.0, -0.0000001, 0.0, 0.0000001, 90.0])
    numbers = node_numbers(np.column_stack([lon.ravel(), lat.ravel()]))
    assert len(np.unique(numbers)) == 25
