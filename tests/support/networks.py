"""Networks of one or two dozen segments on a grid, drawn by hypothesis."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st

from geo.core.crs import WGS84, metric_crs
from geo.network.graph import Network

CRS = metric_crs(114.3, 36.0, 114.4, 36.2)

nodes = st.tuples(st.integers(0, 4), st.integers(0, 4))
lines = st.lists(nodes, min_size=2, max_size=2, unique=True)
networks = st.lists(st.tuples(lines, st.booleans()), min_size=1, max_size=14)
"""Segments on a grid of a thousandth of a degree, and whether each is one-way."""


def make_segments(lines: list[list[tuple[int, int]]], oneway: list[bool]) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString([(114.30 + x * 0.001, 36.0 + y * 0.001) for x, y in line]) for line in lines]
    return gpd.GeoDataFrame({"oneway": oneway}, geometry=shapes, crs=WGS84)


def as_drawn(
    drawn: list[tuple[list[tuple[int, int]], bool]], directed: bool, seed: int
) -> tuple[gpd.GeoDataFrame, Network, np.random.Generator]:
    """Return the segments that were drawn, one-way or not, their network, and what draws positions on it."""
    segments = make_segments([line for line, _ in drawn], [oneway for _, oneway in drawn])
    return segments, Network(segments, CRS, directed), np.random.default_rng(seed)
