"""Extents in degrees, also across the antimeridian."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84); west is greater than east across the antimeridian (RFC 7946, 5.2)."""

_AROUND: Final = 360.0
_HALF: Final = 180.0


def extent_of(lonlat: Floats) -> Extent:
    """
    Return the extent of positions, shape (n, 2), in degrees; rows with NaN are left out.

    Where they lie on both sides of the antimeridian, it runs across it: the widest gap between their longitudes stays
    outside.
    """
    known = lonlat[np.isfinite(lonlat).all(axis=1)]
    (west, south), (east, north) = known.min(axis=0), known.max(axis=0)
    if east - west > _HALF:
        lon = np.unique(known[:, 0])
        gap = np.append(lon[1:] - lon[:-1], lon[0] + _AROUND - lon[-1])
        widest = int(np.argmax(gap))
        if widest < len(lon) - 1:
            west, east = lon[widest + 1], lon[widest]
    return float(west), float(south), float(east), float(north)


def unwrapped(extent: Extent) -> Extent:
    """
    Return an extent with an east that is never less than its west: beyond 180 across the antimeridian.

    One wider than half the globe is taken for the least and the greatest longitude of positions on both sides.
    """
    west, south, east, north = extent
    if east < west:
        return west, south, east + _AROUND, north
    if east - west > _HALF:
        return east, south, west + _AROUND, north
    return extent


def beside(lon: Floats, extent: Extent) -> Floats:
    """Return longitudes as numbers next to an extent's: beyond 180 where it runs across the antimeridian."""
    west, _, east, _ = unwrapped(extent)
    middle = (west + east) / 2
    return middle + (lon - middle + _HALF) % _AROUND - _HALF


def within(lonlat: Floats, extent: Extent, margin: float = 0.0) -> Flags:
    """Tell whether positions, shape (n, 2), lie in an extent or within a margin of it, in degrees; shape (n,)."""
    west, south, east, north = unwrapped(extent)
    lon, lat = beside(lonlat[:, 0], extent), lonlat[:, 1]
    with np.errstate(invalid="ignore"):
        inside: Flags = (lon >= west - margin) & (lon <= east + margin)
        inside &= (lat >= south - margin) & (lat <= north + margin)
    return inside
