"""From ways to segments between junctions, with the width of each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import members, run_ends, run_starts
from geo.core.crs import WGS84, to_metric
from geo.streets.extract import Ways

_AGAINST = ("-1", "reverse")
"""Values of `oneway` for traffic against the way's drawing direction."""


def split_at_junctions(ways: Ways, crs: pyproj.CRS, also_at: NDArray[np.int64] | None = None) -> gpd.GeoDataFrame:
    """
    Cut ways into segments that run from junction to junction.

    A junction is a node that kept ways share, or that a way passes twice. A way's end is a segment's end too, since
    width, name or lanes change there. Where the extract lacks a node, the way is cut: no line is invented.
    Ways drawn against their traffic (`oneway=-1`) are turned round, so that a one-way segment runs with its traffic.

    Parameters
    ----------
    ways
        As `geo.streets.extract.read_ways` returns.
    crs
        The metric CRS in which `length_m` is computed.
    also_at
        Further nodes that cut: those of the streets, where footpaths are split.

    Returns
    -------
    segments
        One row per segment: `segment_id` ("WAY-NUMBER", numbered along the way), `way_id`, the way's tags as
        `ROAD_TAGS`, `aliases`, `oneway` (bool), `length_m`, `from_node`, `to_node` (OSM node ids), LineStrings in WGS
        84. Segments without length are left out. `turned` tells which run against their way.
    """
    reverse = ways.table["oneway"].isin(_AGAINST).to_numpy()
    order = _traffic_order(ways.way, reverse)
    node_id, lonlat = ways.node_id[order], ways.lonlat[order]
    known = ~np.isnan(lonlat[:, 0])

    # a run is an unbroken stretch of one way: a missing node ends it
    gap_before = run_starts(ways.way) | ~known
    gap_before[1:] |= ~known[:-1]
    if ways.broken is not None:
        # the line to a vertex of a way that is turned round is the one that led on from it
        onward = np.append(ways.broken[1:], True)
        gap_before |= np.where(reverse[ways.way], onward[order], ways.broken[order])
    run = np.cumsum(gap_before)[known]
    way, node_id, lonlat = ways.way[known], node_id[known], lonlat[known]

    node = pd.factorize(node_id)[0]
    uses = np.bincount(node)
    starts = run_starts(run)
    ends = run_ends(starts)
    shared = uses[node] > 1
    if also_at is not None:
        shared |= np.isin(node_id, also_at)
    cut = np.flatnonzero(starts | ends | shared)
    same_run = run[cut[1:]] == run[cut[:-1]]
    first, last = cut[:-1][same_run], cut[1:][same_run]

    # vertices of all segments in one array: those at junctions belong to two
    counts = last - first + 1
    segment, number = members(counts)
    vertex = first[segment] + number
    xy = to_metric(lonlat, crs)
    steps = np.hypot(*(xy[vertex[1:]] - xy[vertex[:-1]]).T) * (segment[1:] == segment[:-1])
    length_m = np.bincount(segment[1:], weights=steps, minlength=len(first))

    kept = length_m > 0
    inside = kept[segment]
    renumbered = np.cumsum(kept) - 1
    lines = shapely.linestrings(lonlat[vertex[inside]], indices=renumbered[segment[inside]])
    row = way[first[kept]]
    table = ways.table.iloc[row].reset_index(drop=True)
    number = np.arange(len(row)) - np.searchsorted(row, row)
    table.insert(0, "segment_id", table["way_id"].astype(str) + "-" + pd.Series(number).astype(str))
    table["turned"] = reverse[row]
    table["oneway"] = _is_oneway(table)
    table["length_m"] = np.round(length_m[kept], 3)
    table["from_node"], table["to_node"] = node_id[first[kept]], node_id[last[kept]]
    return gpd.GeoDataFrame(table, geometry=lines, crs=WGS84)


def _traffic_order(way: NDArray[np.int64], reverse: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the order of vertices with the ways of `reverse` turned backwards."""
    index = np.arange(len(way))
    if not reverse.any():
        return index
    first, last = np.searchsorted(way, way, "left"), np.searchsorted(way, way, "right") - 1
    return np.where(reverse[way], first + last - index, index)


def _is_oneway(table: pd.DataFrame) -> pd.Series:
    tagged = table["oneway"].isin(["yes", "true", "1", *_AGAINST])
    denied = table["oneway"].isin(["no", "false", "0"])
    implied = table["highway"].isin(["motorway", "motorway_link"]) | table["junction"].isin(["roundabout", "circular"])
    return tagged | (implied & ~denied)
