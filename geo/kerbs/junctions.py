"""The arms of junctions: the ends of segments in their order round the node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, members, run_starts
from geo.core.crs import to_metric
from geo.core.line_ends import is_last, line_of, other_end
from geo.core.metric_geometry import leaving_directions
from geo.core.node_ids import end_nodes
from geo.core.tolerances import ROUNDING
from geo.kerbs.numbering import kerb_of


class Stretch(NamedTuple):
    """
    Stretches at the ends of segments, on one side.

    Attributes
    ----------
    segment
        Shape (k,).
    at_end
        Whether the stretch lies at the segment's end, else at its start.
    side
        0 left, 1 right of the segment's direction.
    reach
        How long it is, in metres, no longer than the segment.
    cause
        The number that `Arms.spread` was given for it.
    """

    segment: Integers
    at_end: Flags
    side: Integers
    reach: Floats
    cause: Integers

    def stretches(self, lengths: Floats) -> tuple[Integers, Floats, Floats]:
        """Return kerbs (numbered as in `geo.kerbs.lines.Kerbs`) and where along their segments they start and end."""
        length = lengths[self.segment]
        from_m = np.where(self.at_end, length - self.reach, 0.0)
        return kerb_of(self.segment, self.side), from_m, np.where(self.at_end, length, self.reach)


class Arms:
    """
    The arms of all nodes; arm `2 i` is the start of segment `i`, arm `2 i + 1` its end.

    Parameters
    ----------
    lines
        LineStrings in WGS 84, one per segment.
    crs
        The study's metric CRS.

    Attributes
    ----------
    node
        Shape (2 n,): each arm's node.
    direction
        Shape (2 n, 2): in which it leaves its node, as a unit vector.
    node_xy
        Metric coordinates of the nodes.
    """

    def __init__(self, lines: NDArray[np.object_], crs: pyproj.CRS) -> None:
        ends = np.stack(end_nodes(lines), axis=1).ravel() if len(lines) else np.zeros(0, dtype=np.int64)
        _, first, self.node = np.unique(ends, return_index=True, return_inverse=True)
        out = leaving_directions(lines, crs) if len(lines) else np.zeros((2, 0, 2))
        self.direction = out.transpose(1, 0, 2).reshape(-1, 2)
        places = shapely.get_coordinates(shapely.get_point(lines[line_of(first)], np.where(is_last(first), -1, 0)))
        self.node_xy = to_metric(places, crs) if len(lines) else np.zeros((0, 2))
        angle = np.arctan2(self.direction[:, 1], self.direction[:, 0])
        self._order = np.lexsort((angle, self.node))
        self._angle = angle
        self._begin = np.searchsorted(self.node[self._order], np.arange(len(first) + 1))
        self.degree = np.diff(self._begin)
        self._rank = np.empty(len(ends), dtype=np.int64)
        self._rank[self._order] = np.arange(len(ends))

    def next_arm(self, arm: Integers, step: int = 1) -> Integers:
        """Return the neighbour of each arm round its node: anticlockwise for a step of 1, clockwise for -1."""
        begin, degree = self._begin[self.node[arm]], self.degree[self.node[arm]]
        return np.asarray(self._order[begin + (self._rank[arm] - begin + step) % degree])

    def neighbours(self, least: int = 3) -> tuple[Integers, Integers, Floats]:
        """
        Return the pairs of arms next to each other, anticlockwise, at nodes where at least some number meet.

        Returns
        -------
        first, second, angle
            Arms, and the angle from the first to the second in radians (0 to 2 pi).
        """
        first = np.flatnonzero(self.degree[self.node] >= least) if len(self.node) else np.zeros(0, dtype=np.int64)
        second = self.next_arm(first)
        return first, second, np.mod(self._angle[second] - self._angle[first], 2 * np.pi)

    def spread(
        self,
        arm: Integers,
        side: Integers,
        reach: Floats,
        cause: Integers,
        lengths: Floats,
        round_corners: bool = True,
        straight_within: float = 45.0,
    ) -> Stretch:
        """
        Follow kerbs from nodes as far as they are reached.

        Where only two segments meet, the kerb goes on. At junctions it goes on round the corner, and on the same side
        of the arm that goes straight on, if `round_corners`; else it ends there.

        Parameters
        ----------
        arm
            Where each stretch begins.
        side
            0 left, 1 right of the segment's own direction.
        reach
            How far it goes, in metres.
        cause
            A number that is handed through.
        lengths
            Of all segments, in metres.
        round_corners
            Whether junctions are passed.
        straight_within
            By how many degrees an arm that goes straight on may turn.

        Returns
        -------
        reach
            One row per stretch and segment; a segment may be reached twice.
        """
        found = []
        limit = np.cos(np.radians(straight_within))
        while len(arm):
            segment, at_end = line_of(arm), is_last(arm)
            found.append(Stretch(segment, at_end, side, np.minimum(reach, lengths[segment]), cause))
            left = reach - lengths[segment]
            far = np.flatnonzero(left > ROUNDING)
            # the arm at the segment's other end, and the side of a walker who comes to that node
            there, left, cause = other_end(arm[far]), left[far], cause[far]
            side_out = np.where(is_last(there), 1 - side[far], side[far])
            index, arm = self._onward(there, side_out, round_corners, limit)
            # going on, what was to the left as the arm leaves the node backwards is to the right of the next arm
            out = 1 - side_out[index]
            side = np.where(is_last(arm), 1 - out, out)
            arm, side, reach, cause = _furthest(arm, side, left[index], cause[index])
        if not found:
            none = np.zeros(0, dtype=np.int64)
            return Stretch(none, none.astype(bool), none, none.astype(float), none)
        return Stretch(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    def _onward(
        self, there: Integers, side_out: Integers, round_corners: bool, straight_at_least: float
    ) -> tuple[Integers, Integers]:
        """
        Return the numbers of kerbs with a continuation at their node, and the arms of the continuations.

        Parameters
        ----------
        there
            The arms by which kerbs come to their nodes.
        side_out
            On which side of the arm each kerb is, seen from the node.
        round_corners
            Whether junctions are passed.
        straight_at_least
            The least cosine of the turn to an arm that goes straight on.
        """
        degree = self.degree[self.node[there]]
        two = np.flatnonzero(degree == 2)
        ways = [(two, self.next_arm(there[two]))]
        if round_corners:
            many = np.flatnonzero(degree >= 3)
            # seen from the node, the left side of an arm meets the next arm anticlockwise, the right side clockwise
            for side, step in ((0, 1), (1, -1)):
                turning = many[side_out[many] == side]
                ways.append((turning, self.next_arm(there[turning], step)))
            which, number = members(degree[many])
            pair = many[which]
            ahead = self._order[self._begin[self.node[there[pair]]] + number]
            cosine = -(self.direction[there[pair]] * self.direction[ahead]).sum(axis=1)
            goes = (ahead != there[pair]) & (cosine >= straight_at_least)
            ways.append((pair[goes], ahead[goes]))
        index, arms = (np.concatenate(columns) for columns in zip(*ways, strict=True))
        return index, arms


def _furthest(
    arm: Integers, side: Integers, reach: Floats, cause: Integers
) -> tuple[Integers, Integers, Floats, Integers]:
    """Return each kerb reached once per cause, as far as any way to it leads."""
    order = np.lexsort((-reach, cause, side, arm))
    arm, side, reach, cause = arm[order], side[order], reach[order], cause[order]
    first = run_starts(arm, side, cause)
    return arm[first], side[first], reach[first], cause[first]
