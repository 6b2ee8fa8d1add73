"""Where supervisors should be, and when: districts of even work, a walking round for each, the hours that matter."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.core.arrays import Floats, Integers, members
from geo.network.graph import Network

_MOVES: Final = 4000
"""Exchanges between districts are given up after so many."""

_ATTEMPTS: Final = 6

_SHAKEN: Final = 0.4

_SEED: Final = 721

_LARGE: Final = 20_000
"""Segments that all attempts together may have: a large city is divided once."""


class Districts(NamedTuple):
    """
    Districts of even work.

    Attributes
    ----------
    district
        Shape (n,): the district of each segment, from 0.
    work
        Shape (k,): of each district.
    bound
        What the heaviest district has at least, however the streets are divided: the mean, or the heaviest segment.
    """

    district: Integers
    work: Floats
    bound: float

    @property
    def balance(self) -> float:
        """The heaviest district's work by the mean: 1 is even."""
        return float(self.work.max() / self.work.mean()) if self.work.sum() else 1.0


def linked(meets: csr_array, xy: Floats) -> csr_array:
    """Return an adjacency with its isolated parts linked to the nearest segments of the largest part."""
    number, part = connected_components(meets, directed=False)
    if number < 2:
        return meets
    main = part == np.bincount(part).argmax()
    inside, outside = np.flatnonzero(main), np.flatnonzero(~main)
    away, nearest = cKDTree(xy[inside]).query(xy[outside])
    order = np.lexsort((away, part[outside]))
    first = order[np.unique(part[outside][order], return_index=True)[1]]
    one, two = outside[first], inside[nearest[first]]
    ends = np.concatenate([one, two]), np.concatenate([two, one])
    return csr_array(meets + coo_array((np.ones(len(ends[0])), ends), shape=meets.shape))


def divide(work: Floats, meets: csr_array, xy: Floats, count: int, within: float) -> Districts:
    """
    Divide segments into contiguous districts of even work.

    Halved again and again: each time the segments are ordered by how much nearer they are, along the streets, to one
    end of the part than to the other, and divided where the work is. Then segments at borders go from heavier districts
    to lighter ones, as long as both stay in one piece and no district is as even as `within` asks.

    Parameters
    ----------
    work
        Shape (n,): not negative.
    meets
        Shape (n, n): connected, as `linked` returns.
    xy
        Shape (n, 2): the segments' middles, metric.
    count
        How many districts.
    within
        How far above the mean the heaviest may stay: `patrols.districts_within`.
    """
    n = len(work)
    count = max(min(count, n), 1)
    row, column = meets.nonzero()
    length = np.maximum(np.hypot(*(xy[row] - xy[column]).T), 0.1)
    rng = np.random.default_rng(_SEED)
    best, least = np.zeros(n, dtype=np.int64), np.inf
    for attempt in range(int(np.clip(_LARGE // n, 1, _ATTEMPTS))):
        # other lengths, other halves: the first attempt is that of the true ones
        shaken = length * rng.uniform(1 - _SHAKEN, 1 + _SHAKEN, len(length)) if attempt else length
        found = _halves(csr_array((shaken, (row, column)), shape=meets.shape), work, count)
        found = _evened(_in_one_piece(found, work, meets, count), work, meets, count, within)
        most = float(np.bincount(found, weights=work, minlength=count).max())
        if most < least - 1e-9:
            best, least = found, most
        if least <= work.sum() / count * (1 + within):
            break
    sums = np.bincount(best, weights=work, minlength=count).astype(float)
    return Districts(best, sums, max(float(work.sum()) / count, float(work.max(initial=0.0))))


def _halves(length: csr_array, work: Floats, count: int) -> Integers:
    """Return the districts that halving again and again makes."""
    district = np.zeros(len(work), dtype=np.int64)
    parts = [(np.arange(len(work)), count, 0)]
    while parts:
        inside, number, first = parts.pop()
        district[inside] = first
        if number == 1:
            continue
        left = number // 2
        half = _halved(length[inside][:, inside], work[inside], left / number, left, number - left)
        parts += [(inside[half], left, first), (inside[~half], number - left, first + left)]
    return district


def _halved(length: csr_array, work: Floats, share: float, least: int, rest: int) -> NDArray[np.bool_]:
    """Return the segments at one end of a part that make up a share of its work."""
    start = int(np.argmax(_finite(dijkstra(length, directed=False, indices=0))))
    from_one = _finite(dijkstra(length, directed=False, indices=start))
    other = int(np.argmax(from_one))
    lead = from_one - _finite(dijkstra(length, directed=False, indices=other))
    order = np.argsort(lead, kind="stable")
    cumulative_work = np.cumsum(work[order])
    cut = int(np.searchsorted(cumulative_work, share * cumulative_work[-1])) + 1
    cut = min(max(cut, least), len(order) - rest)  # a district has a segment at least
    half = np.zeros(len(work), dtype=bool)
    half[order[:cut]] = True
    return half


def _finite(distance: Floats) -> Floats:
    """Return distances with unreached ones set beyond all others."""
    known = np.isfinite(distance)
    most = distance[known].max(initial=0.0)
    return np.where(known, distance, most + 1.0)


def _in_one_piece(district: Integers, work: Floats, meets: csr_array, count: int) -> Integers:
    """Give the pieces of districts that lie apart from their main one to a neighbour, the lightest first."""
    row, column = meets.nonzero()
    while True:
        same = district[row] == district[column]
        links = coo_array((np.ones(int(same.sum())), (row[same], column[same])), shape=meets.shape)
        number, piece = connected_components(links, directed=False)
        weight = np.bincount(piece, weights=work + 1e-9, minlength=number)
        owner = np.zeros(number, dtype=np.int64)
        owner[piece] = district
        order = np.lexsort((-weight, owner))
        main = np.zeros(number, dtype=bool)
        main[order[np.unique(owner[order], return_index=True)[1]]] = True
        apart = np.flatnonzero(~main)
        if len(apart) == 0:
            return district
        # one piece after the other: its neighbours may change
        loose = apart[np.argmin(weight[apart])]
        sums = np.bincount(district, weights=work, minlength=count)
        around = np.unique(district[column[(piece[row] == loose) & (piece[column] != loose)]])
        district = district.copy()
        district[piece == loose] = around[np.argmin(sums[around])]


def _evened(district: Integers, work: Floats, meets: csr_array, count: int, within: float) -> Integers:
    """Let segments at borders go from heavier districts to lighter ones."""
    district = district.copy()
    sums = np.bincount(district, weights=work, minlength=count)
    size = np.bincount(district, minlength=count)
    mean = sums.mean()
    row, column = meets.nonzero()
    stuck: set[tuple[int, int]] = set()
    for _ in range(_MOVES):
        if sums.max() <= mean * (1 + within):
            break
        border = district[row] != district[column]
        giver, taker = district[row[border]], district[column[border]]
        segment = row[border]
        gain = sums[giver] - sums[taker] - work[segment]
        useful = np.flatnonzero((gain > 1e-9) & (work[segment] > 0) & (size[giver] > 1))
        moved = False
        for at in useful[np.argsort(-(sums[giver[useful]] - sums[taker[useful]]), kind="stable")]:
            key = (int(segment[at]), int(taker[at]))
            if key in stuck:
                continue
            rest = np.flatnonzero((district == giver[at]) & (np.arange(len(district)) != segment[at]))
            if connected_components(meets[rest][:, rest], directed=False)[0] > 1:
                stuck.add(key)
                continue
            district[segment[at]] = taker[at]
            for side, sign in ((giver[at], -1), (taker[at], 1)):
                sums[side] += sign * work[segment[at]]
                size[side] += sign
            stuck.clear()
            moved = True
            break
        if not moved:
            break
    return district


class Round(NamedTuple):
    """
    A walking round.

    Attributes
    ----------
    stops
        The segments that it passes, in order.
    segments
        All segments that it walks along, whole or in part.
    length_m
        Until it is back at its beginning.
    """

    stops: Integers
    segments: Integers
    length_m: float


def walking_round(network: Network, stops: Integers) -> Round:
    """
    Return a short round past segments, on foot along the network.

    The order of the stops is that of the cheapest next one, improved by exchanges until none shortens it (Google
    OR-Tools); ways between them are the shortest.

    Parameters
    ----------
    network
        On foot; its segments' rows are those of `stops`.
    stops
        Segments; the round passes both ends of each.
    """
    first = np.searchsorted(network.segment, stops)
    last = np.searchsorted(network.segment, stops, "right") - 1
    nodes, of = np.unique(np.concatenate([network.tail[first], network.head[last]]), return_inverse=True)
    of = of[: len(stops)]
    cost, before = dijkstra(network.matrix, directed=True, indices=nodes, return_predecessors=True)
    between = cost[:, nodes]
    there = np.isfinite(between[0])
    kept = np.flatnonzero(there)
    order = kept[_tour(between[np.ix_(kept, kept)])]
    pairs, edge = network.cheapest()
    walked: list[int] = []
    total = 0.0
    for one, two in zip(order, np.roll(order, -1), strict=True):
        total += float(between[one, two])
        node = int(nodes[two])
        while node != nodes[one]:
            earlier = int(before[one, node])
            walked.append(int(edge[np.searchsorted(pairs, earlier * np.int64(network.size) + node)]))
            node = earlier
    by_place: dict[int, list[int]] = {int(place): [] for place in order}
    for stop, place in zip(stops, of, strict=True):
        if int(place) in by_place:
            by_place[int(place)].append(int(stop))
    passed = [stop for place in order for stop in by_place[int(place)]]
    return Round(np.array(passed, dtype=np.int64), np.unique(network.segment[walked]), round(total, 1))


def _tour(between: Floats) -> Integers:
    """Return the order of a short round through places, given the ways between them."""
    if len(between) < 4:
        return np.arange(len(between))
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 (only rounds wait for it to load)

    table = np.round(between * 10).astype(np.int64).tolist()
    manager = pywrapcp.RoutingIndexManager(len(table), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(table))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    solution = routing.SolveWithParameters(asked)
    order, index = [], routing.Start(0)
    while not routing.IsEnd(index):
        order.append(manager.IndexToNode(index))
        index = solution.Value(routing.NextVar(index))
    return np.array(order, dtype=np.int64)


def priorities(street: pd.Series, local: pd.Series, most: int = 50, hours: int = 2) -> pd.DataFrame:
    """
    Return when and where complaints come: the street and hours of the week with the most of them first.

    What a street's own counts say of an hour is drawn towards what the hour says of all streets: a street's complaints
    times the share that the hours of its day have in all, and its own count, weigh alike at that many complaints.

    Parameters
    ----------
    street
        Of each complaint.
    local
        When each came, on the study's clock.
    most
        How many rows.
    hours
        How long a block of hours is.

    Returns
    -------
    priorities
        `street_id`, `weekday` (0 Monday), `from_hour`, `to_hour`, `complaints` there and then, `expected`.
    """
    known = street.notna() & local.notna()
    table = pd.DataFrame(
        {
            "street_id": street[known],
            "weekday": local[known].dt.day_of_week,
            "from_hour": local[known].dt.hour // hours * hours,
        }
    )
    if table.empty:
        return pd.DataFrame(columns=["street_id", "weekday", "from_hour", "to_hour", "complaints", "expected"])
    own = table.value_counts().rename("complaints").reset_index()
    hour = table.groupby(["weekday", "from_hour"]).size() / len(table)
    total = table["street_id"].value_counts()
    share = hour.reindex(pd.MultiIndex.from_frame(own[["weekday", "from_hour"]])).to_numpy()
    prior = total.reindex(own["street_id"]).to_numpy() * share
    own["expected"] = np.round((own["complaints"] + prior) / 2, 2)
    own["to_hour"] = own["from_hour"] + hours
    own = own.sort_values(["expected", "complaints", "street_id"], ascending=[False, False, True], kind="stable")
    return own.head(most)[["street_id", "weekday", "from_hour", "to_hour", "complaints", "expected"]].reset_index(
        drop=True
    )


def heaviest(work: Floats, district: Integers, share: float) -> Integers:
    """Return the segments that hold a share of the work of their districts, the heaviest first."""
    order = np.lexsort((-work, district))
    counts = np.bincount(district)
    group, _ = members(counts)
    cumulative_work = np.cumsum(work[order])
    begin = np.cumsum(counts) - counts
    before = cumulative_work - work[order] - np.concatenate([[0.0], cumulative_work])[begin][group]
    total = np.bincount(district, weights=work)[group]
    kept = (before < share * total - 1e-12) & (work[order] > 0)
    return np.asarray(order[kept])
