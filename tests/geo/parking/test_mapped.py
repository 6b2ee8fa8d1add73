"""Where bays fit, compared with the parking that the map has."""

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
from geo.core.crs import WGS84
from geo.kerbs.ground import KerbGround
from geo.parking.mapped import NO_PARKING_TAG, Agreement, Mapped, agreement_document, compare, mapped_parking
from geo.parking.room import BayRoom
from geo.parking.study import plan_bays
from geo.parking.tagged_sides import cars_on
from geo.rules import Profile, load_profile
from geo.streets.roads import make_roads
from geo.study.file import read_layer
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road
from tests.support.ways import make_ways


def mapped(tags: dict[str, str], profile: Profile) -> pd.Series:
    """Return the first segment of a way of two with these tags."""
    lines = [[(0, 0), (1, 0), (3, 0)], [(1, 0), (1, 1)]]
    ways = make_ways(lines, [{"highway": "residential", **tags}, {"highway": "service"}])
    return make_roads(ways, profile, Path("test.osm"))[0].iloc[0]


@pytest.mark.parametrize(
    ("tags", "left", "right"),
    [
        ({}, None, None),
        ({"parking:both": "no"}, "none", "none"),
        ({"parking:right": "lane", "parking:left": "no"}, "none", "parallel"),
        ({"parking:both": "lane", "parking:both:orientation": "perpendicular"}, "perpendicular", "perpendicular"),
        ({"parking:both": "lane", "parking:right:orientation": "diagonal"}, "parallel", "diagonal"),
        ({"parking:right": "separate"}, None, "separate"),
        ({"parking:lane:both": "parallel"}, "parallel", "parallel"),
        ({"parking:lane:left": "no_stopping", "parking:lane:right": "diagonal"}, "none", "diagonal"),
        ({"oneway": "-1", "parking:right": "lane"}, "parallel", None),
    ],
)
def test_both_schemes_of_tags_are_understood(
    tags: dict[str, str], left: str | None, right: str | None, profile: Profile
) -> None:
    row = mapped(tags, profile)
    assert (row["parking_left"], row["parking_right"]) == (left, right)


def test_a_capacity_is_shared_among_the_segments_of_its_way(profile: Profile) -> None:
    row = mapped({"parking:right": "lane", "parking:right:capacity": "30"}, profile)
    assert row["parking_right_cars"] == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    ("length", "kind", "cars"),
    [
        (4.4, "parallel", 1),
        (4.3, "parallel", 0),
        (9.6, "parallel", 2),
        (100.0, "parallel", 19),
        (100.0, "diagonal", 32),
        (100.0, "perpendicular", 40),
    ],
)
def test_cars_are_counted_as_tilda_counts(length: float, kind: str, cars: int) -> None:
    found = cars_on(np.array([length]), np.array([kind], dtype=object), load_profile("berlin"))
    assert found.tolist() == [cars]


def compared(
    profile: Profile, areas: list[Any] | None = None, area_tags: dict[str, Any] | None = None, **columns: Any
) -> Agreement:
    layers = layers_of([road([(0, 0), (105.2, 0)], width_m=12.0, **columns)])
    if areas:
        tags = {"facility_id": [f"way/{n}" for n in range(len(areas))], "kind": "street_parking", **(area_tags or {})}
        shapes = gpd.GeoDataFrame(tags, geometry=[degrees(area) for area in areas], crs=WGS84)
        layers["facility_areas"] = conform_geo(shapes, "facility_areas")
        layers["facilities"] = conform_geo(shapes.set_geometry(shapes.geometry.representative_point()), "facilities")
    room = BayRoom(KerbGround.of(layers, CRS, profile), profile)
    return compare(room, mapped_parking(room))


def test_a_kerb_that_the_map_is_silent_on_is_not_compared(profile: Profile) -> None:
    found = compared(profile)
    assert (sum(found.metres.values()), found.precision, found.recall, found.kerbs) == (0, None, None, (0, 2))


def test_the_same_kerb_gives_the_same_cars_under_the_profile_berlin() -> None:
    found = compared(load_profile("berlin"), parking_left="parallel", parking_right="none")
    assert found.metres["both"] == pytest.approx(105.2, abs=0.1)
    assert found.metres["neither"] == pytest.approx(105.2, abs=0.1)
    assert found.cars == {"study": 20, "mapped": 20, "mapped_clear": 20}, "(105.2 + 0.8) / 5.2 is 20 a side"
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert set(found.differences["status"]) == {"both"}


def test_bays_on_a_side_tagged_no_are_differences_where_a_rule_allows_them() -> None:
    profile = load_profile("berlin").changed({"bay.on_tagged_no": True})
    found = compared(profile, parking_left="parallel", parking_right="none")
    assert found.metres["study"] == pytest.approx(105.2, abs=0.1)
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert set(found.differences["status"]) == {"both", "study"}


def test_a_mapped_side_is_not_cut_by_the_studys_own_clearances(profile: Profile) -> None:
    layers = layers_of(
        [road([(0, 0), (105.2, 0)], width_m=12.0, parking_left="parallel", parking_right="parallel")],
        facilities=[{"kind": "crossing", "x": 50, "y": 0}],
    )
    room = BayRoom(KerbGround.of(layers, CRS, profile), profile)
    found = compare(room, mapped_parking(room))
    assert found.metres["both"] + found.metres["mapped"] == pytest.approx(2 * 105.2, abs=0.1)
    assert found.metres["mapped"] >= 2 * 2 * profile["clearance.crossing"] - 0.1
    assert set(found.differences.loc[found.differences["status"] == "mapped", "cause"]) == {"clearance.crossing"}
    assert found.cars["mapped"] == 40 > found.cars["mapped_clear"]


def test_a_side_with_an_area_and_no_tag_is_not_compared(profile: Profile) -> None:
    found = compared(profile, [shapely.box(20, 4, 52, 6.2)])
    assert found.kerbs == (0, 2), "nothing tells of the rest of that side"
    found = compared(profile, [shapely.box(20, 4, 52, 6.2)], parking_left="separate")
    assert found.kerbs == (1, 2)


def test_an_explicit_capacity_is_honoured(profile: Profile) -> None:
    found = compared(profile, parking_left="parallel", parking_left_cars=7.0)
    assert found.cars["mapped"] == 7


@pytest.mark.parametrize("said", [-3.0, 1e12])
def test_a_capacity_that_no_kerb_can_hold_is_not_taken(said: float, profile: Profile) -> None:
    counted = compared(profile, parking_left="parallel").cars
    assert compared(profile, parking_left="parallel", parking_left_cars=said).cars == counted
    area = [shapely.box(20, 4, 52, 6.2)]
    counted = compared(profile, area, parking_left="separate").cars
    assert compared(profile, area, {"capacity": said}, parking_left="separate").cars == counted


def test_a_lone_short_area_holds_one_car(profile: Profile) -> None:
    found = compared(profile, [shapely.box(50, 4, 53, 6)], parking_left="separate")
    assert found.cars["mapped"] == 1
    assert found.metres["both"] + found.metres["mapped"] == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(
    ("area", "tags", "cars"),
    [
        (shapely.box(20, 4, 52, 6.2), {}, 6),  # 32 m, 2.2 m deep: along the kerb, (32 + 0.8) / 5.2
        (shapely.box(20, 2, 52, 6), {}, 10),  # 4 m deep: at an angle, 3.1 m each
        (shapely.box(20, 1, 52, 6), {}, 12),  # 5 m deep: perpendicular, 2.5 m each
        (shapely.box(20, 1, 52, 6), {"orientation": "parallel"}, 6),
        (shapely.box(20, 1, 52, 6), {"capacity": 9}, 9),
    ],
)
def test_bays_mapped_as_an_area_hold_what_they_say_or_what_their_depth_says(
    area: Any, tags: dict[str, Any], cars: int, profile: Profile
) -> None:
    assert compared(profile, [area], tags, parking_left="separate").cars["mapped"] == cars


@pytest.mark.parametrize(
    ("width", "kind"), [("2", "parallel"), ("3.8 m", "diagonal"), ("5", "perpendicular"), ("wide", "parallel")]
)
def test_an_untagged_orientation_is_inferred_from_the_width(width: str, kind: str, profile: Profile) -> None:
    row = mapped({"parking:right": "street_side", "parking:right:width": width}, profile)
    assert row["parking_right"] == kind


def test_every_difference_has_a_cause(profile: Profile) -> None:
    rules = profile.changed({"bay.on_tagged_no": True})
    found = compared(rules, parking_left="parallel", parking_right="none", cycleway_left="lane")
    causes = found.differences.set_index("status")["cause"]
    assert causes["mapped"] == "bay.cycle_lane.beside"
    assert causes["study"] == NO_PARKING_TAG
    document = agreement_document(found, pd.Series({"s1": "人民路"}))
    assert {row["cause"] for row in document["largest"]} == {"bay.cycle_lane.beside", NO_PARKING_TAG}
    assert document["largest"][0]["street"] == "人民路"


def test_parking_that_overlaps_is_found_at_any_place_of_it() -> None:
    none = np.zeros(3, dtype=bool)
    mapped_here = Mapped(
        np.array([2, 2, 5]), np.array([10.0, 20.0, 0.0]), np.array([60.0, 30.0, 5.0]), none, none, np.ones(3), none
    )
    at = mapped_here.holds(np.array([2, 2, 2, 5, 5, 4]), np.array([9.0, 45.0, 61.0, 4.0, 6.0, 20.0]))
    assert at.tolist() == [False, True, False, True, False, False]


def test_in_neukoelln_the_study_finds_most_of_what_is_mapped(shared: Callable[[str], Path], tmp_path: Path) -> None:
    path = tmp_path / "study.gpkg"
    build_study(path, Inputs(shared("neukolln.osm.pbf")))
    summary = plan_bays(path, load_profile("berlin"))
    agreement = summary["agreement"]
    assert agreement["recall"] is not None
    assert agreement["precision"] is not None
    # mapped sides count from corner to corner; bays keep off sides that are tagged as having no parking
    assert agreement["recall"] > 0.65
    assert agreement["precision"] > 0.85
    supply = summary["supply"]
    by_day = supply["hours"]["all_day"]
    assert by_day["new"] + by_day["on_existing"] == summary["bays"]["all_day"]
    assert by_day["new_capacity"]["likely"] == by_day["new"] < summary["capacity"]["all_day"]["likely"]
    assert by_day["signs_m"]["bay.on_no_stopping"] > 400
    assert 300 < supply["existing"]["day"] <= supply["existing"]["night"]
    bays = read_layer(path, "bays")
    assert int(bays["mapped"].sum()) == by_day["on_existing"]
    layer = read_layer(path, "parking_differences")
    by_status = layer.groupby("status")["length_m"].sum()
    for status in ("both", "study", "mapped"):
        assert by_status[status] == pytest.approx(agreement["metres"][status], abs=2)
