"""Kerbs without frontage: kerbs that face their own street over a median or side strip."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from geo.core.arrays import Integers
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import both_sides, kerb_of, segment_of, side_of
from geo.streets.sections import root_of

_STATIONS: Final = (0.25, 0.5, 0.75)
"""Where along a segment its sides are looked from."""


def facing_own_street(kerbs: Kerbs) -> Integers:
    """
    Return for each kerb the segment of its own street that it faces over a median or side strip, or -1.

    The inner sides of roundabouts face themselves.
    """
    facing = np.full(len(kerbs), -1)
    if len(kerbs) == 0:
        return facing
    street = np.unique(root_of(kerbs.roads["street_id"]).to_numpy(dtype=str), return_inverse=True)[1]
    oneway = kerbs.roads["oneway"].to_numpy(dtype=bool)
    several = np.isin(street, street[oneway]) & (np.bincount(street)[street] > 1)
    rows = np.flatnonzero(several)
    kerb = np.repeat(both_sides(rows), len(_STATIONS))
    at = np.tile(_STATIONS, 2 * len(rows)) * kerbs.length_m[kerb]
    rays = kerbs.centre.rays(segment_of(kerb), side_of(kerb), at, float(kerbs.profile["kerb.median_within"]))
    tree = shapely.STRtree(kerbs.lines[rows])
    ray, hit = tree.query(rays, predicate="intersects")
    hit = rows[hit]
    own = segment_of(kerb[ray])
    other = (hit != own) & (street[hit] == street[own])
    ray, hit, own = ray[other], hit[other], own[other]
    middle = kerbs.segment_m[hit] * 0.5
    cosine = (kerbs.centre.directions(own, at[ray]) * kerbs.centre.directions(hit, middle)).sum(axis=1)
    parallel = np.abs(cosine) >= np.cos(np.radians(float(kerbs.profile["kerb.parallel_within"])))
    ray, hit = ray[parallel], hit[parallel]
    looked = np.unique(ray)
    seen = np.bincount(kerb[looked], minlength=len(kerbs))
    enough = seen * 2 > len(_STATIONS)
    chosen = np.flatnonzero(enough[kerb[ray]])
    facing[kerb[ray[chosen]]] = hit[chosen]
    ring = np.flatnonzero(kerbs.roads["roundabout"].to_numpy(dtype=bool))
    turn = kerbs.centre.turning()
    facing[kerb_of(ring, turn[ring] < 0)] = ring
    return facing
