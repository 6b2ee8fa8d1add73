"""How surely a choice of sites is right: demand and walks drawn anew within their error, and sites chosen again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Floats, Integers
from geo.core.errors import InfeasibleError
from geo.facilities.deadline import Deadline
from geo.facilities.location_models import solve
from geo.facilities.location_problem import LocationProblem, Model, Sited

SEED: Final = 721
"""Of the draws: the same study has the same stability."""

_FIRST_SHARE: Final = 0.8
"""The share of a draw's time for the best choice; the rest is for the choice in question."""


class Stability(NamedTuple):
    """
    How a choice fares where demand or walks are off.

    Attributes
    ----------
    draws
        How many draws had a choice at all, and were made before the deadline.
    off_by
        By what share demand by street, or walks by site, may be off.
    share
        Shape (m,): in what share of the draws each site is chosen.
    worst_regret
        By what share of the best the choice falls short at worst.
    cut
        Whether the deadline came before the last draw.
    """

    draws: int
    off_by: float
    share: Floats
    worst_regret: float
    cut: bool = False


class Drawing(NamedTuple):
    """
    How draws are made and solved.

    Attributes
    ----------
    number
        Draws of demand, and as many of walks.
    off_by
        By what share demand by street, or walks by site, may be off.
    limit_m
        Pairs further apart do not count.
    seconds
        How long all draws may take together.
    """

    number: int
    off_by: float
    limit_m: float
    seconds: float | Deadline


def stability(problem: LocationProblem, model: Model, chosen: Sited, street: Integers, drawing: Drawing) -> Stability:
    """
    Draw demand by street, and walks by site, anew, and choose again.

    Parameters
    ----------
    problem
        With the pairs that only shorter walks bring within the limit.
    model
        What is best.
    chosen
        The choice whose stability is asked.
    street
        Shape (n,): the number of the street of each place of demand; -1 where it has none.
    drawing
        How many draws, how far off, how long each may take.
    """
    times, regret, tried = np.zeros(problem.sites), 0.0, 0
    deadline, asked, cut = Deadline.of(drawing.seconds), 2 * drawing.number, False
    for number, drawn in enumerate(_alternating(problem, street, drawing)):
        cut = deadline.over
        if cut:
            break
        try:
            best = solve(drawn, model, deadline.part(_FIRST_SHARE / (asked - number)), chosen.opened)
            worse = _regret(drawn, model, chosen, best, deadline.part(1 / (asked - number)))
        except InfeasibleError:  # what is off may leave too little room for all
            continue
        tried += 1
        times += best.opened
        regret = max(regret, worse)
    return Stability(tried, drawing.off_by, times / max(tried, 1), round(regret, 4), cut)


def _alternating(problem: LocationProblem, street: Integers, drawing: Drawing) -> Iterator[LocationProblem]:
    """Return draws of demand and of walks in turn: whenever time ends, both kinds are there."""
    both = (_demand_draws(problem, street, drawing), _walk_draws(problem, drawing))
    for pair in zip(*both, strict=True):
        yield from pair


def _demand_draws(problem: LocationProblem, street: Integers, drawing: Drawing) -> Iterator[LocationProblem]:
    """Return problems with other demand."""
    rng = np.random.default_rng(SEED)
    low, high = 1 - drawing.off_by, 1 + drawing.off_by
    streets = int(street.max(initial=-1)) + 1
    for _ in range(drawing.number):
        factor = rng.uniform(low, high, streets + 1)[street]
        yield _within(problem._replace(weight=problem.weight * factor), drawing.limit_m)


def _walk_draws(problem: LocationProblem, drawing: Drawing) -> Iterator[LocationProblem]:
    """Return problems with other walks."""
    rng = np.random.default_rng(SEED + 1)
    low, high = 1 - drawing.off_by, 1 + drawing.off_by
    for number in range(drawing.number):
        # the first two: everybody walks faster, or slower
        scale = {0: low, 1: high}.get(number)
        each = rng.uniform(low, high, problem.sites) if scale is None else np.full(problem.sites, scale)
        yield _within(problem._replace(walk_m=problem.walk_m * each[problem.site]), drawing.limit_m)


def _within(problem: LocationProblem, limit_m: float) -> LocationProblem:
    return problem.where(problem.walk_m <= limit_m)


def _regret(problem: LocationProblem, model: Model, chosen: Sited, best: Sited, seconds: Deadline) -> float:
    """Return by how much of the best our choice falls short in a draw."""
    none = np.zeros(problem.sites, dtype=bool)
    fixed = problem._replace(kept=chosen.opened, closable=none, number=0, budget=np.inf)
    counted: Model = "coverage" if model == "cover_all" else model
    try:
        ours = solve(fixed, counted, seconds)
    except InfeasibleError:  # with our sites, somebody has no way to any
        return 1.0
    if counted == "coverage":
        most, covered = float(best.served.sum()), ours.objective
        return max(0.0, (most - covered) / max(most, 1e-9))
    return max(0.0, (ours.objective - best.objective) / max(best.objective, 1e-9))
