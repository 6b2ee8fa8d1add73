"""Walking rounds: a closed walk along every street that a supervisor has to see, and a bound on the shortest."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
import shapely.ops
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.complaints.postman import euler_circuit, postman
from geo.core.arrays import Flags, Integers, members
from geo.network.graph import Network

_BATCH: Final = 64
"""How many places are searched from at a time: it bounds the memory."""

_PLACES: Final = 1500
"""Places between which all ways are kept in one table; a longer round is put together from parts of so many."""


class Round(NamedTuple):
    """
    A walking round.

    Attributes
    ----------
    stops
        The segments that it walks along from end to end, in the order in which it first comes to them.
    segments
        All segments that it walks along, whole or in part.
    length_m
        Until it is back at its beginning.
    bound_m
        No closed walk along all of the stops is shorter.
    edge, forward
        Shape (w,): the network's edges one after the other, and whether each is walked from tail to head.
    unreached
        The segments that it does not walk along in whole: no way on the network leads there from the others.
    """

    stops: Integers
    segments: Integers
    length_m: float
    bound_m: float
    edge: Integers
    forward: Flags
    unreached: Integers


def walking_round(network: Network, stops: Integers) -> Round:
    """
    Return a short closed walk along the whole of each of some segments, on foot along the network.

    Parameters
    ----------
    network
        On foot; its segments' rows are those of `stops`.
    stops
        Segments that are to be walked from end to end.
    """
    stops = np.unique(stops)
    group, step = members(network.edges[stops])
    required = network.first_edge[stops][group] + step
    part = connected_components(network.matrix, directed=False)[1][network.tail[required]]
    if len(required) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Round(none, none, 0.0, 0.0, none, none.astype(bool), stops)
    main = int(np.argmax(np.bincount(part, weights=network.length_m[required])))
    unreached = stops[np.unique(group[part != main])]
    required = required[part == main]
    graph = _Surroundings(network, required)
    walks, bound = [], 0.0
    for some in graph.portions(required):
        walk, least = graph.walk(some)
        walks.append(walk)
        bound = max(bound, least)
    edge, forward = graph.circuit(np.concatenate(walks), required)
    own = np.isin(network.segment[edge], np.setdiff1d(stops, unreached))
    seen, first = np.unique(network.segment[edge[own]], return_index=True)
    return Round(
        seen[np.argsort(first, kind="stable")],
        np.unique(network.segment[edge]),
        round(float(network.length_m[edge].sum()), 1),
        round(max(bound, float(network.length_m[required].sum())), 1),
        edge,
        forward,
        unreached,
    )


def round_line(network: Network, found: Round) -> shapely.LineString | None:
    """Return a round as one closed line in the network's metric CRS, None for a round of nothing."""
    if len(found.edge) == 0:
        return None
    lines = network.tree[1][network.segment[found.edge]]
    start = network.start_m[found.edge]
    # what is measured along the network and along the drawn line differ by rounding only
    pieces = [
        shapely.ops.substring(line, begin, begin + metres)
        for line, begin, metres in zip(lines, start, network.length_m[found.edge], strict=True)
    ]
    turned = [piece if ahead else shapely.reverse(piece) for piece, ahead in zip(pieces, found.forward, strict=True)]
    xy = np.concatenate([shapely.get_coordinates(piece) for piece in turned])
    new = np.append(True, (np.abs(np.diff(xy, axis=0)) > 1e-6).any(axis=1))
    line = xy[new]
    return shapely.LineString(line if len(line) > 1 else np.concatenate([line, line]))


class _Surroundings:
    """The network around some required edges: wide enough that shortest ways between them lie within."""

    def __init__(self, network: Network, required: Integers) -> None:
        self.network = network
        ends = np.unique(np.concatenate([network.tail[required], network.head[required]]))
        low, high = network.node_xy[ends].min(axis=0), network.node_xy[ends].max(axis=0)
        reach = max(float(np.hypot(*(high - low))), 500.0)
        near = ((network.node_xy >= low - reach) & (network.node_xy <= high + reach)).all(axis=1)
        self._take(near)
        if not self._complete(ends, 2 * reach):
            self._take(np.ones(network.size, dtype=bool))

    def _take(self, near: Flags) -> None:
        self.nodes = np.flatnonzero(near)
        self.matrix = csr_array(self.network.matrix[self.nodes][:, self.nodes])

    def _complete(self, ends: Integers, within: float) -> bool:
        """Tell whether no shortest way between ends can leave the surroundings."""
        away = dijkstra(self.matrix, directed=True, indices=self.local(ends[:1]))[0][self.local(ends)]
        # from any end to any other it is no further than by way of the first
        return bool(2 * away.max() <= within)

    def local(self, nodes: Integers) -> Integers:
        """Return the numbers of nodes within the surroundings."""
        return np.searchsorted(self.nodes, nodes)

    def portions(self, required: Integers) -> list[Integers]:
        """Return the required edges, in parts where they are too many for one table of ways."""
        network = self.network
        parts = [required]
        while True:
            large = [some for some in parts if len(self._ends(some)) > _PLACES]
            if not large:
                return parts
            some = large[0]
            parts = [each for each in parts if each is not some]
            middle = (network.node_xy[network.tail[some]] + network.node_xy[network.head[some]]) / 2
            along = middle[:, int(np.argmax(np.ptp(middle, axis=0)))]
            half = np.zeros(len(some), dtype=bool)
            half[np.argsort(along, kind="stable")[: len(some) // 2]] = True
            parts += [some[half], some[~half]]

    def _ends(self, edges: Integers) -> Integers:
        return np.unique(np.concatenate([self.network.tail[edges], self.network.head[edges]]))

    def walk(self, required: Integers) -> tuple[Integers, float]:
        """Return the edges of a closed walk along required ones, each as often as it is walked, and a bound."""
        network = self.network
        places = self._ends(required)
        at = self.local(places)
        between = np.concatenate(
            [
                dijkstra(self.matrix, directed=True, indices=at[begin : begin + _BATCH])[:, at]
                for begin in range(0, len(at), _BATCH)
            ]
        )
        tail, head = np.searchsorted(places, network.tail[required]), np.searchsorted(places, network.head[required])
        found = postman(tail, head, network.length_m[required], (between + between.T) / 2)
        begin = np.where(found.forward, tail[found.edge], head[found.edge])
        end = np.where(found.forward, head[found.edge], tail[found.edge])
        links = np.column_stack([end, np.roll(begin, -1)])
        return np.concatenate([required, self.ways(places[links[links[:, 0] != links[:, 1]]])]), found.bound

    def ways(self, links: Integers) -> Integers:
        """Return the edges of shortest ways between pairs of nodes."""
        pairs, edge = self.network.cheapest()
        start, of = np.unique(links[:, 0], return_inverse=True)
        walked: list[int] = []
        for begin in range(0, len(start), _BATCH):
            some = self.local(start[begin : begin + _BATCH])
            _, before = dijkstra(self.matrix, directed=True, indices=some, return_predecessors=True)
            for link in np.flatnonzero((of >= begin) & (of < begin + _BATCH)):
                row, goal = before[of[link] - begin], int(self.local(links[link, 1:])[0])
                while goal != some[of[link] - begin]:
                    one, two = self.nodes[row[goal]], self.nodes[goal]
                    walked.append(int(edge[np.searchsorted(pairs, one * np.int64(self.network.size) + two)]))
                    goal = int(row[goal])
        return np.array(walked, dtype=np.int64)

    def circuit(self, walked: Integers, required: Integers) -> tuple[Integers, Flags]:
        """
        Return walked edges in the order of one closed walk, without needless ones.

        An edge that is walked three times need only be walked once; a pair of ways along an edge that is not required
        falls away where all hangs together without it. Parts that were planned apart are linked first.
        """
        walked = self._joined(walked)
        edge, times = np.unique(walked, return_counts=True)
        times = np.where(times > 2, 2 - times % 2, times)
        spare = np.flatnonzero((times == 2) & ~np.isin(edge, required))
        for at in spare[np.argsort(-self.network.length_m[edge[spare]], kind="stable")]:
            without = times.copy()
            without[at] = 0
            if self._in_one_piece(edge[without > 0]):
                times = without
        left = np.repeat(edge, times)
        order, forward = euler_circuit(self.network.tail[left], self.network.head[left])
        return left[order], forward

    def _in_one_piece(self, edges: Integers) -> bool:
        return len(np.unique(self._piece_of(edges))) == 1

    def _piece_of(self, edges: Integers) -> Integers:
        places = self._ends(edges)
        ends = [np.searchsorted(places, side[edges]) for side in (self.network.tail, self.network.head)]
        links = csr_array((np.ones(len(edges)), (ends[0], ends[1])), shape=(len(places),) * 2)
        return np.asarray(connected_components(links, directed=False)[1])[ends[0]]

    def _joined(self, walked: Integers) -> Integers:
        """Return closed walks with ways there and back between separate ones."""
        while True:
            piece = self._piece_of(walked)
            if len(np.unique(piece)) == 1:
                return walked
            own = self._ends(walked[piece == piece[0]])
            others = self._ends(walked[piece != piece[0]])
            away, _, source = dijkstra(
                self.matrix, directed=True, indices=self.local(own), min_only=True, return_predecessors=True
            )
            nearest = int(others[np.argmin(away[self.local(others)])])
            link = np.array([[self.nodes[source[self.local(np.array([nearest]))[0]]], nearest]])
            walked = np.concatenate([walked, np.repeat(self.ways(link), 2)])
