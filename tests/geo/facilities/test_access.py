"""Homes and markets are reached at doors and gates, and never across a wall."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.core.metric_geometry import metric_shapes
from geo.facilities.access import access
from geo.network.graph import walking
from geo.rules import Profile
from tests.support.drawn import CRS, degrees, layers_of, road


def streets() -> Any:
    """Two parallel streets, 80 m apart, that meet at x = 400; a court's path that leads nowhere."""
    rows = [road([(0, 0), (400, 0)]), road([(0, 80), (400, 80)], street_id="s2"), road([(400, 0), (400, 80)])]
    rows.append(road([(100, 39), (104, 39)], street_id="court"))
    layers = layers_of(rows)
    return walking(layers["roads"], layers["paths"], CRS)


def metric(*shapes: shapely.Geometry) -> np.ndarray:
    return metric_shapes(np.array([degrees(shape) for shape in shapes], dtype=object), CRS)


NONE = np.zeros(0, dtype=object)


def test_a_home_is_reached_from_its_own_entrance(profile: Profile) -> None:
    home = shapely.box(100, 10, 140, 60)
    plain = access(streets(), metric(home), NONE, NONE, profile)
    assert plain.at.segment.tolist() == [0]
    assert plain.away_m[0] == pytest.approx(10, abs=0.1)
    door = access(streets(), metric(home), metric(shapely.Point(120, 60)), NONE, profile)
    assert door.at.segment.tolist() == [1], "the door is at the back"
    assert door.at.offset_m[0] == pytest.approx(120, abs=0.1)
    assert door.away_m[0] == pytest.approx(20, abs=0.1)


def test_nobody_crosses_a_wall_and_a_path_that_leads_nowhere_is_no_street(profile: Profile) -> None:
    home = shapely.box(100, 30, 140, 38)
    wall = shapely.LineString([(50, 15), (200, 15)])
    assert access(streets(), metric(home), NONE, NONE, profile).at.segment.tolist() == [0]
    assert access(streets(), metric(home), NONE, metric(wall), profile).at.segment.tolist() == [1]
    ring = shapely.box(90, 20, 150, 50).exterior
    fenced = access(streets(), metric(home), NONE, metric(ring), profile)
    assert fenced.at.segment.tolist() == [0], "walled in all around: the nearest street counts"


def test_a_market_is_entered_where_ways_cross_its_outline(profile: Profile) -> None:
    ground = shapely.box(-20, -30, 60, 40)
    found = access(streets(), metric(ground), NONE, NONE, profile, gates=True)
    assert found.owner.tolist() == [0]
    assert found.at.offset_m[0] == pytest.approx(60, abs=0.1)
    assert found.away_m[0] == pytest.approx(0, abs=1e-6)


def test_access_of_some_is_renumbered(profile: Profile) -> None:
    homes = metric(shapely.box(10, 10, 20, 20), shapely.box(200, 10, 220, 20), shapely.box(300, 60, 310, 70))
    every = access(streets(), homes, NONE, NONE, profile)
    two = every.of(np.array([2, 0]))
    assert two.owner.tolist() == [0, 1]
    assert two.at.segment.tolist() == [every.at.segment[2], every.at.segment[0]]
    assert isinstance(pd.Series(two.away_m).sum(), float)
