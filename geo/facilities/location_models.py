"""Sites for new facilities: four location models with capacity, budget and existing facilities, and proofs."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, run_starts
from geo.core.errors import InfeasibleError
from geo.facilities.centre import Centre, centre
from geo.facilities.cover_matrix import CoverMatrix
from geo.facilities.covers import least_cover
from geo.facilities.deadline import Deadline
from geo.facilities.integer_programs import solve_whole
from geo.facilities.location_problem import LocationProblem, Model, Sited, no_time, sums, too_little
from geo.facilities.savings import Savings, merged_customers
from geo.facilities.solver import open_sites

_CENTRE_SHARE: Final = 0.25
"""The share of the time for the shortest longest walk without limits of room."""

_MOMENT: Final = 0.2
"""Seconds for a step of a search that has no choice yet when its time is over."""


def solve(problem: LocationProblem, model: Model, seconds: float | Deadline, start: Flags | None = None) -> Sited:
    """
    Choose sites.

    Parameters
    ----------
    problem
        What there is.
    model
        What is best: most demand covered, least walking, fewest sites that cover all that can be covered, or the
        shortest longest walk.
    seconds
        How long it may take in all; the gap is then what is left.
    start
        A choice of before, from which the search begins.

    Raises
    ------
    InfeasibleError
        If all that can be covered cannot be served with this room or money.
    """
    deadline = Deadline.of(seconds)
    if np.isfinite(problem.room).any():
        return _with_room(problem, model, deadline)
    if model == "coverage":
        return _coverage(problem, deadline, start)
    if model == "median":
        return _median(problem, deadline, start)
    if model == "cover_all":
        return _cover_all(problem, deadline)
    return _centre(problem, deadline)


def _chosen(problem: LocationProblem, opened: Flags, objective: float, bound: float, everyone: bool = False) -> Sited:
    """Return a choice with everybody at the nearest site; `everyone` counts for the load, not only people within."""
    walk = problem.least(opened)
    served = np.where(walk <= problem.within_m, problem.weight, 0.0)
    pairs = np.flatnonzero(opened[problem.site])
    order = pairs[np.lexsort((problem.site[pairs], problem.walk_m[pairs], problem.demand[pairs]))]
    nearest = order[run_starts(problem.demand[order])]
    counted = nearest if everyone else nearest[problem.walk_m[nearest] <= problem.within_m]
    load = sums(problem.site[counted], problem.weight[problem.demand[counted]], problem.sites)
    return Sited(opened, objective, bound, served, load)


def _opened(
    problem: LocationProblem, savings: Savings, deadline: Deadline, start: Flags | None
) -> tuple[Flags, float, float]:
    begun = None
    if start is not None and int((start & ~problem.kept).sum()) == min(problem.most, problem.sites):
        begun = start & ~problem.kept
    found = open_sites(savings, problem.most, deadline, problem.paid, problem.budget, begun)
    return found.opened | problem.kept, found.value, found.bound


def _coverage(problem: LocationProblem, deadline: Deadline, start: Flags | None) -> Sited:
    near = problem.walk_m <= problem.within_m
    covered = problem.least(problem.kept) <= problem.within_m
    new = near & ~covered[problem.demand] & ~problem.kept[problem.site]
    who, site = problem.demand[new], problem.site[new]
    savings = Savings.of(who, site, problem.weight[who], len(problem.weight), problem.sites)
    opened, value, bound = _opened(problem, savings, deadline, start)
    before = float(problem.weight[covered].sum())
    return _chosen(problem, opened, before + value, before + bound)


def _median(problem: LocationProblem, deadline: Deadline, start: Flags | None) -> Sited:
    now = np.minimum(problem.least(problem.kept), problem.beyond_m)
    new = ~problem.kept[problem.site]
    who, site, walk = problem.demand[new], problem.site[new], problem.walk_m[new]
    saving = problem.weight[who] * (now[who] - walk)
    savings = Savings.of(who, site, saving, len(problem.weight), problem.sites)
    opened, value, bound = _opened(problem, savings, deadline, start)
    before = float((problem.weight * now).sum())
    return _chosen(problem, opened, before - value, before - bound, everyone=True)


def _cover_all(problem: LocationProblem, deadline: Deadline) -> Sited:
    """Cover everything that can be covered, by the cheapest sites, within the budget."""
    covered = problem.least(problem.kept) <= problem.within_m
    pairs = (problem.walk_m <= problem.within_m) & ~covered[problem.demand] & ~problem.kept[problem.site]
    pairs &= problem.weight[problem.demand] > 0
    who, site = problem.demand[pairs], problem.site[pairs]
    rows = merged_customers(Savings.of(who, site, np.ones(len(who)), len(problem.weight), problem.sites))
    place, row = np.unique(rows.customer, return_inverse=True)
    found = least_cover(CoverMatrix.of(row, rows.site, len(place), problem.paid), deadline)
    if found.cost > problem.budget:
        raise too_little() if found.bound > problem.budget else no_time()
    return _chosen(problem, found.opened | problem.kept, found.cost, found.bound)


def _centre(problem: LocationProblem, deadline: Deadline) -> Sited:
    return centred(problem, centre(problem, deadline))


def centred(problem: LocationProblem, found: Centre) -> Sited:
    """Return a p-centre as a choice; pairs of the problem within its standard are enough."""
    return _chosen(problem, found.opened, found.longest_m, found.bound_m)


# ---- with room -------------------------------------------------------------------------------------------------------


def _with_room(problem: LocationProblem, model: Model, deadline: Deadline) -> Sited:
    """
    Solve with flows from places to sites that have room: demand may be divided among sites.
    """
    if model == "centre":
        return _centre_with_room(problem, deadline)
    near = problem.walk_m <= (problem.within_m if model != "median" else problem.beyond_m)
    part = problem.where(near)
    k = len(part.demand)
    if model == "coverage":
        cost = np.concatenate([np.zeros(problem.sites), -np.ones(k)])
        constant = 0.0
    elif model == "median":
        cost = np.concatenate([np.zeros(problem.sites), part.walk_m - problem.beyond_m])
        constant = float(problem.weight.sum() * problem.beyond_m)
    else:
        cost = np.concatenate([problem.paid, np.zeros(k)])
        constant = 0.0
    found = _flow(part, cost, deadline, all_served=model == "cover_all", counted=model != "cover_all")
    if found is None:
        raise no_time()
    opened, flow, value, bound = found
    objective, bound = (-value, -bound) if model == "coverage" else (value + constant, bound + constant)
    return _flowed(part, opened, flow, objective, bound)


def _flow(
    part: LocationProblem, cost: Floats, deadline: Deadline, all_served: bool, counted: bool
) -> tuple[Flags, Floats, float, float] | None:
    """
    Return open sites, flows of pairs, the cost and its lower bound; None where none was found in time.

    Raises
    ------
    InfeasibleError
        If there is no solution.
    """
    k, m, n = len(part.demand), part.sites, len(part.weight)
    pair = np.arange(k)
    able = np.zeros(n, dtype=bool)
    able[part.demand] = True
    weight = np.where(able, part.weight, 0.0)
    size = (n, m + k)
    out = csr_array((np.ones(k), (part.demand, m + pair)), shape=size)
    constraints = [LinearConstraint(out, weight if all_served else 0.0, weight)]
    limited = np.flatnonzero(np.isfinite(part.room))
    row = np.full(m, -1)
    row[limited] = np.arange(len(limited))
    into = row[part.site] >= 0
    data = np.concatenate([np.ones(int(into.sum())), -part.room[limited]])
    rows = np.concatenate([row[part.site[into]], np.arange(len(limited))])
    columns = np.concatenate([m + pair[into], limited])
    constraints.append(LinearConstraint(csr_array((data, (rows, columns)), shape=(len(limited), m + k)), -np.inf, 0.0))
    # nobody uses a site that is closed
    data = np.concatenate([np.ones(k), -part.weight[part.demand]])
    used = csr_array((data, (np.tile(pair, 2), np.concatenate([m + pair, part.site]))), shape=(k, m + k))
    constraints.append(LinearConstraint(used, -np.inf, 0.0))
    kept = part.kept.astype(float)
    ones = csr_array(np.concatenate([1.0 - kept, np.zeros(k)])[None, :])
    if counted:
        constraints.append(LinearConstraint(ones, -np.inf, part.most))
    if np.isfinite(part.budget):
        constraints.append(
            LinearConstraint(csr_array(np.append(part.paid, np.zeros(k))[None, :]), -np.inf, part.budget)
        )
    open_ = csr_array((np.ones(m), (np.arange(m), np.arange(m))), shape=(m, m + k))
    constraints.append(LinearConstraint(open_, kept, 1.0))
    whole = np.append(np.ones(m), np.zeros(k))
    upper = np.append(np.ones(m), part.weight[part.demand])
    found = solve_whole(cost, constraints, whole, deadline, upper)
    if found is None:
        return None
    if np.isposinf(found.bound):
        raise too_little()
    value = float(cost @ found.values)
    return found.values[:m] > 0.5, found.values[m:], value, min(found.bound, value)


def _flowed(part: LocationProblem, opened: Flags, flow: Floats, objective: float, bound: float) -> Sited:
    within = part.walk_m <= part.within_m
    served = sums(part.demand[within], flow[within], len(part.weight))
    load = sums(part.site, flow, part.sites)
    return Sited(opened, objective, bound, served, load)


def _centre_with_room(problem: LocationProblem, deadline: Deadline) -> Sited:
    """Halve the longest walk between its bound, found without limits of room, and the longest walk of all."""
    walks = np.unique(problem.walk_m)
    endless = problem._replace(room=np.full(problem.sites, np.inf))
    proven = centre(endless, deadline.part(_CENTRE_SHARE, _MOMENT)).bound_m
    low, high, best = int(np.searchsorted(walks, proven)), len(walks) - 1, None
    possible, everybody = False, np.zeros(len(problem.weight), dtype=bool)
    everybody[problem.demand] = True
    while low <= high and not (deadline.over and best is not None):
        middle = (low + high) // 2
        limit = deadline.part(1 / max(1.0, np.log2(high - low + 2)), _MOMENT)
        part = problem.where(problem.walk_m <= walks[middle])
        reached = np.zeros(len(problem.weight), dtype=bool)
        reached[part.demand] = True
        found, possible = None, not (everybody & ~reached & (problem.weight > 0)).any()
        if possible:
            cost = np.append(np.where(problem.kept, 0.0, 1.0), np.zeros(len(part.demand)))
            try:
                found = _flow(part, cost, limit, all_served=True, counted=True)
            except InfeasibleError:
                possible = False
        if found is not None:
            best, high = (part, found), middle - 1
            continue
        low = middle + 1
        if not possible:  # none in time proves nothing
            proven = max(proven, float(walks[min(low, len(walks) - 1)]))
    if best is None:
        raise no_time() if possible else too_little()
    part, (opened, flow, _, _) = best
    longest = float(part.walk_m[flow > 1e-6].max(initial=0.0))
    return _flowed(part, opened, flow, longest, min(proven, longest))
