"""The Lagrangian bound of a choice of sites, and the sites that it settles."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats
from geo.facilities.deadline import Deadline
from geo.facilities.exchanges import exchanged, two_best
from geo.facilities.savings import TOLERANCE, PairsBySite, Savings

_ROUNDS: Final = 1200
"""How many steps the Lagrangian bound takes at most."""

_PATIENCE: Final = 30
"""After how many steps without a better bound the steps are halved."""

_FIRST_STEP: Final = 0.7

_LAST_STEP: Final = 1e-3

_MOMENTUM: Final = 0.8

_LEAST_WORK: Final = 20_000_000
"""Steps times pairs that are done whatever the time, less than a second: a small problem has its full bound."""

_LOOK_EVERY: Final = 20
"""After how many steps the sites that the relaxation chooses are looked at as a choice."""


class Relaxation(NamedTuple):
    """The result of the Lagrangian relaxation: the best choice met, a bound, and the undecided sites."""

    opened: Flags
    bound: float
    free: Flags
    forced: Flags


def relaxed_bound(savings: Savings, count: int, opened: Flags, deadline: Deadline | None = None) -> Relaxation:
    """
    Bound the savings: F(S) <= sum u_i + the `count` largest of sum_i max(0, s_ij - u_i), for any u >= 0.

    A deadline ends the steps early: the bound holds, and is less tight.
    """
    customer, saving = savings.customer, savings.saving
    by_site = PairsBySite(savings)
    value, best_bound = savings.value(opened), np.inf
    counts = np.bincount(customer, minlength=savings.customers)
    high, low, _ = two_best(savings, by_site, np.flatnonzero(opened))
    u = kept_u = (high + low) / 2
    ahead, step, waited, met_value = np.zeros(savings.customers), _FIRST_STEP, 0, -1.0
    for number in range(_ROUNDS):
        over = saving - np.repeat(u, counts)
        np.maximum(over, 0.0, out=over)
        worth = by_site.sums(over)
        chosen = np.argpartition(-worth, count - 1)[:count]
        bound = float(u.sum() + worth[chosen].sum())
        if bound < best_bound * (1 - 1e-6) or not np.isfinite(best_bound):
            best_bound, kept_u, waited = bound, u, 0
        else:
            waited += 1
            if waited >= _PATIENCE:
                step, waited, u = step / 2, 0, kept_u
                ahead[:] = 0.0
                if step < _LAST_STEP:
                    break
                continue
        if number % _LOOK_EVERY == 0:
            met = np.zeros(savings.sites, dtype=bool)
            met[chosen] = True
            now = savings.value(met)
            if now > met_value:  # a better beginning than those before
                met_value, met = now, exchanged(savings, met, deadline)
                if savings.value(met) > value:
                    opened, value = met, savings.value(met)
        if best_bound - value <= TOLERANCE * max(1.0, value):
            break
        if deadline is not None and deadline.over and number * len(customer) >= _LEAST_WORK:
            break
        pairs = by_site.pairs_of(chosen)
        used = np.bincount(customer[pairs], weights=(over[pairs] > 0).astype(float), minlength=savings.customers)
        # the direction keeps some of the one before: fewer zigzags (Camerini, Fratta and Maffioli 1975)
        ahead = 1.0 - used + _MOMENTUM * ahead
        slope = np.where((u <= 0) & (ahead > 0), 0.0, ahead)
        norm = float((slope**2).sum())
        if norm == 0:
            break
        u = np.maximum(u - step * max(bound - value, 1e-9 * max(value, 1.0)) / norm * slope, 0.0)
    return _settled(savings, count, opened, value, kept_u)


def _settled(savings: Savings, count: int, opened: Flags, value: float, u: Floats) -> Relaxation:
    """Return the bound by `u`, and the sites that every choice better than `value` has (forced) or may have (free)."""
    over = np.maximum(savings.saving - u[savings.customer], 0.0)
    worth = PairsBySite(savings).sums(over)
    order = np.argsort(-worth, kind="stable")
    bound = float(u.sum() + worth[order[:count]].sum())
    margin = bound - value + TOLERANCE * max(1.0, value)
    last = worth[order[count - 1]]
    after = worth[order[count]] if count < savings.sites else 0.0
    inside = np.zeros(savings.sites, dtype=bool)
    inside[order[:count]] = True
    forced = inside & (worth - after > margin)
    free = ~forced & (inside | (last - worth <= margin))
    return Relaxation(opened, bound, free, forced)
