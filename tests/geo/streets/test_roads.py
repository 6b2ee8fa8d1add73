"""The layers of roads and paths, made of ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.core.crs import to_metric
from geo.rules import Profile
from geo.streets.extract import read_ways
from geo.streets.roads import make_roads


@pytest.mark.parametrize("name", ["beijing_wudaokou.osm.pbf", "guixi.osm.pbf", "neukolln.osm.pbf"])
def test_roads_are_as_long_as_the_kept_ways(name: str, shared: Callable[[str], Path], profile: Profile) -> None:
    ways = read_ways(shared(name), profile["roads.kept_highways"])
    roads, crs = make_roads(ways, profile, shared(name))
    xy = to_metric(ways.lonlat, crs)
    steps = np.hypot(*(xy[1:] - xy[:-1]).T)
    expected = np.nansum(steps[ways.way[1:] == ways.way[:-1]])
    assert roads["length_m"].sum() == pytest.approx(expected, rel=1e-4)
    drawn = roads.to_crs(crs).length
    np.testing.assert_allclose(drawn, roads["length_m"], atol=0.01)
    assert np.isfinite(roads["width_m"]).all()
    assert set(roads["width_source"]) <= {"tag", "lanes", "default"}
