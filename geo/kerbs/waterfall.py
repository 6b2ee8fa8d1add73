"""The waterfall of kerb: metres taken by each rule, from all of it to the rest left free."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.kerbs.exclusions import Pieces, holds, runs
from geo.kerbs.plan import KerbPlan, Zones


class Waterfall(NamedTuple):
    """
    Kerb taken by each rule and left free at one moment of the week.

    Attributes
    ----------
    kerb_m, kerb_pitches
        All kerb, and the pitches that would fit it.
    steps
        By rule, in the plan's `order`: `rule`, `metres` and `pitches` that it takes of what the rules before it left,
        `sole_m`: what it alone forbids, which would come back without it.
    free_m
        What no rule forbids.
    remnants_m
        Of that, what is too short for a pitch.
    pitches
        How many fit the rest.
    """

    kerb_m: float
    kerb_pitches: int
    steps: pd.DataFrame
    free_m: float
    remnants_m: float
    pitches: int


def waterfall(plan: KerbPlan, slot: int, kerbs: NDArray[np.bool_] | None = None) -> Waterfall:
    """
    Compute the kerb taken by each rule at a moment.

    Parameters
    ----------
    plan
        The plan.
    slot
        Of `plan.slots`.
    kerbs
        Shape (2 n,): the kerbs that count; by default all.
    """
    order, group = plan.order, plan.kerb_groups
    counted_kerbs = np.ones(len(plan.kerbs), dtype=bool) if kerbs is None else kerbs
    pieces = plan.pieces if kerbs is None else _of_groups(plan.pieces, group, counted_kerbs)
    metres = plan.kerbs.kerb_metres(pieces.kerb, pieces.from_m, pieces.to_m)
    metres = np.where(counted_kerbs[pieces.kerb], metres, 0.0)
    rank = plan.ranks[pieces.exclusion]
    mask = plan.exclusions.mask[pieces.exclusion]
    now = holds(mask, slot)
    first = np.full(len(pieces.kerb), len(order))
    np.minimum.at(first, pieces.piece[now], rank[now])
    taken = np.bincount(first, weights=metres, minlength=len(order) + 1)
    pairs = np.unique(pieces.piece[now] * np.int64(len(order)) + rank[now])
    rules_of = np.bincount(pairs // len(order), minlength=len(pieces.kerb))
    alone = rules_of[pairs // len(order)] == 1
    sole = np.bincount(pairs[alone] % len(order), metres[pairs[alone] // len(order)], minlength=len(order))

    every = np.uint64(plan.slots.all)
    excluded = np.zeros(len(pieces.kerb), dtype=np.uint64)

    # zones change only along the kerbs that a rule takes some of, and where rows go on from these
    pitches_of = np.zeros(len(plan.kerbs), dtype=np.int64)

    def fit_anew(touched: NDArray[np.bool_]) -> Zones:
        mine = touched[group[pieces.kerb]]
        some = pieces._replace(kerb=pieces.kerb[mine], from_m=pieces.from_m[mine], to_m=pieces.to_m[mine])
        zones = plan.zones_of(runs(some, every & ~excluded[mine]))
        open_ = np.flatnonzero(holds(zones.mask, slot) & counted_kerbs[zones.kerb])
        pitches_of[touched[group]] = 0
        np.add.at(pitches_of, zones.kerb[open_], zones.pitches[open_])
        return zones

    everywhere = np.ones(len(plan.kerbs), dtype=bool)
    fit_anew(everywhere)
    there = before = int(pitches_of.sum())
    steps = []
    by_rank = np.argsort(rank, kind="stable")
    ends = np.searchsorted(rank[by_rank], np.arange(len(order) + 1))
    for number, rule in enumerate(order):
        here = by_rank[ends[number] : ends[number + 1]]
        if len(here) == 0:
            continue
        np.bitwise_or.at(excluded, pieces.piece[here], mask[here])
        touched = np.zeros(len(plan.kerbs), dtype=bool)
        touched[group[pieces.kerb[pieces.piece[here]]]] = True
        fit_anew(touched)
        after = int(pitches_of.sum())
        steps.append((rule, taken[number], before - after, sole[number]))
        before = after
    zones = fit_anew(everywhere)
    open_ = holds(zones.mask, slot) & counted_kerbs[zones.kerb]
    pitches, in_zones = int(zones.pitches[open_].sum()), float(zones.length_m[open_].sum())
    table = pd.DataFrame(steps, columns=["rule", "metres", "pitches", "sole_m"])
    # a rule that holds at another time takes nothing now, but may cut a zone in two
    some = (table["metres"] > 0) | (table["pitches"] != 0)
    return Waterfall(
        float(metres.sum()),
        there,
        table[some].reset_index(drop=True),
        float(taken[-1]),
        float(taken[-1]) - in_zones,
        pitches,
    )


def _of_groups(pieces: Pieces, group: Integers, kerbs: NDArray[np.bool_]) -> Pieces:
    """Return the pieces of the groups of some kerbs: the zones of no other group reach them."""
    near = np.zeros(len(group), dtype=bool)
    near[group[kerbs]] = True
    mine = near[group[pieces.kerb]]
    covered = mine[pieces.piece]
    number = np.cumsum(mine) - 1
    return Pieces(
        pieces.kerb[mine],
        pieces.from_m[mine],
        pieces.to_m[mine],
        number[pieces.piece[covered]],
        pieces.exclusion[covered],
    )


class FallDocument(TypedDict):
    """
    A waterfall as plain values.

    Attributes
    ----------
    metres_lost
        Metres of kerb that each rule takes of what the rules before it left.
    pitches_lost
        Pitches that each rule takes of what the rules before it left.
    sole_metres
        Metres that each rule alone takes.
    free_m
        Metres of kerb left.
    remnants_m
        Metres of it in stretches too short for one pitch.
    pitches_at_moment
        Pitches left.
    """

    metres_lost: dict[str, float]
    pitches_lost: dict[str, int]
    sole_metres: dict[str, float]
    free_m: float
    remnants_m: float
    pitches_at_moment: int


def fall_document(fall: Waterfall) -> FallDocument:
    """Return a waterfall as plain values."""
    steps = fall.steps.set_index("rule")
    return {
        "metres_lost": {str(rule): round(float(m), 1) for rule, m in steps["metres"].items()},
        "pitches_lost": {str(rule): int(count) for rule, count in steps["pitches"].items()},
        "sole_metres": {str(rule): round(float(m), 1) for rule, m in steps["sole_m"].items()},
        "free_m": round(fall.free_m, 1),
        "remnants_m": round(fall.remnants_m, 1),
        "pitches_at_moment": fall.pitches,
    }
