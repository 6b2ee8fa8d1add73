"""The quarters of a city: its own, else the ones mapped in OpenStreetMap, else the blocks between main streets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Integers, members, run_ends, run_starts
from geo.core.crs import WGS84, to_degrees
from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.masking import mask
from geo.core.metric_geometry import metric_lines, metric_shapes
from geo.core.text import Text
from geo.files.area_files import read_areas
from geo.files.crs_detection import streets_index
from geo.files.shaped_rows import LAYER
from geo.files.unread_columns import unread_finding
from geo.rules.loader import Profile
from geo.study.findings import findings_table
from geo.study.schema import conform_geo

_NAMES: Final = (
    "name",
    "名称",
    "社区",
    "社区名称",
    "街道",
    "街道名称",
    "片区",
    "片区名称",
    "小区",
    "quarter",
    "district",
)
"""What a file's column of names may be called, best first."""

_POLYGON: Final = (3, 6)
_EDGE_M: Final = 300.0
"""A main street that ends this near to the edge of the study leads out of it."""
_EDGE_POINTS: Final = 16
"""How many pieces of an area's edge are looked at together."""
_ALONG_M: Final = 1.0
"""A street this near to a block's edge runs along it."""


def read_quarters(
    file: Path, roads: gpd.GeoDataFrame, layers: Sequence[str] = ()
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Read a city's own quarters (社区, 街道, 片区).

    Parameters
    ----------
    file
        Polygons, with their names in a column `name`, 名称, 社区, 街道 or 片区.
    roads
        The study's layer.
    layers
        The layers or sheets to read; by default all of areas.

    Returns
    -------
    quarters
        The layer `quarters`; `source` is the file's name.
    findings
        Rows that were left out, as the layer `findings`.

    Raises
    ------
    InputError
        If it cannot be read, has no polygon, or none in which a street of the study lies.
    """
    ground = streets_index(roads.geometry.to_numpy(), roads.estimate_utm_crs())
    found, findings = read_areas(file, Text("片区", "quarters"), ground, layers)
    tree = shapely.STRtree(roads.geometry.to_numpy())
    here = np.unique(tree.query(found.geometry.to_numpy(), predicate="intersects")[0])
    if len(here) == 0:
        raise InputError(
            file,
            Text("片区内没有一条道路", "No street lies within a quarter"),
            Text("请检查其坐标系", "Check the file's coordinate system"),
        )
    column = next((name for name in _NAMES if name in found.columns), None)
    names = found[column] if column else pd.Series(None, index=found.index, dtype=object)
    layer = _layer(found.geometry.to_numpy()[here], mask(names).to_numpy(dtype=object)[here], masked(file.name))
    unread = [str(name) for name in found.columns if name not in (column, "geometry", LAYER)]
    return layer, findings_table("quarters", [*findings, *unread_finding(unread)], file.name)


def make_quarters(
    roads: gpd.GeoDataFrame, mapped: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> gpd.GeoDataFrame:
    """
    Return the quarters of a study that were not given by a file.

    Those that OSM maps as areas, where they hold at least `quarters.covered` of the streets' length (`source`: OSM);
    else the blocks between the streets of the classes of `quarters.between`, each called after the two longest that
    bound it (`source`: streets).

    Parameters
    ----------
    roads
        The study's layer.
    mapped
        Rows of `context` of the kind `quarter`.
    crs
        The study's metric CRS.
    profile
        `quarters.*`.
    """
    areas = mapped[np.isin(shapely.get_type_id(mapped.geometry.to_numpy()), _POLYGON)] if len(mapped) else mapped
    if len(areas):
        shapes = shapely.make_valid(areas.geometry.to_numpy())
        middle = shapely.line_interpolate_point(roads.geometry.to_numpy(), 0.5, normalized=True)
        inside = np.unique(shapely.STRtree(shapes).query(middle, predicate="intersects")[0])
        length = roads["length_m"].to_numpy(dtype=float)
        if length[inside].sum() >= float(profile["quarters.covered"]) * length.sum():
            return _layer(shapes, areas["name"].to_numpy(dtype=object), "OSM")
    return _blocks(roads, crs, profile)


def _blocks(roads: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> gpd.GeoDataFrame:
    lines = metric_lines(roads.geometry.to_numpy(), crs)
    main = roads["highway"].str.removesuffix("_link").isin(profile["quarters.between"]).to_numpy()
    edge = shapely.boundary(shapely.buffer(shapely.convex_hull(shapely.multilinestrings(lines)), _ALONG_M))
    noded = shapely.union_all(np.concatenate([lines[main], _ways_out(lines[main], edge), [edge]]))
    blocks = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    blocks = blocks[shapely.area(blocks) >= float(profile["quarters.min_area"]) * 1e4]
    names = _bounded_by(blocks, lines[main], roads.loc[main, "name"].to_numpy(dtype=object))
    degrees = shapely.transform(blocks, lambda xy: to_degrees(xy, crs))
    return _layer(degrees, names, "streets")


def _ways_out(lines: NDArray[np.object_], edge: shapely.Geometry) -> NDArray[np.object_]:
    """Return lines from where main streets end near the study's edge to the edge: beyond it they go on."""
    ends = np.concatenate([shapely.get_point(lines, at) for at in (0, -1)])
    _, first, count = np.unique(
        np.round(shapely.get_coordinates(ends), 2), axis=0, return_index=True, return_counts=True
    )
    loose = ends[first[count == 1]]
    loose = loose[shapely.distance(loose, edge) <= _EDGE_M]
    return np.asarray(shapely.shortest_line(loose, edge), dtype=object)


def _bounded_by(
    blocks: NDArray[np.object_], lines: NDArray[np.object_], names: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return names of blocks: for each, the two streets that bound the most of it."""
    named = np.flatnonzero(pd.notna(names))
    rings, block = shapely.get_parts(shapely.boundary(blocks), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[1:] == ring[:-1]
    start, end, of = xy[:-1][inner], xy[1:][inner], block[ring[1:][inner]]
    # blocks are made of these lines: a piece of edge lies along those that its middle lies on
    piece, line = shapely.STRtree(lines[named]).query(
        shapely.points((start + end) / 2), predicate="dwithin", distance=_ALONG_M
    )
    metres = np.hypot(*(end - start).T)[piece]
    table = pd.DataFrame({"block": of[piece], "name": names[named][line], "metres": metres, "piece": piece})
    # a street of two lines side by side bounds a piece once
    table = table.drop_duplicates(["piece", "name"])
    sums = table.groupby(["block", "name"], as_index=False)["metres"].sum()
    sums = sums[sums["metres"] > 2 * _ALONG_M].sort_values(["block", "metres", "name"], ascending=[True, False, True])
    best = sums.groupby("block").head(2).groupby("block")["name"].agg(" – ".join)
    result = np.full(len(blocks), None, dtype=object)
    result[best.index.to_numpy()] = best.to_numpy()
    return result


def _layer(shapes: NDArray[np.object_], names: NDArray[np.object_], source: str) -> gpd.GeoDataFrame:
    # validity may leave lines beside the polygons of a collection, and collections within collections
    parts, of = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    polygon = shapely.get_dimensions(parts) == 2
    several = shapely.multipolygons(parts[polygon], indices=of[inner][polygon])
    numbers = [f"Q{number + 1:03d}" for number in range(len(shapes))]
    table = pd.DataFrame({"quarter_id": numbers, "name": names, "source": source})
    return conform_geo(gpd.GeoDataFrame(table, geometry=several, crs=WGS84), "quarters")


def quarter_of(lonlat: NDArray[np.float64], quarters: gpd.GeoDataFrame, crs: pyproj.CRS) -> NDArray[np.object_]:
    """
    Return the `quarter_id` of places: the quarter that each lies in, else the nearest; None where there are none.

    Parameters
    ----------
    lonlat
        Shape (k, 2), WGS 84.
    quarters
        The study's layer.
    crs
        The study's metric CRS.
    """
    result = np.full(len(lonlat), None, dtype=object)
    if len(quarters) == 0 or len(lonlat) == 0:
        return result
    places, ids = metric_shapes(shapely.points(lonlat), crs), quarters["quarter_id"].to_numpy(dtype=object)
    areas = metric_shapes(quarters.geometry.to_numpy(), crs)
    # the areas ask for the places: prepared once each, they answer at once
    quarter, place = shapely.STRtree(places).query(areas, predicate="intersects")
    result[place[::-1]] = ids[quarter[::-1]]  # where quarters overlap, the first
    outside = np.setdiff1d(np.arange(len(places)), place)
    if len(outside):
        edges, of = _edges(areas)
        near, nearest = shapely.STRtree(edges).query_nearest(places[outside])
        # of quarters equally near, the first
        first = np.lexsort((of[nearest], near))
        first = first[run_starts(near[first])]
        result[outside[near[first]]] = ids[of[nearest[first]]]
    return result


def _edges(areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], Integers]:
    """Return the edges of areas in short lines, and the area of each: some areas are as wide as the city."""
    rings, area = shapely.get_parts(shapely.boundary(areas), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    starts = run_starts(ring)
    place = np.arange(len(xy)) - np.flatnonzero(starts)[ring]
    cut = np.flatnonzero((place % _EDGE_POINTS == 0) & ~run_ends(starts))
    ends = np.searchsorted(ring, ring[cut], "right")
    piece, number = members(np.minimum(cut + _EDGE_POINTS + 1, ends) - cut)
    lines = shapely.linestrings(xy[cut[piece] + number], indices=piece)
    return np.asarray(lines, dtype=object), area[ring[cut]]
