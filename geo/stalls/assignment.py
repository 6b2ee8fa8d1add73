"""Assign people to places with room, at the least cost in sum: exactly, and with the proof."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from geo.core.arrays import Floats, Integers, members

_NEAREST: Final = 12
"""With how many of the cheapest places of each person the search begins, and how many join it in a round."""
_TOLERANCE: Final = 1e-6


class Assignment(NamedTuple):
    """
    Who goes where.

    Attributes
    ----------
    place
        Shape (n,): the number of the place that each goes to, -1 for none.
    total
        The sum of the costs of those that go somewhere.
    gap
        By how much that may be above the least possible for as many people: 0 but for rounding, as prices prove.
    """

    place: Integers
    total: float
    gap: float


def assign(who: Integers, place: Integers, cost: Floats, people: int, room: Integers) -> Assignment:
    """
    Assign as many people as possible to places with room, at the least total cost.

    A transportation problem. It is solved exactly for the cheapest few pairs of each person (the sparse
    Jonker-Volgenant matching of scipy, a place of room r standing for r seats). Prices of the places, which shortest
    paths of exchanges give, tell which other pairs could improve that; they join, until none does. The prices then
    prove that no assignment at all costs less (strong duality; Dantzig and Wolfe 1960 for the columns).

    Parameters
    ----------
    who, place, cost
        Shape (k,): the pairs that are possible; costs of 0 or more.
    people
        How many people there are.
    room
        Shape (m,): how many each place takes.
    """
    if people == 0:
        return Assignment(np.zeros(0, dtype=np.int64), 0.0, 0.0)
    open_ = room[place] > 0 if len(place) else np.zeros(0, dtype=bool)
    who, place, cost = who[open_], place[open_], cost[open_]
    order = np.lexsort((place, cost, who))
    who, place, cost = who[order], place[order], cost[order]
    # to stay without a place costs more than any chain of exchanges could save
    stay = 1.0 + float(cost.max(initial=0.0)) * (min(people, int(room.sum())) + 1)
    used = np.arange(len(who)) - np.searchsorted(who, who) < _NEAREST
    while True:
        chosen = _match(who[used], place[used], cost[used], people, room, stay)
        own = np.full(people, stay)
        went = np.flatnonzero(used)[chosen]
        own[who[went]] = cost[went]
        to = np.full(people, len(room))
        to[who[went]] = place[went]
        price = _prices(who[used], place[used], cost[used], to, own, room, stay)
        reduced = cost + price[place] - (own + price[to])[who]
        better = np.flatnonzero((reduced < -_TOLERANCE) & ~used)
        if len(better) == 0:
            break
        best = better[np.lexsort((reduced[better], who[better]))]
        used[best[np.arange(len(best)) - np.searchsorted(who[best], who[best]) < _NEAREST]] = True
    bound = float((own + price[to]).sum() - (price[:-1] * room).sum())
    total = float(cost[went].sum())
    return Assignment(np.where(to == len(room), -1, to), total, max(float(own.sum()) - bound, 0.0))


def _match(who: Integers, place: Integers, cost: Floats, people: int, room: Integers, stay: float) -> Integers:
    """Return the pairs of the cheapest assignment; who is in none stays."""
    wanted = np.bincount(place, minlength=len(room))
    # a place that all its candidates fit has a seat for each; only the others' seats are contested
    ample = room >= wanted
    seats = np.where(ample, wanted, room)
    first = np.concatenate([[0], np.cumsum(seats)])
    counts = np.where(ample[place], 1, seats[place])
    pair, number = members(counts)
    order = np.argsort(place, kind="stable")
    turn = np.empty(len(place), dtype=np.int64)
    turn[order] = np.arange(len(place)) - np.searchsorted(place[order], place[order])
    seat = first[place[pair]] + np.where(ample[place[pair]], turn[pair], number)
    rows = np.concatenate([who[pair], np.arange(people)])
    columns = np.concatenate([seat, first[-1] + np.arange(people)])
    # a cost of zero would be no pair to scipy: everybody's is one higher, which changes nothing
    values = np.concatenate([cost[pair], np.full(people, stay)]) + 1.0
    table = csr_array((values, (rows, columns)), shape=(people, int(first[-1]) + people))
    matched, taken = min_weight_full_bipartite_matching(table)
    goes = taken < first[-1]
    of = np.searchsorted(first, taken[goes], "right") - 1
    key = who * np.int64(len(room)) + place
    sorter = np.argsort(key)
    return np.asarray(sorter[np.searchsorted(key, matched[goes] * np.int64(len(room)) + of, sorter=sorter)])


def _prices(
    who: Integers, place: Integers, cost: Floats, to: Integers, own: Floats, room: Integers, stay: float
) -> Floats:
    """
    Return the price of a seat at each place, and 0 for staying, shape (m + 1,): everybody is content at these.

    The price of a full place is the cheapest chain of exchanges that would free a seat there.
    """
    nodes = len(room) + 1
    flat = np.full(nodes * nodes, np.inf)
    np.minimum.at(flat, to[who] * np.int64(nodes) + place, cost - own[who])
    np.minimum.at(flat, to * np.int64(nodes) + len(room), stay - own)
    swap = flat.reshape(nodes, nodes)
    spare = np.append(np.bincount(to, minlength=nodes)[:-1] < room, True)
    spare[:-1] |= room == 0  # nobody wants a seat there
    price = np.where(spare, 0.0, np.inf)
    full = np.flatnonzero(~spare)
    for _ in range(nodes):
        lower = np.where(spare, 0.0, price)
        if len(full):
            lower[full] = np.minimum(price[full], (swap[full] + price).min(axis=1))
        if np.array_equal(lower, price):
            break
        price = lower
    return price
