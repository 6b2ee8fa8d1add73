"""Well-known binary without arcs: short lines stand for the arcs of CAD and of geodatabases."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from geo.core.arrays import Floats

_POINT, _LINE, _POLYGON, _MULTIPOINT, _MULTILINE, _MULTIPOLYGON, _COLLECTION = range(1, 8)
_ARC, _COMPOUND, _CURVED_POLYGON, _MULTICURVE, _MULTISURFACE = range(8, 13)
_TRIANGLE: Final = 17
_CURVES: Final = (_LINE, _ARC, _COMPOUND)
_WITHOUT: Final = {
    _MULTICURVE: _MULTILINE, _MULTISURFACE: _MULTIPOLYGON, 13: _MULTILINE, 14: _MULTIPOLYGON, 15: _MULTIPOLYGON,
    16: _MULTIPOLYGON,
}  # fmt: skip
"""Types of geometry with arcs or faces in them, and the types without (OGC 06-103r4, 8.2.8)."""
_HEIGHT, _MEASURE, _SRID = 0x8000_0000, 0x4000_0000, 0x2000_0000
"""Flags of a type in the extended binary of PostGIS."""
_PLAIN: Final = 0x0FFF_FFFF
_STEP: Final = np.pi / 32
"""An arc's chords turn by at most so much: 1 cm off on a circle of 8 m."""
_DEEPEST: Final = 32
_THREE: Final = 3


def linear(blob: bytes) -> bytes:
    """
    Return well-known binary with lines for arcs; binary of a type without arcs as it is.

    Raises
    ------
    ValueError
        If it is no well-known binary.
    """
    try:
        kind = struct.unpack_from("<I" if blob[0] == 1 else ">I", blob, 1)[0] & _PLAIN
        return blob if kind % 1000 < _COLLECTION else _Walk(blob).geometry()
    except (struct.error, IndexError) as error:
        raise ValueError("cut geometry") from error


class _Walk:
    """A walk through well-known binary that writes it anew: in the plane, little-endian, without arcs."""

    def __init__(self, blob: bytes) -> None:
        self._blob, self._at, self._depth = blob, 0, 0

    def geometry(self) -> bytes:
        start = self._at
        kind, order, size = self._header()
        if kind == _POINT:
            return _head(_POINT) + self._numbers(order, 1, size).tobytes()
        if kind in _CURVES:
            self._at = start
            return _head(_LINE) + _counted(self._curve())
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deeply")
        count = self._count(order)
        if kind in (_POLYGON, _TRIANGLE):
            parts = [_counted(self._numbers(order, self._count(order), size)) for _ in range(count)]
            kind = _POLYGON
        elif kind == _CURVED_POLYGON:
            parts = [_counted(self._curve()) for _ in range(count)]
            kind = _POLYGON
        else:
            parts = [self.geometry() for _ in range(count)]
            kind = _WITHOUT.get(kind, kind)
        self._depth -= 1
        return _head(kind) + struct.pack("<I", count) + b"".join(parts)

    def _curve(self) -> Floats:
        """Return the vertices of a line, an arc or a chain of them."""
        kind, order, size = self._header()
        if kind not in _CURVES:
            raise ValueError("no curve")
        count = self._count(order)
        if kind != _COMPOUND:
            vertices = self._numbers(order, count, size)
            return _chords(vertices) if kind == _ARC else vertices
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deeply")
        parts = [self._curve() for _ in range(count)]
        self._depth -= 1
        # each begins where the one before it ends
        return np.concatenate([part[min(number, 1) :] for number, part in enumerate(parts)] or [np.empty((0, 2))])

    def _header(self) -> tuple[int, str, int]:
        """Return the type of a geometry, the order of its bytes and how many numbers a vertex has."""
        order = "<" if self._blob[self._at] == 1 else ">"
        code = struct.unpack_from(f"{order}I", self._blob, self._at + 1)[0]
        self._at += 9 if code & _SRID else 5
        more, kind = divmod(code & _PLAIN, 1000)
        height, measure = bool(code & _HEIGHT) or more in (1, 3), bool(code & _MEASURE) or more in (2, 3)
        return kind, order, 2 + height + measure

    def _count(self, order: str) -> int:
        count: int = struct.unpack_from(f"{order}I", self._blob, self._at)[0]
        self._at += 4
        if count > len(self._blob):
            raise ValueError("cut geometry")
        return count

    def _numbers(self, order: str, count: int, size: int) -> Floats:
        end = self._at + 8 * count * size
        if end > len(self._blob):
            raise ValueError("cut geometry")
        numbers = np.frombuffer(self._blob, dtype=f"{order}f8", count=count * size, offset=self._at)
        self._at = end
        return numbers.reshape(count, size)[:, :2].astype("<f8")


def _head(kind: int) -> bytes:
    return struct.pack("<BI", 1, kind)


def _counted(vertices: Floats) -> bytes:
    return struct.pack("<I", len(vertices)) + np.ascontiguousarray(vertices, dtype="<f8").tobytes()


def _chords(vertices: Floats) -> Floats:
    """Return the chords of a string of arcs: a start, a point on the arc, its end and the next start, and so on."""
    if len(vertices) < _THREE:
        return vertices
    arcs = [_arc(*vertices[at : at + _THREE])[1:] for at in range(0, len(vertices) - 2, 2)]
    return np.concatenate([vertices[:1], *arcs])


def _arc(start: Floats, through: Floats, end: Floats) -> Floats:
    """Return vertices on the arc through three points; a whole circle where start and end are one."""
    straight = np.array([start, through, end])
    if np.array_equal(start, end):
        centre, turn = (start + through) / 2, 2 * np.pi
    else:
        one, two = through - start, end - start
        across = 2 * (one[0] * two[1] - one[1] * two[0])
        if across == 0 or not np.isfinite(straight).all():
            return straight
        squares = np.array([one @ one, two @ two])
        offset = np.array([two[1] * squares[0] - one[1] * squares[1], one[0] * squares[1] - two[0] * squares[0]])
        centre = start + offset / across
        turn = _angle(end - centre) - _angle(start - centre)
        turn = turn % (2 * np.pi) if across > 0 else -((-turn) % (2 * np.pi))
    radius, first = float(np.hypot(*(start - centre))), _angle(start - centre)
    steps = max(int(np.ceil(abs(turn) / _STEP)), 2)
    angles = first + np.linspace(0, turn, steps + 1)
    vertices = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    vertices[0], vertices[-1] = start, end
    return vertices


def _angle(vector: Floats) -> float:
    return float(np.arctan2(vector[1], vector[0]))
