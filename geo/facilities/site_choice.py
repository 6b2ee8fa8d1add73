"""The choice of sites for a kind of facility: the best one, the gain of each site, and its stability."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo.core.arrays import Flags, Floats, Integers
from geo.core.errors import InfeasibleError
from geo.core.text import Text
from geo.facilities.access import Access
from geo.facilities.candidates import Candidates
from geo.facilities.centre_by_places import CentreByPlaces
from geo.facilities.deadline import Deadline
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.location_models import centred, solve
from geo.facilities.location_problem import LocationProblem, Model, Sited
from geo.facilities.residents import inner_lonlat
from geo.facilities.site_documents import CurvePoint, StoppedBy
from geo.facilities.site_problem import SiteRequest, candidates_of, centre_of, problem_of
from geo.facilities.stability import Drawing, Stability, stability

_CURVE_AT_MOST: Final = 12
"""For more new facilities than these, the best choice is computed for some of the numbers only."""

_MORE: Final = 2
"""So many sites beyond the choice show what more would gain."""

_SHARES: Final = {"choice": 0.5, "fewest": 0.3, "curve": 0.5, "stability": 1.0}
"""Of the time that is left, the share of each stage in turn."""

_LEAST: Final = 0.25
"""The share of all time that the choice has, however long the walks took."""

_SAME: Final = 1e-6
"""Relative: values that differ by less are equal."""

UNDONE: Final = {
    "proof": Text("最优性证明未完成，差距如上", "the proof of optimality, which leaves the stated gap"),
    "fewest": Text("未检验更少的点位是否足够", "the test whether fewer sites are enough"),
    "curve": Text("未求出各数量的最优方案", "the best choice for each number of sites"),
    "stability": Text("稳定性模拟未全部完成", "some simulations of stability"),
}
"""Work that a limit of time may cut short."""


class Order(NamedTuple):
    """
    The new sites in greedy order, with the gain of each.

    Attributes
    ----------
    sites
        Shape (k,): the numbers of sites.
    covered
        Shape (k + 1,): demand covered with none of them, the first, the first two …
    walked_m
        Shape (k + 1,): all demand's walks; people out of reach count as `sites.reach`.
    """

    sites: Integers
    covered: Floats
    walked_m: Floats

    @property
    def gain(self) -> Floats:
        """Shape (k,): demand that each covers over the sites before it, in tenths; they sum up to all of it."""
        return np.diff(np.round(self.covered, 1)).round(1)


class SiteStudy:
    """
    Candidates for a kind of facility, and the walks between them and the demand.

    Parameters
    ----------
    study
        The facilities that are there, and who needs them.
    request
        How many sites, by which model, from which candidates.
    deadline
        When all must be done; by default the request's seconds, or `sites.seconds`, from now.
    """

    def __init__(self, study: FacilityStudy, request: SiteRequest, deadline: Deadline | None = None) -> None:
        self.study, self.request = study, request
        seconds = float(study.profile["sites.seconds"]) if request.seconds is None else request.seconds
        self.deadline = deadline or Deadline(seconds)
        self.within_m = study.within_m
        self.reach_m = max(float(study.profile["sites.reach"]), self.within_m)
        far = request.model == "median" or (request.model == "centre" and request.with_capacity)
        self.limit_m = self.reach_m if far else self.within_m
        self.off_by = float(study.profile["sites.off_by"])
        self.undone: list[str] = []

    @cached_property
    def candidates(self) -> Candidates:
        """Where a facility might go."""
        return candidates_of(self.study, self.request)

    @cached_property
    def lonlat(self) -> Floats:
        """Shape (m, 2): the places of candidates, in degrees."""
        return inner_lonlat(self.candidates.shapes, self.study.crs)

    @cached_property
    def access(self) -> Access:
        """How candidates are reached."""
        return self.study.access(self.candidates.shapes, gates=True)

    @property
    def before(self) -> int:
        """How many sites are there or decided on: they come before the candidates."""
        return len(self.study.supply.table) + len(self.study.accepted)

    @cached_property
    def problem(self) -> LocationProblem:
        """Demand, sites and walks, with the walks beyond the limit that count where walks turn out shorter."""
        return problem_of(self.study, self.request, self.candidates, self.access, self.limit_m, self.off_by)

    @cached_property
    def by_places(self) -> CentreByPlaces | None:
        """The p-centre, with walks of any length; None for other models, and where capacities count."""
        if self.request.model != "centre" or self.request.with_capacity:
            return None
        return centre_of(self.study, self.access, self.problem)

    @cached_property
    def out_of_reach(self) -> float:
        """The demand with no site near enough to count."""
        if self.by_places is not None:
            return float(self.problem.weight[self.by_places.out].sum())
        reach = self.within_limit.least(np.ones(self.problem.sites, dtype=bool))
        return float(self.problem.weight[~np.isfinite(reach)].sum())

    @cached_property
    def within_limit(self) -> LocationProblem:
        """The problem with the pairs within the limit."""
        return self.problem.where(self.problem.walk_m <= self.limit_m)

    @cached_property
    def _best(self) -> Sited:
        """The best choice of as many sites as were asked for."""
        limit = self.deadline.part(_SHARES["choice"], _LEAST * self.deadline.seconds)
        found = self._solved(self.request.number, limit)
        if found.gap > 0:
            self.undone.append("proof")
        return found

    @cached_property
    def chosen(self) -> Sited:
        """The best choice, with no more sites than it needs."""
        best, number = self._best, self.request.number
        if self.request.model == "cover_all" or number == 0:
            return best
        limit, chosen = self.deadline.part(_SHARES["fewest"]), best
        low, high = 0, min(number, self._new(best) - int((self.problem.closable & ~best.opened).sum()))
        # one less is asked first: mostly it is not enough
        fewer = high - 1
        while low <= fewer < high:
            if limit.over:
                self.undone.append("fewest")
                break
            found = self._with(fewer, limit.part(0.5))
            if found and abs(found.objective - best.objective) <= _SAME * max(1.0, abs(best.objective)):
                chosen, high = found._replace(bound=best.bound), fewer
            else:
                low = fewer + 1
            fewer = (low + high) // 2
        return chosen

    def _with(self, number: int, deadline: Deadline) -> Sited | None:
        """Return the best choice of a number of sites; None where so few are not enough for the model."""
        try:
            return self._solved(number, deadline)
        except InfeasibleError:
            return None

    def _solved(self, number: int, deadline: Deadline) -> Sited:
        """Return the best choice of a number of sites."""
        if self.by_places is not None:
            return centred(self.within_limit, self.by_places.solve(number, deadline))
        return solve(self.within_limit._replace(number=number), self.request.model, deadline)

    def _new(self, sited: Sited) -> int:
        """Return the number of new sites of a choice."""
        return int(sited.opened[self.before :].sum())

    @cached_property
    def covered_today(self) -> float:
        """The demand covered by existing and accepted facilities."""
        there = np.arange(self.problem.sites) < self.before
        walk = self.within_limit.least(there)
        return float(self.problem.weight[walk <= self.within_m].sum())

    @property
    def stopped_by(self) -> StoppedBy:
        """The reason for no more sites."""
        if self.request.model == "cover_all":
            return "all_covered"
        closed = int((self.problem.closable & ~self.chosen.opened).sum())
        if self._new(self.chosen) >= self.request.number + closed:
            return "number"
        short = np.isfinite(self.request.budget) and float(np.max(self._further(self.chosen.opened), initial=0.0)) > 0
        return "budget" if short else "no_gain"

    def curve(self) -> list[CurvePoint]:
        """
        Return the coverage with the first of the new sites in order, the first two …, and with some more beyond them.

        `best` and `gap` compare it with the best choice of as many sites, whatever they cost.
        """
        order, total = self.order, float(self.problem.weight.sum())
        covered, walked = list(order.covered), list(order.walked_m)
        if not np.isfinite(self.problem.room).any():
            standing = self.chosen.opened.copy()
            for _ in range(_MORE):
                standing[int(np.argmax(self._further(standing)))] = True
                walk = self.within_limit.least(standing)
                covered.append(self._covered(standing, walk))
                walked.append(self._walked(walk))
        best = _best_by_number(self, len(covered))
        rows: list[CurvePoint] = []
        for number, (here, walk) in enumerate(zip(covered, walked, strict=True)):
            found = best.get(number)
            median = self.request.model == "median"
            row: CurvePoint = {
                "count": number,
                "covered": round(here, 1),
                "share": round(here / total, 4),
                "walk_m": round(walk / total, 1) if median else None,
                "best": None if found is None else round(max(float(found.served.sum()), 0.0 if median else here), 1),
                "gap": None if found is None else round(_gap(walk if median else here, found.bound), 6),
            }
            if rows:
                row["gain"] = round(row["covered"] - rows[-1]["covered"], 1)
            rows.append(row)
        return rows

    def stability(self) -> Stability:
        """Return how surely this choice is right where demand or walks are off by `sites.off_by`."""
        street, _ = pd.factorize(self.study.table["street_id"])
        closed = int((self.problem.closable & ~self.chosen.opened).sum())
        number = int(self.study.profile["sites.draws"])
        limit_m, problem = self.limit_m, self.problem
        if self.by_places is not None:
            # the places that decide the longest walk; no best choice of a draw has a longer one than ours at worst
            limit_m = self.chosen.objective * (1 + self.off_by)
            problem, places = self.by_places.table(limit_m / (1 - self.off_by))
            street = street[places]
        drawing = Drawing(number, self.off_by, limit_m, self.deadline.part(_SHARES["stability"]))
        problem = problem._replace(number=max(self._new(self.chosen) - closed, 0))
        found = stability(problem, self.request.model, self.chosen, street, drawing)
        if found.cut:
            self.undone.append("stability")
        return found

    @cached_property
    def order(self) -> Order:
        """The new sites in greedy order: of coverage, or of walking (`median`)."""
        opened = self.chosen.opened
        new = opened & ~self.problem.kept & ~self.problem.closable
        standing = opened & ~new
        # only what the choice adds changes: its own pairs are looked at, however many candidates there were
        own = self.within_limit.where(new[self.within_limit.site])
        walk, left, order = self.within_limit.least(standing), np.flatnonzero(new), []
        covered, walked = [self._covered(standing, walk)], [self._walked(walk)]
        while len(left):
            at = int(np.argmax(self._gains(own, walk)[left]))
            site, left = int(left[at]), np.delete(left, at)
            order.append(site)
            standing[site] = True
            here = own.site == site
            np.minimum.at(walk, own.demand[here], own.walk_m[here])
            covered.append(self._covered(standing, walk))
            walked.append(self._walked(walk))
        return Order(np.array(order, dtype=np.int64), np.array(covered), np.array(walked))

    def _further(self, standing: Flags) -> Floats:
        """Return the gain of each site over the standing ones: demand covered, or metres spared (`median`)."""
        return self._gains(self.within_limit, self.within_limit.least(standing))

    def _gains(self, problem: LocationProblem, walk: Floats) -> Floats:
        """Return the gain of each site over walks of all places, shape (n,), by the pairs of a problem."""
        weight, before = problem.weight[problem.demand], walk[problem.demand]
        if self.request.model == "median":
            adds = weight * np.maximum(np.minimum(before, self.reach_m) - problem.walk_m, 0.0)
        else:
            adds = weight * ((problem.walk_m <= self.within_m) & (before > self.within_m))
        return np.bincount(problem.site, weights=adds, minlength=problem.sites).astype(float)

    def _covered(self, opened: Flags, walk: Floats) -> float:
        """Return the demand that open sites cover at these walks, with no more at any than it has room for."""
        room = self.problem.room
        if np.isfinite(room[opened]).any():
            none = np.zeros(self.problem.sites, dtype=bool)
            fixed = self.within_limit._replace(kept=opened, closable=none, number=0, budget=np.inf)
            return solve(fixed, "coverage", self.deadline.part(0.5, _LEAST * self.deadline.seconds)).objective
        return float(self.problem.weight[walk <= self.within_m].sum())

    def _walked(self, walk: Floats) -> float:
        """Return the walks of all demand to the nearest open site; out of reach, they count as `sites.reach`."""
        return float((self.problem.weight * np.minimum(walk, self.reach_m)).sum())


def _best_by_number(study: SiteStudy, size: int) -> dict[int, Sited]:
    """Return the best choices of 0, 1, 2 … new sites, of some numbers where they are many or time is short."""
    closed = int((study.problem.closable & ~study.chosen.opened).sum())
    numbers = list(range(closed, size))
    if len(numbers) > _CURVE_AT_MOST:
        numbers = np.unique(np.linspace(closed, size - 1, _CURVE_AT_MOST).astype(int)).tolist()
    model: Model = "median" if study.request.model == "median" else "coverage"
    limit, found = study.deadline.part(_SHARES["curve"]), {}
    mine = len(study.order.sites)
    if model == study.request.model and not np.isfinite(study.request.budget):
        found[mine] = study.chosen
    asked = [number for number in numbers if number not in found]
    for done, number in enumerate(asked):
        if limit.over:
            study.undone.append("curve")
            break
        problem = study.within_limit._replace(number=number - closed, budget=np.inf)
        found[number] = solve(problem, model, limit.part(1 / (len(asked) - done)))
    return found


def _gap(value: float, bound: float) -> float:
    """Return the distance of a value from its bound, as a share of the value."""
    off = abs(bound - value)
    return 0.0 if off <= _SAME * max(1.0, abs(value)) else off / max(abs(value), 1e-9)
