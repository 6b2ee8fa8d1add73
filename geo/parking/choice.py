"""Choose the bays that relieve the most within a budget: an optimum with its proof, and the greedy choice."""

from __future__ import annotations

import heapq
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from geo.core.arrays import Floats, Integers
from geo.parking.need import WalkReach

_STEPS_PER_METRE: Final = 10_000
"""Walks are counted in tenths of millimetres, so that what only breaks ties is less than a decimetre of walk."""
_TIE: Final = 1_000
"""The most that a street counts for being under less pressure than others."""


class BayProblem(NamedTuple):
    """
    Cars that look for a space, places that are there, and bays that could be.

    Attributes
    ----------
    cars
        Shape (n,): whole cars by cell of the streets.
    spaces, reach
        Of the places that are there: whole spaces, shape (k,), and the cells within a walk of each.
    bays, bay_reach
        Shape (c,): how many bays each candidate cell could have, and the cells within a walk of each candidate.
    street
        Shape (c,): the number of each candidate's street.
    street_most
        Shape (s,): how many bays each street may have.
    budget
        How many bays there may be in all.
    """

    cars: Integers
    spaces: Integers
    reach: WalkReach
    bays: Integers
    bay_reach: WalkReach
    street: Integers
    street_most: Integers
    budget: int


class Choice(NamedTuple):
    """
    The bays that relieve the most, with the proven bound and the greedy result.

    Attributes
    ----------
    bays
        Shape (c,): how many of each candidate cell's bays are chosen.
    relieved
        Shape (n,): the cars of each cell that find a space in a chosen bay.
    before, after
        How many cars find a space within a walk without and with the chosen bays.
    bound
        How many could at most, by the smallest cut of the network: proof that `after` is optimal where both agree.
    greedy
        How many would if one cell after the other got its bays, each time the one that then relieves the most.
    walk_m
        The mean walk from a chosen bay.
    """

    bays: Integers
    relieved: Integers
    before: int
    after: int
    bound: int
    greedy: int
    walk_m: float


def whole(cars: Floats) -> Integers:
    """Round cars to integers so that cumulative sums are preserved."""
    return np.diff(np.round(np.cumsum(cars)), prepend=0).astype(np.int64)


def choose(problem: BayProblem, pressure: Floats, walk_within_m: float) -> Choice:
    """
    Choose bays so that as many cars as possible find a space, with the shortest walks, then the highest pressure.

    Among all choices with the most cars, the shortest walks decide; among these, bays on the streets under most
    pressure.

    A flow of cars at least cost: from the budget to streets, from those to cells with bays, from bays and from the
    places that are there to the cars within a walk. Flows in whole numbers are optimal among all flows (Ahuja, Magnanti
    and Orlin 1993, theorem 9.10), and a cut of the same size proves it. A bay that would only shorten a walk is not
    chosen.

    Parameters
    ----------
    problem
        What there is.
    pressure
        Shape (s,): cars per space of each street.
    walk_within_m
        `need.within`.
    """
    without = _Flow(problem, problem.bays * 0, 0)
    served = without.solve(0.0, pressure)[0][without.sinks]
    flow = _Flow(problem, problem.bays, problem.budget)
    cars, bound = flow.solve(2 * walk_within_m, pressure)
    pairs = cars[flow.bay_pairs]
    chosen = np.bincount(problem.bay_reach.place, weights=pairs, minlength=len(problem.bays)).astype(np.int64)
    relieved = np.bincount(problem.bay_reach.cell, weights=pairs, minlength=len(problem.cars)).astype(np.int64)
    total = int(cars[flow.sinks].sum())
    before = int(served.sum())
    greedy = before + _greedy(problem, problem.cars - served)
    walk = float((pairs * problem.bay_reach.walk_m).sum() / pairs.sum()) if pairs.sum() else 0.0
    return Choice(chosen, relieved, before, total, bound, greedy, walk)


def _greedy(problem: BayProblem, left: Integers) -> int:
    """
    Return how many of the cars that are left the greedy choice relieves.

    What a cell's bays relieve only falls as others take cars: the largest figure of before is tried first, and taken
    when it still stands (Minoux 1978).
    """
    left, streets, budget = left.copy(), problem.street_most.copy(), problem.budget
    order = np.lexsort((problem.bay_reach.walk_m, problem.bay_reach.place))
    cell = problem.bay_reach.cell[order]
    begin = np.searchsorted(problem.bay_reach.place[order], np.arange(len(problem.bays) + 1))

    def gain(row: int) -> int:
        cars = int(left[cell[begin[row] : begin[row + 1]]].sum())
        return int(min(problem.bays[row], streets[problem.street[row]], budget, cars))

    heap = [(-gain(row), row) for row in range(len(problem.bays))]
    heapq.heapify(heap)
    relieved = 0
    while heap and budget > 0:
        _, row = heapq.heappop(heap)
        now = gain(row)
        if now and heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, row))
        elif now:
            near = cell[begin[row] : begin[row + 1]]
            taken = np.diff(np.minimum(np.cumsum(left[near]), now), prepend=0)
            left[near] -= taken
            streets[problem.street[row]] -= now
            budget, relieved = budget - now, relieved + now
    return relieved


class _Flow:
    """The network of a problem; arcs in groups, with slices `bay_pairs` and `sinks`."""

    def __init__(self, problem: BayProblem, bays: Integers, budget: int) -> None:
        n, k, c, s = len(problem.cars), len(problem.spaces), len(bays), len(problem.street_most)
        source, purse, sink = 0, 1, 2
        street, candidate, place, cell = (3 + offset for offset in (0, s, s + c, s + c + k))
        near, far = problem.reach, problem.bay_reach
        big = int(problem.cars.sum())
        groups = [
            (np.array([source]), np.array([purse]), np.array([budget]), None),
            (np.full(s, purse), street + np.arange(s), problem.street_most, None),
            (street + problem.street, candidate + np.arange(c), bays, None),
            (np.full(k, source), place + np.arange(k), problem.spaces, None),
            (place + near.place, cell + near.cell, np.full(len(near.place), big), near.walk_m),
            (candidate + far.place, cell + far.cell, np.full(len(far.place), big), far.walk_m),
            (cell + np.arange(n), np.full(n, sink), problem.cars, None),
        ]
        self.size = cell + n
        self.tail = np.concatenate([group[0] for group in groups]).astype(np.int64)
        self.head = np.concatenate([group[1] for group in groups]).astype(np.int64)
        self.capacity = np.concatenate([group[2] for group in groups]).astype(np.int64)
        self.walk_m = np.concatenate([np.zeros(len(group[0])) if group[3] is None else group[3] for group in groups])
        ends = np.cumsum([len(group[0]) for group in groups])
        self.streets = slice(ends[0], ends[1])
        self.bay_pairs, self.sinks = slice(ends[4], ends[5]), slice(ends[5], ends[6])
        self.source, self.sink = source, sink
        self.supply = int(budget + problem.spaces.sum())

    def solve(self, bay_cost_m: float, pressure: Floats) -> tuple[Integers, int]:
        """
        Return the flow along each arc: of the largest flows the one with the shortest walks; and the smallest cut.

        Parameters
        ----------
        bay_cost_m
            What the use of a bay counts, in metres of walk: more than any walk that it could shorten.
        pressure
            Shape (s,): of the streets.
        """
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 (only choices wait for it to load)

        solver = min_cost_flow.SimpleMinCostFlow()
        cost = np.round(self.walk_m * _STEPS_PER_METRE).astype(np.int64)
        cost[0] = round(bay_cost_m * _STEPS_PER_METRE)
        rank = np.argsort(np.argsort(-pressure, kind="stable"), kind="stable")
        cost[self.streets] = rank * _TIE // max(len(rank), 1)
        arcs = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.capacity, cost)
        solver.set_node_supply(self.source, self.supply)
        solver.set_node_supply(self.sink, -self.supply)
        if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
            raise ArithmeticError("a flow without an optimum")
        flows = np.asarray(solver.flows(arcs), dtype=np.int64)
        return flows, self._cut(flows)

    def _cut(self, flows: Integers) -> int:
        """
        Return the smallest cut: the capacity of the arcs that leave the nodes the source still reaches beside a flow.
        """
        ahead, back = flows < self.capacity, flows > 0
        tail = np.concatenate([self.tail[ahead], self.head[back]])
        head = np.concatenate([self.head[ahead], self.tail[back]])
        residual = coo_array((np.ones(len(tail)), (tail, head)), shape=(self.size, self.size)).tocsr()
        reached = np.zeros(self.size, dtype=bool)
        reached[breadth_first_order(residual, self.source, return_predecessors=False)] = True
        return int(self.capacity[reached[self.tail] & ~reached[self.head]].sum())
