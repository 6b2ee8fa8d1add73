"""Arcs become short lines that lie on them; well-known binary that is none is refused."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
import shapely

from geo.files.curves import linear


def string(kind: int, *vertices: tuple[float, ...], code: int = 0) -> bytes:
    numbers = [number for vertex in vertices for number in vertex]
    return struct.pack("<BII", 1, kind + code, len(vertices)) + struct.pack(f"<{len(numbers)}d", *numbers)


def holding(kind: int, *parts: bytes) -> bytes:
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


def test_a_half_circle_lies_on_its_circle_and_keeps_its_ends() -> None:
    line = shapely.from_wkb(linear(string(8, (0, 0), (1, 1), (2, 0))))
    xy = shapely.get_coordinates(line)
    assert np.hypot(xy[:, 0] - 1, xy[:, 1]) == pytest.approx(np.ones(len(xy)))
    assert (xy[0].tolist(), xy[-1].tolist()) == ([0, 0], [2, 0])
    assert line.length == pytest.approx(np.pi, rel=0.001)
    below = shapely.from_wkb(linear(string(8, (0, 0), (1, -1), (2, 0))))
    assert below.bounds == pytest.approx((0, -1, 2, 0))


@pytest.mark.parametrize(("code", "more"), [(0, ()), (1000, (7.0,)), (2000, (7.0,)), (3000, (7.0, 8.0))])
def test_heights_and_measures_are_dropped(code: int, more: tuple[float, ...]) -> None:
    arc = string(8, (0, 0, *more), (2, 0, *more), (0, 0, *more), code=code)
    circle = shapely.from_wkb(linear(holding(10, arc)))
    assert circle.geom_type == "Polygon"
    assert circle.area == pytest.approx(np.pi, rel=0.01)


def test_lines_and_arcs_in_a_chain_meet() -> None:
    chain = holding(9, string(2, (0, 0), (1, 0)), string(8, (1, 0), (2, 1), (1, 2)), string(2, (1, 2), (0, 2), (0, 0)))
    area = shapely.from_wkb(linear(holding(10, chain)))
    assert area.is_valid
    assert area.area == pytest.approx(2 + np.pi / 2, rel=0.01)
    both = shapely.from_wkb(linear(holding(12, holding(10, chain), shapely.to_wkb(shapely.box(5, 5, 6, 6)))))
    assert (both.geom_type, len(both.geoms)) == ("MultiPolygon", 2)


def test_faces_are_areas_and_three_points_on_a_line_stay() -> None:
    triangle = struct.pack("<BII", 1, 17, 1) + string(0, (0, 0), (1, 0), (0, 1), (0, 0))[5:]
    assert shapely.from_wkb(linear(holding(16, triangle))).area == 0.5
    assert shapely.get_coordinates(shapely.from_wkb(linear(string(8, (0, 0), (1, 0), (2, 0))))).tolist() == [
        [0, 0], [1, 0], [2, 0],
    ]  # fmt: skip


def test_shapes_without_arcs_stay_as_they_are() -> None:
    for shape in (shapely.Point(1, 2), shapely.box(0, 0, 1, 1)):
        assert linear(shapely.to_wkb(shape)) == shapely.to_wkb(shape)


def test_cut_or_mutated_binary_is_refused_or_read() -> None:
    good = holding(12, holding(10, string(8, (0, 0), (2, 0), (0, 0))))
    chance = random.Random(8)  # noqa: S311 (mutations, the same each time)
    for _ in range(500):
        blob = bytearray(good)
        blob[chance.randrange(len(blob))] = chance.randrange(256)
        try:
            shapely.from_wkb(linear(bytes(blob[: chance.randrange(5, len(blob) + 1)])))
        except (ValueError, shapely.errors.GEOSException, NotImplementedError):
            continue
    with pytest.raises(ValueError, match="cut"):
        linear(b"")
