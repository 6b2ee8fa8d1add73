"""Orders of edges that are walked one after the other: the best of a few, better ones of many."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.core.arrays import Flags, Floats, Integers

_BLOCKS: Final = (1, 2, 3)
"""How many edges that follow each other are moved together."""

_KICKED: Final = 150
"""Edges up to which an order is shaken and improved again."""

_KICKS: Final = 30
_SEED: Final = 721
_LEAST: Final = 1e-7


def held_karp(tail: Integers, head: Integers, between: Floats) -> tuple[Integers, Flags]:
    """
    Return the order and directions of edges with the shortest ways between them, there and back (Held and Karp 1962).

    Parameters
    ----------
    tail, head
        Shape (r,): places; r is small: time and memory double with each edge.
    between
        Shape (p, p): ways between places.

    Returns
    -------
    edge, forward
        Shape (r,).
    """
    rest = len(tail) - 1
    if rest == 0:
        return np.zeros(1, dtype=np.int64), np.ones(1, dtype=bool)
    # of each edge but the first, two directions: forward ones, then backward ones
    begin = np.concatenate([tail[1:], head[1:]])
    end = np.concatenate([head[1:], tail[1:]])
    step = between[np.ix_(end, begin)]
    bit = 1 << np.tile(np.arange(rest), 2)
    cost = np.full((1 << rest, 2 * rest), np.inf)
    came = np.zeros((1 << rest, 2 * rest), dtype=np.int64)
    cost[bit, np.arange(2 * rest)] = between[head[0], begin]
    for walked in range(1, 1 << rest):
        now = cost[walked]
        known = np.isfinite(now)
        after = np.flatnonzero(walked & bit == 0)
        if len(after) == 0 or not known.any():
            continue
        through = now[:, None] + step[:, after]
        last = np.argmin(through, axis=0)
        least = through[last, np.arange(len(after))]
        target = walked | bit[after]
        better = least < cost[target, after]
        cost[target[better], after[better]] = least[better]
        came[target[better], after[better]] = last[better]
    walked = (1 << rest) - 1
    at = int(np.argmin(cost[walked] + between[end, tail[0]]))
    order = []
    while walked:
        order.append(at)
        walked, at = walked & ~int(bit[at]), int(came[walked, at])
    backwards = np.array(order[::-1], dtype=np.int64)
    return np.append(0, backwards % rest + 1), np.append(True, backwards < rest)


def improved(edge: Integers, forward: Flags, tail: Integers, head: Integers, between: Floats) -> tuple[Integers, Flags]:
    """
    Improve an order of edges: turn stretches of it around, and move up to three edges elsewhere.

    The best exchange first, until none shortens the order; a short order is then shaken and improved again, and the
    best one kept (2-opt and Or's moves on edges, with double bridges).

    Parameters
    ----------
    edge, forward
        Shape (r,): the order.
    tail, head, between
        As `held_karp` takes them.
    """
    code = _descended(np.where(forward, 2 * edge, 2 * edge + 1), tail, head, between)
    rng = np.random.default_rng(_SEED)
    least = _length(code, tail, head, between)
    for _ in range(_KICKS if 8 <= len(code) <= _KICKED else 0):
        one, two, three = np.sort(rng.choice(np.arange(1, len(code)), 3, replace=False))
        shaken = np.concatenate([code[:one], code[two:three], code[one:two], code[three:]])
        shaken = _descended(shaken, tail, head, between)
        length = _length(shaken, tail, head, between)
        if length < least - _LEAST:
            code, least = shaken, length
    return code // 2, code % 2 == 0


def _ends(code: Integers, tail: Integers, head: Integers) -> tuple[Integers, Integers]:
    """Return the places where edges are begun and left."""
    edge, back = code // 2, code % 2 == 1
    return np.where(back, head[edge], tail[edge]), np.where(back, tail[edge], head[edge])


def _length(code: Integers, tail: Integers, head: Integers, between: Floats) -> float:
    begin, end = _ends(code, tail, head)
    return float(between[end, np.roll(begin, -1)].sum())


def _descended(code: Integers, tail: Integers, head: Integers, between: Floats) -> Integers:
    """Return an order that no exchange shortens."""
    for _ in range(20 * len(code)):
        begin, end = _ends(code, tail, head)
        gain, changed = _turned(code, begin, end, between)
        if gain <= _LEAST:
            gain, changed = _moved(code, begin, end, between)
        if gain <= _LEAST:
            break
        code = changed
    return code


def _turned(code: Integers, begin: Integers, end: Integers, between: Floats) -> tuple[float, Integers]:
    """Return the best gain of turning a stretch around, and the order then."""
    after = np.roll(begin, -1)
    link = between[end, after]
    gain = link[:, None] + link[None, :] - between[np.ix_(end, end)] - between[np.ix_(after, after)]
    gain[np.tril_indices(len(code))] = -np.inf
    one, two = (int(at) for at in np.unravel_index(int(np.argmax(gain)), gain.shape))
    changed = np.concatenate([code[: one + 1], code[one + 1 : two + 1][::-1] ^ 1, code[two + 1 :]])
    return float(gain[one, two]), changed


def _moved(code: Integers, begin: Integers, end: Integers, between: Floats) -> tuple[float, Integers]:
    """Return the best gain of moving a few edges elsewhere, perhaps turned around, and the order then."""
    n = len(code)
    best, changed = 0.0, code
    after = np.roll(begin, -1)
    link = between[end, after]
    for size in _BLOCKS:
        if n < size + 2:
            break
        first = np.arange(n)
        last = (first + size - 1) % n
        before = (first - 1) % n
        freed = link[before] + link[last] - between[end[before], after[last]]
        same = between[np.ix_(end, begin[first])].T + between[np.ix_(end[last], after)] - link[None, :]
        turned = between[np.ix_(end[last], end)] + between[np.ix_(begin[first], after)] - link[None, :]
        # nowhere inside itself, nor where it stands
        offset = (np.arange(n)[None, :] - before[:, None]) % n
        cost = np.where(offset <= size, np.inf, np.minimum(same, turned))
        gain = freed[:, None] - cost
        row, place = (int(at) for at in np.unravel_index(int(np.argmax(gain)), gain.shape))
        if gain[row, place] <= best + _LEAST:
            continue
        best = float(gain[row, place])
        rolled = np.roll(code, -row)
        block = rolled[:size]
        if turned[row, place] < same[row, place]:
            block = block[::-1] ^ 1
        rest = rolled[size:]
        cut = (place - row) % n - size + 1
        changed = np.concatenate([rest[:cut], block, rest[cut:]])
    return best, changed
