"""Coordinate systems: where lengths are computed."""

from __future__ import annotations

import threading
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.core.extents import Extent, unwrapped
from geo.core.time_zones import in_mainland_china, middle_of

WGS84 = pyproj.CRS.from_epsg(4326)

GOOD_WITHIN: Final = 0.005
"""A CRS is good where lengths are right to half a per cent: 0.5 m in 100 m, less than a survey by pace. A zone is good
for some 600 km to either side of its meridian."""

_SAMPLES: Final = 33
"""Positions along each side of an extent at which the scale is looked at: there, and on the grid between."""

_CGCS2000_3_DEGREE_CM_75 = 4534
"""EPSG:4534 is "CGCS2000 / 3-degree Gauss-Kruger CM 75E"; each following code is 3 degrees further east, to 4554."""


def metric_crs(west: float, south: float, east: float, north: float) -> pyproj.CRS:
    """
    Return the CRS of a study's lengths and areas.

    Parameters
    ----------
    west, south, east, north
        The study's extent, in degrees (WGS 84); its west is greater than its east across the antimeridian.

    Returns
    -------
    crs
        In mainland China the CGCS2000 3-degree Gauss-Kruger zone (EPSG:4534 to 4554, after GB/T 18522 practice for
        large scales) nearest to the extent's middle, elsewhere its UTM zone.
    """
    lon, lat = middle_of(west, south, east, north)
    if in_mainland_china(np.array([[lon, lat]]))[0]:
        return pyproj.CRS.from_epsg(chinese_zone(lon))
    zone = int(np.clip((lon + 180) // 6 + 1, 1, 60))
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def scale_errors(lonlat: NDArray[np.float64], crs: pyproj.CRS) -> NDArray[np.float64]:
    """
    Return the relative error of lengths in a CRS, compared with the ground, at positions.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, WGS 84.
    crs
        A metric CRS.

    Returns
    -------
    errors
        Shape (n,): 0.01 where lengths are one per cent too long or too short in the direction in which they
        are worst; infinite where the projection has no scale.
    """
    factors = pyproj.Proj(crs).get_factors(lonlat[:, 0], lonlat[:, 1], errcheck=False)
    scales = np.column_stack([factors.meridional_scale, factors.parallel_scale])
    errors: NDArray[np.float64] = np.abs(scales - 1).max(axis=1)
    return np.where(np.isfinite(errors), errors, np.inf)


def scale_error(extent: Extent, crs: pyproj.CRS) -> float:
    """Return the worst relative error of lengths within an extent in a CRS, as `scale_errors` has it."""
    west, south, east, north = unwrapped(extent)
    lon, lat = np.meshgrid(np.linspace(west, east, _SAMPLES), np.linspace(south, north, _SAMPLES))
    lonlat = np.column_stack([(lon.ravel() + 180) % 360 - 180, lat.ravel()])
    return float(scale_errors(lonlat, crs).max())


def chinese_zone(lon: float) -> int:
    """Return the EPSG code of the CGCS2000 3-degree zone nearest to a longitude."""
    return _CGCS2000_3_DEGREE_CM_75 + int(np.clip(round(lon / 3) - 25, 0, 20))


class _Kept(threading.local):
    """The transformers of a thread: making one takes far longer than most uses, and none is shared between threads."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], pyproj.Transformer] = {}


_kept = _Kept()


def transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    """Return a transformer that takes and gives x (or longitude) before y (or latitude)."""
    key = source.to_wkt(), target.to_wkt()
    if key not in _kept.made:
        _kept.made[key] = pyproj.Transformer.from_crs(source, target, always_xy=True)
    return _kept.made[key]


def to_metric(lonlat: NDArray[np.float64], crs: pyproj.CRS) -> NDArray[np.float64]:
    """
    Project coordinates.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees, WGS 84.
    crs
        A metric CRS, as `metric_crs` returns.

    Returns
    -------
    xy
        Shape (n, 2), metres.
    """
    x, y = transformer(WGS84, crs).transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def to_degrees(xy: NDArray[np.float64], crs: pyproj.CRS) -> NDArray[np.float64]:
    """Return metric coordinates, shape (n, 2), as longitude and latitude (WGS 84)."""
    lon, lat = transformer(crs, WGS84).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])
