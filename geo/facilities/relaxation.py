"""The Lagrangian bound of a choice of sites, by subgradient steps, and the sites that it settles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers
from geo.facilities.choice_limits import Limits
from geo.facilities.deadline import Deadline
from geo.facilities.savings import SavingsBySite

_MOMENTUM: Final = 0.8

_LOOK_EVERY: Final = 20
"""After how many steps the sites that the relaxation chooses are looked at as a choice."""

_BETTER: Final = 1e-6
"""Relative: a bound that is better by less is no better."""

_MEMORY: Final = 0.95
"""The share of sites' frequencies that a step keeps."""

_TOLL_STEPS: Final = 24
"""Halvings of the range of a budget's toll."""


class Priced(NamedTuple):
    """
    The most that sites with a worth each may be worth together, within limits.

    Attributes
    ----------
    most
        An upper bound.
    net
        Shape (m,): the worth less the toll of the budget.
    chosen
        The numbers of the sites that the bound counts.
    """

    most: float
    net: Floats
    chosen: Integers


def most_worth(worth: Floats, limits: Limits) -> Priced:
    """Return the bound of the worth of a choice: a toll on prices stands for the budget."""
    plain = _most(worth, limits.number, 0.0)
    if limits.price is None or float(limits.price[plain.chosen].sum()) <= limits.budget:
        return plain
    priced = limits.price > 0
    low, high = 0.0, float((worth[priced] / limits.price[priced]).max(initial=0.0))
    best = plain
    for _ in range(_TOLL_STEPS):
        toll = (low + high) / 2
        found = _most(worth - toll * limits.price, limits.number, toll * limits.budget)
        if found.most < best.most:
            best = found
        paid = float(limits.price[found.chosen].sum())
        low, high = (toll, high) if paid > limits.budget else (low, toll)
    return best


def _most(net: Floats, count: int, paid: float) -> Priced:
    chosen = np.argpartition(-net, max(count - 1, 0))[:count] if count < len(net) else np.arange(len(net))
    chosen = chosen[net[chosen] > 0]
    return Priced(float(net[chosen].sum()) + paid, net, chosen)


class Goal(NamedTuple):
    """
    The goal of a bound.

    Attributes
    ----------
    value
        That of the best choice met: steps are as long as the bound is above it.
    enough
        A bound of no more proves this choice.
    """

    value: float
    enough: float

    def beyond(self, base: float) -> Goal:
        """Return the goal less a sum that is saved already."""
        return Goal(self.value - base, self.enough - base)


class Steps(NamedTuple):
    """
    Subgradient steps.

    Attributes
    ----------
    most
        How many at most.
    first, last
        The first step, and the least one.
    patience
        After how many steps without a better bound they are halved.
    least
        Steps times pairs that are done whatever the time: a small problem has its full bound.
    """

    most: int
    first: float
    last: float
    patience: int
    least: int = 0


class Dual(NamedTuple):
    """
    A bound with its multipliers.

    Attributes
    ----------
    bound
        No choice saves more.
    multipliers
        Shape (n,).
    priced
        The worth of the sites at these multipliers.
    often
        Shape (m,): how often each site was chosen in the last steps.
    """

    bound: float
    multipliers: Floats
    priced: Priced
    often: Floats

    def settled(self, limits: Limits, enough: float) -> tuple[Flags, Flags]:
        """Return the sites of every choice of more than `enough`, and further sites of such choices."""
        net, count, margin = self.priced.net, limits.number, self.bound - enough
        order = np.argsort(-net, kind="stable")
        inside = np.zeros(len(net), dtype=bool)
        inside[order[:count]] = True
        last = max(float(net[order[count - 1]]), 0.0) if 0 < count <= len(net) else 0.0
        after = max(float(net[order[count]]), 0.0) if count < len(net) else 0.0
        forced = inside & (net - after > margin)
        return forced, ~forced & (last - net <= margin)


def ascent(
    pairs: SavingsBySite,
    limits: Limits,
    begin: Floats,
    goal: Goal,
    steps: Steps,
    lowest: Floats | float = 0.0,
    deadline: Deadline | None = None,
    look: Callable[[Integers], Goal] | None = None,
) -> Dual:
    """
    Bound the savings: F(S) <= sum u_i + the most that sites worth sum_i max(0, s_ij - u_i) are worth, for any u >= 0.

    The relaxation in which no customer uses more than one site (Cornuejols, Fisher and Nemhauser 1977,
    doi:10.1287/mnsc.23.8.789). A deadline ends the steps early: the bound holds, and is less tight.

    Parameters
    ----------
    pairs
        The savings.
    limits
        Of a choice.
    begin
        Shape (n,): the multipliers to begin with.
    goal
        The bound that ends the steps.
    steps
        How they are made.
    lowest
        Shape (n,): multipliers are no less; pairs that save no more need not be among `pairs`.
    deadline
        When they end in any case.
    look
        Looks at the sites chosen in a step, and returns the goal from then on.
    """
    kept, step, waited, ahead = begin, steps.first, 0, np.zeros(pairs.customers)
    best, often = (
        Dual(np.inf, begin, _most(np.zeros(pairs.sites), 0, 0.0), np.zeros(pairs.sites)),
        np.zeros(pairs.sites),
    )
    u = begin
    for number in range(steps.most):
        worth, over = pairs.worth(u)
        priced = most_worth(worth, limits)
        bound = float(u.sum()) + priced.most
        often *= _MEMORY
        often[priced.chosen] += 1 - _MEMORY
        if not np.isfinite(best.bound) or bound < best.bound - _BETTER * max(abs(best.bound), 1.0):
            best, kept, waited = Dual(bound, u, priced, often), u, 0
        else:
            waited += 1
            if waited >= steps.patience:
                step, waited, u = step / 2, 0, kept
                ahead[:] = 0.0
                if step < steps.last:
                    break
                continue
        if look is not None and number % _LOOK_EVERY == 0:
            goal = look(priced.chosen)
        if best.bound <= goal.enough:
            break
        if deadline is not None and deadline.over and number * len(pairs.customer) >= steps.least:
            break
        # the direction keeps some of the one before: fewer zigzags (Camerini, Fratta and Maffioli 1975)
        ahead = 1.0 - pairs.used(over, priced.chosen) + _MOMENTUM * ahead
        slope = np.where((u <= lowest) & (ahead > 0), 0.0, ahead)
        norm = float((slope**2).sum())
        if norm == 0:
            break
        u = np.maximum(u - step * max(bound - goal.value, 1e-9 * max(goal.value, 1.0)) / norm * slope, lowest)
    return best
