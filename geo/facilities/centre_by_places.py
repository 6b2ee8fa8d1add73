"""The p-centre of a large town: few places decide it, and the walks of the others are never held at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.core.errors import InfeasibleError
from geo.facilities.centre import Centre, centre
from geo.facilities.cover_matrix import CoverMatrix
from geo.facilities.covers import least_cover
from geo.facilities.deadline import Deadline
from geo.facilities.location_problem import LocationProblem, no_time

_ADDED: Final = 12
"""So many places more are looked at in each round: the furthest of as many open sites."""

_SHARE: Final = 0.5
"""The share of the time that is left for one round."""

_MOMENT: Final = 0.2
"""Seconds for a round that needs an answer when the time is over."""

_QUESTION: Final = 0.25
"""The share of a round's time for one question: whether so many sites serve everybody within a walk."""

_SAME: Final = 1e-9
"""Relative: walks that differ by less are equal."""

_ROW_CELLS: Final = 60_000_000
"""Walks that are held at most; with more, no further places are looked at."""


class CentreByPlaces:
    """
    A p-centre with the walks of the places that matter.

    The longest walk of a few places is a lower bound of that of all; a choice that is best for them is looked at with
    all, and the places that it leaves furthest join the few, until none is further (Chen and Chen 2009,
    doi:10.1016/j.cor.2008.03.009). Walks are as long as they are: no limit of distance leaves a place out.

    Parameters
    ----------
    problem
        Demand and sites; its pairs are not looked at.
    walks_of
        Returns the walks from places, by their numbers, to all sites, shape (k, m).
    walks_to
        Returns the walk of every place to the nearest of the open sites, and the number of this site among them.
    reach_m
        Places with no site this near do not count: nothing can be done for them.

    Attributes
    ----------
    reached
        Shape (n,): places that count.
    out
        Shape (n,): places with no site in reach.
    """

    def __init__(
        self,
        problem: LocationProblem,
        walks_of: Callable[[Integers], Floats],
        walks_to: Callable[[Flags], tuple[Floats, Integers]],
        reach_m: float,
    ) -> None:
        self._problem, self._walks_of, self._walks_to = problem, walks_of, walks_to
        self.out = walks_to(np.ones(problem.sites, dtype=bool))[0] > reach_m
        self.reached = ~self.out & (problem.weight > 0)
        self._places = np.zeros(0, dtype=np.int64)
        self._rows = np.zeros((0, problem.sites))

    def solve(self, number: int, deadline: Deadline) -> Centre:
        """
        Choose at most so many new sites; the bound holds whenever the time ends.

        Raises
        ------
        InfeasibleError
            If no choice reaches everybody, or none was found in time.
        """
        problem = self._problem._replace(number=number)
        if not self.reached.any():
            return Centre(problem.kept.copy(), 0.0, 0.0)
        begun = self._begun(problem, deadline)
        best, longest, low = None, np.inf, 0.0
        if float(problem.paid[begun].sum()) <= problem.budget:
            best, longest = self._better(begun, None, np.inf)
        while best is None or longest > low * (1 + _SAME):
            try:
                found = self._round(problem, best, longest, low, deadline.part(_SHARE, _MOMENT))
            except InfeasibleError:
                if best is None:
                    raise
                break
            low = max(low, found.bound_m)
            best, longest = self._better(found.opened, best, longest)
            if deadline.over or not self._grew(found, low):
                break
        if best is None:
            raise no_time()
        return Centre(best, longest, min(low, longest))

    def _round(
        self, problem: LocationProblem, best: Flags | None, longest: float, low_m: float, deadline: Deadline
    ) -> Centre:
        """Solve the p-centre of the places looked at; sites that serve the same of them are one."""
        if best is None or np.isfinite(problem.budget):
            return centre(self._core(problem, longest), deadline)
        rows, most = self._rows, problem.most
        opened, reach = best, float(rows[:, best].min(axis=1).max())
        walks = np.unique(rows[(rows >= low_m) & (rows <= reach)])
        proven = lowest = int(np.searchsorted(walks, rows.min(axis=1).max()))
        high = len(walks) - 1
        while lowest < high and not deadline.over:
            middle = (lowest + high) // 2
            table = rows <= walks[middle]
            table = table[~table[:, problem.kept].any(axis=1)]
            sites = _unlike(table)
            row, site = np.nonzero(table[:, sites])
            matrix = CoverMatrix.of(row, site, len(table), np.ones(len(sites)))
            found = least_cover(matrix, deadline.part(_QUESTION, of_all=_QUESTION), enough=float(most))
            if found.cost <= most:
                opened = problem.kept.copy()
                opened[sites[found.opened]] = True
                high = min(middle, int(np.searchsorted(walks, rows[:, opened].min(axis=1).max())))
                continue
            lowest = middle + 1
            if found.bound > most:
                proven = lowest
        return Centre(opened, float(walks[high]), float(walks[min(proven, high)]))

    def table(self, longest_m: float) -> tuple[LocationProblem, Integers]:
        """Return the problem of the places looked at, with their walks up to a length, and their numbers."""
        return self._core(self._problem, longest_m), self._places

    def _core(self, problem: LocationProblem, longest_m: float) -> LocationProblem:
        place, site = np.nonzero(self._rows <= min(longest_m * (1 + _SAME), np.finfo(float).max))
        return problem._replace(
            weight=problem.weight[self._places], demand=place, site=site, walk_m=self._rows[place, site]
        )

    def _better(self, opened: Flags, best: Flags | None, longest: float) -> tuple[Flags | None, float]:
        """Return the better of a choice and the best one known, with its longest walk of all places."""
        walk = float(self._walks_to(opened)[0][self.reached].max())
        return (opened, walk) if np.isfinite(walk) and walk < longest else (best, longest)

    def _begun(self, problem: LocationProblem, deadline: Deadline) -> Flags:
        """Serve the place with the longest walk by its nearest site, as often as sites may open."""
        opened = problem.kept.copy()
        walk = np.where(self.reached, self._walks_to(opened)[0], 0.0)
        for _ in range(min(problem.most, problem.sites)):
            place = int(np.argmax(walk))
            if walk[place] <= 0:
                return opened
            row = self._join(np.array([place]))[0]
            site = int(np.argmin(row))
            if not row[site] < walk[place] or (deadline.over and np.isfinite(walk[place])):
                break
            opened[site] = True
            one = np.zeros(problem.sites, dtype=bool)
            one[site] = True
            walk = np.minimum(walk, self._walks_to(one)[0])
        if walk.max() > 0:
            self._join(np.array([int(np.argmax(walk))]))
        return opened

    def _join(self, places: Integers) -> Floats:
        """Add places to the ones looked at, and return their walks to all sites."""
        new = np.setdiff1d(places, self._places)
        if len(new):
            self._places = np.concatenate([self._places, new])
            self._rows = np.concatenate([self._rows, self._walks_of(new)])
        return np.asarray(self._rows[[int(np.flatnonzero(self._places == place)[0]) for place in places.tolist()]])

    def _grew(self, found: Centre, low: float) -> bool:
        """Let the furthest places of a choice join, one of each of its sites; tell whether there were any."""
        walk, site = self._walks_to(found.opened)
        walk = np.where(self.reached, walk, 0.0)
        walk[self._places] = 0.0
        further = np.flatnonzero(walk > low)
        order = further[np.argsort(-walk[further], kind="stable")]
        _, first = np.unique(site[order], return_index=True)
        new = order[np.sort(first)[:_ADDED]]
        if len(new) == 0 or (len(self._places) + len(new)) * self._problem.sites > _ROW_CELLS:
            return False
        self._join(new)
        return True


def _unlike(table: Flags) -> Integers:
    """Return the numbers of columns that are not empty, one of each set of equal ones."""
    rng = np.random.default_rng(0)
    # two random sums tell sets of rows apart
    codes = rng.integers(1, 2**62, (len(table), 2), dtype=np.int64)
    keys = np.stack([(table * code[:, None]).sum(axis=0) for code in codes.T])
    order = np.lexsort(keys)
    sites = order[run_starts(*keys[:, order])]
    return np.sort(sites[table[:, sites].any(axis=0)])
