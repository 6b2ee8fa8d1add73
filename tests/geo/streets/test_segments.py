"""Segments run from junction to junction and lose no metre."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.core.crs import to_metric
from geo.streets.extract import Ways
from geo.streets.segments import split_at_junctions
from tests.support.ways import ANYANG, make_ways


def length_of(ways: Ways) -> float:
    """Return the length of all ways in metres, way by way: the plain definition."""
    xy = to_metric(ways.lonlat, ANYANG)
    steps = np.hypot(*(xy[1:] - xy[:-1]).T)
    return float(steps[ways.way[1:] == ways.way[:-1]].sum())


networks = st.lists(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8), min_size=1, max_size=12
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks)
def test_no_metre_is_lost_or_doubled_and_every_junction_cuts(lines: list[list[tuple[int, int]]]) -> None:
    ways = make_ways(lines)
    segments = split_at_junctions(ways, ANYANG)
    assert segments["length_m"].sum() == pytest.approx(length_of(ways), abs=0.01 * len(segments) + 1e-6)
    assert segments["segment_id"].is_unique

    uses = pd.Series(ways.node_id).value_counts()
    inner = [shapely.get_coordinates(line)[1:-1] for line in segments.geometry if shapely.get_num_coordinates(line) > 2]
    shared_nodes = {
        tuple(np.round(lonlat, 7)) for lonlat, node in zip(ways.lonlat, ways.node_id, strict=True) if uses[node] > 1
    }
    assert not {tuple(np.round(point, 7)) for points in inner for point in points} & shared_nodes


def test_a_missing_node_cuts_the_way_and_invents_no_line() -> None:
    ways = make_ways([[(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]])
    ways.lonlat[2] = np.nan
    segments = split_at_junctions(ways, ANYANG)
    assert [shapely.get_num_coordinates(line) for line in segments.geometry] == [2, 2]


def test_a_way_drawn_against_its_traffic_is_turned_round() -> None:
    tags = [{"highway": "primary", "oneway": "-1"}, {"highway": "primary", "oneway": "yes"}, {"highway": "motorway"}]
    ways = make_ways([[(0, 0), (1, 0), (2, 1)], [(5, 0), (6, 0)], [(7, 0), (8, 0)]], tags)
    segments = split_at_junctions(ways, ANYANG)
    assert segments["oneway"].tolist() == [True, True, True]
    np.testing.assert_allclose(shapely.get_coordinates(segments.geometry.iloc[0])[0], ways.lonlat[2])
