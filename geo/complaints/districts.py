"""Districts of supervisors: each in one piece on the walking network, and of even work."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from geo.complaints.tree_cuts import halve
from geo.core.arrays import Flags, Floats, Integers

SEED: Final = 721
"""Of the trees, so that districts can be repeated."""

_ATTEMPTS: Final = 3

_LARGE: Final = 8_000
"""Segments that all attempts together may have: a large city is divided once."""

_TREES: Final = 12
_IDLE: Final = 3
"""How many pairs are cut anew, by district, without the heaviest district becoming lighter, before it is left."""

_SLACK: Final = 0.02


class Districts(NamedTuple):
    """
    Districts of even work.

    Attributes
    ----------
    district
        Shape (n,): the district of each segment, from 0.
    work
        Shape (k,): of each district.
    bound
        Work that the heaviest district has at least, however the streets are divided: see `least_heaviest`.
    """

    district: Integers
    work: Floats
    bound: float

    @property
    def balance(self) -> float:
        """The heaviest district's work by the mean: 1 is even."""
        return float(self.work.max() / self.work.mean()) if self.work.sum() else 1.0


def least_heaviest(work: Floats, count: int) -> float:
    """
    Return a bound on the heaviest of `count` districts: no division of whole segments has less.

    The mean; the heaviest segment; and of the heaviest `j * count + 1` segments, `j + 1` are in one district.
    """
    order = -np.sort(-work)
    bound = max(float(work.sum()) / max(count, 1), float(work.max(initial=0.0)))
    for many in range(1, (len(order) - 1) // max(count, 1) + 1):
        last = many * count
        if order[last] <= 0:
            break
        bound = max(bound, float(order[last - many : last + 1].sum()))
    return bound


def linked(meets: csr_array, xy: Floats) -> csr_array:
    """Return an adjacency with its isolated parts linked to the nearest segments of the largest part."""
    number, part = connected_components(meets, directed=False)
    if number < 2:
        return meets
    main = part == np.bincount(part).argmax()
    inside, outside = np.flatnonzero(main), np.flatnonzero(~main)
    away, nearest = cKDTree(xy[inside]).query(xy[outside])
    order = np.lexsort((away, part[outside]))
    first = order[np.unique(part[outside][order], return_index=True)[1]]
    one, two = outside[first], inside[nearest[first]]
    ends = np.concatenate([one, two]), np.concatenate([two, one])
    return csr_array(meets + coo_array((np.ones(len(ends[0])), ends), shape=meets.shape))


def apart(meets: csr_array, xy: Floats) -> csr_array:
    """Return an adjacency with the metres between the middles of segments, at least a decimetre."""
    row, column = meets.nonzero()
    metres = np.maximum(np.hypot(*(xy[row] - xy[column]).T), 0.1)
    return csr_array((metres, (row, column)), shape=meets.shape)


def divide(work: Floats, meets: csr_array, xy: Floats, count: int, within: float) -> Districts:
    """
    Divide segments into districts of even work, each in one piece.

    Halved again and again along spanning trees: whatever branch is cut off, both sides are in one piece. Then two
    districts that meet are put together and cut anew, as long as that evens them and some district that could be
    divided is heavier than `within` allows (recombination: DeFord, Duchin and Solomon 2021,
    doi:10.1162/99608f92.eb30390f, here with the most even cut of several trees).

    Parameters
    ----------
    work
        Shape (n,): not negative; 0 for ways that only link others.
    meets
        Shape (n, n): in one piece, as `linked` returns.
    xy
        Shape (n, 2): the segments' middles, metric.
    count
        How many districts; no more than segments with work.
    within
        How far above the mean the heaviest may stay: `patrols.districts_within`.
    """
    n = len(work)
    count = max(min(count, int((work > 0).sum())), 1)
    length = apart(meets, xy)
    rng = np.random.default_rng(SEED)
    best, least = np.zeros(n, dtype=np.int64), np.inf
    for _ in range(int(np.clip(_LARGE // max(n, 1), 1, _ATTEMPTS))):
        found = evened(_halves(length, work, count, rng), length, work, count, within, rng)
        most = heaviest_divisible(found, work, count)
        if most < least - 1e-9:
            best, least = found, most
        if least <= work.sum() / count * (1 + within):
            break
    sums = np.bincount(best, weights=work, minlength=count).astype(float)
    return Districts(best, sums, least_heaviest(work, count))


def heaviest_divisible(district: Integers, work: Floats, count: int) -> float:
    """Return the work of the heaviest district with more than one segment to its name; 0 if there is none."""
    sums = np.bincount(district, weights=work, minlength=count)
    many = np.bincount(district, weights=(work > 0).astype(float), minlength=count) > 1
    return float(sums[many].max(initial=0.0))


def _halves(length: csr_array, work: Floats, count: int, rng: np.random.Generator) -> Integers:
    """Return the districts that halving again and again makes."""
    district = np.zeros(len(work), dtype=np.int64)
    parts = [(np.arange(len(work)), count, 0)]
    while parts:
        inside, number, first = parts.pop()
        district[inside] = first
        if number == 1:
            continue
        left = number // 2
        side = None
        while side is None:  # a star can only be cut into one and the rest
            side = halve(length[inside][:, inside], work[inside], (left, number - left), _SLACK, _TREES, rng)
            if side is None and left == 1:
                break
            left = left if side is not None else max(left // 2, 1)
        if side is None:
            msg = "segments with work cannot be cut into as many districts"
            raise ValueError(msg)
        half = side.inside
        parts += [(inside[half], left, first), (inside[~half], number - left, first + left)]
    return district


def neighbours(length: csr_array, district: Integers, count: int) -> Integers:
    """Return the pairs of districts that meet, shape (p, 2), the smaller number first."""
    row, column = length.nonzero()
    one, two = district[row], district[column]
    code = np.unique((one * count + two)[one < two])
    return np.column_stack(np.divmod(code, count))


def evened(
    district: Integers, length: csr_array, work: Floats, count: int, within: float, rng: np.random.Generator
) -> Integers:
    """
    Put pairs of districts together and cut them anew, the most uneven pair first, until the heaviest is light enough.

    Parameters
    ----------
    district
        Shape (n,): each in one piece.
    length
        As `apart` returns.
    work, count, within
        As `divide` takes them.
    rng
        Of the trees.
    """
    district = district.copy()
    sums = np.bincount(district, weights=work, minlength=count).astype(float)
    allowed = sums.mean() * (1 + within)
    tried: set[tuple[int, int]] = set()
    least, idle = np.inf, 0
    while idle < _IDLE * count:
        most = heaviest_divisible(district, work, count)
        if most <= allowed:
            break
        least, idle = (most, 0) if most < least - 1e-9 else (least, idle + 1)
        pairs = neighbours(length, district, count)
        gap = np.abs(sums[pairs[:, 0]] - sums[pairs[:, 1]])
        order = [at for at in np.argsort(-gap, kind="stable") if tuple(pairs[at]) not in tried and gap[at] > 1e-9]
        if not order:
            break
        one, two = (int(number) for number in pairs[order[0]])
        tried.add((one, two))
        both = np.flatnonzero((district == one) | (district == two))
        side = halve(length[both][:, both], work[both], (1, 1), 0.0, _TREES, rng)
        if side is None or side.load >= max(sums[one], sums[two]) - 1e-9:
            continue
        half = side.inside
        # each keeps the side that it has more of
        mine = district[both] == one
        kept = work[both] + 1e-9
        if kept[half & mine].sum() + kept[~half & ~mine].sum() < kept[~half & mine].sum() + kept[half & ~mine].sum():
            half = ~half
        district[both] = np.where(half, one, two)
        sums[[one, two]] = work[both][half].sum(), work[both][~half].sum()
        tried = {pair for pair in tried if one not in pair and two not in pair}
    return district


def in_pieces(district: Integers, meets: csr_array) -> Integers:
    """Return the pieces that districts are in: two segments of a district are of one if they hang together in it."""
    row, column = meets.nonzero()
    same = (district[row] == district[column]) & (district[row] >= 0)
    links = coo_array((np.ones(int(same.sum())), (row[same], column[same])), shape=meets.shape)
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def spread(district: Integers, length: csr_array) -> Integers:
    """Give each segment without a district (-1) the one of the nearest segment with one, along the network."""
    known = np.flatnonzero(district >= 0)
    _, _, source = dijkstra(length, directed=False, indices=known, min_only=True, return_predecessors=True)
    return np.where(district >= 0, district, district[np.maximum(source, 0)])


def needed_links(district: Integers, length: csr_array, work: Floats, count: int) -> Flags:
    """
    Tell the segments that a district needs: the ones with work, and the ways that link them into one piece.

    Of a spanning tree in which links between streets with work cost nothing, branches without work are cut off.

    Parameters
    ----------
    district
        Shape (n,): each in one piece.
    length, work, count
        As `evened` takes them.
    """
    row, column = length.nonzero()
    own = district[row] == district[column]
    row, column = row[own], column[own]
    through = (work[row] == 0).astype(float) + (work[column] == 0)
    weight = np.asarray(length[row, column]) * through + 1e-6
    tree = minimum_spanning_tree(csr_array((weight, (row, column)), shape=length.shape))
    links = csr_array(tree + tree.T)
    kept = np.ones(len(work), dtype=bool)
    degree = np.diff(links.indptr)
    loose = np.flatnonzero((degree <= 1) & (work == 0)).tolist()
    while loose:
        node = loose.pop()
        kept[node] = False
        for other in links.indices[links.indptr[node] : links.indptr[node + 1]]:
            degree[other] -= 1
            if kept[other] and work[other] == 0 and degree[other] == 1:
                loose.append(int(other))
    return kept
