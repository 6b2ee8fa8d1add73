"""How a GeoPackage keeps a geometry."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray

_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)

_HEADER: Final = struct.Struct("<2sBBi")
_PLAIN: Final = (_HEADER.pack(b"GP", 0, 0b00000001, 4326), _HEADER.pack(b"GP", 0, 0b00010001, 4326))
"""The headers of a geometry without envelope, and of an empty one."""
_ENVELOPED: Final = _HEADER.pack(b"GP", 0, 0b00000011, 4326)

_MORE: Final = 0b00111110
"""The flags of an envelope, of an empty geometry, and of another kind of header."""
_POINT: Final = b"\x01\x01\x00\x00\x00"
"""The beginning of a point's WKB in little-endian order."""
_XY: Final = struct.Struct("<2d")
_LENGTH_OF_POINT: Final = 29

_SINGLE: Final = {"MultiPoint": 0, "MultiLineString": 1, "MultiPolygon": 3}
"""The type number of the parts of each kind of several parts."""

_SEVERAL: Final = {0: 4, 1: 5, 3: 6}
"""The type number of several parts, by the type number of one."""

_BOUNDS: Final = ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")
"""The functions of a shape's bounds, in the order of an envelope."""


def geometry_of(blob: bytes) -> Any:
    """Read a GeoPackage geometry."""
    import shapely  # noqa: PLC0415 (a study's database opens without it)

    return shapely.from_wkb(wkb_of(blob))


def wkb_of(blob: bytes) -> bytes:
    """Return the WKB after the eight-byte header and the envelope of a geometry (GeoPackage 1.3, 2.1.3)."""
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def shapes_of(blobs: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Read GeoPackage geometries, None where there is none."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    bodies = np.empty(len(blobs), dtype=object)
    bodies[:] = [None if blob is None else wkb_of(blob) for blob in blobs]
    shapes: NDArray[np.object_] = shapely.from_wkb(bodies)
    return shapes


def geometry_blob(shape: shapely.Geometry) -> bytes:
    """Return a geometry in WGS 84 as a GeoPackage keeps it: header, envelope, WKB (GeoPackage 1.3, 2.1.3)."""
    import numpy as np  # noqa: PLC0415

    shapes = np.empty(1, dtype=object)
    shapes[0] = shape
    blob = geometry_blobs(shapes)[0]
    assert blob is not None
    return blob


def geometry_blobs(shapes: NDArray[np.object_]) -> list[bytes | None]:
    """
    Return geometries in WGS 84 as GDAL keeps them in a GeoPackage: points without an envelope.

    Parameters
    ----------
    shapes
        Geometries; None where there is none.
    """
    import shapely  # noqa: PLC0415

    bodies = shapely.to_wkb(shapes, byte_order=1, flavor="iso")
    bounds = shapely.bounds(shapes)[:, [0, 2, 1, 3]]
    empty, plain = shapely.is_empty(shapes), shapely.get_type_id(shapes) == 0
    blobs: list[bytes | None] = []
    for body, box, nothing, point in zip(bodies.tolist(), bounds.tolist(), empty.tolist(), plain.tolist(), strict=True):
        if body is None:
            blobs.append(None)
        elif nothing or point:
            blobs.append(_PLAIN[nothing] + body)
        else:
            blobs.append(_ENVELOPED + struct.pack("<4d", *box) + body)
    return blobs


def as_kept(shapes: NDArray[np.object_], kind: str) -> NDArray[np.object_]:
    """
    Return geometries as a layer of a kind keeps them: shapes of one part beside shapes of several are several too.

    Parameters
    ----------
    shapes
        Geometries; None where there is none.
    kind
        As the layer declares it (`MultiPolygon`, `Unknown`).
    """
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    number = shapely.get_type_id(shapes)
    kinds = {int(each) for each in np.unique(number)} - {-1}
    single = _SINGLE.get(kind, min(kinds, default=-1))
    if single not in kinds or (kind not in _SINGLE and kinds != {single, _SEVERAL.get(single)}):
        return shapes
    alone = number == single
    several = shapes.copy()
    parts, of = shapely.get_parts(shapes[alone], return_index=True)
    made = (shapely.multipoints, shapely.multilinestrings, None, shapely.multipolygons)[single]
    assert made is not None
    several[alone] = made(parts, indices=of)
    return several


def add_shape_functions(connection: sqlite3.Connection) -> None:
    """
    Give a connection the functions that the spatial index's triggers call.

    They are called whenever a row changes, though a change of attributes never moves a geometry.
    """
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    for number, name in enumerate(_BOUNDS):
        connection.create_function(name, 1, lambda blob, number=number: _envelope_of(blob)[number], deterministic=True)


def _is_empty(blob: bytes) -> bool:
    """Tell whether a geometry is empty; a point with coordinates is not, and needs no reading."""
    if _is_plain_point(blob):
        x, y = _XY.unpack_from(blob, 13)
        return isnan(x) or isnan(y)
    return bool(geometry_of(blob).is_empty)


def _is_plain_point(blob: bytes) -> bool:
    """Tell whether a geometry is a point as GDAL keeps it: without an envelope, in little-endian order."""
    return not blob[3] & _MORE and blob[8:13] == _POINT and len(blob) >= _LENGTH_OF_POINT


def _envelope_of(blob: bytes) -> tuple[float, ...]:
    """Return the least and the greatest x and y of a geometry; a point needs no reading."""
    if _is_plain_point(blob):
        x, y = _XY.unpack_from(blob, 13)
        return x, x, y, y
    west, south, east, north = geometry_of(blob).bounds
    return float(west), float(east), float(south), float(north)
