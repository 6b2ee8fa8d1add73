"""Districts that are kept when supervisors come and go: as few streets as possible change hands."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from geo.complaints.districts import (
    SEED,
    Districts,
    apart,
    evened,
    heaviest_divisible,
    in_pieces,
    least_heaviest,
    neighbours,
    spread,
)
from geo.complaints.tree_cuts import halve, transfer
from geo.core.arrays import Floats, Integers

_ROUNDS: Final = 12
"""How often streets are handed on, as far as each planned amount needs whole streets."""

_TREES: Final = 16
_SLACK: Final = 0.1

_AIM: Final = 0.9
"""What part of the allowed excess is aimed at: streets are handed on whole."""


def keep(
    work: Floats, meets: csr_array, xy: Floats, earlier: Integers, first_new: int, count: int, within: float
) -> tuple[Districts, Integers]:
    """
    Divide segments into districts of even work, and leave as many as possible in the districts that they had.

    Districts keep their heaviest piece. Streets without a district go to the nearest. Of too many, the ones end that
    are lightest together with a neighbour; of too few, the heaviest are halved, and the new one is the half with less.
    Then the least work that has to change hands is planned from district to district (a linear program), and connected
    stretches of about as much are handed on; where that leaves a district too heavy, pairs are cut anew as in `divide`.

    Parameters
    ----------
    work, meets, xy, count, within
        As `geo.complaints.districts.divide` takes them.
    earlier
        Shape (n,): the number of each segment's earlier district, -1 for none or one that ends.
    first_new
        The number of the first new district; those after it follow.

    Returns
    -------
    districts, number
        The districts; shape (k,): the number of each in `earlier`, or of new ones.
    """
    count = max(min(count, int((work > 0).sum())), 1)
    length, rng = apart(meets, xy), np.random.default_rng(SEED)
    label = _largest_pieces(earlier, meets, work)
    label = _fewer(label, length, work, first_new, count)
    label = _more(label, length, work, count, first_new, rng)
    number, district = np.unique(label, return_inverse=True)
    found = _handed_on(district.astype(np.int64), length, work, count, within, rng)
    found = evened(found, length, work, count, within, rng)
    sums = np.bincount(found, weights=work, minlength=count).astype(float)
    return Districts(found, sums, least_heaviest(work, count)), number.astype(np.int64)


def _largest_pieces(label: Integers, meets: csr_array, work: Floats) -> Integers:
    """Return districts without the pieces that lie apart from their heaviest one."""
    piece = in_pieces(label, meets)
    weight = np.bincount(piece, weights=work + 1e-9)
    first = np.unique(piece, return_index=True)[1]
    owner = label[first]
    order = np.lexsort((-weight, owner))
    main = order[np.unique(owner[order], return_index=True)[1]]
    has = np.bincount(piece, weights=(work > 0).astype(float))[piece] > 0
    return np.where(np.isin(piece, main) & (label >= 0) & has, label, -1)


def _fewer(label: Integers, length: csr_array, work: Floats, first_new: int, count: int) -> Integers:
    """
    End districts until there are no more than asked for, the lightest together with a neighbour first.

    Where there is none, all segments are of a new one.
    """
    if not (label >= 0).any():
        return np.full(len(label), first_new, dtype=np.int64)
    label = spread(label, length)
    while len(alive := np.unique(label)) > count:
        size = int(alive[-1]) + 1
        sums = np.bincount(label, weights=work, minlength=size)
        pairs = neighbours(length, label, size)
        light = pairs[np.argmin(sums[pairs].sum(axis=1))]
        ending = light[np.argmin(sums[light])]
        label = spread(np.where(label == ending, -1, label), length)
    return label


def _more(
    label: Integers, length: csr_array, work: Floats, count: int, first_new: int, rng: np.random.Generator
) -> Integers:
    """Return districts with new ones, each a half of the heaviest that can be divided."""
    label = label.copy()
    while len(alive := np.unique(label)) < count:
        sums = np.bincount(label, weights=work)[alive]
        many = np.bincount(label, weights=(work > 0).astype(float))[alive] > 1
        heaviest = alive[np.argmax(np.where(many, sums, -1.0))]
        inside = np.flatnonzero(label == heaviest)
        side = halve(length[inside][:, inside], work[inside], (1, 1), _SLACK, _TREES, rng)
        assert side is not None, "two segments with work can be told apart"
        half = side.inside
        new = half if work[inside][half].sum() <= work[inside].sum() / 2 else ~half
        label[inside[new]] = max(first_new, int(label.max()) + 1)
    return label


def _handed_on(
    district: Integers, length: csr_array, work: Floats, count: int, within: float, rng: np.random.Generator
) -> Integers:
    """Return districts after stretches were handed on as planned; the best of several times."""
    best = district
    aim = 1 + within * _AIM
    least = heaviest_divisible(district, work, count)
    allowed = float(work.sum()) / count * (1 + within)
    for _ in range(_ROUNDS):
        if least <= allowed:
            break
        district = best.copy()
        for giver, taker, amount in _plan(district, length, work, count, aim):
            _hand_on(district, length, work, giver, taker, amount, rng)
        most = heaviest_divisible(district, work, count)
        if most < least - 1e-9:
            best, least = district, most
    return best


def _plan(district: Integers, length: csr_array, work: Floats, count: int, aim: float) -> list[tuple[int, int, float]]:
    """Return who hands how much work on to whom, the least in all, so that no district is heavier than it may be."""
    pairs = neighbours(length, district, count)
    if len(pairs) == 0:
        return []
    sums = np.bincount(district, weights=work, minlength=count)
    heaviest = np.zeros(count)
    np.maximum.at(heaviest, district, work)
    allowed = np.maximum(sums.mean() * aim, heaviest)
    giver, taker = np.concatenate([pairs, pairs[:, ::-1]]).T
    flow = np.arange(len(giver))
    signs = np.concatenate([-np.ones(len(giver)), np.ones(len(giver))])
    change = coo_array((signs, (np.concatenate([giver, taker]), np.tile(flow, 2))), shape=(count, len(giver)))
    solved = linprog(np.ones(len(giver)), A_ub=change.tocsr(), b_ub=allowed - sums, method="highs")
    if solved.x is None:
        return []
    amounts = np.asarray(solved.x)
    # the heaviest first: what they hand on may be handed on again
    order = np.lexsort((-amounts, -sums[giver]))
    return [(int(giver[at]), int(taker[at]), float(amounts[at])) for at in order if amounts[at] > 1e-9]


def _hand_on(
    district: Integers,
    length: csr_array,
    work: Floats,
    giver: int,
    taker: int,
    amount: float,
    rng: np.random.Generator,
) -> None:
    """Hand a stretch of about an amount of work on from a district to one that it meets; both stay in one piece."""
    inside = np.flatnonzero(district == giver)
    own = length[inside]
    row, column = own.nonzero()
    touches = np.zeros(len(inside), dtype=bool)
    touches[row[district[column] == taker]] = True
    if not touches.any():
        return
    piece = transfer(own[:, inside], work[inside], touches, amount, _TREES, rng)
    if piece is not None:
        district[inside[piece]] = taker
