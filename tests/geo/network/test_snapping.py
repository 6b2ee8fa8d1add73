"""Positions on a network: points snapped to it, and the edges that positions lie on."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.core.crs import WGS84
from geo.network.graph import Network, Positions
from geo.network.snapping import edge_of, midpoints, snap
from tests.support.networks import CRS, as_drawn, make_segments


def test_points_snap_to_the_nearest_street() -> None:
    network = Network(make_segments([[(0, 0), (2, 0)], [(0, 2), (2, 2)]], [False, False]), CRS, directed=False)
    position, away = snap(network, gpd.GeoSeries([shapely.Point(114.301, 36.0001)], crs=WGS84))
    assert position.segment.tolist() == [0]
    assert position.offset_m[0] == pytest.approx(90.2, abs=0.5)
    assert away[0] == pytest.approx(11.1, abs=0.2)


def test_a_position_lies_on_the_edge_between_the_junctions_around_it() -> None:
    """A footpath cuts the first street at its middle: positions before and beyond it lie on different edges."""
    drawn = [([(0, 0), (1, 0), (2, 0)], False), ([(1, 0), (1, 1)], False)]
    _, network, _ = as_drawn(drawn, False, 0)
    assert network.edges.tolist() == [2, 1]
    edge, along = edge_of(network, Positions(np.array([0, 0, 1, 0]), np.array([30.0, 120.0, 50.0, 10_000.0])))
    assert edge.tolist() == [0, 1, 2, 1]
    half = network.length_m[0]
    assert along[:3] == pytest.approx([30, 120 - half, 50])
    assert along[3] == pytest.approx(network.length_m[1]), "beyond the end counts as the end"


def test_midpoints_halve_each_segment() -> None:
    drawn = [([(0, 0), (1, 0), (2, 0)], False), ([(1, 0), (1, 1)], False)]
    segments, network, _ = as_drawn(drawn, False, 0)
    middle = midpoints(network)
    assert middle.segment.tolist() == [0, 1]
    assert middle.offset_m == pytest.approx(segments.to_crs(CRS).length.to_numpy() / 2, rel=1e-6)
