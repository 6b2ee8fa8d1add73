"""Parking bays: the planner's cases, and what holds on every street."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.build import Inputs, build_study
from geo.kerbs.ground import KerbGround
from geo.kerbs.waterfall import waterfall
from geo.parking.bays import place_bays
from geo.parking.room import BayRoom
from geo.parking.study import BayStudy
from geo.rules import Profile, load_profile
from geo.study.reader import Study
from tests.support.drawn import CRS, TIERS_OF, layers_of, road


def assert_sound(room: BayRoom, bays: gpd.GeoDataFrame, crs: Any) -> None:
    """No two bays overlap, each lies within the carriageway side that it names, and none within a clearance."""
    shapes = bays.geometry.to_crs(crs).to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < two
    assert shapely.area(shapely.intersection(shapes[one[pairs]], shapes[two[pairs]])).max(initial=0.0) < 0.05
    row = {segment: number for number, segment in enumerate(room.kerbs.roads["segment_id"])}
    named = zip(bays["segment_id"], bays["side"], strict=True)
    kerb = np.array([2 * row[segment] + (side == "right") for segment, side in named], dtype=np.int64)
    lines = room.kerbs.lines[kerb // 2] if len(kerb) else np.zeros(0, dtype=object)
    # from the kerb to the carriageway's other kerb: on bends the inner corners lie a little closer
    far = shapely.hausdorff_distance(shapes, shapely.centroid(shapes)) if len(kerb) else np.zeros(0)
    away = shapely.distance(shapely.centroid(shapes), lines)
    assert (away <= room.kerbs.half_m[kerb] + 0.3).all()
    assert (far < 5.0).all()
    found = room.exclusions
    half = room.pitch_m / 2 - 0.02
    along = bays["offset_m"].to_numpy()
    span = (
        room.kerbs.centre_metres(kerb, room.kerbs.at_kerb(kerb, along) - half),
        room.kerbs.centre_metres(kerb, room.kerbs.at_kerb(kerb, along) + half),
    )
    for number in np.unique(kerb):
        mine = kerb == number
        here = found.kerb == number
        for begin, end in zip(found.from_m[here], found.to_m[here], strict=True):
            assert not ((span[0][mine] < end - 0.05) & (span[1][mine] > begin + 0.05)).any()


@pytest.mark.parametrize("name", ["neukolln.osm.pbf", "guixi.osm.pbf", "beijing_wudaokou.osm.pbf"])
@pytest.mark.parametrize("orientation", ["parallel", "angled_45", "perpendicular"])
def test_bays_on_real_streets_are_sound(
    name: str, orientation: str, shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    path = tmp_path / "study.gpkg"
    build_study(path, Inputs(shared(name)))
    study = BayStudy(Study(path), profile.changed({"bay.orientation": orientation}))
    for hours in ("all_day", "night"):
        room = study.room(hours)
        bays = place_bays(room, study.buildings)
        assert len(bays) <= room.zones.pitches.sum()
        assert_sound(room, bays, Study(path).crs)


streets = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        st.sampled_from(sorted(TIERS_OF)),
        st.sampled_from([5.5, 7.0, 9.0, 12.0, 18.0]),
        st.booleans(),
    ).filter(lambda street: street[0] != street[1]),
    min_size=1,
    max_size=7,
)
things = st.lists(
    st.tuples(
        st.sampled_from(["crossing", "bus_stop", "hydrant", "fuel", "signals", "level_crossing"]),
        st.integers(0, 250),
        st.integers(0, 250),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streets, things, st.sampled_from(["parallel", "angled_45", "angled_60", "perpendicular"]))
def test_bays_on_random_streets_are_sound(
    drawn: list[Any], standing: list[tuple[str, int, int]], orientation: str
) -> None:
    profile = load_profile().changed({"bay.orientation": orientation})
    rows = [
        road(
            [(x * 50.0, y * 50.0) for x, y in (one, two)],
            highway=highway,
            tier=TIERS_OF[highway],
            width_m=width,
            oneway=oneway,
            street_id=f"s{number % 3}",
        )
        for number, (one, two, highway, width, oneway) in enumerate(drawn)
    ]
    layers = layers_of(rows, [{"kind": kind, "x": float(x), "y": float(y)} for kind, x, y in standing])
    room = BayRoom(KerbGround.of(layers, CRS, profile), profile)
    assert_sound(room, place_bays(room), CRS)
    fall = waterfall(room, 0)
    assert fall.steps["metres"].sum() + fall.free_m == pytest.approx(fall.kerb_m, abs=1e-6)
