"""The kerbs of a study: both sides of every carriageway as lines, with linear references on their segments."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers, members
from geo.core.metric_geometry import unit_vectors
from geo.core.tolerances import LEAST_DIVISOR
from geo.kerbs.centre_lines import CentreLines
from geo.kerbs.corners import trimmed
from geo.kerbs.junctions import Arms
from geo.kerbs.mapped_kerbs import measured
from geo.kerbs.numbering import kerb_of, left_and_right, segment_of, side_of
from geo.rules.loader import Profile

_SHARPEST: Final = 0.35
"""The cosine of half the sharpest turn that a kerb is drawn round without a cut-off tip."""


class Kerbs:
    """
    Both sides of every carriageway; kerb `2 i` is the left side of segment `i` in its drawing direction, `2 i + 1` the
    right one.

    Positions along a kerb are metres along its segment's centre line (the study's linear references); on bends the kerb
    itself is shorter or longer, which `kerb_metres` knows. A kerb's line runs parallel to the centre line at the
    distance of a mapped kerb or carriageway edge (`kerb.mapped_within`), else at half the carriageway's width. At
    junctions it begins and ends where it meets the neighbouring street's kerb, not at the node.

    Parameters
    ----------
    roads
        The study's layer.
    mapped
        Mapped kerb lines and carriageway areas: rows of `context` of kinds `kerb` and `carriageway`.
    crs
        The study's metric CRS.
    profile
        `kerb.*`, `streets.straight_within`.

    Attributes
    ----------
    half_m
        Shape (2 n,): how far each kerb is from the centre line.
    mapped
        Shape (2 n,): whether that was measured at a mapped kerb.
    from_m, to_m
        Shape (2 n,): where it begins and ends; `to_m` is no more than `from_m` where junctions leave nothing of it.
    length_m, segment_m
        Shape (2 n,) and (n,): of each kerb's segment, and by segment.
    centre, lines, tree
        The centre lines, as LineStrings, and a tree of them.
    corners
        Where kerbs meet.
    arms
        The junctions.
    """

    def __init__(self, roads: gpd.GeoDataFrame, mapped: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> None:
        self.roads, self.crs, self.profile = roads, crs, profile
        self.centre = CentreLines(roads.geometry.to_numpy(), crs)
        self.lines, self.tree, self.segment_m = self.centre.lines, self.centre.tree, self.centre.length_m
        self.length_m = np.repeat(self.segment_m, 2)
        assumed_m = np.repeat(roads["width_m"].to_numpy(dtype=float) / 2, 2)
        self.half_m, self.mapped = measured(self.centre, assumed_m, roads, mapped, crs, profile)
        self.arms = Arms(roads.geometry.to_numpy(), crs)
        self.corners, self.from_m, self.to_m = trimmed(self.arms, self.half_m, self.segment_m, profile)

    def __len__(self) -> int:
        return len(self.half_m)

    @cached_property
    def row_of(self) -> pd.Series:
        """The row of `roads` of each `segment_id`."""
        return pd.Series(np.arange(len(self.roads)), index=self.roads["segment_id"].to_numpy())

    def of(self, located: pd.DataFrame) -> Integers:
        """Return the kerbs of positions (`segment_id`, `side`), as `geo.streets.locating.locate` gives them."""
        row = self.row_of.loc[located["segment_id"].to_numpy()].to_numpy()
        return kerb_of(row, (located["side"] == "right").to_numpy())

    @cached_property
    def tier(self) -> NDArray[np.object_]:
        """Shape (2 n,): of each kerb's street."""
        return np.repeat(self.roads["tier"].to_numpy(dtype=object), 2)

    @cached_property
    def carriageway_m(self) -> Floats:
        """Shape (2 n,): the width of each kerb's carriageway, from kerb to kerb."""
        left, right = left_and_right(self.half_m)
        return np.repeat(left + right, 2)

    @cached_property
    def source(self) -> NDArray[np.object_]:
        """Shape (2 n,): where a kerb's place comes from: `mapped`, else the source of the carriageway's width."""
        width = np.repeat(self.roads["width_source"].to_numpy(dtype=object), 2)
        return np.where(self.mapped, "mapped", width)

    # ---- geometry -----------------------------------------------------------------------------------------------

    @cached_property
    def _offset(self) -> tuple[Floats, Floats]:
        """The vertices of every kerb, shape (2, m, 2), and how far along the kerb each lies, shape (2, m)."""
        unit = unit_vectors(self.centre.step)
        start = np.zeros(len(self.centre.row), dtype=bool)
        start[self.centre.first] = True
        end = np.zeros(len(self.centre.row), dtype=bool)
        end[self.centre.last] = True
        before = np.concatenate([unit[:1], unit])  # the direction that comes to each vertex, and the one that leaves it
        after = np.concatenate([unit, unit[-1:]])
        before[start] = after[start]
        after[end] = before[end]
        # doubled points have no direction: they take their neighbour's
        before = np.where(np.hypot(*before.T)[:, None] > 0.5, before, after)
        after = np.where(np.hypot(*after.T)[:, None] > 0.5, after, before)
        half_way = unit_vectors(before + after)
        normal = np.stack([-half_way[:, 1], half_way[:, 0]], axis=1)
        stretch = 1 / np.maximum((half_way * before).sum(axis=1), _SHARPEST)
        vertices, along = [], []
        for side, sign in enumerate((1.0, -1.0)):
            away = (sign * self.half_m[side::2])[self.centre.row] * stretch
            places = self.centre.xy + normal * away[:, None]
            ahead = (np.diff(places, axis=0) * unit).sum(axis=1) if len(places) else np.zeros(0)
            # where a bend is tighter than the kerb is far, the offset line runs backwards: no kerb there
            folded = np.flatnonzero((ahead < 0) & (np.hypot(*self.centre.step.T) > 0))
            middle = (places[folded] + places[folded + 1]) / 2
            places[folded], places[folded + 1] = middle, middle
            metres = np.concatenate([[0.0], np.cumsum(np.maximum(ahead, 0.0))])
            vertices.append(places)
            along.append(metres - metres[self.centre.first][self.centre.row])
        return np.stack(vertices), np.stack(along)

    @cached_property
    def _kerb_keys(self) -> list[tuple[float, Floats]]:
        """By side: more than any kerb is long, and the places of all vertices in one order by kerb and metres."""
        spans = [float(metres.max(initial=0.0)) + 1.0 for metres in self._offset[1]]
        return [(span, self.centre.row * span + metres) for span, metres in zip(spans, self._offset[1], strict=True)]

    def _place(self, kerb: Integers, along_m: Floats) -> tuple[Integers, Floats]:
        return self.centre.place(segment_of(kerb), along_m)

    def points(self, kerb: Integers, along_m: Floats) -> Floats:
        """Return the places, metric, shape (k, 2), of positions on kerbs."""
        vertex, share = self._place(kerb, along_m)
        side = side_of(kerb)
        vertices = self._offset[0]
        one, two = vertices[side, vertex], vertices[side, vertex + 1]
        return np.asarray(one + (two - one) * share[:, None])

    def kerb_metres(self, kerb: Integers, from_m: Floats, to_m: Floats) -> Floats:
        """Return how long stretches of kerb are at the kerb itself."""
        return self.at_kerb(kerb, to_m) - self.at_kerb(kerb, from_m)

    def at_kerb(self, kerb: Integers, along_m: Floats) -> Floats:
        """Return how far along the kerb itself positions are."""
        vertex, share = self._place(kerb, along_m)
        metres, side = self._offset[1], side_of(kerb)
        one, two = metres[side, vertex], metres[side, vertex + 1]
        return np.asarray(one + (two - one) * share)

    def centre_metres(self, kerb: Integers, kerb_m: Floats) -> Floats:
        """Return positions along the segment's centre line of metres along the kerb itself."""
        metres = self._offset[1]
        row, side = segment_of(kerb), side_of(kerb)
        result = np.zeros(len(kerb))
        for value in (0, 1):
            here = np.flatnonzero(side == value)
            span, key = self._kerb_keys[value]
            vertex = np.searchsorted(key, row[here] * span + kerb_m[here], "right") - 1
            vertex = np.clip(vertex, self.centre.first[row[here]], self.centre.last[row[here]] - 1)
            length = metres[value][vertex + 1] - metres[value][vertex]
            share = np.clip((kerb_m[here] - metres[value][vertex]) / np.maximum(length, LEAST_DIVISOR), 0.0, 1.0)
            result[here] = self.centre.along[vertex] + share * (
                self.centre.along[vertex + 1] - self.centre.along[vertex]
            )
        return result

    def stretches(self, kerb: Integers, from_m: Floats, to_m: Floats) -> NDArray[np.object_]:
        """Return stretches of kerb as LineStrings in the metric CRS, drawn in their segment's direction."""
        if len(kerb) == 0:
            return np.zeros(0, dtype=object)
        first, share_first = self._place(kerb, from_m)
        last, share_last = self._place(kerb, to_m)
        counts = np.maximum(last - first, 0) + 2
        which, number = members(counts)
        vertices = self._offset[0]
        side = side_of(kerb)
        places = vertices[side[which], np.minimum(first[which] + number, len(self.centre.row) - 1)]
        for at, vertex, share in ((number == 0, first, share_first), (number == counts[which] - 1, last, share_last)):
            one, two = vertices[side, vertex], vertices[side, vertex + 1]
            places[at] = (one + (two - one) * share[:, None])[which[at]]
        lines: NDArray[np.object_] = shapely.linestrings(places, indices=which)
        return lines

    def centre_points(self, kerb: Integers, along_m: Floats) -> Floats:
        """Return the places, metric, shape (k, 2), of positions on the centre line."""
        return self.centre.points(segment_of(kerb), along_m)

    def line_of(self, kerb: Integers) -> NDArray[np.object_]:
        """Return whole kerbs, between their corners, in the metric CRS."""
        return self.stretches(kerb, self.from_m[kerb], self.to_m[kerb])
