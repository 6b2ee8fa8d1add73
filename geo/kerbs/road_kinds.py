"""Carriageways that carry no use of their kerbs: by class, behind barriers, at works."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers
from geo.core.metric_geometry import metric_shapes
from geo.kerbs.lines import Kerbs
from geo.kerbs.obstacles import inside

ROAD_KINDS: Final = ("motorways", "trunk", "links", "motorroads", "pedestrian")
"""Kinds of carriageways with a rule of their own: `GROUP.on_KIND`."""

BARRIERS: Final = "barrier"

_MOTORWAYS: Final = ("motorway", "motorway_link")

_RUN: Final = 4.0
"""A barrier runs along a kerb where it is beside it for this many times `kerb.barrier_within`."""

Stretches = tuple[Integers, Floats, Floats]
"""Stretches of kerb: the kerb, and from where to where along its segment."""


def of_kind(roads: pd.DataFrame, kind: str) -> Flags:
    """
    Tell whether segments are of a kind.

    Parameters
    ----------
    roads
        The study's layer: `highway`, `motorroad`.
    kind
        One of `ROAD_KINDS`.
    """
    highway = roads["highway"].astype(str)
    found = {
        "motorways": highway.isin(_MOTORWAYS),
        "trunk": highway.eq("trunk"),
        "links": highway.str.endswith("_link"),
        "motorroads": roads["motorroad"].astype(bool),
        "pedestrian": highway.eq("pedestrian"),
    }[kind]
    return np.asarray(found, dtype=bool)


def shapes_of(context: gpd.GeoDataFrame, kind: str, crs: pyproj.CRS) -> NDArray[np.object_]:
    """Return the shapes of a kind of ground in the metric CRS."""
    return metric_shapes(context.loc[context["kind"] == kind, "geometry"].to_numpy(dtype=object), crs)


def beside_barriers(kerbs: Kerbs, barriers: NDArray[np.object_]) -> Stretches:
    """
    Return the kerbs that a barrier separates: whole where a tag says so, else along mapped barriers.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    barriers
        Mapped lines in the metric CRS.
    """
    tagged = np.flatnonzero(kerbs.roads[["separated_left", "separated_right"]].to_numpy(dtype=bool).reshape(-1))
    within = float(kerbs.profile["kerb.barrier_within"])
    kerb, from_m, to_m = _within(kerbs, barriers, within)
    # a fence that only meets the kerb separates nothing
    along = to_m - from_m > _RUN * within
    return (
        np.concatenate([tagged, kerb[along]]),
        np.concatenate([np.zeros(len(tagged)), from_m[along]]),
        np.concatenate([kerbs.length_m[tagged], to_m[along]]),
    )


def at_works(kerbs: Kerbs) -> Stretches:
    """Return the kerbs of segments at works."""
    kerb = np.flatnonzero(np.repeat(kerbs.roads["roadworks"].to_numpy(dtype=bool), 2))
    return kerb, np.zeros(len(kerb)), kerbs.length_m[kerb]


def _within(kerbs: Kerbs, shapes: NDArray[np.object_], distance_m: float) -> Stretches:
    """Return the stretches of kerb within a distance of shapes."""
    none = np.zeros(0)
    if len(shapes) == 0 or len(kerbs) == 0:
        return none.astype(np.int64), none, none
    zones = shapely.make_valid(shapely.buffer(shapes, distance_m, cap_style="flat"))
    reach = distance_m + float(kerbs.half_m.max())
    asked, row = kerbs.tree.query(zones, predicate="dwithin", distance=reach)
    _, kerb, from_m, to_m = inside(kerbs, zones[asked], row)
    return kerb, from_m, to_m
