"""Positions on a network: snap points to it, and find the edges of positions."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.core.arrays import Floats, Integers
from geo.core.crs import to_metric
from geo.network.graph import Network, Positions


def snap(network: Network, points: gpd.GeoSeries) -> tuple[Positions, Floats]:
    """
    Return the nearest position on the network of each point, and how far away it is in metres.

    Parameters
    ----------
    network
        What they snap to.
    points
        In WGS 84.
    """
    tree, lines = network.tree
    places = shapely.points(to_metric(shapely.get_coordinates(points.to_numpy()), network.crs))
    (asked, nearest), distance = tree.query_nearest(places, return_distance=True, all_matches=False)
    segment = np.zeros(len(places), dtype=np.int64)
    away = np.full(len(places), np.inf)
    segment[asked], away[asked] = nearest, distance
    return Positions(segment, shapely.line_locate_point(lines[segment], places)), away


def midpoints(network: Network) -> Positions:
    """Return the middle of each segment."""
    return Positions(np.arange(len(network.first_edge)), network.lengths_m / 2)


def edge_of(network: Network, positions: Positions) -> tuple[Integers, Floats]:
    """Return the edge of each position, and how far along that edge it lies, in metres."""
    edge = network.first_edge[positions.segment]
    cut = np.flatnonzero(network.edges[positions.segment] > 1)
    if len(cut):
        places, span = network.edge_places
        sought = positions.segment[cut] * span + np.clip(positions.offset_m[cut], 0.0, span - 1.0)
        edge[cut] = np.searchsorted(places, sought, "right") - 1
    along = positions.offset_m - network.start_m[edge]
    return edge, np.minimum(np.maximum(along, 0.0, out=along), network.length_m[edge], out=along)
