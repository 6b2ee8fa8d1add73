"""Small networks for tests: segments on a grid, drawn at random or by hand, and chains of neighbours."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.core.crs import WGS84, metric_crs
from geo.network.graph import Network
from tests.support.drawn import CRS as DRAWN
from tests.support.drawn import layers_of, road

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


def chain(n: int) -> csr_array:
    """A street of n segments, each a neighbour of the ones before and after."""
    rows = np.concatenate([np.arange(n - 1), np.arange(1, n)])
    columns = np.concatenate([np.arange(1, n), np.arange(n - 1)])
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))


def grid(size: int, step: float = 100.0) -> tuple[Network, np.ndarray]:
    """A town of square blocks on foot, and the middles of its segments."""
    ends = [
        ((x * step, y * step), ((x + dx) * step, (y + dy) * step))
        for x in range(size)
        for y in range(size)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < size and y + dy < size
    ]
    roads = layers_of([road([one, two]) for one, two in ends])["roads"]
    return Network(roads[["oneway", "geometry"]], DRAWN, directed=False), np.array(ends).mean(axis=1)
