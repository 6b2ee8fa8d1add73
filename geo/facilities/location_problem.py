"""Location problems: demand, sites and walks; choices of sites with their bounds; problems without a choice."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers
from geo.core.errors import InfeasibleError
from geo.core.text import Text

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


def too_little() -> InfeasibleError:
    """Return the error of a problem without a choice."""
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


def no_time() -> InfeasibleError:
    """Return the error of a problem without a choice in time."""
    return InfeasibleError(
        Text("在限定时间内没有找到可行方案", "No choice was found in the time allowed"),
        Text(
            "请用 --seconds 延长时间，减少候选地，或改用 coverage 模型",
            "Allow more time with --seconds, give fewer candidates, or use the model coverage",
        ),
    )


def sums(group: Integers, values: Floats, size: int) -> Floats:
    """Return the sums of values by group, shape (size,)."""
    return np.bincount(group, weights=values, minlength=size).astype(float)
