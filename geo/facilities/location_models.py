"""Sites for new facilities: four location models with capacity, budget and existing facilities, and proofs."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, run_starts
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import greedy_choice
from geo.facilities.location_problem import LocationProblem, Model, Sited, no_time, sums, too_little
from geo.facilities.savings import Savings, merged_customers
from geo.facilities.solver import open_sites, solve_whole

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


class _Cover(NamedTuple):
    """Sites that cover all demand, their cost, and the proven lower bound of the cost."""

    opened: Flags
    cost: float
    bound: float


def _cover(problem: LocationProblem, within_m: float, price: Floats, deadline: Deadline) -> _Cover | None:
    """
    Return the cover of all that can be covered that is cheapest by `price` and within the budget; at infinite cost
    where there is none, None where none is found in time.
    """
    covered = problem.least(problem.kept) <= within_m
    pairs = (problem.walk_m <= within_m) & ~covered[problem.demand] & ~problem.kept[problem.site]
    pairs &= problem.weight[problem.demand] > 0
    who, site = problem.demand[pairs], problem.site[pairs]
    if len(who) == 0:
        return _Cover(problem.kept.copy(), 0.0, 0.0)
    rows = merged_customers(Savings.of(who, site, np.ones(len(who)), len(problem.weight), problem.sites))
    shape = (rows.customers, problem.sites)
    needs = csr_array((np.ones(len(rows.site)), (rows.customer, rows.site)), shape=shape)
    constraints = [LinearConstraint(needs, 1.0, np.inf)]
    if np.isfinite(problem.budget):
        constraints.append(LinearConstraint(csr_array(problem.paid[None, :]), -np.inf, problem.budget))
    found = solve_whole(price, constraints, np.ones(problem.sites), deadline.left)
    if found is None:
        return _quick_cover(problem, rows, price)
    if not np.isfinite(found.bound):
        return _Cover(problem.kept.copy(), np.inf, np.inf)
    opened = found.values > 0.5
    # prices that are whole numbers add up to one: the bound may be rounded up
    bound = float(np.ceil(found.bound - 1e-6)) if (price == np.round(price)).all() else found.bound
    return _Cover(opened | problem.kept, float(price[opened].sum()), bound)


def _quick_cover(problem: LocationProblem, rows: Savings, price: Floats) -> _Cover | None:
    """Return a cover by greedy choice, with no bound; None where it costs more than there is."""
    opened = greedy_choice(rows, problem.sites, np.maximum(price, 1e-6), np.inf)
    affordable = float(problem.paid[opened].sum()) <= problem.budget
    whole = affordable and rows.value(opened) >= float(rows.best(np.ones(problem.sites, dtype=bool)).sum())
    return _Cover(opened | problem.kept, float(price[opened].sum()), 0.0) if whole else None


def _cover_all(problem: LocationProblem, deadline: Deadline) -> Sited:
    found = _cover(problem, problem.within_m, problem.paid, deadline)
    if found is None:
        raise no_time()
    if not np.isfinite(found.cost):
        raise too_little()
    return _chosen(problem, found.opened, found.cost, found.bound)


def _centre(problem: LocationProblem, deadline: Deadline) -> Sited:
    """Bisect the longest walk for the shortest one with a small enough cover (Daskin 1995)."""
    some = problem.weight[problem.demand] > 0
    walks = np.unique(problem.walk_m[some])
    least = problem.least(np.ones(problem.sites, dtype=bool))
    reached = np.isfinite(least) & (problem.weight > 0)
    if not reached.any():
        return _chosen(problem, problem.kept.copy(), 0.0, 0.0)
    low = int(np.searchsorted(walks, least[reached].max()))
    high, opened, proven = len(walks) - 1, None, float(walks[low])
    one = np.where(problem.kept, 0.0, 1.0)
    while low <= high and not (deadline.over and opened is not None):
        middle = (low + high) // 2
        # each halving has its share; the first few, and those after the time is over, have a moment
        limit = deadline.part(1 / max(1.0, np.log2(high - low + 2)), _MOMENT)
        found = _cover(problem, float(walks[middle]), one, limit)
        if found is not None and found.cost <= problem.most:
            opened, high = found.opened, middle - 1
            continue
        low = middle + 1
        if found is not None and found.bound > problem.most and low < len(walks):
            proven = max(proven, float(walks[low]))
    if opened is None:
        raise no_time() if deadline.over else too_little()
    longest = float(problem.least(opened)[reached].max())
    return _chosen(problem, opened, longest, min(proven, longest))


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
        raise no_time() if deadline.over else too_little()
    opened, flow, value, bound = found
    objective, bound = (-value, -bound) if model == "coverage" else (value + constant, bound + constant)
    return _flowed(part, opened, flow, objective, bound)


def _flow(
    part: LocationProblem, cost: Floats, deadline: Deadline, all_served: bool, counted: bool
) -> tuple[Flags, Floats, float, float] | None:
    """Return open sites, flows of pairs, the cost and its lower bound; None where there is no solution."""
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
    found = solve_whole(cost, constraints, whole, deadline.left, upper)
    if found is None or not np.isfinite(found.bound):
        return None
    value = float(cost @ found.values)
    return found.values[:m] > 0.5, found.values[m:], value, min(found.bound, value)


def _flowed(part: LocationProblem, opened: Flags, flow: Floats, objective: float, bound: float) -> Sited:
    within = part.walk_m <= part.within_m
    served = sums(part.demand[within], flow[within], len(part.weight))
    load = sums(part.site, flow, part.sites)
    return Sited(opened, objective, bound, served, load)


def _centre_with_room(problem: LocationProblem, deadline: Deadline) -> Sited:
    walks = np.unique(problem.walk_m)
    low, high, best, proven = 0, len(walks) - 1, None, float(walks[0]) if len(walks) else 0.0
    everybody = np.zeros(len(problem.weight), dtype=bool)
    everybody[problem.demand] = True
    while low <= high and not (deadline.over and best is not None):
        middle = (low + high) // 2
        limit = deadline.part(1 / max(1.0, np.log2(high - low + 2)), _MOMENT)
        part = problem.where(problem.walk_m <= walks[middle])
        reached = np.zeros(len(problem.weight), dtype=bool)
        reached[part.demand] = True
        found = None
        if not (everybody & ~reached & (problem.weight > 0)).any():
            cost = np.append(np.where(problem.kept, 0.0, 1.0), np.zeros(len(part.demand)))
            found = _flow(part, cost, limit, all_served=True, counted=True)
        if found is None:
            low = middle + 1
            if not limit.over:  # none in time proves nothing
                proven = float(walks[min(low, len(walks) - 1)])
        else:
            best, high = (part, found), middle - 1
    if best is None:
        raise no_time() if deadline.over else too_little()
    part, (opened, flow, _, _) = best
    longest = float(part.walk_m[flow > 1e-6].max(initial=0.0))
    return _flowed(part, opened, flow, longest, min(proven, longest))
