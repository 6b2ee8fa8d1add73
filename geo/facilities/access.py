"""Where buildings and places meet the streets on foot: at entrances and gates, and never across a barrier."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.network.graph import Network, Positions
from geo.rules.loader import Profile

Shapes = NDArray[np.object_]


class Access(NamedTuple):
    """
    Where things are reached.

    Attributes
    ----------
    at
        Shape (k,): positions on the network.
    away_m
        Shape (k,): how far each is from the thing's door.
    owner
        Shape (k,): the number of the thing, sorted; each has at least one position.
    """

    at: Positions
    away_m: Floats
    owner: Integers

    def of(self, things: Integers) -> Access:
        """Return the access of the given things, renumbered in their order."""
        number = np.full(int(self.owner.max(initial=-1)) + 1, -1)
        number[things] = np.arange(len(things))
        mine = np.flatnonzero(number[self.owner] >= 0)
        order = mine[np.argsort(number[self.owner[mine]], kind="stable")]
        at = Positions(self.at.segment[order], self.at.offset_m[order])
        return Access(at, self.away_m[order], number[self.owner[order]])


def joined(first: Access, second: Access, size: int) -> Access:
    """Return the access of two sets of things; `size` is how many the first has."""
    at = Positions(*(np.concatenate(pair) for pair in zip(first.at, second.at, strict=True)))
    return Access(at, np.append(first.away_m, second.away_m), np.append(first.owner, second.owner + size))


def access(
    network: Network, shapes: Shapes, entrances: Shapes, barriers: Shapes, profile: Profile, gates: bool = False
) -> Access:
    """
    Find where things are reached on foot.

    By their mapped entrances; without any, where ways cross the outline of an area (if `gates`), else on the nearest
    street that no barrier hides, or, where all are hidden, on the nearest.

    Parameters
    ----------
    network
        On foot; it may not be empty.
    shapes
        Points and areas in the metric CRS, shape (n,).
    entrances
        Points in the metric CRS.
    barriers
        Lines and areas in the metric CRS that nobody walks across.
    profile
        `coverage.*`.
    gates
        Whether ways that cross an outline lead in.
    """
    number = np.arange(len(shapes))
    door, owner = _doors(shapes, entrances, float(profile["coverage.entrance_within"]))
    if gates:
        left = np.setdiff1d(number, owner)
        crossing, of = _crossings(network, shapes[left])
        door, owner = np.append(door, crossing), np.append(owner, left[of])
    left = np.setdiff1d(number, owner)
    door, owner = np.append(door, shapes[left]), np.append(owner, left)
    order = np.argsort(owner, kind="stable")
    door, owner = door[order], owner[order]
    at, away = nearest_visible(network, door, barriers, float(profile["coverage.barrier_search"]))
    return Access(at, away, owner)


def _doors(shapes: Shapes, entrances: Shapes, within_m: float) -> tuple[Shapes, Integers]:
    """Return the entrances on the outlines of areas, and the number of each one's area."""
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    if len(areas) == 0 or len(entrances) == 0:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64)
    tree = shapely.STRtree(shapely.boundary(shapes[areas]))
    asked, outline = tree.query_nearest(entrances, max_distance=within_m, all_matches=False)
    return entrances[asked], areas[outline]


def _crossings(network: Network, shapes: Shapes) -> tuple[Shapes, Integers]:
    """Return where ways cross the outlines of areas, and the number of each one's area."""
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    tree, rows = network.mainland
    outlines = shapely.boundary(shapes[areas])
    area, line = tree.query(outlines, predicate="intersects")
    lines, line = network.tree[1], rows[line]
    parts, of = shapely.get_parts(shapely.intersection(outlines[area], lines[line]), return_index=True)
    places = np.flatnonzero(shapely.get_dimensions(parts) == 0)
    return parts[places], areas[area[of[places]]]


def nearest_visible(network: Network, shapes: Shapes, barriers: Shapes, search_m: float) -> tuple[Positions, Floats]:
    """
    Return the nearest position on the network with no barrier on the straight way, and how far it is.

    Ways without a connection to the rest of the network do not count.

    Parameters
    ----------
    search_m
        How much further than the nearest street another may be; where all of those are hidden too, the nearest counts.
    """
    tree, rows = network.mainland
    lines = network.tree[1]
    asked, segment = tree.query_nearest(shapes, all_matches=False)
    segment = rows[segment[np.argsort(asked, kind="stable")]]
    way = shapely.shortest_line(shapes, lines[segment])
    if len(barriers):
        walls = shapely.STRtree(barriers)
        hidden = np.unique(walls.query(way, predicate="crosses")[0])
        # a way that ends at a barrier, or a door within one, does not cross it
        if len(hidden):
            reach = shapely.length(way[hidden]) + search_m
            one, other = tree.query(shapes[hidden], predicate="dwithin", distance=reach)
            other = rows[other]
            tried = shapely.shortest_line(shapes[hidden][one], lines[other])
            open_ = np.ones(len(one), dtype=bool)
            open_[walls.query(tried, predicate="crosses")[0]] = False
            one, other, tried = one[open_], other[open_], tried[open_]
            order = np.lexsort((other, shapely.length(tried), one))
            _, first = np.unique(one[order], return_index=True)
            best = order[first]
            segment[hidden[one[best]]], way[hidden[one[best]]] = other[best], tried[best]
    ends = shapely.get_point(way, -1)
    offset = shapely.line_locate_point(lines[segment], ends)
    return Positions(segment.astype(np.int64), np.asarray(offset, dtype=float)), np.asarray(shapely.length(way))
