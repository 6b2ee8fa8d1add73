"""The routing graph: one for walking, one for driving, asked from positions on streets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.core.arrays import Floats, Integers, members
from geo.core.crs import to_metric
from geo.core.metric_geometry import metric_lines
from geo.core.node_ids import node_numbers

Mode = Literal["walk", "drive"]


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
        first = np.ones(len(row), dtype=bool)
        first[1:] = row[1:] != row[:-1]
        last = np.ones(len(row), dtype=bool)
        last[:-1] = first[1:]
        step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
        step[first] = 0.0
        gone = np.cumsum(step)
        along = gone - gone[first][row] if len(row) else gone

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
        self._first_edge, self._edges = bounds[:-1], np.diff(bounds)

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
        return csr_array((np.maximum(self.cost[edge], _LEAST), right, starts), shape=(self.size, self.size))

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
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(pairs[order]) != 0
        return pairs[order][first], edge[order][first]

    @cached_property
    def tree(self) -> tuple[shapely.STRtree, NDArray[np.object_]]:
        """The segments as lines in the metric CRS, and a tree of them."""
        lines = metric_lines(self._lines, self.crs)
        return shapely.STRtree(lines), lines

    @cached_property
    def mainland(self) -> tuple[shapely.STRtree, Integers]:
        """
        A tree of the segments from which most of the network is reached, and their numbers.

        A way in a court that is connected with nothing is none of them; a part that holds some of the whole is.
        """
        count, part = connected_components(self.matrix, directed=False)
        length = np.bincount(part[self.tail], weights=self.length_m, minlength=count)
        large = length[part[self.tail]] >= _MAINLAND * length.sum()
        rows = np.unique(self.segment[large])
        return shapely.STRtree(self.tree[1][rows]), rows

    def snap(self, points: gpd.GeoSeries) -> tuple[Positions, Floats]:
        """
        Return the nearest position on the network of each point, and how far away it is in metres.

        Parameters
        ----------
        points
            In WGS 84.
        """
        tree, lines = self.tree
        places = shapely.points(to_metric(shapely.get_coordinates(points.to_numpy()), self.crs))
        (asked, nearest), distance = tree.query_nearest(places, return_distance=True, all_matches=False)
        segment = np.zeros(len(places), dtype=np.int64)
        away = np.full(len(places), np.inf)
        segment[asked], away[asked] = nearest, distance
        return Positions(segment, shapely.line_locate_point(lines[segment], places)), away

    @property
    def lengths_m(self) -> Floats:
        """Shape (s,): the length of each segment."""
        last = self._first_edge + self._edges - 1
        return np.asarray(self.start_m[last] + self.length_m[last])

    def midpoints(self) -> Positions:
        """Return the middle of each segment."""
        return Positions(np.arange(len(self._lines)), self.lengths_m / 2)

    def edge_of(self, positions: Positions) -> tuple[Integers, Floats]:
        """Return the edge of each position, and how far along that edge it lies, in metres."""
        edge = self._first_edge[positions.segment]
        cut = np.flatnonzero(self._edges[positions.segment] > 1)
        if len(cut):
            span = float((self.start_m + self.length_m).max()) + 1.0
            sought = positions.segment[cut] * span + np.clip(positions.offset_m[cut], 0.0, span - 1.0)
            edge[cut] = np.searchsorted(self.segment * span + self.start_m, sought, "right") - 1
        return edge, np.clip(positions.offset_m - self.start_m[edge], 0.0, self.length_m[edge])

    def nearest(
        self,
        facilities: Positions,
        targets: Positions,
        limit: float = np.inf,
        to_facility: bool = False,
        away: Floats | None = None,
    ) -> tuple[Integers, Floats]:
        """
        Return the nearest facility of each target.

        Parameters
        ----------
        facilities, targets
            Positions on streets.
        limit
            The furthest cost (metres, unless the network has another) that counts.
        to_facility
            Whether the way leads from target to facility; it matters where one-way streets do.
        away
            Shape (f,): the cost between each facility and its position, which counts; by default none.

        Returns
        -------
        facility, cost
            Shape (k,): the facility's number, -1 where none is within the limit, and the cost of the way to it (inf).
        """
        reach = self._reach(facilities, limit, to_facility, away)
        edge, along = self.edge_of(targets)
        return self._at(reach, edge, along)

    def _reach(self, facilities: Positions, limit: float, to_facility: bool, away: Floats | None = None) -> _Reach:
        edge, along = self.edge_of(facilities)
        away = np.zeros(len(edge)) if away is None else away
        matrix = self._with_sources(edge, along, to_facility, away=away)
        if len(edge) == 0:
            none = np.full(self.size, np.inf)
            return _Reach(none, np.full(self.size, -1), edge, along, away, limit, to_facility)
        numbers = np.arange(self.size, self.size + len(edge))
        cost, _, source = dijkstra(
            matrix, directed=True, indices=numbers, limit=limit, min_only=True, return_predecessors=True
        )
        source = np.where(np.isfinite(cost), source - self.size, -1)
        return _Reach(cost[: self.size], source[: self.size], edge, along, away, limit, to_facility)

    def _with_sources(
        self,
        edge: Integers,
        along: Floats,
        against: bool,
        base: csr_array | None = None,
        local: Integers | None = None,
        away: Floats | None = None,
    ) -> csr_array:
        """
        Return the matrix with a further node for each source, from which it leaves its edge at either end.

        `away` is the cost from each source to its edge.

        `base` may be the matrix of some nodes only, which are all that the sources' edges end at; `local` numbers them.
        """
        if base is None:
            base = self.reversed if against else self.matrix
        share = along / np.maximum(self.length_m[edge], _LEAST)
        back, ahead = share * self.cost[edge], (1 - share) * self.cost[edge]
        closed = np.where(self.oneway[edge], np.inf, 0.0)
        if against:
            ahead = ahead + closed
        else:
            back = back + closed
        left = np.stack([self.tail[edge], self.head[edge]], axis=1)
        if local is not None:
            left = local[left]
        cost = np.maximum(np.stack([back, ahead], axis=1), _LEAST)
        if away is not None:
            cost += away[:, None]
        open_ = np.isfinite(cost)
        indices = np.concatenate([base.indices, left[open_].astype(base.indices.dtype)])
        data = np.concatenate([base.data, cost[open_]])
        indptr = np.concatenate([base.indptr, base.indptr[-1] + np.cumsum(open_.sum(axis=1)).astype(base.indptr.dtype)])
        size = base.shape[0] + len(edge)
        return csr_array((data, indices, indptr), shape=(size, size))

    def _at(self, reach: _Reach, edge: Integers, along: Floats) -> tuple[Integers, Floats]:
        """Return the facility and the cost at positions on edges."""
        share = along / np.maximum(self.length_m[edge], _LEAST)
        from_tail = reach.cost[self.tail[edge]] + share * self.cost[edge]
        from_head = reach.cost[self.head[edge]] + (1 - share) * self.cost[edge]
        if reach.to_facility:
            from_tail = np.where(self.oneway[edge], np.inf, from_tail)
        else:
            from_head = np.where(self.oneway[edge], np.inf, from_head)
        by_tail = from_tail <= from_head
        cost = np.where(by_tail, from_tail, from_head)
        facility = np.where(by_tail, reach.source[self.tail[edge]], reach.source[self.head[edge]])
        occupied = np.zeros(len(self.tail), dtype=bool)
        occupied[reach.edge] = True
        shared = np.flatnonzero(occupied[edge])
        for near, distance in self._same_edge(reach, edge[shared], along[shared]):
            nearer = distance < cost[shared]
            cost[shared[nearer]] = distance[nearer]
            facility[shared[nearer]] = near[nearer]
        far = ~np.isfinite(cost) | (cost > reach.limit)
        return np.where(far, -1, facility), np.where(far, np.inf, cost)

    def _same_edge(self, reach: _Reach, edge: Integers, along: Floats) -> list[tuple[Integers, Floats]]:
        """Return the best facility before and the best one after on the same edge, and the cost along it."""
        span = float(self.length_m.max()) + 1.0
        order = np.lexsort((reach.along, reach.edge))
        key = reach.edge[order] * span + reach.along[order]
        at = np.searchsorted(key, edge * span + along, "right")
        per_metre = self.cost[reach.edge[order]] / np.maximum(self.length_m[reach.edge[order]], _LEAST)
        gone = reach.along[order] * per_metre
        # from the left a facility costs (away - its place) + the target's place: the least of those before it
        best = {
            True: _running_least(reach.away[order] - gone, reach.edge[order]),
            False: len(order) - 1 - _running_least((reach.away[order] + gone)[::-1], reach.edge[order][::-1])[::-1],
        }
        found = []
        for position, before in ((at - 1, True), (at, False)):
            there = np.clip(position, 0, len(order) - 1)
            same = (position >= 0) & (position < len(order)) & (reach.edge[order[there]] == edge)
            number = order[best[before][there]]
            passable = same & (~self.oneway[edge] | (before != reach.to_facility))
            metres = np.abs(along - reach.along[number])
            cost = metres / np.maximum(self.length_m[edge], _LEAST) * self.cost[edge] + reach.away[number]
            found.append((number, np.where(passable, cost, np.inf)))
        return found

    def catchments(self, facilities: Positions, limit: float = np.inf, to_facility: bool = False) -> pd.DataFrame:
        """
        Divide the network among facilities: every metre to the nearest, up to the limit.

        Parameters
        ----------
        facilities, limit, to_facility
            As `nearest` takes them.

        Returns
        -------
        pieces
            `segment`, `from_m`, `to_m` (metres from the segment's start), `facility`, `cost_from`, `cost_to` (at either
            end); sorted, disjoint.
        """
        reach = self._reach(facilities, limit, to_facility)
        # an edge is divided at its facilities: between two of them the cost rises from either side
        edge = np.concatenate([np.arange(len(self.tail)), reach.edge])
        along = np.concatenate([np.zeros(len(self.tail)), reach.along])
        source = np.concatenate([np.full(len(self.tail), -1), np.arange(len(reach.edge))])
        order = np.lexsort((along, edge))
        edge, along, source = edge[order], along[order], source[order]
        ends = np.append(edge[1:] != edge[:-1], True) if len(edge) else np.zeros(0, bool)
        until = np.where(ends, self.length_m[edge], np.append(along[1:], 0.0))
        after = np.where(ends, -1, np.append(source[1:], -1))
        per_metre = self.cost[edge] / np.maximum(self.length_m[edge], _LEAST)
        span = (until - along) * per_metre
        low = np.where(source < 0, reach.cost[self.tail[edge]], 0.0)
        high = np.where(after < 0, reach.cost[self.head[edge]], 0.0)
        low_of = np.where(source < 0, reach.source[self.tail[edge]], source)
        high_of = np.where(after < 0, reach.source[self.head[edge]], after)
        one = self.oneway[edge]
        if to_facility:  # one-way: all of the piece goes on to its end
            low = np.where(one, np.inf, low)
        else:
            high = np.where(one, np.inf, high)
        with np.errstate(invalid="ignore"):
            meet = np.clip((high - low + span) / 2, 0.0, span)
        meet = np.where(np.isinf(high), span, np.where(np.isinf(low), 0.0, meet))
        left_to = np.clip(np.minimum(meet, limit - low), 0.0, None)
        right_from = np.minimum(np.maximum(meet, span - (limit - high)), span)
        base = self.start_m[edge]
        scale = 1 / np.maximum(per_metre, _LEAST)
        pieces = pd.concat(
            [
                pd.DataFrame(
                    {
                        "segment": self.segment[edge],
                        "from_m": base + along,
                        "to_m": base + along + left_to * scale,
                        "facility": low_of,
                        "cost_from": low,
                        "cost_to": low + left_to,
                    }
                )[np.isfinite(low) & (left_to > 0)],
                pd.DataFrame(
                    {
                        "segment": self.segment[edge],
                        "from_m": base + along + right_from * scale,
                        "to_m": base + until,
                        "facility": high_of,
                        "cost_from": high + span - right_from,
                        "cost_to": high,
                    }
                )[np.isfinite(high) & (right_from < span)],
            ]
        )
        pieces = pieces[pieces["to_m"] > pieces["from_m"]]
        return pieces.sort_values(["segment", "from_m"]).reset_index(drop=True)

    def distances(self, starts: Positions, targets: Positions, limit: float = np.inf) -> pd.DataFrame:
        """
        Return the cost from each start to each target within the limit.

        Starts that lie together are searched together, in the part of the network that they may reach: the cost grows
        with the pairs that are found, not with starts times nodes.

        Parameters
        ----------
        starts, targets
            Positions on streets.
        limit
            The furthest cost that counts.

        Returns
        -------
        pairs
            `start`, `target` (numbers), `cost`; sorted.
        """
        none = np.zeros(0, dtype=np.int64)
        tables = [pd.DataFrame({"start": none, "target": none, "cost": none.astype(float)})]
        for numbers, near, cost in self.cost_blocks(starts, targets, limit):
            start, target = np.nonzero((cost <= limit) & np.isfinite(cost))
            tables.append(pd.DataFrame({"start": numbers[start], "target": near[target], "cost": cost[start, target]}))
        pairs = pd.concat(tables, ignore_index=True)
        return pairs.sort_values(["start", "target"], ignore_index=True)

    def cost_blocks(
        self, starts: Positions, targets: Positions, limit: float
    ) -> Iterator[tuple[Integers, Integers, Floats]]:
        """
        Return the costs of `distances` in blocks: some starts, the targets that they may reach, and the costs.

        A block's costs have the shape of its starts and targets; those above the limit may be infinite.
        """
        edge, along = self.edge_of(starts)
        to_edge, to_along = self.edge_of(targets)
        # the targets by the nodes at either end of their edges
        ends = np.concatenate([self.tail[to_edge], self.head[to_edge]])
        by_node = np.argsort(ends, kind="stable")
        first = np.searchsorted(ends[by_node], np.arange(self.size + 1))
        local = np.full(self.size, -1)
        for numbers, nodes in self._neighbourhoods(edge, limit):
            local[nodes] = np.arange(len(nodes))
            which, number = members(np.diff(first)[nodes])
            near = np.unique(by_node[first[nodes][which] + number] % len(to_edge)) if len(which) else which
            cost = self._costs(edge[numbers], along[numbers], nodes, local, limit)
            place = (edge[numbers], along[numbers]), (to_edge[near], to_along[near])
            yield numbers, near, self._between(cost, *place, local)
            local[nodes] = -1

    def _neighbourhoods(self, edge: Integers, limit: float) -> Iterator[tuple[Integers, Integers]]:
        """Return starts in groups, by number, and the nodes that the starts of each group may reach."""
        order = np.arange(len(edge))
        every = np.arange(self.size)
        if not np.isfinite(limit) or self.cost is not self.length_m:
            for begin in range(0, len(order), _BATCH):
                yield order[begin : begin + _BATCH], every
            return
        # no way is shorter than the straight line: what is further than the limit is not reached
        tail, head = self.node_xy[self.tail[edge]], self.node_xy[self.head[edge]]
        middle = (tail + head) / 2
        square = np.floor((middle - middle.min(axis=0, initial=0.0)) / max(limit, 1.0)).astype(np.int64)
        key = square[:, 0] * (square[:, 1].max(initial=0) + 1) + square[:, 1]
        order = np.argsort(key, kind="stable")
        cuts = np.flatnonzero(np.diff(key[order])) + 1
        tree = cKDTree(self.node_xy)
        for group in np.split(order, cuts) if len(order) else []:
            for begin in range(0, len(group), _BATCH):
                numbers = group[begin : begin + _BATCH]
                around = np.concatenate([tail[numbers], head[numbers]])
                centre = (around.min(axis=0) + around.max(axis=0)) / 2
                reach = float(np.hypot(*(around - centre).T).max()) + limit
                yield numbers, np.sort(np.asarray(tree.query_ball_point(centre, reach), dtype=np.int64))

    def _costs(self, edge: Integers, along: Floats, nodes: Integers, local: Integers, limit: float) -> Floats:
        """Return the costs from positions to some nodes, shape (k, n + 1), and to others, which is infinite."""
        base = self.matrix
        if len(nodes) < self.size:
            rows = base[nodes]
            inside = local[rows.indices] >= 0
            starts = np.concatenate([[0], np.cumsum(inside)])[rows.indptr]
            shape = (len(nodes), len(nodes))
            base = csr_array((rows.data[inside], local[rows.indices[inside]], starts), shape=shape)
        matrix = self._with_sources(edge, along, against=False, base=base, local=local)
        numbers = np.arange(len(nodes), len(nodes) + len(edge))
        found = dijkstra(matrix, directed=True, indices=numbers, limit=limit)
        found[:, len(nodes)] = np.inf
        return np.asarray(found[:, : len(nodes) + 1])

    def _between(
        self,
        cost: Floats,
        starts: tuple[Integers, Floats],
        targets: tuple[Integers, Floats],
        local: Integers,
    ) -> Floats:
        """Return the costs from starts to targets, given those from the starts to the nodes."""
        (edge, along), (to_edge, to_along) = starts, targets
        share = to_along / np.maximum(self.length_m[to_edge], _LEAST)
        by_head = cost[:, local[self.head[to_edge]]] + (1 - share) * self.cost[to_edge]
        way = np.minimum(
            cost[:, local[self.tail[to_edge]]] + share * self.cost[to_edge],
            np.where(self.oneway[to_edge], np.inf, by_head),
        )
        ahead = to_along - along[:, None]
        same = (edge[:, None] == to_edge) & ((ahead >= 0) | ~self.oneway[to_edge])
        direct = np.abs(ahead) / np.maximum(self.length_m[to_edge], _LEAST) * self.cost[to_edge]
        return np.asarray(np.where(same, np.minimum(way, direct), way))


class _Reach(NamedTuple):
    """What a search from facilities found: cost and facility by node, and where the facilities are."""

    cost: Floats
    source: Integers
    edge: Integers
    along: Floats
    away: Floats
    limit: float
    to_facility: bool


def _running_least(values: Floats, group: Integers) -> Integers:
    """Return where the least value so far is, within each run of equal groups; the first of equal ones."""
    new = np.ones(len(values), dtype=bool)
    new[1:] = group[1:] != group[:-1]
    run = np.cumsum(new) - 1
    # a run's values lie below those of the run before: the least so far begins anew
    drop = (float(np.ptp(values)) + 1.0) * run if len(values) else values
    low = values - drop
    least = np.minimum.accumulate(low)
    is_new = np.ones(len(values), dtype=bool)
    is_new[1:] = low[1:] < least[:-1]
    return np.asarray(np.maximum.accumulate(np.where(is_new, np.arange(len(values)), 0)))


_BATCH = 64
"""How many starts are searched at a time: it bounds the memory."""

_MAINLAND = 0.02
"""A part of the network with this share of its length is no island."""

_LEAST = 1e-9
"""A cost of zero would be no edge to scipy."""


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
    """Return which segments meet at a node, shape (n, n), without the diagonal."""
    node = np.concatenate([network.tail, network.head])
    segment = np.tile(network.segment, 2)
    touch = csr_array(coo_array((np.ones(len(node)), (segment, node)), shape=(segments, network.size)))
    touch.data[:] = 1
    meets = csr_array(touch @ touch.T)
    meets.setdiag(0)
    meets.eliminate_zeros()
    meets.data[:] = 1
    return meets
