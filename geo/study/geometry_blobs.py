"""How a GeoPackage keeps a geometry."""

from __future__ import annotations

import sqlite3
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray

_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)

_SINGLE: Final = {"MultiPoint": 0, "MultiLineString": 1, "MultiPolygon": 3}
"""The type number of the parts of each kind of several parts."""

_SEVERAL: Final = {0: 4, 1: 5, 3: 6}
"""The type number of several parts, by the type number of one."""

_BOUNDS: Final = ("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")
"""The functions of a shape's bounds, in the order of `bounds`."""


def geometry_of(blob: bytes) -> Any:
    """Read a GeoPackage geometry."""
    import shapely  # noqa: PLC0415 (a study's database opens without it)

    return shapely.from_wkb(wkb_of(blob))


def wkb_of(blob: bytes) -> bytes:
    """Return the WKB after the eight-byte header and the envelope of a geometry (GeoPackage 1.3, 2.1.3)."""
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def geometry_blob(shape: shapely.Geometry) -> bytes:
    """Return a geometry in WGS 84 as a GeoPackage keeps it: header, envelope, WKB (GeoPackage 1.3, 2.1.3)."""
    import shapely  # noqa: PLC0415

    west, south, east, north = shapely.bounds(shape)
    header = b"GP" + bytes([0, 0b0011]) + struct.pack("<i4d", 4326, west, east, south, north)
    return header + shapely.to_wkb(shape, byte_order=1)


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
    connection.create_function("ST_IsEmpty", 1, lambda blob: bool(geometry_of(blob).is_empty), deterministic=True)
    for number, name in enumerate(_BOUNDS):
        connection.create_function(
            name, 1, lambda blob, number=number: float(geometry_of(blob).bounds[number]), deterministic=True
        )
