"""Time zones and territories by position, offline: the boundaries that `tzfpy` carries and the tables of `tzdata`."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import Final

import numpy as np
import shapely

from geo.core.arrays import Flags, Floats
from geo.core.extents import unwrapped

CHINA_ZONE: Final = "Asia/Shanghai"
"""Beijing time, the legal time of all of mainland China."""

_SHIFTED_REGIONS: Final = ("Asia/Hong_Kong", "Asia/Macau")
"""Regions where some Chinese providers shift coordinates as on the mainland, and others do not."""

_XINJIANG_ZONE: Final = "Asia/Urumqi"
"""Boundaries overlap in Xinjiang, where some keep a clock of their own; official times are Beijing time."""

_SHARED_ZONE: Final = "Asia/Bangkok"
"""The one zone of the boundaries that two countries share: Thailand, and Vietnam north of the 17th parallel."""
_VIETNAM_ZONE: Final = "Asia/Ho_Chi_Minh"
"""The zone that tzdata lists for Vietnam; its clock has been that of the north since 1975."""
_SOUTHERN_LAOS: Final = (18.6, 104.95)
_NORTHERN_LAOS_EAST: Final = 102.0
"""Two steps through Laos, which has a zone of its own: Vietnam is east of 104.95° up to 18.6° north, of 102° beyond."""

_SHIFTED_WITHIN: Final = (73.0, 8.0, 135.0, 54.0)
"""West, south, east and north of more than mainland China, Hong Kong and Macao, in degrees: nowhere else is their
boundary looked at."""

_GRID: Final = 5
"""Positions along each side of an extent that are asked where its middle lies in the open sea."""


def middle_of(west: float, south: float, east: float, north: float) -> tuple[float, float]:
    """
    Return the middle of an extent, in degrees.

    The middle of an extent across the antimeridian (its west greater than its east) lies there; so does that of one
    wider than half the globe, which is of streets on both sides of it.
    """
    west, south, east, north = unwrapped((west, south, east, north))
    return ((west + east) / 2 + 180) % 360 - 180, (south + north) / 2


def zone_within(west: float, south: float, east: float, north: float) -> str:
    """
    Return the IANA name of the time zone of an extent, in degrees.

    It is the zone of its middle; where that lies in the open sea, the one that most of the extent has.
    """
    zone = zone_at(*middle_of(west, south, east, north))
    if not _at_sea(zone):
        return zone
    west, south, east, north = unwrapped((west, south, east, north))
    lons = (np.linspace(west, east, _GRID) + 180) % 360 - 180
    zones = [zone_at(float(lon), float(lat)) for lon in lons for lat in np.linspace(south, north, _GRID)]
    return next((name for name, _ in Counter(zones).most_common() if not _at_sea(name)), zone)


def zone_at(lon: float, lat: float) -> str:
    """Return the IANA name of the time zone at a position, in degrees: `Etc/GMT…` in the open sea."""
    from tzfpy import get_tz  # noqa: PLC0415 (its boundaries take a quarter of a second to load)

    zone = str(get_tz(lon, lat))
    if zone == _XINJIANG_ZONE:
        return CHINA_ZONE
    return _VIETNAM_ZONE if zone == _SHARED_ZONE and _in_vietnam(lon, lat) else zone


def territory_of(zone: str) -> str:
    """Return the ISO 3166-1 code of a time zone's country or region ("" in the open sea), as tzdata lists it."""
    return _territories().get(zone, "")


def is_territory(code: str) -> bool:
    """Tell whether ISO 3166-1 has a two-letter code."""
    return code in {line.split("\t")[0] for line in _table("iso3166.tab")}


def in_mainland_china(lonlat: Floats) -> Flags:
    """
    Tell whether positions lie in mainland China: the one definition for coordinate systems and shifts.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, WGS 84.

    Returns
    -------
    inside
        Shape (n,): within the boundaries of Beijing time, which end at Hong Kong, Macao and Taiwan.
    """
    return _within(CHINA_ZONE, lonlat)


def in_shifted_maps(lonlat: Floats) -> Flags:
    """
    Tell whether Chinese providers may shift positions: in mainland China, Hong Kong and Macao.

    Elsewhere, and in Taiwan, their coordinates are WGS 84 (the documentation of AMap's and Baidu's interfaces).

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, WGS 84.
    """
    inside = in_mainland_china(lonlat)
    for zone in _SHIFTED_REGIONS:
        inside = inside | _within(zone, lonlat)
    return inside


def _at_sea(zone: str) -> bool:
    return zone.startswith("Etc/") or not zone


def _in_vietnam(lon: float, lat: float) -> bool:
    top, east = _SOUTHERN_LAOS
    return lon > (east if lat <= top else _NORTHERN_LAOS_EAST)


def _within(zone: str, lonlat: Floats) -> Flags:
    """Tell whether positions lie within the boundary of a zone in China; far from it, it is not loaded."""
    west, south, east, north = _SHIFTED_WITHIN
    with np.errstate(invalid="ignore"):
        near: Flags = np.all((lonlat >= (west, south)) & (lonlat <= (east, north)), axis=1)
        inside = near.copy()
        if near.any():
            inside[near] = shapely.contains_xy(_boundary(zone), *lonlat[near].T)
    return inside


@lru_cache(maxsize=4)
def _boundary(zone: str) -> shapely.Geometry:
    from tzfpy import get_tz_polygon_geojson  # noqa: PLC0415 (as in `zone_at`)

    parts = shapely.get_parts(shapely.get_parts(shapely.from_geojson(get_tz_polygon_geojson(zone))))
    shape = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    shapely.prepare(shape)
    return shape


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    return {zone: code for code, _, zone, *_ in (line.split("\t") for line in _table("zone.tab"))}


@lru_cache(maxsize=2)
def _table(name: str) -> tuple[str, ...]:
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
