"""Other ways across kerbs: where their centre lines run over a kerb, or over the strip of carriageway along it."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, run_starts
from geo.core.metric_geometry import metric_lines
from geo.kerbs.exclusions import Exclusions
from geo.kerbs.lines import Kerbs
from geo.kerbs.numbering import segment_of, side_of

WAY_RULE: Final = "clearance.way"
"""The rule that keeps kerb free of what another way crosses."""

_LEAST_M: Final = 0.05
"""A crossing takes this much on either side, whatever the rule leaves of it."""

_STRIP_M: Final = 0.1
"""The strip along a kerb reaches no further beyond its depth than this."""
_WINDING: Final = np.radians(120.0)
"""The strip along a kerb that turns more may hold the ground that it turns around, however deep it is."""


class WayLines(NamedTuple):
    """
    The centre lines of all ways of a study, streets and footpaths.

    Attributes
    ----------
    lines
        In the metric CRS.
    level
        The level on which each runs.
    segment
        The segment of each; -1 for footpaths.
    way
        The identifier of each.
    """

    lines: NDArray[np.object_]
    level: Integers
    segment: Integers
    way: NDArray[np.object_]


def level_of(ways: gpd.GeoDataFrame) -> Integers:
    """Return the level of each way; a study without it has the level of bridges and tunnels."""
    level = ways["level"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    if "bridge" not in ways:
        return np.nan_to_num(level).astype(np.int64)
    structure = ways["bridge"].to_numpy(dtype=np.int64) - ways["tunnel"].to_numpy(dtype=np.int64)
    return np.asarray(np.where(np.isnan(level), structure, level), dtype=np.int64)


def way_lines(kerbs: Kerbs, paths: gpd.GeoDataFrame) -> WayLines:
    """
    Return the centre lines of streets and footpaths.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    paths
        The study's layer.
    """
    on_foot = metric_lines(paths.geometry.to_numpy(), kerbs.crs) if len(paths) else np.zeros(0, dtype=object)
    return WayLines(
        np.concatenate([kerbs.lines, on_foot]),
        np.concatenate([level_of(kerbs.roads), level_of(paths)]),
        np.concatenate([np.arange(len(kerbs.roads)), np.full(len(paths), -1)]),
        np.concatenate([kerbs.roads["segment_id"].to_numpy(dtype=object), paths["segment_id"].to_numpy(dtype=object)]),
    )


def ways_across(
    kerbs: Kerbs, ways: WayLines, reach_m: float, mask: int, depth_m: float = 0.0, own: Flags | None = None
) -> Exclusions:
    """
    Return the exclusions where the centre line of a way runs over a kerb, or over the strip along it, on its level.

    Parameters
    ----------
    kerbs
        The study's kerbs.
    ways
        As `way_lines` returns.
    reach_m
        How far before and after the crossing kerb is excluded.
    mask
        The slots in which it is.
    depth_m
        How deep the strip reaches into the carriageway; 0 for the kerb alone.
    own
        Shape (2 n,): whether the centre line of a kerb's own segment counts; by default it does.
    """
    kerb = np.flatnonzero(kerbs.to_m > kerbs.from_m)
    lines = kerbs.line_of(kerb)
    tree = shapely.STRtree(ways.lines)
    if depth_m > 0:
        place, way = tree.query(_boxes_around(lines, depth_m + _STRIP_M))
    else:
        place, way = tree.query(lines, predicate="intersects")
    level = level_of(kerbs.roads)
    counts = ways.level[way] == level[segment_of(kerb[place])]
    if own is not None:
        counts &= own[kerb[place]] | (ways.segment[way] != segment_of(kerb[place]))
    place, way = place[counts], way[counts]
    shapes = lines[place]
    if depth_m > 0:
        place, way, shapes = _in_strips(lines, np.where(side_of(kerb) == 0, -depth_m, depth_m), place, way, ways.lines)
    parts, of = shapely.get_parts(shapely.intersection(shapes, ways.lines[way]), return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    if len(xy) == 0:
        nothing = np.zeros(0)
        return Exclusions.of(nothing.astype(np.int64), nothing, nothing, WAY_RULE, "", mask)
    along = shapely.line_locate_point(lines[place[of[part]]], shapely.points(xy))
    begins = np.flatnonzero(run_starts(part))
    low, high = np.minimum.reduceat(along, begins), np.maximum.reduceat(along, begins)
    of = of[part[begins]]
    mine, reach = kerb[place[of]], max(reach_m, _LEAST_M)
    start = kerbs.at_kerb(mine, kerbs.from_m[mine])
    from_m, to_m = (_centre(kerbs, mine, start + metres) for metres in (low - reach, high + reach))
    return Exclusions.of(mine, from_m, to_m, WAY_RULE, ways.way[way[of]], mask, xy[begins])


def _boxes_around(shapes: NDArray[np.object_], metres: float) -> NDArray[np.object_]:
    """Return the boxes of shapes, wider by so much on every side."""
    boxes: NDArray[np.object_] = shapely.box(*(shapely.bounds(shapes) + metres * np.array([-1, -1, 1, 1])).T)
    return boxes


def _in_strips(
    lines: NDArray[np.object_], depth_m: Floats, place: Integers, way: Integers, ways: NDArray[np.object_]
) -> tuple[Integers, Integers, NDArray[np.object_]]:
    """
    Return the pairs of a kerb and a way in the strip along it, of pairs that are near, with the strip of each.

    Strips are drawn only of kerbs with a way as near as they are deep: most have none.

    Parameters
    ----------
    lines
        The kerbs.
    depth_m
        Of each kerb's strip: to the right of its line if negative, to the left if positive.
    place, way
        Numbers of `lines` and `ways`.
    ways
        Lines.
    """
    near = _turns(lines)[place] > _WINDING
    asked = np.flatnonzero(~near)
    near[asked] = shapely.dwithin(lines[place[asked]], ways[way[asked]], np.abs(depth_m[place[asked]]) + _STRIP_M)
    place, way = place[near], way[near]
    drawn, number = np.unique(place, return_inverse=True)
    strips = shapely.make_valid(shapely.buffer(lines[drawn], depth_m[drawn], single_sided=True))
    shapely.prepare(strips)
    inside = shapely.intersects(strips[number], ways[way])
    return place[inside], way[inside], strips[number[inside]]


def _turns(lines: NDArray[np.object_]) -> Floats:
    """Return how far the directions of each line's edges spread, along its turns: shape (n,), radians."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.diff(xy, axis=0)
    one, two = step[:-1], step[1:]
    turn = np.zeros(len(xy))
    inner = np.flatnonzero(line[:-2] == line[2:]) + 1 if len(line) > 2 else np.zeros(0, dtype=np.int64)
    turn[inner] = np.arctan2(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0], (one * two).sum(axis=1))[inner - 1]
    heading, begins = np.cumsum(turn), np.flatnonzero(run_starts(line))
    spread = np.maximum.reduceat(heading, begins) - np.minimum.reduceat(heading, begins) if len(line) else heading
    result = np.zeros(len(lines))
    result[line[begins]] = spread
    return result


def _centre(kerbs: Kerbs, kerb: Integers, kerb_m: Floats) -> Floats:
    """Return positions along centre lines of metres along kerbs; beyond a kerb's end, its end."""
    whole = kerbs.at_kerb(kerb, kerbs.length_m[kerb])
    return kerbs.centre_metres(kerb, np.clip(kerb_m, 0.0, whole))
