"""Sections of a street: between two cross-streets, or where an earlier section ran."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, run_starts
from geo.core.crs import to_metric
from geo.core.metric_geometry import metric_lines
from geo.core.node_ids import end_nodes
from geo.core.text import Text

if TYPE_CHECKING:
    from scipy.sparse import coo_array

REST: Final = Text("其余路段", "the rest")
"""The label of what is left of a street when sections are taken out."""

_COMPASS: Final = {
    "东": (1, 0), "西": (-1, 0), "北": (0, 1), "南": (0, -1),
    "east": (1, 0), "west": (-1, 0), "north": (0, 1), "south": (0, -1),
}  # fmt: skip
_END = re.compile(
    r"^(?:路)?([东西南北])(?:端|头|止点|尽头|终点)?$|^(east|west|north|south)(?:ern)?(?: end)?$", re.IGNORECASE
)

_CROSSING_M: Final = 80.0
"""Twice the way across a wide street: only what lies beyond neither end is asked this."""

_SAME_PLACE_M: Final = 1.0

_FOUND_AGAIN: Final = 0.9


def root_of(street_ids: pd.Series) -> pd.Series:
    """Return the ids of the whole streets that sections ("s12.1") are of."""
    return street_ids.str.replace(r"\..*$", "", regex=True)


def label_of(start: str, end: str) -> Text:
    """Return the label of the section between two cross-streets."""
    return Text(f"自{start}至{end}", f"from {start} to {end}")


def compass_end(word: str) -> tuple[int, int] | None:
    """Return the direction that a word for a street's end names ("东端", "north end"), or None."""
    match = _END.match(word.strip())
    return _COMPASS[(match[1] or match[2]).lower()] if match else None


class Axis(NamedTuple):
    """
    Distances along a street, whatever its carriageways.

    Attributes
    ----------
    node
        Numbers of the street's nodes, sorted (`geo.core.node_ids`).
    xy
        Their metric coordinates, shape (k, 2).
    graph
        Lengths between them along segments, and across from carriageway to carriageway.
    ends
        Of each segment: the positions of its two nodes in `node`.
    middle
        Metric coordinates of each segment's middle.
    """

    node: NDArray[np.int64]
    xy: Floats
    graph: coo_array
    ends: NDArray[np.int64]
    middle: Floats

    @classmethod
    def of(cls, roads: gpd.GeoDataFrame, crs: pyproj.CRS, across_m: float) -> Axis:
        """Return the axis of a street, given its segments; nodes nearer than `across_m` are side by side."""
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (most readers of ids need no graph)
        from scipy.spatial import cKDTree  # noqa: PLC0415

        lines = roads.geometry.to_numpy()
        first, last = end_nodes(lines)
        lonlat = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)])
        node, where, number = np.unique(np.concatenate([first, last]), return_index=True, return_inverse=True)
        xy = to_metric(lonlat, crs)[where]
        ends = number.reshape(2, -1).T
        left, right, length = [ends[:, 0]], [ends[:, 1]], [roads["length_m"].to_numpy()]
        pairs = cKDTree(xy).query_pairs(across_m, output_type="ndarray")
        left.append(pairs[:, 0])
        right.append(pairs[:, 1])
        length.append(np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T))
        graph = _shortest_of(np.concatenate(left), np.concatenate(right), np.concatenate(length), len(node))
        while (parts := connected_components(graph, directed=False))[0] > 1:
            # a gap: its two nearest nodes are joined
            inside = parts[1] == parts[1][0]
            distance, nearest = cKDTree(xy[inside]).query(xy[~inside])
            at = distance.argmin()
            bridge = np.flatnonzero(inside)[nearest[at]], np.flatnonzero(~inside)[at]
            graph = _shortest_of(
                np.append(graph.row, bridge[0]), np.append(graph.col, bridge[1]), np.append(graph.data, distance[at]),
                len(node),
            )  # fmt: skip
        middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
        return cls(node, xy, graph, ends, to_metric(middle, crs))

    def distances(self, nodes: NDArray[np.int64]) -> Floats:
        """Return the distance of every node from the nearest of `nodes` (positions in `node`)."""
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        result: Floats = dijkstra(self.graph.tocsr(), directed=False, indices=nodes, min_only=True)
        return result


def _shortest_of(left: NDArray[np.int64], right: NDArray[np.int64], length: Floats, size: int) -> coo_array:
    from scipy.sparse import coo_array  # noqa: PLC0415

    low, high = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((length, high, low))
    order = order[low[order] != high[order]]
    kept = order[run_starts(low[order], high[order])]
    return coo_array((np.maximum(length[kept], 1e-3), (low[kept], high[kept])), shape=(size, size))


def meeting_nodes(axis: Axis, other: gpd.GeoDataFrame, crs: pyproj.CRS, within_m: float) -> NDArray[np.int64]:
    """
    Return where a cross-street meets a street, as positions in `axis.node`: common nodes, else the nearest in reach.

    Parameters
    ----------
    axis
        The street.
    other
        The cross-street's segments.
    crs
        The study's metric CRS.
    within_m
        The rule `streets.junction_within`: how near is near enough where the extract has no common node.
    """
    lines = other.geometry.to_numpy()
    common = np.flatnonzero(np.isin(axis.node, np.concatenate(end_nodes(lines))))
    if len(common):
        return common
    distance = shapely.distance(shapely.points(axis.xy), shapely.union_all(metric_lines(lines, crs)))
    return np.flatnonzero(distance <= min(within_m, distance.min() + 1.0)) if len(distance) else common


def end_node(axis: Axis, direction: tuple[int, int]) -> NDArray[np.int64]:
    """Return the street's outermost node in a direction (east, north)."""
    return np.array([(axis.xy @ np.array(direction)).argmax()])


def between(axis: Axis, start: NDArray[np.int64], end: NDArray[np.int64], junction_m: float) -> Flags | None:
    """
    Return a flag for each segment between two places of a street.

    Parameters
    ----------
    axis
        The street.
    start, end
        The nodes where it meets either cross-street: positions in `axis.node`.
    junction_m
        How far apart the nodes of one junction may be.

    Returns
    -------
    mask
        By segment, by its middle; None where a cross-street meets the street at several places far from each other, or
        both meet it at the same place.
    """
    if max(_extent(axis, start), _extent(axis, end)) > junction_m:
        return None
    from_start, from_end = axis.distances(start), axis.distances(end)
    apart = from_start[end].min()
    if apart <= 0:
        return None
    # between two places, the ways to either add up to the way from one to the other, but for crossing to the other
    # carriageway; on a ring, that is the shorter side
    to_start, to_end = (distance[axis.ends].mean(axis=1) for distance in (from_start, from_end))
    mask: Flags = (to_start + to_end <= apart + _CROSSING_M) & (to_start <= apart) & (to_end <= apart)
    return mask


def _extent(axis: Axis, nodes: NDArray[np.int64]) -> float:
    """Return how far nodes are from each other, in metres."""
    return float(np.hypot(*np.ptp(axis.xy[nodes], axis=0)))


def part_mask(roads: gpd.GeoDataFrame, part: shapely.Geometry, crs: pyproj.CRS, within_m: float) -> Flags:
    """
    Return a flag for each segment of an earlier section: it runs where the section ran, or near it if redrawn.

    Parameters
    ----------
    roads
        A street's segments, in WGS 84.
    part
        The section's lines, in WGS 84.
    crs
        The study's metric CRS.
    within_m
        The rule `streets.part_within`: how far a redrawn segment may lie from the section.
    """
    section, lines = metric_lines(shapely.get_parts(part), crs), metric_lines(roads.geometry.to_numpy(), crs)
    whole = shapely.union_all(section)
    mask = np.zeros(len(lines), dtype=bool)
    for within, share in ((_SAME_PLACE_M, 0.9), (within_m, 0.5)):
        around = shapely.buffer(whole, within, quad_segs=4)
        shapely.prepare(around)
        mask = shapely.length(shapely.intersection(lines, around)) >= share * shapely.length(lines)
        found = shapely.buffer(shapely.union_all(lines[mask]), within, quad_segs=4)
        if mask.any() and shapely.length(shapely.intersection(whole, found)) >= _FOUND_AGAIN * shapely.length(whole):
            return mask
    return mask


class Carving(NamedTuple):
    """Segments with the sections that were taken out, and each section's label by its id."""

    street_id: pd.Series
    labels: dict[str, str]


def carve(street_id: pd.Series, masks: Sequence[tuple[Flags, str]], labels: Mapping[str, str] | None = None) -> Carving:
    """
    Take sections out of streets: each becomes a street of its own ("s12.1"), a later one over an earlier one.

    Parameters
    ----------
    street_id
        By segment.
    masks
        Of each section, its segments (of one street) and its label.
    labels
        Those of sections that were taken out earlier.

    Returns
    -------
    carving
        With what is left of a carved street under the label `REST`.
    """
    if not masks:
        return Carving(street_id, dict(labels or {}))
    result = street_id.astype(object).copy()
    numbers: dict[str, int] = {}
    for street in result[result.str.contains(".", regex=False)].unique():
        root, _, number = street.partition(".")
        numbers[root] = max(numbers.get(root, 0), int(number))
    named = dict(labels or {})
    for mask, label in masks:
        root = result[mask].iloc[0].partition(".")[0]
        numbers[root] = numbers.get(root, 0) + 1
        section = f"{root}.{numbers[root]}"
        result[mask] = section
        named[section] = label
        named[root] = str(REST)
    kept = set(result.unique())
    return Carving(result, {street: label for street, label in named.items() if street in kept})
