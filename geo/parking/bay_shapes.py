"""The shapes of bays: drawn at the kerb, clear of ways and buildings, and pairs of them that share ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.core.arrays import Flags, Floats, Integers, members
from geo.core.metric_geometry import unit_vectors
from geo.core.tolerances import ROUNDING
from geo.kerbs.numbering import segment_of
from geo.kerbs.ways import level_of

if TYPE_CHECKING:
    from geo.parking.room import BayRoom

BLOCK: Final = 100_000
"""Bays that are drawn or compared at once: they bound the memory, whatever the size of the city."""

_GROUP: Final = 8
"""Bays of a row that ask together which ways and buildings are near."""
_APART_M: Final = 1e-4
"""Bays that reach no further than this into each other share less than either."""


class Shapes(NamedTuple):
    """
    The shapes of bays: their corners, shape (k, 4, 2), metric; the middle of these, and how far they are from it.
    """

    corners: Floats
    centre: Floats
    radius_m: Floats


class Pairs(NamedTuple):
    """Pairs of bays that share ground: the later and the earlier one, and the ground that they share."""

    later: Integers
    earlier: Integers
    share_m2: Floats
    area_m2: Floats
    """Shape (p, 2): of the later and the earlier bay."""


def bay_edges(room: BayRoom, kerb: Integers, metre: Floats) -> tuple[Floats, Floats]:
    """Return the ends of edges between bays, metric: at the kerb, and in the carriageway."""
    kerbs = room.kerbs
    on, at = room.ground.joins.resolve(kerb, metre)
    position = kerbs.centre_metres(on, at)
    on_kerb = kerbs.points(on, position)
    inward = unit_vectors(kerbs.centre_points(on, position) - on_kerb)
    depth = room.depth_m if room.lean_m == 0 else _deep(room)
    inner = on_kerb + inward * depth
    if room.lean_m:
        inner = inner + kerbs.centre.directions(segment_of(on), position) * room.lean_m
    return on_kerb, inner


def _deep(room: BayRoom) -> float:
    """Return how deep the far side of an angled bay lies: its corner beyond that is the neighbour's."""
    length = room.size_m[0]
    return float(np.sqrt(max(length**2 - room.lean_m**2, 0.0)))


class Near(NamedTuple):
    """Shapes that keep bays away: `meets` tells of a bay and a shape, `matters` of kerbs and shapes as a whole."""

    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    bounds: Floats
    meets: Callable[..., Flags]
    matters: Callable[[Integers, Integers], Flags]

    @classmethod
    def of(
        cls,
        shapes: NDArray[np.object_],
        meets: Callable[..., Flags],
        matters: Callable[[Integers, Integers], Flags] = lambda kerb, _: np.ones(len(kerb), dtype=bool),
    ) -> Near:
        return cls(shapes, shapely.STRtree(shapes), shapely.bounds(shapes), meets, matters)


def ways_near(room: BayRoom) -> Near:
    """Return the centre lines of ways, each of which counts for the kerbs on its level."""
    ways, level, own = room.ground.ways, level_of(room.kerbs.roads), room.own_line_counts

    def matters(kerb: Integers, way: Integers) -> Flags:
        segment = segment_of(kerb)
        return np.asarray((ways.level[way] == level[segment]) & (own[kerb] | (ways.segment[way] != segment)))

    return Near.of(ways.lines, shapely.crosses, matters)


def standing_clear(kerb: Integers, counts: Integers, corners: Floats, near: Sequence[Near]) -> Flags:
    """Tell whether the bays of rows (`kerb`, `counts`) have a shape that nothing near keeps away."""
    sound = _convex(corners)
    doubted = np.flatnonzero(~sound)
    sound[doubted] = shapely.is_valid(shapely.polygons(corners[doubted]))
    row, number = members(counts)
    begins = np.flatnonzero(number % _GROUP == 0)
    size = np.diff(np.append(begins, len(row)))
    low, high = corners.min(axis=1), corners.max(axis=1)
    boxes = shapely.box(*np.minimum.reduceat(low, begins).T, *np.maximum.reduceat(high, begins).T)
    for shapes, tree, bounds, meets, matters in near:
        group, other = tree.query(boxes)
        mine = matters(kerb[row[begins[group]]], other)
        group, other = group[mine], other[mine]
        pair, nth = members(size[group])
        bay, other = begins[group][pair] + nth, other[pair]
        close = (low[bay] <= bounds[other, 2:]).all(axis=1) & (high[bay] >= bounds[other, :2]).all(axis=1) & sound[bay]
        bay, other = bay[close], other[close]
        sound[bay[meets(shapely.polygons(corners[bay]), shapes[other])]] = False
    return sound


def _convex(corners: Floats) -> Flags:
    """Tell whether shapes of four corners turn one way at each: they are valid then."""
    step = np.roll(corners, -1, axis=1) - corners
    ahead = np.roll(step, -1, axis=1)
    turn = step[..., 0] * ahead[..., 1] - step[..., 1] * ahead[..., 0]
    return np.asarray((turn > ROUNDING).all(axis=1) | (turn < -ROUNDING).all(axis=1))


def overlapping(
    shapes: Shapes,
    sound: Flags,
    holders: NDArray[np.uint16],
    on_top: Sequence[tuple[int, int]],
    within_rooms: bool,
) -> Pairs:
    """Return the pairs of bays that share ground: of one room if asked, and of rooms one on top of the other."""
    here = np.flatnonzero(sound)
    reach = 2 * float(shapes.radius_m[here].max(initial=0.0)) + ROUNDING
    here = here[np.argsort(shapes.centre[here, 0], kind="stable")]
    centre, corners = shapes.centre[here], shapes.corners
    found = [Pairs(here[:0], here[:0], np.zeros(0), np.zeros((0, 2)))]
    for begin in range(0, len(here), BLOCK):
        end = min(begin + BLOCK, len(here))
        beyond = int(np.searchsorted(centre[:, 0], centre[end - 1, 0] + reach, "right"))
        tree = cKDTree(centre[begin:beyond], balanced_tree=False, compact_nodes=False)
        one, two = tree.query_pairs(reach, output_type="ndarray").T
        mine = np.minimum(one, two) < end - begin
        one, two = here[begin + one[mine]], here[begin + two[mine]]
        later, earlier = np.maximum(one, two), np.minimum(one, two)
        counts = np.full(len(later), within_rooms) & ((holders[later] & holders[earlier]) > 0)
        for below, above in on_top:
            for first, second in ((later, earlier), (earlier, later)):
                counts |= (holders[first] >> below & holders[second] >> above & 1).astype(bool)
        later, earlier = later[counts], earlier[counts]
        close = ~_apart(corners[later], corners[earlier])
        later, earlier = later[close], earlier[close]
        if len(later) == 0:
            continue
        drawn = [shapely.polygons(corners[each]) for each in (later, earlier)]
        area = np.stack([shapely.area(each) for each in drawn], axis=1)
        found.append(Pairs(later, earlier, shapely.area(shapely.intersection(*drawn)), area))
    return Pairs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _apart(one: Floats, two: Floats) -> Flags:
    """Tell whether shapes of four corners lie on either side of a line along one of their edges (or almost do)."""
    apart = np.zeros(len(one), dtype=bool)
    for shape in (one, two):
        for corner in range(4):
            left = np.flatnonzero(~apart)
            edge = unit_vectors(shape[left, (corner + 1) % 4] - shape[left, corner])
            normal = np.stack([-edge[:, 1], edge[:, 0]], axis=1)
            spans = [(each[left] * normal[:, None]).sum(axis=2) for each in (one, two)]
            shared = np.minimum(spans[0].max(axis=1), spans[1].max(axis=1)) - np.maximum(
                spans[0].min(axis=1), spans[1].min(axis=1)
            )
            apart[left] = shared < _APART_M
    return apart
