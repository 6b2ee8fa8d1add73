"""Sites for new facilities: four location models with capacity, budget and existing facilities, and proofs."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.core.errors import InfeasibleError
from geo.core.text import Text
from geo.facilities.savings import Savings, merged_customers
from geo.facilities.solver import open_sites, solve_whole

Model = Literal["coverage", "median", "cover_all", "centre"]
MODELS: Final[tuple[Model, ...]] = ("coverage", "median", "cover_all", "centre")
"""
Maximal coverage (Church and ReVelle 1974), p-median (Hakimi 1964), set covering (Toregas et al. 1971), p-centre.
"""


class LocationProblem(NamedTuple):
    """
    Demand, sites, and the walks between them.

    Attributes
    ----------
    weight
        Shape (n,): how much demand there is at each place.
    demand, site, walk_m
        Shape (k,): the pairs within reach.
    kept
        Shape (m,): facilities that are there and stay.
    closable
        Shape (m,): facilities that are there and may be closed, each for one more new one.
    price
        Shape (m,): what each new site costs; 1 where nobody says.
    room
        Shape (m,): how much demand each takes; infinite where nobody says.
    number
        How many new ones at most (`cover_all` takes as many as it needs).
    budget
        What they may cost together.
    within_m
        The standard: how far counts as covered.
    beyond_m
        What the walk of those counts whom no site is in reach of (`median`).
    """

    weight: Floats
    demand: Integers
    site: Integers
    walk_m: Floats
    kept: Flags
    closable: Flags
    price: Floats
    room: Floats
    number: int
    budget: float
    within_m: float
    beyond_m: float

    @property
    def sites(self) -> int:
        """How many sites there are, facilities that are there among them."""
        return len(self.kept)

    def where(self, chosen: Flags) -> LocationProblem:
        """Return the problem with the chosen pairs only."""
        return self._replace(demand=self.demand[chosen], site=self.site[chosen], walk_m=self.walk_m[chosen])

    def least(self, opened: Flags) -> Floats:
        """Return how far each place walks to the nearest open site; infinite where none is in reach."""
        walk = np.full(len(self.weight), np.inf)
        there = opened[self.site]
        np.minimum.at(walk, self.demand[there], self.walk_m[there])
        return walk

    @property
    def paid(self) -> Floats:
        """Shape (m,): the price of each site if it is open; nothing where it is there already."""
        return np.where(self.kept | self.closable, 0.0, self.price)

    @property
    def most(self) -> int:
        """How many sites besides the kept ones may be open."""
        return self.number + int(self.closable.sum())


class Sited(NamedTuple):
    """
    A choice of open sites, with its objective and the proven bound.

    Attributes
    ----------
    opened
        Shape (m,): kept ones among them.
    objective, bound
        `coverage`: demand covered, and the most that any choice covers. `median`: the sum of demand times walk in
        metres, and the least. `cover_all`: what the new ones cost (or their number), and the least. `centre`: the
        longest walk in metres, and the least.
    served
        Shape (n,): how much of each place's demand finds room within the standard.
    load
        Shape (m,): how much demand uses each site: those within the standard; for `median`, all.
    """

    opened: Flags
    objective: float
    bound: float
    served: Floats
    load: Floats

    @property
    def gap(self) -> float:
        """By how much the objective may be off, as a share of it."""
        off = abs(self.objective - self.bound)
        return 0.0 if off <= 1e-6 * max(1.0, abs(self.objective)) else off / max(abs(self.objective), 1e-9)


def solve(problem: LocationProblem, model: Model, seconds: float, start: Flags | None = None) -> Sited:
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
        How long the integer programs may take; the gap is then what is left.
    start
        A choice of before, from which the search begins.

    Raises
    ------
    InfeasibleError
        If all that can be covered cannot be served with this room or money.
    """
    if np.isfinite(problem.room).any():
        return _with_room(problem, model, seconds)
    if model == "coverage":
        return _coverage(problem, seconds, start)
    if model == "median":
        return _median(problem, seconds, start)
    if model == "cover_all":
        return _cover_all(problem, seconds)
    return _centre(problem, seconds)


def _chosen(problem: LocationProblem, opened: Flags, objective: float, bound: float, everyone: bool = False) -> Sited:
    """Return a choice with everybody at the nearest site; `everyone` counts for the load, not only people within."""
    walk = problem.least(opened)
    served = np.where(walk <= problem.within_m, problem.weight, 0.0)
    pairs = np.flatnonzero(opened[problem.site])
    order = pairs[np.lexsort((problem.site[pairs], problem.walk_m[pairs], problem.demand[pairs]))]
    nearest = order[run_starts(problem.demand[order])]
    counted = nearest if everyone else nearest[problem.walk_m[nearest] <= problem.within_m]
    load = _sums(problem.site[counted], problem.weight[problem.demand[counted]], problem.sites)
    return Sited(opened, objective, bound, served, load)


def _sums(group: Integers, values: Floats, size: int) -> Floats:
    return np.bincount(group, weights=values, minlength=size).astype(float)


def _opened(
    problem: LocationProblem, savings: Savings, seconds: float, start: Flags | None
) -> tuple[Flags, float, float]:
    begun = None
    if start is not None and int((start & ~problem.kept).sum()) == min(problem.most, problem.sites):
        begun = start & ~problem.kept
    found = open_sites(savings, problem.most, seconds, problem.paid, problem.budget, begun)
    return found.opened | problem.kept, found.value, found.bound


def _coverage(problem: LocationProblem, seconds: float, start: Flags | None) -> Sited:
    near = problem.walk_m <= problem.within_m
    covered = problem.least(problem.kept) <= problem.within_m
    new = near & ~covered[problem.demand] & ~problem.kept[problem.site]
    who, site = problem.demand[new], problem.site[new]
    savings = Savings.of(who, site, problem.weight[who], len(problem.weight), problem.sites)
    opened, value, bound = _opened(problem, savings, seconds, start)
    before = float(problem.weight[covered].sum())
    return _chosen(problem, opened, before + value, before + bound)


def _median(problem: LocationProblem, seconds: float, start: Flags | None) -> Sited:
    now = np.minimum(problem.least(problem.kept), problem.beyond_m)
    new = ~problem.kept[problem.site]
    who, site, walk = problem.demand[new], problem.site[new], problem.walk_m[new]
    saving = problem.weight[who] * (now[who] - walk)
    savings = Savings.of(who, site, saving, len(problem.weight), problem.sites)
    opened, value, bound = _opened(problem, savings, seconds, start)
    before = float((problem.weight * now).sum())
    return _chosen(problem, opened, before - value, before - bound, everyone=True)


class _Cover(NamedTuple):
    """Sites that cover all demand, their cost, and the proven lower bound of the cost."""

    opened: Flags
    cost: float
    bound: float


def _cover(problem: LocationProblem, within_m: float, price: Floats, seconds: float) -> _Cover | None:
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
    found = solve_whole(price, constraints, np.ones(problem.sites), seconds)
    if found is None:
        return None
    if not np.isfinite(found.bound):
        return _Cover(problem.kept.copy(), np.inf, np.inf)
    opened = found.values > 0.5
    # prices that are whole numbers add up to one: the bound may be rounded up
    bound = float(np.ceil(found.bound - 1e-6)) if (price == np.round(price)).all() else found.bound
    return _Cover(opened | problem.kept, float(price[opened].sum()), bound)


def _cover_all(problem: LocationProblem, seconds: float) -> Sited:
    found = _cover(problem, problem.within_m, problem.paid, seconds)
    if found is None or not np.isfinite(found.cost):
        raise _too_little()
    return _chosen(problem, found.opened, found.cost, found.bound)


def _too_little() -> InfeasibleError:
    return InfeasibleError(
        Text(
            "在给定的容量、预算和数量内无法覆盖全部需求",
            "This capacity, budget and number cannot cover all demand",
        ),
        Text(
            "请放宽距离、增加容量或预算，或改用 coverage 模型",
            "Allow longer walks, more capacity or budget, or use the model coverage",
        ),
    )


def _centre(problem: LocationProblem, seconds: float) -> Sited:
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
    limit = seconds / max(1.0, np.log2(len(walks) - low + 1))
    while low <= high:
        middle = (low + high) // 2
        found = _cover(problem, float(walks[middle]), one, limit)
        if found is not None and found.cost <= problem.most:
            opened, high = found.opened, middle - 1
            continue
        low = middle + 1
        if found is not None and found.bound > problem.most and low < len(walks):
            proven = max(proven, float(walks[low]))
    if opened is None:
        raise _too_little()
    longest = float(problem.least(opened)[reached].max())
    return _chosen(problem, opened, longest, min(proven, longest))


# ---- with room -------------------------------------------------------------------------------------------------------


def _with_room(problem: LocationProblem, model: Model, seconds: float) -> Sited:
    """
    Solve with flows from places to sites that have room: demand may be divided among sites.
    """
    if model == "centre":
        return _centre_with_room(problem, seconds)
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
    found = _flow(part, cost, seconds, all_served=model == "cover_all", counted=model != "cover_all")
    if found is None:
        raise _too_little()
    opened, flow, value, bound = found
    objective, bound = (-value, -bound) if model == "coverage" else (value + constant, bound + constant)
    return _flowed(part, opened, flow, objective, bound)


def _flow(
    part: LocationProblem, cost: Floats, seconds: float, all_served: bool, counted: bool
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
    found = solve_whole(cost, constraints, whole, seconds, upper)
    if found is None or not np.isfinite(found.bound):
        return None
    value = float(cost @ found.values)
    return found.values[:m] > 0.5, found.values[m:], value, min(found.bound, value)


def _flowed(part: LocationProblem, opened: Flags, flow: Floats, objective: float, bound: float) -> Sited:
    within = part.walk_m <= part.within_m
    served = _sums(part.demand[within], flow[within], len(part.weight))
    load = _sums(part.site, flow, part.sites)
    return Sited(opened, objective, bound, served, load)


def _centre_with_room(problem: LocationProblem, seconds: float) -> Sited:
    walks = np.unique(problem.walk_m)
    low, high, best, proven = 0, len(walks) - 1, None, float(walks[0]) if len(walks) else 0.0
    everybody = np.zeros(len(problem.weight), dtype=bool)
    everybody[problem.demand] = True
    limit = seconds / max(1.0, np.log2(len(walks) + 1))
    while low <= high:
        middle = (low + high) // 2
        part = problem.where(problem.walk_m <= walks[middle])
        reached = np.zeros(len(problem.weight), dtype=bool)
        reached[part.demand] = True
        found = None
        if not (everybody & ~reached & (problem.weight > 0)).any():
            cost = np.append(np.where(problem.kept, 0.0, 1.0), np.zeros(len(part.demand)))
            found = _flow(part, cost, limit, all_served=True, counted=True)
        if found is None:
            low = middle + 1
            proven = float(walks[min(low, len(walks) - 1)])
        else:
            best, high = (part, found), middle - 1
    if best is None:
        raise _too_little()
    part, (opened, flow, _, _) = best
    longest = float(part.walk_m[flow > 1e-6].max(initial=0.0))
    return _flowed(part, opened, flow, longest, min(proven, longest))
