"""Shapes of bays: pairs that share ground, and shapes that keep bays away; by blocks as well as at once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.parking import bay_shapes
from geo.parking.bay_shapes import Near, Shapes, overlapping, standing_clear


def squares(*at: tuple[float, float], side: float = 2.0, turned: float = 0.0) -> np.ndarray:
    """Return the corners of squares around places."""
    angle = np.radians(turned) + np.pi / 4 + np.arange(4) * np.pi / 2
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * side / np.sqrt(2)
    return np.array(at, dtype=float)[:, None] + ring


def shapes_of(corners: np.ndarray) -> Shapes:
    """Return corners with their middles."""
    centre = corners.mean(axis=1)
    return Shapes(corners, centre, np.linalg.norm(corners - centre[:, None], axis=2).max(axis=1))


def pairs(corners: np.ndarray, holders: list[int], on_top: list[tuple[int, int]], within: bool = True) -> set[tuple]:
    """Return the pairs that share more than nothing, with their shares."""
    found = overlapping(
        shapes_of(corners), np.ones(len(corners), dtype=bool), np.array(holders, dtype=np.uint16), on_top, within
    )
    return {
        (int(later), int(earlier), round(float(share), 6))
        for later, earlier, share in zip(found.later, found.earlier, found.share_m2, strict=True)
        if share > 0
    }


def test_pairs_of_one_room_and_of_rooms_on_top_of_each_other() -> None:
    corners = squares((0, 0), (1, 0), (2, 0), (10, 0))
    assert pairs(corners, [1, 1, 1, 1], []) == {(1, 0, 2.0), (2, 1, 2.0)}
    assert pairs(corners, [1, 2, 1, 1], []) == set(), "of different rooms"
    assert pairs(corners, [1, 2, 1, 1], [(0, 1)]) == {(1, 0, 2.0), (2, 1, 2.0)}
    assert pairs(corners, [1, 1, 1, 1], [], within=False) == set()


def test_turned_squares_share_what_shapely_says() -> None:
    corners = np.concatenate([squares((0, 0)), squares((1.2, 0.3), turned=30), squares((2.45, 0), turned=45)])
    shapes = shapely.polygons(corners)
    expected = {
        (later, earlier, round(float(shapely.area(shapely.intersection(shapes[later], shapes[earlier]))), 6))
        for later, earlier in ((1, 0), (2, 0), (2, 1))
    }
    assert pairs(corners, [1, 1, 1], []) == {each for each in expected if each[2] > 0}


@pytest.mark.parametrize("block", [1, 3, 50])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(721)
    corners = squares(*map(tuple, rng.uniform(0, 25, (60, 2))), turned=20)
    whole = pairs(corners, [1] * 60, [])
    assert len(whole) > 20
    monkeypatch.setattr(bay_shapes, "BLOCK", block)
    assert pairs(corners, [1] * 60, []) == whole


def test_a_shape_keeps_away_the_bays_that_it_meets_and_matters_for() -> None:
    corners = squares((0, 0), (4, 0), (8, 0), (12, 0))
    wall = np.array([shapely.box(3.5, -1, 4.5, 1), shapely.box(11.5, -1, 12.5, 1)], dtype=object)
    kerb, counts = np.array([5, 6]), np.array([2, 2])
    assert standing_clear(kerb, counts, corners, [Near.of(wall, shapely.intersects)]).tolist() == [
        *(True, False),
        *(True, False),
    ]
    other_level = Near.of(wall, shapely.intersects, lambda kerb, shape: kerb == 5)
    assert standing_clear(kerb, counts, corners, [other_level]).tolist() == [True, False, True, True]


def test_a_shape_that_crosses_itself_is_no_bay() -> None:
    corners = squares((0, 0), (5, 0))
    corners[1] = corners[1][[0, 2, 1, 3]]
    assert standing_clear(np.array([0]), np.array([2]), corners, []).tolist() == [True, False]
