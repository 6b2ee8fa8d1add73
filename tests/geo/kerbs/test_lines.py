"""The lines of kerbs: corners, bends, kerbs that are mapped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.rules import Profile, load_profile
from geo.stalls.layers import kerb_layer
from geo.stalls.study import plan_of
from geo.study.file import read_layer
from tests.support.drawn import degrees, layers_of, plain, road
from tests.support.plans import plan_for


def test_kerbs_meet_at_corners_not_at_nodes() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100, 80)], width_m=10.0, street_id="s2"),
    ]
    plan = plan_for(layers_of(rows), load_profile())
    kerbs = kerb_layer(plan).set_index(["segment_id", "side"])
    corner = [
        plain(*shapely.get_coordinates(kerbs.geometry[key])[at])
        for key, at in ((("1-0", "left"), -1), (("3-0", "left"), 0))
    ]
    assert corner[0] == pytest.approx((95, 3.5), abs=0.03)
    assert corner[1] == pytest.approx((95, 3.5), abs=0.03)
    assert kerbs.loc[("1-0", "right"), "to_m"] == pytest.approx(100, abs=0.03), "no corner opposite a side street"


def test_a_narrow_fork_meets_further_on() -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(100, 0), (200, 0)]),
        road([(100, 0), (100 + 80 * np.cos(np.pi / 6), 80 * np.sin(np.pi / 6))], street_id="s2"),
    ]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index(["segment_id", "side"])
    # two kerbs 3.5 m beside lines that part at 30 degrees: 3.5 / tan(15 degrees) from the node
    assert kerbs.loc[("2-0", "left"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)
    assert kerbs.loc[("3-0", "right"), "from_m"] == pytest.approx(3.5 / np.tan(np.pi / 12), abs=0.05)


def test_the_inner_kerb_of_a_bend_is_shorter() -> None:
    rows = [road([(0, 0), (50, 0), (50, 50)])]
    kerbs = kerb_layer(plan_for(layers_of(rows), load_profile())).set_index("side")
    assert kerbs.loc["left", "length_m"] == pytest.approx(100 - 7, abs=0.05)
    assert kerbs.loc["right", "length_m"] == pytest.approx(100 + 7, abs=0.05)


def test_a_mapped_kerb_is_where_it_is() -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    line = degrees(shapely.LineString([(-5, 5.0), (105, 5.0)]))
    layers["context"] = gpd.GeoDataFrame({"kind": ["kerb"], "name": [None]}, geometry=[line], crs=WGS84)
    kerbs = kerb_layer(plan_for(layers, load_profile())).set_index("side")
    assert kerbs["source"].to_dict() == {"left": "mapped", "right": "tag"}
    ys = [plain(*lonlat)[1] for lonlat in shapely.get_coordinates(kerbs.geometry["left"])]
    assert ys == pytest.approx([5.0, 5.0], abs=0.03)


def test_mapped_carriageways_give_their_kerbs(shared: Callable[[str], Path], tmp_path: Path, profile: Profile) -> None:
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(shared("neukolln.osm.pbf")))
    kerbs = kerb_layer(plan_of(study, profile))
    mapped = kerbs[kerbs["source"] == "mapped"]
    assert len(mapped) > 50
    context = gpd.GeoDataFrame(read_layer(study, "context"), crs=WGS84)
    edges = context[context["kind"].isin(["kerb", "carriageway"])].to_crs(25833).geometry
    edge = shapely.union_all(
        [*edges.boundary[edges.geom_type != "LineString"], *edges[edges.geom_type == "LineString"]]
    )
    away = [
        float(shapely.distance(edge, line.interpolate(0.5, normalized=True))) for line in mapped.to_crs(25833).geometry
    ]
    assert np.median(away) < 0.5
