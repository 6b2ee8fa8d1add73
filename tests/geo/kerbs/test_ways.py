"""Other ways across kerbs: nothing stands where the centre line of a way on the same level runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.kerbs.ground import KerbGround
from geo.parking.bays import place_bays
from geo.parking.room import BayRoom
from geo.parking.study import plan_bays
from geo.rules import Profile
from geo.stalls.planning import make_plan
from geo.stalls.study import plan_stalls
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.drawn import CRS, layers_of, road

STREET = [(0.0, 0.0), (200.0, 0.0)]


def crossing(**columns: Any) -> list[dict[str, Any]]:
    """A street 12 m wide, and a service way across it at 103 m without a common node."""
    across = {"street_id": "s2", "highway": "service", "tier": "unclassified", "width_m": 4.0, **columns}
    return [road(STREET, width_m=12.0), road([(103, -60), (103, 60)], **across)]


def near(ground: KerbGround, rules: Profile) -> tuple[list[float], list[float]]:
    """Return how near bays and zones of the street come to the way's centre line, per side."""
    bays = place_bays(BayRoom(ground, rules)).to_crs(CRS)
    line = ground.kerbs.lines[1]
    mine = bays[bays["segment_id"] == "1-0"]
    plan = make_plan(ground, rules)
    zones = plan.kerbs.stretches(plan.zones.kerb, plan.zones.from_m, plan.zones.to_m)[plan.zones.kerb < 2]
    return [
        [float(shapely.distance(shapes[side == number], line).min()) for number in (0, 1)]
        for shapes, side in (
            (mine.geometry.to_numpy(), (mine["side"] == "right").to_numpy().astype(int)),
            (zones, plan.zones.kerb[plan.zones.kerb < 2]),
        )
    ]  # type: ignore[return-value]


@pytest.mark.parametrize("metres", [0.0, 1.5, 6.0])
def test_a_way_across_a_street_takes_bays_and_stalls_from_both_kerbs(metres: float, profile: Profile) -> None:
    rules = profile.changed({"clearance.way": metres})
    ground = KerbGround.of(layers_of(crossing()), CRS, rules)
    for distances in near(ground, rules):
        assert min(distances) > 0
        assert min(distances) >= metres - 0.01
        assert max(distances) < metres + 7


@pytest.mark.parametrize("columns", [{"level": 1}, {"bridge": True}, {"level": -1, "tunnel": True}])
def test_a_way_on_another_level_takes_nothing(columns: dict[str, Any], profile: Profile) -> None:
    ground = KerbGround.of(layers_of(crossing(**columns)), CRS, profile)
    room = BayRoom(ground, profile)
    assert "clearance.way" not in room.exclusions.rule
    assert (place_bays(room)["segment_id"] == "1-0").sum() == 66


def test_two_bridges_of_one_level_cross(profile: Profile) -> None:
    rules = profile.changed({"bay.on_bridges": True, "stalls.on_bridges": True})
    rows = crossing(bridge=True)
    rows[0] = road(STREET, width_m=12.0, bridge=True)
    assert "clearance.way" in BayRoom(KerbGround.of(layers_of(rows), CRS, rules), rules).exclusions.rule


def test_a_way_that_ends_in_a_row_takes_its_place(profile: Profile) -> None:
    rows = crossing()
    rows[1] = road([(103, 60), (103, 4.5)], street_id="s2", highway="service", tier="unclassified")
    room = BayRoom(KerbGround.of(layers_of(rows), CRS, profile), profile)
    taken = room.exclusions.where(room.exclusions.rule == "clearance.way")
    assert set(taken.kerb) == {0}, "the other side keeps its bays"
    assert taken.cause.tolist() == ["2-0"]


def crossed(study: Path) -> dict[str, int]:
    """Return how many bays and zones of a study any way crosses on their own level."""
    crs, roads = Study(study).crs, read_layer(study, "roads")
    ways = pd.concat([roads, read_layer(study, "paths")])[["level", "geometry"]]
    ways = gpd.GeoDataFrame(ways, geometry="geometry", crs=4326).to_crs(crs)
    level = roads.set_index("segment_id")["level"]
    found = {}
    for name in ("bays", "stall_zones"):
        layer = read_layer(study, name)
        shapes = gpd.GeoSeries(layer.geometry, crs=4326).to_crs(crs).to_numpy()
        assert len(shapes)
        shape, way = shapely.STRtree(ways.geometry.to_numpy()).query(shapes, predicate="crosses")
        same = ways["level"].to_numpy()[way] == layer["segment_id"].map(level).to_numpy()[shape]
        found[name] = len(np.unique(shape[same]))
    return found


def test_no_way_crosses_a_bay_or_a_zone_of_the_sample(planned: Path, tmp_path: Path) -> None:
    study = tmp_path / "study.gpkg"
    study.write_bytes(planned.read_bytes())
    plan_bays(study, night=True)
    assert crossed(study) == {"bays": 0, "stall_zones": 0}


@pytest.mark.slow
@pytest.mark.parametrize("extract", ["guixi", "beijing_wudaokou", "neukolln"])
def test_nor_of_a_real_extract(extract: str, shared: Callable[[str], Path], tmp_path: Path) -> None:
    study = tmp_path / "study.gpkg"
    build_study(study, Inputs(shared(f"{extract}.osm.pbf")))
    plan_stalls(study)
    plan_bays(study, night=True)
    assert crossed(study) == {"bays": 0, "stall_zones": 0}
