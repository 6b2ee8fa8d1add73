"""Groups of places that lie near each other, from one to the next."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from geo.core.arrays import Floats, Integers, run_starts

_APART: Final = 10.0
"""How far kinds and the outer corners lie from all others, in reaches at least: they are never near."""
_FEW: Final = 10
"""Pairs of places, by place, that are few: itself, and four neighbours on either side."""


def groups_within(xy: Floats, kind: Integers, reach_m: float) -> Integers:
    """
    Return groups of places of one kind, each within reach of another of its group.

    Where many pairs are near, only neighbours of a Delaunay triangulation are compared: it holds a shortest spanning
    tree, and with that every link that joins two groups. Work and memory grow with the places, not with the pairs.

    Parameters
    ----------
    xy
        Shape (k, 2): metric coordinates.
    kind
        Shape (k,): numbers from 0.
    reach_m
        The furthest that two places are near, in metres; more than 0.

    Returns
    -------
    group
        Shape (k,): numbered from 0, as the first places of groups come.
    """
    if len(xy) == 0:
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((xy[:, 1], xy[:, 0], kind))
    starts = run_starts(kind[order], *xy[order].T)
    place = np.empty(len(xy), dtype=np.int64)
    place[order] = np.cumsum(starts) - 1
    span = np.ptp(xy, axis=0) + _APART * reach_m
    plane = xy[order[starts]] - xy.min(axis=0)
    plane[:, 0] += kind[order[starts]] * span[0]
    near = _near(plane, span, reach_m)
    links = coo_array((np.ones(len(near), dtype=np.int8), (near[:, 0], near[:, 1])), shape=(len(plane), len(plane)))
    found = connected_components(links, directed=False)[1][place]
    _, first, group = np.unique(found, return_index=True, return_inverse=True)
    renumbered = np.empty(len(first), dtype=np.int64)
    renumbered[np.argsort(first)] = np.arange(len(first))
    return renumbered[group]


def _near(plane: Floats, span: Floats, reach_m: float) -> Integers:
    """Return pairs of places within reach, shape (p, 2): all, or as many as join the same groups."""
    tree = cKDTree(plane)
    if tree.count_neighbors(tree, reach_m) <= _FEW * len(plane):
        return np.asarray(tree.query_pairs(reach_m, output_type="ndarray"))
    # around all of them a box: places on one line make no triangles
    low, high = -span, plane.max(axis=0) + span
    box = np.array([low, [low[0], high[1]], high, [high[0], low[1]]])
    triangles = Delaunay(np.vstack([plane, box]))
    sides = np.concatenate([triangles.simplices[:, [one, other]] for one, other in ((0, 1), (1, 2), (2, 0))])
    # of places too near to each other for a triangle, one stands in it
    sides = np.concatenate([sides, triangles.coplanar[:, [0, 2]]])
    sides = sides[(sides < len(plane)).all(axis=1)]
    return sides[np.hypot(*(plane[sides[:, 0]] - plane[sides[:, 1]]).T) <= reach_m]
