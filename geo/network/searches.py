"""Searches over a network from positions on streets: the nearest facility, catchments, distances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geo.core.arrays import Floats, Integers, members, run_ends, run_starts
from geo.network.graph import LEAST_COST, Network, Positions
from geo.network.snapping import edge_of

_BATCH: Final = 64
"""How many starts are searched at a time: it bounds the memory."""


def nearest(
    network: Network,
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
    network
        What is searched.
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
    reach = _reach(network, facilities, limit, to_facility, away)
    edge, along = edge_of(network, targets)
    return _at(network, reach, edge, along)


def catchments(
    network: Network, facilities: Positions, limit: float = np.inf, to_facility: bool = False
) -> pd.DataFrame:
    """
    Divide the network among facilities: every metre to the nearest, up to the limit.

    Parameters
    ----------
    network, facilities, limit, to_facility
        As `nearest` takes them.

    Returns
    -------
    pieces
        `segment`, `from_m`, `to_m` (metres from the segment's start), `facility`, `cost_from`, `cost_to` (at either
        end); sorted, disjoint.
    """
    reach = _reach(network, facilities, limit, to_facility)
    # an edge is divided at its facilities: between two of them the cost rises from either side
    edge = np.concatenate([np.arange(len(network.tail)), reach.edge])
    along = np.concatenate([np.zeros(len(network.tail)), reach.along])
    source = np.concatenate([np.full(len(network.tail), -1), np.arange(len(reach.edge))])
    order = np.lexsort((along, edge))
    edge, along, source = edge[order], along[order], source[order]
    ends = run_ends(run_starts(edge))
    until = np.where(ends, network.length_m[edge], np.append(along[1:], 0.0))
    after = np.where(ends, -1, np.append(source[1:], -1))
    per_metre = network.cost[edge] / np.maximum(network.length_m[edge], LEAST_COST)
    span = (until - along) * per_metre
    low = np.where(source < 0, reach.cost[network.tail[edge]], 0.0)
    high = np.where(after < 0, reach.cost[network.head[edge]], 0.0)
    low_of = np.where(source < 0, reach.source[network.tail[edge]], source)
    high_of = np.where(after < 0, reach.source[network.head[edge]], after)
    one = network.oneway[edge]
    if to_facility:  # one-way: all of the piece goes on to its end
        low = np.where(one, np.inf, low)
    else:
        high = np.where(one, np.inf, high)
    with np.errstate(invalid="ignore"):
        meet = np.clip((high - low + span) / 2, 0.0, span)
    meet = np.where(np.isinf(high), span, np.where(np.isinf(low), 0.0, meet))
    left_to = np.clip(np.minimum(meet, limit - low), 0.0, None)
    right_from = np.minimum(np.maximum(meet, span - (limit - high)), span)
    base = network.start_m[edge]
    scale = 1 / np.maximum(per_metre, LEAST_COST)
    pieces = pd.concat(
        [
            pd.DataFrame(
                {
                    "segment": network.segment[edge],
                    "from_m": base + along,
                    "to_m": base + along + left_to * scale,
                    "facility": low_of,
                    "cost_from": low,
                    "cost_to": low + left_to,
                }
            )[np.isfinite(low) & (left_to > 0)],
            pd.DataFrame(
                {
                    "segment": network.segment[edge],
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


def distances(network: Network, starts: Positions, targets: Positions, limit: float = np.inf) -> pd.DataFrame:
    """
    Return the cost from each start to each target within the limit.

    Starts that lie together are searched together, in the part of the network that they may reach: the cost grows
    with the pairs that are found, not with starts times nodes.

    Parameters
    ----------
    network
        What is searched.
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
    for numbers, near, cost in cost_blocks(network, starts, targets, limit):
        start, target = np.nonzero((cost <= limit) & np.isfinite(cost))
        tables.append(pd.DataFrame({"start": numbers[start], "target": near[target], "cost": cost[start, target]}))
    pairs = pd.concat(tables, ignore_index=True)
    return pairs.sort_values(["start", "target"], ignore_index=True)


def cost_blocks(
    network: Network, starts: Positions, targets: Positions, limit: float
) -> Iterator[tuple[Integers, Integers, Floats]]:
    """
    Return the costs of `distances` in blocks: some starts, the targets that they may reach, and the costs.

    A block's costs have the shape of its starts and targets; those above the limit may be infinite.
    """
    edge, along = edge_of(network, starts)
    to_edge, to_along = edge_of(network, targets)
    # the targets by the nodes at either end of their edges
    ends = np.concatenate([network.tail[to_edge], network.head[to_edge]])
    by_node = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[by_node], np.arange(network.size + 1))
    local = np.full(network.size, -1)
    for numbers, nodes in _neighbourhoods(network, edge, limit):
        local[nodes] = np.arange(len(nodes))
        which, number = members(np.diff(first)[nodes])
        near = np.unique(by_node[first[nodes][which] + number] % len(to_edge)) if len(which) else which
        cost = _costs(network, edge[numbers], along[numbers], nodes, local, limit)
        place = (edge[numbers], along[numbers]), (to_edge[near], to_along[near])
        yield numbers, near, _between(network, cost, *place, local)
        local[nodes] = -1


class _Search(NamedTuple):
    """The result of a search from facilities: cost and facility by node, and the places of the facilities."""

    cost: Floats
    source: Integers
    edge: Integers
    along: Floats
    away: Floats
    limit: float
    to_facility: bool


def _reach(
    network: Network, facilities: Positions, limit: float, to_facility: bool, away: Floats | None = None
) -> _Search:
    edge, along = edge_of(network, facilities)
    away = np.zeros(len(edge)) if away is None else away
    matrix = _with_sources(network, edge, along, to_facility, away=away)
    if len(edge) == 0:
        none = np.full(network.size, np.inf)
        return _Search(none, np.full(network.size, -1), edge, along, away, limit, to_facility)
    numbers = np.arange(network.size, network.size + len(edge))
    cost, _, source = dijkstra(
        matrix, directed=True, indices=numbers, limit=limit, min_only=True, return_predecessors=True
    )
    source = np.where(np.isfinite(cost), source - network.size, -1)
    return _Search(cost[: network.size], source[: network.size], edge, along, away, limit, to_facility)


def _with_sources(
    network: Network,
    edge: Integers,
    along: Floats,
    against: bool,
    base: csr_array | None = None,
    local: Integers | None = None,
    away: Floats | None = None,
) -> csr_array:
    """
    Return the matrix with a further node for each source, with edges to either end of its edge.

    `away` is the cost from each source to its edge.

    `base` may be the matrix of some nodes only, which are all that the sources' edges end at; `local` numbers them.
    """
    if base is None:
        base = network.reversed if against else network.matrix
    share = along / np.maximum(network.length_m[edge], LEAST_COST)
    back, ahead = share * network.cost[edge], (1 - share) * network.cost[edge]
    closed = np.where(network.oneway[edge], np.inf, 0.0)
    if against:
        ahead = ahead + closed
    else:
        back = back + closed
    left = np.stack([network.leave_tail[edge], network.leave_head[edge]], axis=1)
    if local is not None:
        left = local[left]
    cost = np.maximum(np.stack([back, ahead], axis=1), LEAST_COST)
    if away is not None:
        cost += away[:, None]
    open_ = np.isfinite(cost)
    indices = np.concatenate([base.indices, left[open_].astype(base.indices.dtype)])
    data = np.concatenate([base.data, cost[open_]])
    indptr = np.concatenate([base.indptr, base.indptr[-1] + np.cumsum(open_.sum(axis=1)).astype(base.indptr.dtype)])
    size = base.shape[0] + len(edge)
    return csr_array((data, indices, indptr), shape=(size, size))


def _at(network: Network, reach: _Search, edge: Integers, along: Floats) -> tuple[Integers, Floats]:
    """Return the facility and the cost at positions on edges."""
    cost_m, tail, head = network.cost[edge], network.tail[edge], network.head[edge]
    share = along / np.maximum(network.length_m[edge], LEAST_COST)
    from_tail = reach.cost[tail] + share * cost_m
    from_head = reach.cost[head] + (1 - share) * cost_m
    if network.oneway.any():
        (from_tail if reach.to_facility else from_head)[network.oneway[edge]] = np.inf
    by_tail = from_tail <= from_head
    cost = np.where(by_tail, from_tail, from_head)
    facility = reach.source[np.where(by_tail, tail, head)]
    occupied = np.zeros(len(network.tail), dtype=bool)
    occupied[reach.edge] = True
    shared = np.flatnonzero(occupied[edge])
    for near, distance in _same_edge(network, reach, edge[shared], along[shared]):
        nearer = distance < cost[shared]
        cost[shared[nearer]] = distance[nearer]
        facility[shared[nearer]] = near[nearer]
    far = ~np.isfinite(cost) | (cost > reach.limit)
    return np.where(far, -1, facility), np.where(far, np.inf, cost)


def _same_edge(network: Network, reach: _Search, edge: Integers, along: Floats) -> list[tuple[Integers, Floats]]:
    """Return the best facility before and the best one after on the same edge, and the cost along it."""
    span = float(network.length_m.max()) + 1.0
    order = np.lexsort((reach.along, reach.edge))
    key = reach.edge[order] * span + reach.along[order]
    at = np.searchsorted(key, edge * span + along, "right")
    per_metre = network.cost[reach.edge[order]] / np.maximum(network.length_m[reach.edge[order]], LEAST_COST)
    cumulative = reach.along[order] * per_metre
    # from the left a facility costs (away - its place) + the target's place: the least of those before it
    best = {
        True: _running_least(reach.away[order] - cumulative, reach.edge[order]),
        False: len(order) - 1 - _running_least((reach.away[order] + cumulative)[::-1], reach.edge[order][::-1])[::-1],
    }
    found = []
    for position, before in ((at - 1, True), (at, False)):
        there = np.clip(position, 0, len(order) - 1)
        same = (position >= 0) & (position < len(order)) & (reach.edge[order[there]] == edge)
        number = order[best[before][there]]
        passable = same & (~network.oneway[edge] | (before != reach.to_facility))
        metres = np.abs(along - reach.along[number])
        cost = metres / np.maximum(network.length_m[edge], LEAST_COST) * network.cost[edge] + reach.away[number]
        found.append((number, np.where(passable, cost, np.inf)))
    return found


def _neighbourhoods(network: Network, edge: Integers, limit: float) -> Iterator[tuple[Integers, Integers]]:
    """Return starts in groups, by number, and the nodes that the starts of each group may reach."""
    order = np.arange(len(edge))
    every = np.arange(network.size)
    if not np.isfinite(limit) or network.cost is not network.length_m:
        for begin in range(0, len(order), _BATCH):
            yield order[begin : begin + _BATCH], every
        return
    # no way is shorter than the straight line: what is further than the limit is not reached
    tail, head = network.node_xy[network.tail[edge]], network.node_xy[network.head[edge]]
    middle = (tail + head) / 2
    square = np.floor((middle - middle.min(axis=0, initial=0.0)) / max(limit, 1.0)).astype(np.int64)
    key = square[:, 0] * (square[:, 1].max(initial=0) + 1) + square[:, 1]
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(run_starts(key[order]))[1:]
    tree = cKDTree(network.node_xy)
    for group in np.split(order, cuts) if len(order) else []:
        for begin in range(0, len(group), _BATCH):
            numbers = group[begin : begin + _BATCH]
            around = np.concatenate([tail[numbers], head[numbers]])
            centre = (around.min(axis=0) + around.max(axis=0)) / 2
            reach = float(np.hypot(*(around - centre).T).max()) + limit
            yield numbers, np.sort(np.asarray(tree.query_ball_point(centre, reach), dtype=np.int64))


def _costs(network: Network, edge: Integers, along: Floats, nodes: Integers, local: Integers, limit: float) -> Floats:
    """
    Return the costs from positions to the given nodes, shape (k, n + 1); the last column, for others, is infinite.
    """
    base = network.matrix
    if len(nodes) < network.size:
        rows = base[nodes]
        inside = local[rows.indices] >= 0
        starts = np.concatenate([[0], np.cumsum(inside)])[rows.indptr]
        shape = (len(nodes), len(nodes))
        base = csr_array((rows.data[inside], local[rows.indices[inside]], starts), shape=shape)
    matrix = _with_sources(network, edge, along, against=False, base=base, local=local)
    numbers = np.arange(len(nodes), len(nodes) + len(edge))
    found = dijkstra(matrix, directed=True, indices=numbers, limit=limit)
    found[:, len(nodes)] = np.inf
    return np.asarray(found[:, : len(nodes) + 1])


def _between(
    network: Network,
    cost: Floats,
    starts: tuple[Integers, Floats],
    targets: tuple[Integers, Floats],
    local: Integers,
) -> Floats:
    """Return the costs from starts to targets, given the costs from the starts to the nodes."""
    (edge, along), (to_edge, to_along) = starts, targets
    share = to_along / np.maximum(network.length_m[to_edge], LEAST_COST)
    by_head = cost[:, local[network.head[to_edge]]] + (1 - share) * network.cost[to_edge]
    way = np.minimum(
        cost[:, local[network.tail[to_edge]]] + share * network.cost[to_edge],
        np.where(network.oneway[to_edge], np.inf, by_head),
    )
    ahead = to_along - along[:, None]
    same = (edge[:, None] == to_edge) & ((ahead >= 0) | ~network.oneway[to_edge])
    direct = np.abs(ahead) / np.maximum(network.length_m[to_edge], LEAST_COST) * network.cost[to_edge]
    return np.asarray(np.where(same, np.minimum(way, direct), way))


def _running_least(values: Floats, group: Integers) -> Integers:
    """Return where the least value so far is, within each run of equal groups; the first of equal ones."""
    run = np.cumsum(run_starts(group)) - 1
    # a run's values lie below those of the run before: the least so far begins anew
    drop = (float(np.ptp(values)) + 1.0) * run if len(values) else values
    low = values - drop
    least = np.minimum.accumulate(low)
    is_new = np.ones(len(values), dtype=bool)
    is_new[1:] = low[1:] < least[:-1]
    return np.asarray(np.maximum.accumulate(np.where(is_new, np.arange(len(values)), 0)))
