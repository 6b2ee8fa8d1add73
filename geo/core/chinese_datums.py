"""The shifted coordinates of Chinese maps: GCJ-02 (AMap, Tencent) and BD-09 (Baidu), to and from WGS 84."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geo.core.arrays import Floats

_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""Where GCJ-02 is shifted, in degrees, as the published approximation has it."""

_A, _E2 = 6378245.0, 0.00669342162296594323
_ITERATIONS: Final = 8


def wgs84_to_gcj02(lonlat: Floats) -> Floats:
    """
    Return WGS 84 coordinates in GCJ-02.

    The published approximation of the transformation (eviltransform and its ports); outside China there is no shift.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    """
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + wave
    north = north + (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north = north + (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + wave
    east = east + (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east = east + (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    phi = np.radians(lat)
    w = 1 - _E2 * np.sin(phi) ** 2
    shift = np.column_stack(
        [
            np.degrees(east * np.sqrt(w) / (_A * np.cos(phi))),
            np.degrees(north * w**1.5 / (_A * (1 - _E2))),
        ]
    )
    west, south, right, top = _CHINA
    inside = (lon >= west) & (lon <= right) & (lat >= south) & (lat <= top)
    return lonlat + np.where(inside[:, None], shift, 0.0)


def gcj02_to_wgs84(lonlat: Floats) -> Floats:
    """
    Return GCJ-02 coordinates in WGS 84.

    The inverse by fixed-point iteration. Checked against the forward transformation on a grid over China: there and
    back differs by less than a tenth of a millimetre, where the usual one-step inverse is off by up to two metres.
    Within a kilometre of the border where the shift ends, a place may have no inverse.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    """
    return _inverse(lonlat, wgs84_to_gcj02)


def gcj02_to_bd09(lonlat: Floats) -> Floats:
    """Return GCJ-02 coordinates, shape (n, 2), in BD-09 (Baidu's published transformation)."""
    x, y = lonlat[:, 0], lonlat[:, 1]
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def wgs84_to_bd09(lonlat: Floats) -> Floats:
    """Return WGS 84 coordinates, shape (n, 2), in BD-09."""
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: Floats) -> Floats:
    """
    Return BD-09 coordinates in WGS 84.

    The inverse of both transformations by fixed-point iteration, checked as that of `gcj02_to_wgs84`.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    """
    return gcj02_to_wgs84(_inverse(lonlat, gcj02_to_bd09))


def _inverse(target: Floats, forward: Callable[[Floats], Floats]) -> Floats:
    """Return what `forward` takes to `target`: the shift changes little over its own length, so iteration converges."""
    guess = target.copy()
    for _ in range(_ITERATIONS):
        guess = guess - (forward(guess) - target)
    return guess
