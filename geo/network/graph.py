"""The routing graph in arrays: one for walking, one for driving. Ways over it: `geo.network.searches`."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.core.arrays import Flags, Floats, Integers, run_ends, run_starts
from geo.core.crs import to_metric
from geo.core.metric_geometry import metric_lines
from geo.core.node_ids import node_numbers

LEAST_COST: Final = 1e-9
"""A cost of zero would be no edge to scipy."""

_PRIVATE: Final = "walk_private"

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
    private
        By row: segments where a way may begin or end, and that none leads through. In an undirected network only.

    Attributes
    ----------
    tail, head
        Shape (m,): the nodes of each edge.
    leave_tail, leave_head
        Shape (m,): the nodes from which ways leave that begin on the edge; other than `tail` and `head`, where ways
        arrive, on private segments only.
    private
        Shape (m,): edges of private segments.
    length_m, oneway
        Shape (m,).
    segment, start_m
        Shape (m,): each edge's row in `segments`, and how far from that segment's start it begins.
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
        private: Flags | None = None,
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
        self.private = np.zeros(len(tail), dtype=bool) if private is None else private[self.segment]
        self._set_private_ends()
        self.cost = self.length_m if metres_per_cost is None else self.length_m / metres_per_cost[self.segment]
        self._lines = lines
        bounds = np.searchsorted(self.segment, np.arange(len(lines) + 1))
        self.first_edge, self.edges = bounds[:-1], np.diff(bounds)

    def _set_private_ends(self) -> None:
        """
        Give private edges nodes of their own at both ends: some to leave from, others to arrive at.

        A way leaves by the first, goes on in public, and arrives by the second; nothing leads back, so that none leads
        through. What crosses a private way does not cut it: its people go on.
        """
        n = len(self.node_xy)
        self.leave_tail, self.leave_head = self.tail, self.head
        self._steps = np.zeros((2, 0), dtype=np.int64)
        own = np.flatnonzero(self.private)
        if len(own) == 0:
            return
        touched = np.unique(np.concatenate([self.tail[own], self.head[own]]))
        public = np.zeros(n, dtype=bool)
        public[self.tail[~self.private]] = public[self.head[~self.private]] = True
        both = touched[public[touched]]
        leave, arrive = np.arange(n), np.arange(n)
        leave[touched] = n + np.arange(len(touched))
        arrive[both] = n + len(touched) + np.arange(len(both))
        self._steps = np.stack([np.append(leave[touched], both), np.append(touched, arrive[both])])
        self.leave_tail = np.where(self.private, leave[self.tail], self.tail)
        self.leave_head = np.where(self.private, leave[self.head], self.head)
        self.tail = np.where(self.private, arrive[self.tail], self.tail)
        self.head = np.where(self.private, arrive[self.head], self.head)
        self.node_xy = self.node_xy[np.concatenate([np.arange(n), touched, both])]

    def _arcs(self) -> tuple[Integers, Integers, Integers]:
        """Return the start, the end and the edge of every passage: each direction for itself."""
        ahead, back = np.arange(len(self.tail)), np.flatnonzero(~self.oneway)
        own = np.flatnonzero(self.private)
        start = (self.tail, self.head[back], self.leave_tail[own], self.leave_head[own])
        end = (self.head, self.tail[back], self.leave_head[own], self.leave_tail[own])
        return np.concatenate(start), np.concatenate(end), np.concatenate((ahead, back, own, own))

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
        cost = self.cost[edge]
        if self._steps.shape[1]:
            left, right = np.append(left, self._steps[0]), np.append(right, self._steps[1])
            cost = np.append(cost, np.zeros(self._steps.shape[1]))
            order = np.argsort(left, kind="stable")
            left, right, cost = left[order], right[order], cost[order]
        starts = np.searchsorted(left, np.arange(self.size + 1))
        return csr_array((np.maximum(cost, LEAST_COST), right, starts), shape=(self.size, self.size))

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
        start, end, edge = self._arcs()
        left, right = (end, start) if reverse else (start, end)
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

    @cached_property
    def edge_places(self) -> tuple[Floats, float]:
        """Shape (m,): the beginnings of edges with all segments in one row; and the distance between segments."""
        span = float((self.start_m + self.length_m).max(initial=0.0)) + 1.0
        return self.segment * span + self.start_m, span

    @cached_property
    def lengths_m(self) -> Floats:
        """Shape (s,): the length of each segment."""
        last = self.first_edge + self.edges - 1
        return np.asarray(self.start_m[last] + self.length_m[last])


def walking(roads: gpd.GeoDataFrame, paths: gpd.GeoDataFrame, crs: pyproj.CRS, closed: Floats | None = None) -> Network:
    """
    Return the network on foot; its segments are the walkable `roads`, then the walkable `paths`, in their order.

    Then come the private roads and paths (`walk_private`): walks begin and end there, and none leads through.

    Parameters
    ----------
    roads, paths
        The study's layers, with `walk` and, if any way is private, `walk_private`.
    crs
        The study's metric CRS.
    closed
        As `Network` takes it.
    """
    layers = (roads, paths)
    parts = [layer.loc[layer["walk"], ["walk", "geometry"]] for layer in layers]
    own = [layer.loc[layer[_PRIVATE] & ~layer["walk"], ["walk", "geometry"]] for layer in layers if _PRIVATE in layer]
    walked = pd.concat([*parts, *own], ignore_index=True)
    private = np.arange(len(walked)) >= sum(map(len, parts))
    return Network(walked, crs, directed=False, closed=closed, private=private)


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
