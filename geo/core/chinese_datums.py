"""The shifted coordinates of Chinese maps: GCJ-02 (AMap, Tencent) and BD-09 (Baidu), to and from WGS 84."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats
from geo.core.time_zones import in_mainland_china

_A, _E2 = 6378245.0, 0.00669342162296594323
_ITERATIONS: Final = 8
Where = Callable[[Floats], Flags]
_FURTHEST: Final = 0.02
"""No place in China is shifted by more degrees."""


def wgs84_to_gcj02(lonlat: Floats, where: Where = in_mainland_china) -> Floats:
    """
    Return WGS 84 coordinates in GCJ-02.

    The published approximation of the transformation (eviltransform and its ports); outside mainland China
    (`geo.core.time_zones.in_mainland_china`) there is no shift, unless `where` says so.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    where
        As `gcj02_to_wgs84` takes it.
    """
    return lonlat + np.where(where(lonlat)[:, None], _shift(lonlat), 0.0)


def gcj02_to_wgs84(lonlat: Floats, where: Where = in_mainland_china) -> Floats:
    """
    Return GCJ-02 coordinates in WGS 84.

    The inverse by fixed-point iteration. Checked against the forward transformation on a grid over China: there and
    back differs by less than a tenth of a millimetre, where the usual one-step inverse is off by up to two metres.
    Within a kilometre outside the border two places have the same coordinates: the one in China is meant.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    where
        Tells where coordinates are shifted: `in_mainland_china`, or `geo.core.time_zones.in_shifted_maps`.
    """
    back = _inverse(lonlat, lambda guess: guess + _shift(guess))
    with np.errstate(invalid="ignore"):
        near = (np.abs(back - lonlat) < _FURTHEST).all(axis=1)
    return np.where((near & where(back))[:, None], back, lonlat)


def gcj02_to_bd09(lonlat: Floats) -> Floats:
    """Return GCJ-02 coordinates, shape (n, 2), in BD-09 (Baidu's published transformation)."""
    x, y = lonlat[:, 0], lonlat[:, 1]
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def wgs84_to_bd09(lonlat: Floats) -> Floats:
    """Return WGS 84 coordinates, shape (n, 2), in BD-09; outside mainland China there is no shift."""
    return np.where(in_mainland_china(lonlat)[:, None], gcj02_to_bd09(wgs84_to_gcj02(lonlat)), lonlat)


def bd09_to_wgs84(lonlat: Floats, where: Where = in_mainland_china) -> Floats:
    """
    Return BD-09 coordinates in WGS 84.

    The inverse of both transformations by fixed-point iteration, checked as that of `gcj02_to_wgs84`.

    Parameters
    ----------
    lonlat
        Shape (n, 2), degrees.
    where
        As `gcj02_to_wgs84` takes it.
    """
    gcj = _inverse(lonlat, gcj02_to_bd09)
    back = gcj02_to_wgs84(gcj, where)
    # without a shift from GCJ-02 there is none of Baidu's either
    return np.where((back == gcj).all(axis=1)[:, None], lonlat, back)


def _shift(lonlat: Floats) -> Floats:
    """Return the shift of the published approximation at places in China, shape (n, 2), in degrees."""
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
    return np.column_stack(
        [
            np.degrees(east * np.sqrt(w) / (_A * np.cos(phi))),
            np.degrees(north * w**1.5 / (_A * (1 - _E2))),
        ]
    )


def _inverse(target: Floats, forward: Callable[[Floats], Floats]) -> Floats:
    """Invert `forward` at `target`: the shift changes little over its own length, so iteration converges."""
    guess = target.copy()
    for _ in range(_ITERATIONS):
        guess = guess - (forward(guess) - target)
    return guess
