"""Kerbs stand where they are mapped."""

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
from geo.stalls.study import stall_plan
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.drawn import degrees, layers_of, plain, road
from tests.support.plans import plan_for


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


def test_what_was_measured_on_the_street_stands_over_what_was_drawn_from_pictures() -> None:
    layers = layers_of([road([(0, 0), (100, 0)], width_source="survey"), road([(0, 60), (100, 60)])])
    lines = [degrees(shapely.LineString([(-5, y + 5.0), (105, y + 5.0)])) for y in (0, 60)]
    layers["context"] = gpd.GeoDataFrame({"kind": "kerb", "name": None}, geometry=lines, crs=WGS84, index=range(2))
    kerbs = plan_for(layers, load_profile()).kerbs
    assert kerbs.mapped.tolist() == [False, False, True, False]
    assert kerbs.half_m == pytest.approx([3.5, 3.5, 5.0, 3.5], abs=0.03)


def test_a_kerb_along_less_than_half_of_a_segment_says_nothing_of_the_rest() -> None:
    layers = layers_of([road([(0, 0), (100, 0)])])
    line = degrees(shapely.LineString([(-5, 5.0), (40, 5.0)]))
    layers["context"] = gpd.GeoDataFrame({"kind": ["kerb"], "name": [None]}, geometry=[line], crs=WGS84)
    assert not plan_for(layers, load_profile()).kerbs.mapped.any()
