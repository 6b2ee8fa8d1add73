"""The choice of sites for a kind of facility: the best one, the gain of each site, and its stability."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from geo.core.arrays import Floats, Integers
from geo.facilities.access import Access
from geo.facilities.candidates import Candidates
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.location_models import LocationProblem, Model, Sited, solve
from geo.facilities.residents import inner_lonlat
from geo.facilities.site_documents import CurvePoint
from geo.facilities.site_problem import SiteRequest, candidates_of, problem_of
from geo.facilities.stability import Drawing, Stability, stability

_CURVE_AT_MOST: Final = 12
"""For more new facilities than these, the curve has some of the numbers only."""


class SiteStudy:
    """
    Candidates for a kind of facility, and the walks between them and the demand.

    Parameters
    ----------
    study
        The facilities that are there, and who needs them.
    request
        How many sites, by which model, from which candidates.
    """

    def __init__(self, study: FacilityStudy, request: SiteRequest) -> None:
        self.study, self.request = study, request
        self.within_m = study.within_m
        self.reach_m = max(float(study.profile["sites.reach"]), self.within_m)
        self.limit_m = self.within_m if request.model in ("coverage", "cover_all") else self.reach_m
        self.off_by = float(study.profile["sites.off_by"])
        self.seconds = float(study.profile["sites.seconds"])

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
    def within_limit(self) -> LocationProblem:
        """The problem with the pairs within the limit."""
        return self.problem.where(self.problem.walk_m <= self.limit_m)

    @cached_property
    def chosen(self) -> Sited:
        """The best choice."""
        return solve(self.within_limit, self.request.model, self.seconds)

    @cached_property
    def covered_today(self) -> float:
        """The demand covered by existing and accepted facilities."""
        there = np.arange(self.problem.sites) < self.before
        walk = self.within_limit.least(there)
        return float(self.problem.weight[walk <= self.within_m].sum())

    def curve(self) -> list[CurvePoint]:
        """
        Return the best choice for each number of new facilities, whatever they cost.

        `count`, `covered`, `share`, `walk_m` (mean; people out of reach count as `sites.reach`), `gain` (of the last
        one), `gap`.
        """
        most = (
            int(self.chosen.opened[self.before :].sum()) if self.request.model == "cover_all" else self.request.number
        )
        numbers = list(range(most + 3))
        if len(numbers) > _CURVE_AT_MOST:
            numbers = sorted({0, *np.unique(np.linspace(0, most, _CURVE_AT_MOST).astype(int)).tolist()})
        model: Model = "median" if self.request.model == "median" else "coverage"
        total = float(self.problem.weight.sum())
        rows: list[CurvePoint] = []
        limit = self.seconds / len(numbers)
        for number in numbers:
            problem = self.within_limit._replace(number=number, budget=np.inf)
            same = number == most and model == self.request.model and not np.isfinite(self.request.budget)
            found = self.chosen if same else solve(problem, model, limit)
            covered = float(found.served.sum())
            row: CurvePoint = {
                "count": number,
                "covered": round(covered, 1),
                "share": round(covered / total, 4),
                "walk_m": round(found.objective / total, 1) if model == "median" else None,
                "gap": round(found.gap, 6),
            }
            if rows:
                step = number - rows[-1]["count"]
                row["gain"] = round((covered - rows[-1]["covered"]) / max(step, 1), 1)
            rows.append(row)
        return rows

    def stability(self) -> Stability:
        """Return how surely this choice is right where demand or walks are off by `sites.off_by`."""
        street, _ = pd.factorize(self.study.table["street_id"])
        drawing = Drawing(int(self.study.profile["sites.draws"]), self.off_by, self.limit_m, self.seconds)
        return stability(self.problem, self.request.model, self.chosen, street, drawing)

    def order(self) -> tuple[Integers, list[float]]:
        """Return the new sites in greedy order of their gain, with the gain of each over the sites before it."""
        opened = self.chosen.opened.copy()
        new = np.flatnonzero(opened & ~self.problem.kept & ~self.problem.closable)
        standing, left = opened & ~np.isin(np.arange(len(opened)), new), list(new)
        order: list[int] = []
        added: list[float] = []
        while left:
            walk = self.within_limit.least(standing)
            gains = [self._gain(int(site), walk) for site in left]
            best = int(np.argmax(gains))
            added.append(gains[best])
            order.append(int(left.pop(best)))
            standing[order[-1]] = True
        return np.array(order, dtype=np.int64), added

    def _gain(self, site: int, walk_m: Floats) -> float:
        """Return the gain of a site over the present walks: demand covered, or metres spared (`median`)."""
        mine = self.within_limit.site == site
        who, walk = self.within_limit.demand[mine], self.within_limit.walk_m[mine]
        weight = self.problem.weight[who]
        if self.request.model == "median":
            return float((weight * np.maximum(np.minimum(walk_m[who], self.reach_m) - walk, 0.0)).sum())
        return float(weight[(walk <= self.within_m) & (walk_m[who] > self.within_m)].sum())
