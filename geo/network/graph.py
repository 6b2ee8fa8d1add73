"""The routing graph in arrays: one for walking, one for driving. Ways over it: `geo.network.searches`."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.core.arrays import Floats, Integers, run_ends, run_starts
from geo.core.crs import to_metric
from geo.core.metric_geometry import metric_lines
from geo.core.node_ids import node_numbers

Mode = Literal["walk", "drive"]

LEAST_COST: Final = 1e-9
"""A cost of zero would be no edge to scipy."""

_MAINLAND: Final = 0.02
"""A part of the network with this share of its length is no island."""


class Positions(NamedTuple):
    """
    Positions on streets.

    Attributes
    ----------
    segment
        Shape (k,): rows of the table that the network was made of.
    offset_m
        Shape (k,): metres from each segment's start.
    """

    segment: Integers
    offset_m: Floats


class Network:
    """
    A street network in compressed sparse form.

    Edges run between nodes; a segment is cut into several edges where others meet it on the way (a footpath that joins
    a street between two junctions). Nodes are known by their coordinates: ends at the same place are connected, lines
    that only cross are not. Turn restrictions are not known.

    Parameters
    ----------
    segments
        LineStrings in WGS 84, with `oneway` where `directed`.
    crs
        The metric CRS.
    directed
        Whether one-way segments (drawn with their traffic) are passed in their direction only.
    metres_per_cost
        By row: what a unit of cost is in metres, for shortest ways by time (a speed); by default the cost is metres.
    closed
        Shape (c, 2): longitude and latitude of vertices that nobody passes: locked gates.

    Attributes
    ----------
    tail, head
        Shape (m,): the nodes of each edge.
    length_m
        Shape (m,).
    segment, start_m
        Shape (m,): each edge's row in `segments`, and how far from that segment's start it begins.
    oneway
        Shape (m,).
    node_xy
        Shape (n, 2): metric coordinates.
    cost
        Shape (m,): of each edge; metres, unless the network has another.
    first_edge, edges
        Shape (s,): each segment's first edge, and how many follow each other on it.
    """

    def __init__(
        self,
        segments: gpd.GeoDataFrame,
        crs: pyproj.CRS,
        directed: bool,
        metres_per_cost: Floats | None = None,
        closed: Floats | None = None,
    ) -> None:
        lines = segments.geometry.to_numpy()
        lonlat, row = shapely.get_coordinates(lines, return_index=True)
        xy = to_metric(lonlat, crs)
        place = node_numbers(lonlat)
        first = run_starts(row)
        last = run_ends(first)
        step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
        step[first] = 0.0
        cumulative_m = np.cumsum(step)
        along = cumulative_m - cumulative_m[first][row] if len(row) else cumulative_m

        shut = np.zeros(0, dtype=np.int64) if closed is None else node_numbers(closed)
        ends = np.unique(np.append(place[first | last], shut))
        cut = np.flatnonzero(first | last | np.isin(place, ends))
        inner = row[cut[1:]] == row[cut[:-1]]
        tail, head = cut[:-1][inner], cut[1:][inner]
        # at a locked gate every edge has an end of its own: none leads on to another
        own = np.flatnonzero(np.isin(place[np.concatenate([tail, head])], shut))
        _, unique, number = np.unique(place[cut], return_index=True, return_inverse=True)
        of_vertex = np.full(len(row), -1)
        of_vertex[cut] = number
        self.crs = crs
        vertex = np.concatenate([tail, head])
        node = of_vertex[vertex]
        node[own] = len(unique) + np.arange(len(own))
        self.tail, self.head = node[: len(tail)], node[len(tail) :]
        self.length_m = along[head] - along[tail]
        self.segment, self.start_m = row[tail], along[tail]
        self.oneway = segments["oneway"].to_numpy(dtype=bool)[self.segment] if directed else np.zeros(len(tail), bool)
        self.node_xy = np.concatenate([xy[cut[unique]], xy[vertex[own]]])
        self.cost = self.length_m if metres_per_cost is None else self.length_m / metres_per_cost[self.segment]
        self._lines = lines
        bounds = np.searchsorted(self.segment, np.arange(len(lines) + 1))
        self.first_edge, self.edges = bounds[:-1], np.diff(bounds)

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.node_xy)

    @cached_property
    def matrix(self) -> csr_array:
        """The costs from node to node, shape (n, n); of several edges between two nodes, the cheapest."""
        return self._matrix(reverse=False)

    @cached_property
    def reversed(self) -> csr_array:
        """The costs of `matrix` against the traffic: from where to go to where to come from."""
        return self._matrix(reverse=True) if self.oneway.any() else self.matrix

    def _matrix(self, reverse: bool) -> csr_array:
        pairs, edge = self.cheapest(reverse)
        left, right = np.divmod(pairs, self.size) if len(pairs) else (pairs, pairs)
        starts = np.searchsorted(left, np.arange(self.size + 1))
        return csr_array((np.maximum(self.cost[edge], LEAST_COST), right, starts), shape=(self.size, self.size))

    def cheapest(self, reverse: bool = False) -> tuple[Integers, Integers]:
        """
        Return the pairs of nodes that an edge leads between, and of each the cheapest edge.

        Parameters
        ----------
        reverse
            Whether the node that an edge leads to comes first in the pair.

        Returns
        -------
        pairs, edge
            Shape (k,): first node times `size` plus second node, sorted; the edge's number.
        """
        both = np.flatnonzero(~self.oneway)
        edge = np.concatenate([np.arange(len(self.tail)), both])
        ends = (self.head, self.tail) if reverse else (self.tail, self.head)
        left = np.concatenate([ends[0], ends[1][both]])
        right = np.concatenate([ends[1], ends[0][both]])
        pairs = left * np.int64(self.size) + right
        order = np.lexsort((self.cost[edge], pairs))
        pairs, edge = pairs[order], edge[order]
        first = run_starts(pairs)
        return pairs[first], edge[first]

    @cached_property
    def tree(self) -> tuple[shapely.STRtree, NDArray[np.object_]]:
        """The segments as lines in the metric CRS, and a tree of them."""
        lines = metric_lines(self._lines, self.crs)
        return shapely.STRtree(lines), lines

    @cached_property
    def mainland(self) -> tuple[shapely.STRtree, Integers]:
        """
        A tree of the segments with most of the network in reach, and their numbers.

        A way in a court that is connected with nothing is none of them; a part that holds some of the whole is.
        """
        count, part = connected_components(self.matrix, directed=False)
        length = np.bincount(part[self.tail], weights=self.length_m, minlength=count)
        large = length[part[self.tail]] >= _MAINLAND * length.sum()
        rows = np.unique(self.segment[large])
        return shapely.STRtree(self.tree[1][rows]), rows

    @property
    def lengths_m(self) -> Floats:
        """Shape (s,): the length of each segment."""
        last = self.first_edge + self.edges - 1
        return np.asarray(self.start_m[last] + self.length_m[last])


def walking(roads: gpd.GeoDataFrame, paths: gpd.GeoDataFrame, crs: pyproj.CRS, closed: Floats | None = None) -> Network:
    """
    Return the network on foot; its segments are the walkable `roads`, then the walkable `paths`, in their order.

    Parameters
    ----------
    roads, paths
        The study's layers, with `walk`.
    crs
        The study's metric CRS.
    closed
        As `Network` takes it.
    """
    parts = [layer.loc[layer["walk"], ["walk", "geometry"]] for layer in (roads, paths)]
    return Network(pd.concat(parts, ignore_index=True), crs, directed=False, closed=closed)


def driving(roads: gpd.GeoDataFrame, crs: pyproj.CRS, speeds_kmh: Floats | None = None) -> Network:
    """
    Return the network by car; its segments are the drivable `roads` in their order.

    Parameters
    ----------
    roads
        The study's layer, with `drive` and `oneway`.
    crs
        The study's metric CRS.
    speeds_kmh
        By row of `roads`: costs are minutes then; by default metres.
    """
    kept = roads["drive"].to_numpy(dtype=bool)
    per_minute = None if speeds_kmh is None else speeds_kmh[kept] * 1000 / 60
    return Network(roads.loc[kept, ["oneway", "geometry"]], crs, directed=True, metres_per_cost=per_minute)


def adjacency(network: Network, segments: int) -> csr_array:
    """Return the adjacency of segments that meet at a node, shape (n, n), without the diagonal."""
    node = np.concatenate([network.tail, network.head])
    segment = np.tile(network.segment, 2)
    touch = csr_array(coo_array((np.ones(len(node)), (segment, node)), shape=(segments, network.size)))
    touch.data[:] = 1
    meets = csr_array(touch @ touch.T)
    meets.setdiag(0)
    meets.eliminate_zeros()
    meets.data[:] = 1
    return meets
