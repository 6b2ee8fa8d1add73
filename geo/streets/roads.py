"""Ways to the layers `roads` and `paths`."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj

from geo.core.crs import metric_crs
from geo.core.errors import InputError
from geo.core.extents import extent_of
from geo.core.text import Text
from geo.rules.loader import Profile
from geo.streets.assembly import assemble_streets
from geo.streets.car_access import with_car_access
from geo.streets.extract import Ways
from geo.streets.parking_tags import with_parking
from geo.streets.segment_tags import with_access, with_cycleways, with_level, with_pavements, with_widths
from geo.streets.segments import split_at_junctions
from geo.study.schema import conform_geo


def make_roads(
    ways: Ways, profile: Profile, file: Path, crs: pyproj.CRS | None = None
) -> tuple[gpd.GeoDataFrame, pyproj.CRS]:
    """
    Make the segments of a study, without their tiers.

    Parameters
    ----------
    ways
        As `geo.streets.extract.read_ways` returns.
    profile
        Widths and the rules of street assembly.
    file
        Where the ways come from, for the error.
    crs
        The metric CRS, as `geo.streets.reach.within_reach` chooses it; by default that of the ways' extent.

    Returns
    -------
    roads
        One row per segment with `street_id`, `width_m`, `width_source`, `length_m` and the way's tags.
    crs
        The metric CRS in which lengths were computed.

    Raises
    ------
    InputError
        If no way has two nodes in the extract.
    """
    if np.isnan(ways.lonlat).all():
        raise InputError(
            file,
            Text("道路的节点全部缺失", "The nodes of all roads are missing"),
            Text(
                "请用保留完整路径的方式导出（osmium extract -s complete_ways）",
                "Export with complete ways (osmium extract -s complete_ways)",
            ),
        )
    crs = crs or metric_crs(*extent_of(ways.lonlat))
    segments = split_at_junctions(ways, crs)
    if segments.empty:
        raise InputError(
            file,
            Text("没有一条道路有长度", "No road has a length"),
            Text("请检查提取范围并重新导出", "Check the extract's area and export it again"),
        )
    roads = with_cycleways(with_pavements(with_widths(segments, profile)))
    roads = with_car_access(with_access(with_parking(roads, profile), profile), profile)
    roads["roundabout"] = roads["junction"].isin(["roundabout", "circular"])
    roads = with_level(roads)
    roads["street_id"] = assemble_streets(roads, crs, profile)
    return roads, crs


def make_paths(ways: Ways, carriageways: Ways, profile: Profile, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """
    Make the layer `paths`: ways on foot, cut where they meet each other or a street.

    Parameters
    ----------
    ways
        As `geo.streets.extract.read_ways` returns.
    carriageways
        Those of them that are streets.
    profile
        `network.walk.*`.
    crs
        The study's metric CRS.
    """
    paths = split_at_junctions(ways.only(profile["network.walk.paths"]), crs, also_at=carriageways.node_id)
    return conform_geo(with_level(with_access(paths, profile)), "paths")
