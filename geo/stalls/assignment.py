"""Assign people to places with room, at the least cost in sum: exactly, and with the proof."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Floats, Integers

_NEAREST: Final = 12
"""With how many of the cheapest places of each person the search begins, and how many join it in a round."""
_LARGEST: Final = 2.0**58
"""The solver multiplies costs by the number of nodes: within 64 bits."""
_STEPS: Final = 1e8
"""Into how many steps a unit of cost is divided at most: the solver counts in whole numbers."""


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

    A transportation problem. It is solved exactly for the cheapest few pairs of each person (the flow of least cost of
    OR-Tools). Prices of the places, found by shortest paths of exchanges, tell of other pairs that could improve that;
    they join, until none does. The prices then prove that no assignment at all costs less (strong duality; Dantzig and
    Wolfe 1960 for the columns).

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
    longest = min(people, int(room.sum())) + 2
    highest = float(cost.max(initial=0.0)) + 1.0
    steps = min(_STEPS, _LARGEST / (highest * longest * (people + len(room) + 2)))
    whole = np.round(cost * steps).astype(np.int64)
    stay = int(highest * steps) * longest
    used = np.arange(len(who)) - np.searchsorted(who, who) < _NEAREST
    while True:
        went = np.flatnonzero(used)[_flow(who[used], place[used], whole[used], people, room, stay)]
        own = np.full(people, stay)
        own[who[went]] = whole[went]
        to = np.full(people, len(room))
        to[who[went]] = place[went]
        price = _prices(who[used], place[used], whole[used], to, own, room, stay)
        reduced = whole + price[place] - (own + price[to])[who]
        better = np.flatnonzero((reduced < 0) & ~used)
        if len(better) == 0:
            break
        best = better[np.lexsort((reduced[better], who[better]))]
        used[best[np.arange(len(best)) - np.searchsorted(who[best], who[best]) < _NEAREST]] = True
    return Assignment(
        np.where(to == len(room), -1, to),
        float(cost[went].sum()),
        _gap(who, place, cost, to, price / steps, room, stay / steps),
    )


def _gap(
    who: Integers, place: Integers, cost: Floats, to: Integers, price: Floats, room: Integers, stay: float
) -> float:
    """Return by how much an assignment may be above the least possible: any prices give a bound from below."""
    people = len(to)
    best = np.full(people, stay)
    np.minimum.at(best, who, cost + price[place])
    mine = np.full(people, stay)
    chosen = to[who] == place
    mine[who[chosen]] = cost[chosen]
    # person by person, so that large costs of staying do not drown small ones of walking
    saved = float((mine - best).sum()) + float((price[:-1] * room).sum())
    return max(saved, 0.0)


def _flow(who: Integers, place: Integers, cost: Integers, people: int, room: Integers, stay: int) -> Integers:
    """Return the pairs of the cheapest assignment; who is in none stays."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 (only assignments wait for it to load)

    wanted, of = np.unique(place, return_inverse=True)
    nobody, sink = people + len(wanted), people + len(wanted) + 1
    solver = min_cost_flow.SimpleMinCostFlow()
    persons = np.arange(people)
    ends = people + np.arange(len(wanted))
    tail = np.concatenate([who, persons, ends, [nobody]])
    head = np.concatenate([people + of, np.full(people, nobody), np.full(len(wanted) + 1, sink)])
    capacity = np.concatenate([np.ones(len(who) + people, dtype=np.int64), room[wanted], [people]])
    price = np.concatenate([cost, np.full(people, stay), np.zeros(len(wanted) + 1, dtype=np.int64)])
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, price)
    solver.set_nodes_supplies(np.append(persons, sink), np.append(np.ones(people, dtype=np.int64), -people))
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("an assignment without an optimum")
    return np.flatnonzero(np.asarray(solver.flows(arcs[: len(who)])) > 0)


def _prices(
    who: Integers, place: Integers, cost: Integers, to: Integers, own: Integers, room: Integers, stay: int
) -> Integers:
    """
    Return the price of a seat at each place, and 0 for staying, shape (m + 1,): everybody is content at these.

    The price of a full place is the cheapest chain of exchanges that would free a seat there: the shortest path to a
    place with a seat to spare, along an arc for each pair of a place and another that somebody there could take.
    """
    nodes = len(room) + 1
    start = np.concatenate([to[who], to])
    end = np.concatenate([place, np.full(len(to), len(room))])
    swap = np.concatenate([cost - own[who], stay - own])
    order = np.lexsort((swap, end, start))
    start, end, swap = start[order], end[order], swap[order]
    cheapest = np.append(True, (np.diff(start) != 0) | (np.diff(end) != 0))
    start, end, swap = start[cheapest], end[cheapest], swap[cheapest]
    spare = np.append(np.bincount(to, minlength=nodes)[:-1] < room, True)
    spare[:-1] |= room == 0  # nobody wants a seat there
    from_full = ~spare[start]
    start, end, swap = start[from_full], end[from_full], swap[from_full]
    never = np.iinfo(np.int64).max // 2
    price = np.where(spare, 0, never)
    first = np.flatnonzero(np.append(True, np.diff(start) != 0)) if len(start) else start
    for _ in range(nodes):
        through = np.where(price[end] == never, never, swap + price[end])
        lower = price.copy()
        if len(first):
            lower[start[first]] = np.minimum(price[start[first]], np.minimum.reduceat(through, first))
        if np.array_equal(lower, price):
            break
        price = lower
    return np.minimum(price, stay)
