"""The kerbs of a study: both sides of every carriageway as lines, with linear references on their segments."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, members
from geo.core.crs import to_metric
from geo.core.line_ends import is_last
from geo.core.metric_geometry import metric_shapes, unit_vectors
from geo.core.tolerances import LEAST_DIVISOR
from geo.kerbs.junctions import Arms
from geo.kerbs.numbering import both_sides, kerb_of, kerbs_beside, left_and_right, segment_of, side_of
from geo.rules import Profile
from geo.streets.sections import root_of

_SHARPEST: Final = 0.35
"""The cosine of half the sharpest turn that a kerb is drawn round without a cut-off tip."""

_STATIONS: Final = (0.25, 0.5, 0.75)
"""Where along a segment its sides are looked from."""

_LOOKS: Final = 9
"""From how many places along a segment a mapped kerb is looked for."""


class Corners(NamedTuple):
    """
    Where kerbs meet at junctions.

    Attributes
    ----------
    kerb
        Shape (k,): a kerb that ends at a corner.
    at_end
        Whether it is the kerb's end (in the segment's direction) that does, else its start.
    other
        The kerb that it meets there.
    xy
        Shape (k, 2): the corner, metric.
    """

    kerb: Integers
    at_end: Flags
    other: Integers
    xy: Floats


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
    xy, first, last
        The vertices of all centre lines, shape (m, 2), metric, and the first and last of each segment.
    corners
        Where kerbs meet.
    arms
        The junctions.
    """

    def __init__(self, roads: gpd.GeoDataFrame, mapped: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> None:
        self.roads, self.crs, self.profile = roads, crs, profile
        lonlat, self._row = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
        self.xy = to_metric(lonlat, crs)
        self.first = np.searchsorted(self._row, np.arange(len(roads)))
        self.last = np.searchsorted(self._row, np.arange(len(roads)), "right") - 1
        same = self._row[1:] == self._row[:-1]
        self._step = np.diff(self.xy, axis=0) * same[:, None] if len(self._row) else np.zeros((0, 2))
        cumulative_m = np.concatenate([[0.0], np.cumsum(np.hypot(*self._step.T))])
        self._along = cumulative_m - cumulative_m[self.first][self._row] if len(roads) else np.zeros(0)
        self.segment_m = self._along[self.last] if len(roads) else np.zeros(0)
        self.length_m = np.repeat(self.segment_m, 2)
        self.lines = shapely.linestrings(self.xy, indices=self._row) if len(roads) else np.zeros(0, dtype=object)
        self.tree = shapely.STRtree(self.lines)
        self.half_m = np.repeat(roads["width_m"].to_numpy(dtype=float) / 2, 2)
        self.mapped = np.zeros(2 * len(roads), dtype=bool)
        self._measure(mapped)
        self.arms = Arms(roads.geometry.to_numpy(), crs)
        self.from_m = np.zeros(2 * len(roads))
        self.to_m = self.length_m.copy()
        self.corners = self._trim()

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
        unit = unit_vectors(self._step)
        start = np.zeros(len(self._row), dtype=bool)
        start[self.first] = True
        end = np.zeros(len(self._row), dtype=bool)
        end[self.last] = True
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
            away = (sign * self.half_m[side::2])[self._row] * stretch
            places = self.xy + normal * away[:, None]
            ahead = (np.diff(places, axis=0) * unit).sum(axis=1) if len(places) else np.zeros(0)
            # where a bend is tighter than the kerb is far, the offset line runs backwards: no kerb there
            folded = np.flatnonzero((ahead < 0) & (np.hypot(*self._step.T) > 0))
            middle = (places[folded] + places[folded + 1]) / 2
            places[folded], places[folded + 1] = middle, middle
            metres = np.concatenate([[0.0], np.cumsum(np.maximum(ahead, 0.0))])
            vertices.append(places)
            along.append(metres - metres[self.first][self._row])
        return np.stack(vertices), np.stack(along)

    def _place(self, kerb: Integers, along_m: Floats) -> tuple[Integers, Floats]:
        """Return the edge (its first vertex) of a position, and how far along the edge it is, from 0 to 1."""
        row = segment_of(kerb)
        span = float(self._along.max(initial=0.0)) + 1.0
        key = self._key(span)
        at = np.clip(along_m, 0.0, self.length_m[kerb])
        vertex = np.searchsorted(key, row * span + at, "right") - 1
        vertex = np.clip(vertex, self.first[row], np.maximum(self.last[row] - 1, self.first[row]))
        length = self._along[vertex + 1] - self._along[vertex]
        return vertex, np.clip((at - self._along[vertex]) / np.maximum(length, LEAST_DIVISOR), 0.0, 1.0)

    def _key(self, span: float) -> Floats:
        return self._row * span + self._along

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
            span = float(metres[value].max(initial=0.0)) + 1.0
            key = self._row * span + metres[value]
            vertex = np.searchsorted(key, row[here] * span + kerb_m[here], "right") - 1
            vertex = np.clip(vertex, self.first[row[here]], self.last[row[here]] - 1)
            length = metres[value][vertex + 1] - metres[value][vertex]
            share = np.clip((kerb_m[here] - metres[value][vertex]) / np.maximum(length, LEAST_DIVISOR), 0.0, 1.0)
            result[here] = self._along[vertex] + share * (self._along[vertex + 1] - self._along[vertex])
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
        places = vertices[side[which], np.minimum(first[which] + number, len(self._row) - 1)]
        for at, vertex, share in ((number == 0, first, share_first), (number == counts[which] - 1, last, share_last)):
            one, two = vertices[side, vertex], vertices[side, vertex + 1]
            places[at] = (one + (two - one) * share[:, None])[which[at]]
        lines: NDArray[np.object_] = shapely.linestrings(places, indices=which)
        return lines

    def rays(self, kerb: Integers, along_m: Floats, length_m: Floats | float) -> NDArray[np.object_]:
        """Return lines from the centre line at right angles out over the kerb's side."""
        vertex, share = self._place(kerb, along_m)
        start = self.xy[vertex] + self._step[vertex] * share[:, None]
        unit = unit_vectors(self._step[vertex])
        sign = np.where(side_of(kerb) == 0, 1.0, -1.0)
        out = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * (sign * length_m)[:, None]
        lines: NDArray[np.object_] = shapely.linestrings(np.stack([start, start + out], axis=1))
        return lines

    def directions(self, rows: Integers, along_m: Floats) -> Floats:
        """Return the directions of segments at positions, as unit vectors."""
        return unit_vectors(self._step[self._place(kerb_of(rows, 0), along_m)[0]])

    def centre_points(self, kerb: Integers, along_m: Floats) -> Floats:
        """Return the places, metric, shape (k, 2), of positions on the centre line."""
        vertex, share = self._place(kerb, along_m)
        return np.asarray(self.xy[vertex] + self._step[vertex] * share[:, None])

    def bends(self) -> tuple[Integers, Floats, Floats]:
        """
        Return the inner vertices of centre lines: their segment, how far along it they are, and the bend's radius.

        The radius is that of the arc that turns as much over half of the two edges that meet there.
        """
        inner = np.ones(len(self._row), dtype=bool)
        inner[self.first] = inner[self.last] = False
        vertex = np.flatnonzero(inner)
        unit = unit_vectors(self._step)
        before, after = unit[vertex - 1], unit[vertex]
        turn = np.abs(np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1)))
        reach = (np.hypot(*self._step[vertex - 1].T) + np.hypot(*self._step[vertex].T)) / 2
        return self._row[vertex], self._along[vertex], reach / np.maximum(turn, LEAST_DIVISOR)

    def bend_span(self, row: Integers, along_m: Floats) -> tuple[Floats, Floats]:
        """Return half of the edges before and after vertices that lie at these places."""
        span = float(self._along.max(initial=0.0)) + 1.0
        vertex = np.searchsorted(self._key(span), row * span + along_m)
        vertex = np.clip(vertex, self.first[row] + 1, self.last[row] - 1)
        edge = np.hypot(*self._step.T)
        return edge[vertex - 1] / 2, edge[vertex] / 2

    # ---- mapped kerbs -------------------------------------------------------------------------------------------

    def _measure(self, mapped: gpd.GeoDataFrame) -> None:
        """Set each kerb as far from the centre line as the mapped kerb or carriageway edge beside it."""
        if mapped.empty or len(self) == 0:
            return
        shapes = mapped.geometry.to_numpy()
        shapes = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
        parts = metric_shapes(shapely.get_parts(shapes), self.crs)
        within = float(self.profile["kerb.mapped_within"])
        rows = np.unique(self.tree.query(parts, predicate="dwithin", distance=float(self.half_m.max()) + within)[1])
        # what somebody measured on the street stands over what was drawn from pictures
        rows = rows[(self.roads["width_source"] != "survey").to_numpy()[rows]]
        kerb = np.repeat(both_sides(rows), _LOOKS)
        share = np.tile((np.arange(_LOOKS) + 0.5) / _LOOKS, 2 * len(rows))
        rays = self.rays(kerb, share * self.length_m[kerb], self.half_m[kerb] + within)
        edges = shapely.STRtree(parts)
        ray, edge = edges.query(rays, predicate="intersects")
        met = shapely.distance(shapely.get_point(rays[ray], 0), shapely.intersection(rays[ray], parts[edge]))
        good = met >= self.half_m[kerb[ray]] - within
        seen = np.full(len(kerb), np.inf)
        np.minimum.at(seen, ray[good], met[good])
        by_kerb = np.where(np.isfinite(seen), seen, np.nan).reshape(-1, _LOOKS)
        enough = np.isfinite(by_kerb).sum(axis=1) * 2 >= _LOOKS
        which = kerb[::_LOOKS][enough]
        self.half_m[which] = np.nanmedian(by_kerb[enough], axis=1) if len(which) else 0.0
        self.mapped[which] = True

    # ---- corners ------------------------------------------------------------------------------------------------

    def _trim(self) -> Corners:
        """Begin and end kerbs where they meet those of the next street; return where that is."""
        first, second, angle = self.arms.neighbours()
        # the left side of an arm as it leaves the node meets the right side of the next arm, counted anticlockwise
        left, right = kerbs_beside(first)[0], kerbs_beside(second)[1]
        straight = np.radians(float(self.profile["streets.straight_within"]))
        meets = np.abs(angle - np.pi) > straight
        meets &= angle < np.pi
        first, second, left, right, angle = (column[meets] for column in (first, second, left, right, angle))
        h_left, h_right = self.half_m[left], self.half_m[right]
        sine = np.maximum(np.sin(angle), 1e-3)
        most = float(self.profile["kerb.corner_at_most"])
        d_left = np.clip((h_right + h_left * np.cos(angle)) / sine, 0.0, most)
        d_right = np.clip((h_left + h_right * np.cos(angle)) / sine, 0.0, most)
        out = self.arms.direction[first]
        aside = np.stack([-out[:, 1], out[:, 0]], axis=1)
        corner = self.arms.node_xy[self.arms.node[first]] + out * d_left[:, None] + aside * h_left[:, None]

        arm, kerb, reach = (
            np.concatenate([first, second]),
            np.concatenate([left, right]),
            np.concatenate([d_left, d_right]),
        )
        cut = self.arms.spread(arm, side_of(kerb), reach, np.arange(len(arm)), self.segment_m, round_corners=False)
        reached, from_m, to_m = cut.stretches(self.segment_m)
        np.maximum.at(self.from_m, reached[~cut.at_end], to_m[~cut.at_end])
        np.minimum.at(self.to_m, reached[cut.at_end], from_m[cut.at_end])
        return Corners(
            kerb=kerb,
            at_end=is_last(arm),
            other=np.concatenate([right, left]),
            xy=np.concatenate([corner, corner]),
        )

    # ---- frontage -----------------------------------------------------------------------------------------------

    def facing_own_street(self) -> Integers:
        """
        Return for each kerb the segment of its own street that it faces over a median or side strip, or -1.

        The inner sides of roundabouts face themselves.
        """
        facing = np.full(len(self), -1)
        if len(self) == 0:
            return facing
        street = np.unique(root_of(self.roads["street_id"]).to_numpy(dtype=str), return_inverse=True)[1]
        oneway = self.roads["oneway"].to_numpy(dtype=bool)
        several = np.isin(street, street[oneway]) & (np.bincount(street)[street] > 1)
        rows = np.flatnonzero(several)
        kerb = np.repeat(both_sides(rows), len(_STATIONS))
        at = np.tile(_STATIONS, 2 * len(rows)) * self.length_m[kerb]
        rays = self.rays(kerb, at, float(self.profile["kerb.median_within"]))
        tree = shapely.STRtree(self.lines[rows])
        ray, hit = tree.query(rays, predicate="intersects")
        hit = rows[hit]
        own = segment_of(kerb[ray])
        other = (hit != own) & (street[hit] == street[own])
        ray, hit, own = ray[other], hit[other], own[other]
        middle = self.segment_m[hit] * 0.5
        cosine = (self.directions(own, at[ray]) * self.directions(hit, middle)).sum(axis=1)
        parallel = np.abs(cosine) >= np.cos(np.radians(float(self.profile["kerb.parallel_within"])))
        ray, hit = ray[parallel], hit[parallel]
        looked = np.unique(ray)
        seen = np.bincount(kerb[looked], minlength=len(self))
        enough = seen * 2 > len(_STATIONS)
        chosen = np.flatnonzero(enough[kerb[ray]])
        facing[kerb[ray[chosen]]] = hit[chosen]
        ring = np.flatnonzero(self.roads["roundabout"].to_numpy(dtype=bool))
        turn = np.zeros(len(self.roads))
        crossed = self._step[:-1, 0] * self._step[1:, 1] - self._step[:-1, 1] * self._step[1:, 0]
        np.add.at(turn, self._row[1:-1], crossed)
        facing[kerb_of(ring, turn[ring] < 0)] = ring
        return facing

    def line_of(self, kerb: Integers) -> NDArray[np.object_]:
        """Return whole kerbs, between their corners, in the metric CRS."""
        return self.stretches(kerb, self.from_m[kerb], self.to_m[kerb])
