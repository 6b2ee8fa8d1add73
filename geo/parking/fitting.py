"""Bays that fit the rows of one or more rooms, clear of ways, buildings and each other: as arrays, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, members, run_starts
from geo.core.tolerances import ROUNDING
from geo.parking import bay_shapes
from geo.parking.bay_shapes import Near, Pairs, Shapes, bay_edges, overlapping, standing_clear, ways_near

if TYPE_CHECKING:
    from geo.parking.room import BayRoom

_TOUCHING_M2: Final = 0.01
"""Bays that share no more than this do not overlap."""
_TOUCHING_SHARE: Final = 1e-3
"""Of a bay's area: bays that share no more than this only touch."""


class Rows(NamedTuple):
    """
    The rows of bays of a room.

    Attributes
    ----------
    kerb
        Shape (r,): sorted by kerb and place.
    start_m
        Where the first bay of each begins, in metres along the kerb itself.
    counts
        How many bays stand in each.
    ends
        Shape (r, 2): whether its first and last bay stand at an end of the whole row.
    clear_m
        Shape (r, 2): the free kerb before its first and after its last bay.
    """

    kerb: Integers
    start_m: Floats
    counts: Integers
    ends: Flags
    clear_m: Floats

    @classmethod
    def of(cls, room: BayRoom) -> Rows:
        """Return the rows of a room."""
        kerbs, zones = room.kerbs, room.zones
        from_m = kerbs.at_kerb(zones.kerb, zones.from_m)
        start = from_m + room.begin_m
        last = start + (zones.pitches - 1) * (room.pitch_m + room.gap_m)
        after = kerbs.at_kerb(zones.kerb, zones.to_m) - last - room.pitch_m
        return cls(zones.kerb, start, zones.pitches, room.row_ends, np.stack([start - from_m, after], axis=1))


class Fitted(NamedTuple):
    """
    The bays of a room that fit, in the order of its rows.

    Attributes
    ----------
    kerb
        Shape (k,).
    begin_m
        Where each begins, in metres along the kerb itself.
    accessible
        Whether it is one for disabled people.
    """

    kerb: NDArray[np.int32]
    begin_m: Floats
    accessible: Flags

    def where(self, chosen: Flags | Integers) -> Fitted:
        """Return the chosen bays."""
        return Fitted(self.kerb[chosen], self.begin_m[chosen], self.accessible[chosen])


class _Union(NamedTuple):
    """The different rows of several rooms; of those that begin at one place, the longest."""

    kerb: Integers
    start_m: Floats
    counts: Integers
    first: Integers
    """The number of each row's first bay among all bays."""
    of: list[Integers]
    """By room: the row here of each of its own."""

    @classmethod
    def made_of(cls, rooms: Sequence[Rows]) -> _Union:
        kerb, start, count = (np.concatenate([rows[part] for rows in rooms]) for part in (0, 1, 2))
        order = np.lexsort((start, kerb))
        new = run_starts(kerb[order], start[order])
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.cumsum(new) - 1
        most = np.maximum.reduceat(count[order], np.flatnonzero(new)) if len(order) else count
        sizes = np.cumsum([len(rows.kerb) for rows in rooms])[:-1]
        chosen = order[new]
        return cls(kerb[chosen], start[chosen], most, np.cumsum(most) - most, np.split(number, sizes))

    def bays(self, room: int, rows: Rows) -> Integers:
        """Return the number here of each bay of a room."""
        row, number = members(rows.counts)
        return self.first[self.of[room]][row] + number

    def blocks(self) -> Iterator[slice]:
        """Yield rows of some `bay_shapes.BLOCK` bays at a time."""
        ends = (
            np.searchsorted(
                self.first + self.counts,
                np.arange(bay_shapes.BLOCK, self.counts.sum() + bay_shapes.BLOCK, bay_shapes.BLOCK),
            )
            + 1
        )
        begin = 0
        for end in np.unique(np.minimum(ends, len(self.kerb))):
            yield slice(begin, int(end))
            begin = int(end)


def fit(
    room: BayRoom,
    rows: Sequence[Rows],
    buildings: NDArray[np.object_] | None = None,
    on_top: Sequence[tuple[int, int]] = (),
) -> tuple[list[Fitted], list[Flags]]:
    """
    Return the bays that fit the rows of rooms that differ in hours and widths only.

    Bays that would stand in a building or under the centre line of a way, or overlap an earlier one of their room, are
    left out. A bay that several rooms have is looked at once.

    Parameters
    ----------
    room
        Any of the rooms.
    rows
        Of each room.
    buildings
        Polygons in the metric CRS.
    on_top
        Pairs of rooms, by number: the bays of the second that are to be clear of the first one's.

    Returns
    -------
    fitted
        By room.
    clear
        By pair of rooms: whether the bays of the second are clear of the first.
    """
    union = _Union.made_of(rows)
    mine = [union.bays(number, each) for number, each in enumerate(rows)]
    holders = np.zeros(int(union.counts.sum()), dtype=np.uint16)
    for number, bays in enumerate(mine):
        holders[bays] |= np.uint16(1 << number)
    overlaps = bool(room.profile["bay.overlaps"])
    near = [ways_near(room)]
    if buildings is not None and len(buildings) and not overlaps:
        near.append(Near.of(buildings, shapely.intersects))
    shapes = Shapes(*(np.empty((len(holders), *size)) for size in ((4, 2), (2,), ())))
    sound = np.zeros(len(holders), dtype=bool)
    for block in union.blocks():
        part = slice(int(union.first[block.start]), int(union.first[block.stop - 1] + union.counts[block.stop - 1]))
        corners = _corners(room, union, block)
        centre = corners.mean(axis=1)
        shapes.corners[part], shapes.centre[part] = corners, centre
        shapes.radius_m[part] = np.sqrt(((corners - centre[:, None]) ** 2).sum(axis=2).max(axis=1))
        sound[part] = standing_clear(union.kerb[block], union.counts[block], corners, near)
    pairs = overlapping(shapes, sound, holders, on_top, not overlaps)
    street = np.unique(room.street_ids(np.arange(len(room.kerbs))).astype(str), return_inverse=True)[1]
    fitted, kept = [], []
    for number, (each, bays) in enumerate(zip(rows, mine, strict=True)):
        clear = sound.copy() if overlaps else _clear(sound, pairs, holders, number)
        stays = clear[bays]
        row, place = members(each.counts)
        accessible, beside = _with_lanes(room, each, street, row, place, stays)
        stays &= ~beside
        step = room.pitch_m + room.gap_m
        begin = each.start_m[row[stays]] + place[stays] * step
        fitted.append(Fitted(each.kerb[row[stays]].astype(np.int32), begin, accessible[stays]))
        kept.append(bays[stays])
    return fitted, [_not_on(pairs, len(holders), kept[one], kept[two]) for one, two in on_top]


def _corners(room: BayRoom, union: _Union, block: slice) -> Floats:
    """Return the corners of the bays of rows, shape (k, 4, 2): both ends at the kerb, then back beside it."""
    count, step = union.counts[block], room.pitch_m + room.gap_m
    row, number = members(count)
    if room.gap_m > 0:
        metre = union.start_m[block][row] + number * step
        one, two = np.arange(len(row)), np.arange(len(row), 2 * len(row))
        kerb, metre = np.tile(union.kerb[block][row], 2), np.concatenate([metre, metre + room.pitch_m])
    else:  # where a bay ends, the next one begins
        of, post = members(count + 1)
        kerb, metre = union.kerb[block][of], union.start_m[block][of] + post * step
        one = np.arange(len(row)) + row
        two = one + 1
    on_kerb, inner = bay_edges(room, kerb, metre)
    return np.stack([on_kerb[one], on_kerb[two], inner[two], inner[one]], axis=1)


def _clear(sound: Flags, pairs: Pairs, holders: NDArray[np.uint16], room: int) -> Flags:
    """Tell which bays of a room stand clear of every bay before them, of the ones kept so far."""
    kept = sound.copy()
    bit = np.uint16(1 << room)
    over = (pairs.share_m2 > _TOUCHING_M2) & ((holders[pairs.later] & holders[pairs.earlier] & bit) > 0)
    # in their order: a bay that is out itself keeps nobody out
    for loser, winner in sorted(zip(pairs.later[over].tolist(), pairs.earlier[over].tolist(), strict=True)):
        if kept[winner]:
            kept[loser] = False
    return kept


def _not_on(pairs: Pairs, size: int, first: Integers, others: Integers) -> Flags:
    """Tell whether other bays are clear of the first: neither one of them, nor on more of them than an edge."""
    below, above = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    below[first], above[others] = True, True
    taken = below.copy()
    for number, (one, two) in enumerate(((pairs.later, pairs.earlier), (pairs.earlier, pairs.later))):
        over = above[one] & below[two] & (pairs.share_m2 > _TOUCHING_SHARE * pairs.area_m2[:, number])
        taken[one[over]] = True
    return ~taken[others]


def _with_lanes(
    room: BayRoom, rows: Rows, street: Integers, row: Integers, number: Integers, kept: Flags
) -> tuple[Flags, Flags]:
    """
    Return the accessible bays, and the bays that give way to the lane beside one (`bay.accessible_lane`).

    The ends of rows come first, before all those with the lane within their own kerb; beyond an end no bay follows. The
    bay beside any other accessible one gives way.

    Parameters
    ----------
    room
        Where there is room.
    rows
        Of bays.
    street
        Shape (2 n,): the number of each kerb's street.
    row, number, kept
        Each bay's row, its number there, and whether it is one at all.
    """
    lane_m, count = float(room.profile["bay.accessible_lane"]), rows.counts[row]
    at_end = [(number == 0) & rows.ends[row, 0], (number == count - 1) & rows.ends[row, 1]]
    roomy = rows.clear_m >= lane_m - ROUNDING
    lane = (at_end[0] & roomy[row, 0]) | (at_end[1] & roomy[row, 1])
    end = at_end[0] | at_end[1]
    accessible = np.zeros(len(row), dtype=bool)
    there = np.flatnonzero(kept)
    share = float(room.profile["bay.accessible_share"])
    accessible[there] = first_of_each(street[rows.kerb[row[there]]], [lane[there], end[there]], share)
    asked = np.flatnonzero(accessible & ~end)
    beside = np.where(number[asked] < count[asked] - 1, asked + 1, asked - 1)
    # a row of one bay has nobody beside it
    beside = beside[count[asked] > 1]
    gives_way = np.zeros(len(row), dtype=bool)
    gives_way[beside] = True
    return accessible, gives_way & ~accessible


def first_of_each(street: Integers, better: Sequence[Flags], share: float) -> Flags:
    """
    Mark a share of each street's bays, rounded up, starting with the better ones.

    Parameters
    ----------
    street
        Shape (k,): the number of each bay's street.
    better
        Shape (k,) each: what makes a bay better; the first counts most.
    share
        From 0 to 1.
    """
    result = np.zeros(len(street), dtype=bool)
    if share <= 0 or len(street) == 0:
        return result
    rank = street.astype(np.int64)
    for each in better:
        rank = 2 * rank + ~each
    order = np.argsort(rank, kind="stable")
    street = street[order]
    first = np.searchsorted(street, street)
    size = np.searchsorted(street, street, "right") - first
    result[order] = np.arange(len(order)) - first < np.ceil(size * share - 1e-9)
    return result
