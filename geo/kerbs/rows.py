"""Rows along kerbs that go on beyond their segments: where OSM cuts a way, or opposite a side street."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.core.arrays import Flags, Floats, Integers
from geo.core.line_ends import both_ends, end_of, is_last, line_of, other_end
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Runs
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import kerbs_beside, segment_of
from geo.streets.sections import root_of


class Chains(NamedTuple):
    """
    Stretches of kerb in the order of the rows along them.

    Attributes
    ----------
    before_m
        Shape (r,): metres at the kerb of the chain before each stretch.
    own_m
        Shape (r,): of the stretch itself, to where it meets the next.
    total_m
        Shape (r,): of its chain.
    reverse
        Shape (r,): whether the chain follows it against its segment's direction.
    lead_m
        Shape (r,): how far before the stretch's own beginning (in its segment's direction) it meets its neighbour; on
        the inside of a turn that is less than nothing.
    """

    before_m: Floats
    own_m: Floats
    total_m: Floats
    reverse: Flags
    lead_m: Floats


class Joins:
    """
    The continuations of kerbs beyond the ends of their segments.

    A kerb goes on where its street does without a corner on that side, turns by no more than `kerb.joined_within` and
    stays as far from the centre line, give or take `kerb.joined_step`. End `2 k` is where kerb `k` begins, `2 k + 1`
    where it ends.

    Parameters
    ----------
    kerbs
        The study's kerbs.

    Attributes
    ----------
    other
        Shape (4 n,): the end that each end meets, or -1.
    trim_m
        Shape (4 n,): how far beyond its end a kerb meets the next one; less than nothing on the inside of a turn.
    """

    def __init__(self, kerbs: Kerbs) -> None:
        self.kerbs = kerbs
        self.other = np.full(2 * len(kerbs), -1)
        self.trim_m = np.zeros(2 * len(kerbs))
        if len(kerbs) == 0:
            return
        arms = kerbs.arms
        first, second, angle = arms.neighbours(least=2)
        # the left side of an arm as it leaves the node goes on as the right side of the next arm
        left, right = kerbs_beside(first)[0], kerbs_beside(second)[1]
        street = np.unique(root_of(kerbs.roads["street_id"]).to_numpy(dtype=str), return_inverse=True)[1]
        turn = angle - np.pi
        joined = np.abs(turn) <= np.radians(float(kerbs.profile["kerb.joined_within"]))
        joined &= street[segment_of(left)] == street[segment_of(right)]
        joined &= np.abs(kerbs.half_m[left] - kerbs.half_m[right]) <= float(kerbs.profile["kerb.joined_step"])
        joined &= self._whole(left, is_last(first)) & self._whole(right, is_last(second))
        # a loop that begins and ends at one place does not follow itself
        joined &= segment_of(left) != segment_of(right)
        left, right, turn = left[joined], right[joined], turn[joined]
        one, two = end_of(left, is_last(first[joined])), end_of(right, is_last(second[joined]))
        trim = (kerbs.half_m[left] + kerbs.half_m[right]) / 2 * np.tan(turn / 2)
        for here, there in ((one, two), (two, one)):
            self.other[here], self.trim_m[here] = there, trim

    def _whole(self, kerb: Integers, at_end: Flags) -> Flags:
        """Tell whether kerbs run to the given end of their segment."""
        kerbs = self.kerbs
        gap = np.where(at_end, kerbs.length_m[kerb] - kerbs.to_m[kerb], kerbs.from_m[kerb])
        return np.asarray(gap <= ROUNDING)

    @cached_property
    def _ends_m(self) -> Floats:
        """Metres along the kerb itself of each end, shape (4 n,)."""
        kerb = np.arange(len(self.kerbs))
        metres = np.stack([self.kerbs.at_kerb(kerb, at) for at in (np.zeros(len(kerb)), self.kerbs.length_m)], axis=1)
        return metres.ravel()

    @cached_property
    def chained(self) -> Integers:
        """Shape (2 n,): the number of each kerb's group of kerbs that go on from each other."""
        end = np.flatnonzero(self.other >= 0)
        size = len(self.kerbs)
        links = coo_array((np.ones(len(end)), (line_of(end), line_of(self.other[end]))), shape=(size, size))
        return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)

    def chains(self, stretches: Runs, free: Flags, one_way: bool) -> Chains:
        """
        Return how free stretches of kerb follow each other.

        Parameters
        ----------
        stretches
            Of kerb.
        free
            Shape (r,): which of them count; the others are chains of their own.
        one_way
            Whether a row only goes on in its segment's direction: bays at an angle lean one way.
        """
        kerbs, kerb = self.kerbs, stretches.kerb
        size = len(kerb)
        metres = kerbs.kerb_metres(kerb, stretches.from_m, stretches.to_m)
        ends = both_ends(kerb)
        touches = np.stack(
            [stretches.from_m <= ROUNDING, stretches.to_m >= kerbs.length_m[kerb] - ROUNDING], axis=1
        ) & free[:, None]  # fmt: skip
        at = np.full(len(self.other), -1)
        at[ends[touches]] = np.repeat(np.arange(size), 2).reshape(-1, 2)[touches]
        there = np.where(touches, self.other[ends], -1)
        run = np.where(there >= 0, at[there], -1)
        if one_way:
            run[(there >= 0) & (is_last(there) == np.array([False, True]))] = -1
        run = self._without_rings(run, size)
        linked = run >= 0
        trim = np.where(linked, self.trim_m[ends], 0.0)
        own = metres + trim.sum(axis=1)
        # a chain enters a stretch at one of its ends: at the first it follows the segment's direction, at the last it
        # goes against it; each entry leads to the next, or to the one that is none
        none = 2 * size
        arrives = end_of(run, is_last(there))
        jump = np.full(none + 1, none)
        jump[0:none:2] = np.where(linked[:, 1], arrives[:, 1], none)
        jump[1:none:2] = np.where(linked[:, 0], arrives[:, 0], none)
        beyond = np.append(own[line_of(jump[:none]) * (jump[:none] < none)] * (jump[:none] < none), 0.0)
        last = np.where(jump < none, jump, np.arange(none + 1))
        while (jump[:none] < none).any():
            beyond = beyond + beyond[jump]
            last = last[last]
            jump = jump[jump]
        entry = end_of(np.arange(size), False)
        begins, finishes = line_of(last[other_end(entry)]), line_of(last[entry])
        reverse = np.zeros(size, dtype=bool) if one_way else begins > finishes
        chosen = end_of(np.arange(size), reverse)
        before, after = beyond[other_end(chosen)], beyond[chosen]
        return Chains(before, own, before + own + after, reverse, trim[:, 0])

    @staticmethod
    def _without_rings(run: Integers, size: int) -> Integers:
        """Cut chains that close on themselves at their first stretch."""
        one, side = np.nonzero(run >= 0)
        links = coo_array((np.ones(len(one)), (one, run[one, side])), shape=(size, size))
        number, part = connected_components(links, directed=False)
        degree = (run >= 0).sum(axis=1)
        ring = np.bincount(part, weights=degree < 2, minlength=number) == 0
        result = run.copy()
        first = np.unique(part, return_index=True)[1][ring]
        before = result[first, 0]
        # the neighbour's link back to it: by whichever of its ends leads there
        for end in (0, 1):
            back = result[before, end] == first
            result[before[back], end] = -1
        result[first, 0] = -1
        return result

    def resolve(self, kerb: Integers, metre: Floats) -> tuple[Integers, Floats]:
        """
        Return where positions beyond a kerb's ends are.

        Parameters
        ----------
        kerb
            Shape (k,).
        metre
            Metres along the kerb itself; they may run past where it meets the next.

        Returns
        -------
        kerb, metre
            On the kerb that goes on there.
        """
        kerb, metre = kerb.copy(), metre.copy()
        asked = np.arange(len(kerb))
        while len(asked):
            end = both_ends(kerb[asked])
            limit = self._ends_m[end] + np.array([-1.0, 1.0]) * self.trim_m[end]
            over = np.stack([limit[:, 0] - metre[asked], metre[asked] - limit[:, 1]], axis=1)
            over[self.other[end] < 0] = 0.0
            side = over.argmax(axis=1)
            row = np.arange(len(asked))
            goes = over[row, side] > ROUNDING
            asked, end, over = asked[goes], end[row, side][goes], over[row, side][goes]
            there = self.other[end]
            sign = np.where(is_last(there), -1.0, 1.0)
            kerb[asked] = line_of(there)
            metre[asked] = self._ends_m[there] + sign * (over - self.trim_m[there])
        return kerb, metre
