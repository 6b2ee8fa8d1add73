"""How a GeoPackage keeps a geometry."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import shapely

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def geometry_of(blob: bytes) -> Any:
    """Read a GeoPackage geometry: an eight-byte header, an envelope, then WKB (GeoPackage 1.3, 2.1.3)."""
    import shapely  # noqa: PLC0415 (a study's database opens without it)

    return shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :])


def geometry_blob(shape: shapely.Geometry) -> bytes:
    """Return a geometry in WGS 84 as a GeoPackage keeps it: header, envelope, WKB (GeoPackage 1.3, 2.1.3)."""
    import shapely  # noqa: PLC0415

    west, south, east, north = shapely.bounds(shape)
    header = b"GP" + bytes([0, 0b0011]) + struct.pack("<i4d", 4326, west, east, south, north)
    return header + shapely.to_wkb(shape, byte_order=1)
