"""Mapped kerbs and carriageway edges: how far from the centre line they show kerbs to be."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.core.arrays import Flags, Floats
from geo.core.metric_geometry import metric_shapes
from geo.kerbs.centre_lines import CentreLines
from geo.kerbs.numbering import both_sides, segment_of, side_of
from geo.rules.loader import Profile

_LOOKS: Final = 9
"""From how many places along a segment a mapped kerb is looked for."""


def measured(
    centre: CentreLines,
    half_m: Floats,
    roads: gpd.GeoDataFrame,
    mapped: gpd.GeoDataFrame,
    crs: pyproj.CRS,
    profile: Profile,
) -> tuple[Floats, Flags]:
    """
    Measure kerbs at the mapped kerb or carriageway edge beside them.

    Parameters
    ----------
    centre
        The centre lines of the segments.
    half_m
        Shape (2 n,): half the carriageway's width.
    roads
        The study's layer: `width_source`.
    mapped
        Mapped kerb lines and carriageway areas.
    crs
        The study's metric CRS.
    profile
        `kerb.mapped_within`.

    Returns
    -------
    half_m, mapped
        Shape (2 n,): how far each kerb is from the centre line, and whether that was measured.
    """
    if mapped.empty or len(half_m) == 0:
        return half_m, np.zeros(len(half_m), dtype=bool)
    shapes = mapped.geometry.to_numpy()
    shapes = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    parts = metric_shapes(shapely.get_parts(shapes), crs)
    within = float(profile["kerb.mapped_within"])
    rows = np.unique(centre.tree.query(parts, predicate="dwithin", distance=float(half_m.max()) + within)[1])
    # what somebody measured on the street stands over what was drawn from pictures
    rows = rows[(roads["width_source"] != "survey").to_numpy()[rows]]
    kerb = np.repeat(both_sides(rows), _LOOKS)
    share = np.tile((np.arange(_LOOKS) + 0.5) / _LOOKS, 2 * len(rows))
    segment = segment_of(kerb)
    rays = centre.rays(segment, side_of(kerb), share * centre.length_m[segment], half_m[kerb] + within)
    edges = shapely.STRtree(parts)
    ray, edge = edges.query(rays, predicate="intersects")
    met = shapely.distance(shapely.get_point(rays[ray], 0), shapely.intersection(rays[ray], parts[edge]))
    good = met >= half_m[kerb[ray]] - within
    seen = np.full(len(kerb), np.inf)
    np.minimum.at(seen, ray[good], met[good])
    by_kerb = np.where(np.isfinite(seen), seen, np.nan).reshape(-1, _LOOKS)
    enough = np.isfinite(by_kerb).sum(axis=1) * 2 >= _LOOKS
    which = kerb[::_LOOKS][enough]
    measured_m, found = half_m.copy(), np.zeros(len(half_m), dtype=bool)
    measured_m[which] = np.nanmedian(by_kerb[enough], axis=1) if len(which) else 0.0
    found[which] = True
    return measured_m, found
