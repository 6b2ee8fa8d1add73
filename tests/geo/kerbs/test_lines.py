"""Kerbs run beside their centre lines, from corner to corner, and where they are mapped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.crs import WGS84
from geo.kerbs.frontage import facing_own_street
from geo.kerbs.lines import Kerbs
from geo.rules import Profile, load_profile
from geo.stalls.layers import kerb_layer
from geo.stalls.study import stall_plan
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.drawn import CRS, degrees, layers_of, plain, road
from tests.support.plans import plan_for


def kerbs_of(profile: Profile, *lines: list[tuple[float, float]]) -> Kerbs:
    layers = layers_of([road(line) for line in lines])
    context = layers["context"]
    return Kerbs(layers["roads"], context[context["kind"].isin(["kerb", "carriageway"])], CRS, profile)


def test_a_straight_street_has_two_kerbs_as_far_apart_as_it_is_wide(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0)])
    assert len(kerbs) == 2
    left, right = (kerbs.points(np.array([kerb]), np.array([50.0]))[0] for kerb in (0, 1))
    assert left[1] - right[1] == pytest.approx(kerbs.carriageway_m[0], abs=0.05)
    assert kerbs.carriageway_m[0] == pytest.approx(kerbs.roads["width_m"].iloc[0])
    assert kerbs.kerb_metres(np.array([0]), np.zeros(1), np.full(1, 100.0)) == pytest.approx([100], abs=0.1)
    assert not kerbs.mapped.any()
    assert (facing_own_street(kerbs) == -1).all()


def test_on_a_bend_the_outer_kerb_is_longer_and_positions_go_there_and_back(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0), (100, 100)])
    metres = kerbs.kerb_metres(np.array([0, 1]), np.zeros(2), kerbs.length_m)
    assert metres[0] < kerbs.length_m[0] < metres[1]
    at = np.array([20.0, 150.0])
    kerb = np.array([1, 1])
    assert kerbs.centre_metres(kerb, kerbs.at_kerb(kerb, at)) == pytest.approx(at, abs=0.01)


def test_kerbs_end_at_the_corners_of_a_junction_not_at_its_node(profile: Profile) -> None:
    kerbs = kerbs_of(profile, [(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)], [(100, 0), (100, -100)])
    half = kerbs.half_m[4]
    assert kerbs.to_m[:2] == pytest.approx(kerbs.length_m[:2] - half, abs=0.2)
    assert kerbs.from_m[2:8] == pytest.approx([half] * 6, abs=0.2)
    assert len(kerbs.corners.kerb) == 8
    corner = kerbs.corners.xy - kerbs.arms.node_xy[kerbs.arms.degree == 4]
    assert np.abs(corner) == pytest.approx(np.full((8, 2), half), abs=0.1)


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
    kerbs = kerb_layer(stall_plan(Study(study), profile))
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
