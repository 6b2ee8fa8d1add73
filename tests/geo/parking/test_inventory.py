"""The inventory of parking: what tags, areas and the study's own list say, and the model's answer elsewhere."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.build import Inputs, build_study
from geo.core.metric_geometry import metric_shapes
from geo.kerbs.ground import KerbGround, read_ground
from geo.parking.inventory import inventory_layer, take_inventory
from geo.parking.inventory_study import inventory_parking
from geo.rules import Profile
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.study.schema import conform_geo
from tests.support.drawn import CRS, degrees, layers_of, road
from tests.support.extracts import grid, write_osm

SIZE = 8
EXTENT = (114.3, 36.0, 114.4, 36.2)

ROWS: list[dict[str, str]] = [
    {"parking:left": "lane", "parking:left:restriction": "no_parking", "parking:right": "lane"},
    {"parking:both": "no"},
    {
        "parking:lane:right": "parallel",
        "parking:condition:right": "ticket",
        "parking:condition:right:time_interval": "Mo-Fr 08:00-18:00",
        "parking:lane:left": "no_stopping",
    },
    {"parking:right": "separate", "parking:left": "separate"},
    {
        "oneway": "-1",
        "parking:right": "half_on_kerb",
        "parking:right:orientation": "perpendicular",
        "parking:right:restriction:conditional": "no_parking @ (Mo-Fr 07:00-19:00)",
        "parking:right:maxstay": "2 hours",
    },
    {"parking:both": "street_side", "parking:both:capacity": "14"},
    {"tunnel": "yes", "layer": "-1"},
    {"highway": "motorway", "oneway": "yes"},
]
"""The tags of streets from west to east, from the south to the north."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grid of streets with tags of both schemes, and bays mapped as an area on one side of one."""
    folder = tmp_path_factory.mktemp("inventory")
    nodes = dict(grid(SIZE))
    ways = [
        (
            row + 1,
            [row * SIZE + column + 1 for column in range(SIZE)],
            {"highway": "residential", "name": f"R{row}", **t},
        )
        for row, t in enumerate(ROWS)
    ]
    ways += [
        (100 + column, [row * SIZE + column + 1 for row in range(SIZE)], {"highway": "tertiary", "name": f"C{column}"})
        for column in range(SIZE)
    ]
    # 20 m of bays south of the fourth street: on the right of its drawing direction
    west, north = 114.35 + 0.0014, 36.10 + 3 * 0.001 - 0.000035
    corners = [(west, north), (west + 0.00022, north), (west + 0.00022, north - 0.00002), (west, north - 0.00002)]
    nodes |= {9000 + number: corner for number, corner in enumerate(corners)}
    ways.append((500, [9000, 9001, 9002, 9003, 9000], {"amenity": "parking", "parking": "street_side"}))
    path = folder / "city.gpkg"
    build_study(path, Inputs(write_osm(folder / "city.osm", nodes, ways)))
    inventory_parking(path)
    return path


def rows_of(city: Path, name: str) -> gpd.GeoDataFrame:
    """Return the rows of a street, with how its segments are drawn."""
    table, roads = read_layer(city, "parking_inventory"), read_layer(city, "roads")
    mine = roads.loc[roads["name"] == name, "segment_id"]
    return table[table["segment_id"].isin(mine)]


def test_a_forbidden_side_is_not_unknown_and_its_neighbour_has_parking(city: Path) -> None:
    rows = rows_of(city, "R0")
    left, right = (rows[rows["side"] == side] for side in ("left", "right"))
    assert set(left["kind"]) == {"none"}
    assert set(left["restriction"]) == {"no_parking"}
    assert set(left["state"]) == {"forbidden"}
    assert left["position"].isna().all()
    assert (left["capacity_high"] == 0).all()
    assert set(right["kind"]) == {"parallel"}
    assert set(right["source"]) == {"mapped"}
    assert (right["capacity_likely"] > 10).all()
    forbidden = rows_of(city, "R1")
    assert set(forbidden["kind"]) == {"none"}
    assert forbidden["restriction"].isna().all()


def test_the_older_scheme_and_its_conditions_are_read(city: Path) -> None:
    rows = rows_of(city, "R2")
    right, left = (rows[rows["side"] == side] for side in ("right", "left"))
    assert set(right["kind"]) == {"parallel"}
    assert set(right["position"]) == {"lane"}
    assert set(right["hours"]) == {"Mo-Fr 08:00-18:00"}
    assert set(right["conditions"]) == {"收费（Mo-Fr 08:00-18:00） ｜ fee (Mo-Fr 08:00-18:00)"}
    assert set(right["conditional"]) == {"fee:conditional=yes @ (Mo-Fr 08:00-18:00)"}
    assert set(left["restriction"]) == {"no_stopping"}


def test_separate_bays_lie_where_their_area_is_and_are_unknown_where_there_is_none(city: Path) -> None:
    rows = rows_of(city, "R3")
    area = rows[rows["cause_id"].notna()]
    assert area["cause_id"].tolist() == ["way/500"]
    assert area["position"].tolist() == ["street_side"]
    assert 18 < area["length_m"].iloc[0] < 22
    assert area["capacity_likely"].between(3, 5).all()
    beside = rows[(rows["segment_id"] == area["segment_id"].iloc[0]) & (rows["side"] == "right")]
    assert set(beside["kind"]) == {"parallel", "none"}
    ordered = beside.sort_values("from_m")
    assert np.allclose(ordered["from_m"].iloc[1:], ordered["to_m"].iloc[:-1], atol=0.01)
    apart = rows[rows["kind"] == "separate"]
    assert len(apart)
    assert apart["capacity_likely"].isna().all()


def test_a_way_against_its_traffic_has_its_tags_on_the_other_side(city: Path) -> None:
    rows, roads = rows_of(city, "R4"), read_layer(city, "roads").set_index("segment_id")
    assert roads.loc[rows["segment_id"], "oneway"].all()
    tagged = rows[rows["source"] == "mapped"]
    assert set(tagged["side"]) == {"left"}, "segments of one-way streets are drawn with their traffic"
    assert set(tagged["kind"]) == {"perpendicular"}
    assert set(tagged["position"]) == {"half_on_kerb"}
    assert set(tagged["conditions"]) == {
        "最长停放 2 小时；禁止停车（Mo-Fr 07:00-19:00） ｜ at most 2 hours; no parking (Mo-Fr 07:00-19:00)"
    }
    line, kerb = roads.geometry[tagged["segment_id"].iloc[0]], tagged.geometry.iloc[0]
    assert kerb.centroid.y < line.centroid.y, "the way is drawn to the east: its right side is the south"
    assert set(rows[rows["side"] == "right"]["source"]) == {"model"}


def test_a_capacity_that_is_mapped_is_taken_as_it_is(city: Path) -> None:
    rows = rows_of(city, "R5")
    for side in ("left", "right"):
        mine = rows[rows["side"] == side]
        assert set(mine["capacity_source"]) == {"tag"}
        for column in ("capacity_low", "capacity_likely", "capacity_high"):
            assert mine[column].sum() == pytest.approx(14, abs=0.1)


def test_nothing_is_said_of_tunnels_and_motorways(city: Path) -> None:
    assert rows_of(city, "R6").empty
    assert rows_of(city, "R7").empty
    assert set(rows_of(city, "C3")["source"]) == {"model"}


def test_stretches_of_a_side_are_disjoint_and_every_figure_has_its_bounds(city: Path) -> None:
    table = read_layer(city, "parking_inventory").sort_values(["segment_id", "side", "from_m"])
    assert table["inventory_id"].is_unique
    same = (table["segment_id"] == table["segment_id"].shift()) & (table["side"] == table["side"].shift())
    assert (table["from_m"] >= table["to_m"].shift() - 0.01)[same].all()
    known = table[table["capacity_likely"].notna()]
    assert (known["capacity_low"] <= known["capacity_likely"]).all()
    assert (known["capacity_likely"] <= known["capacity_high"]).all()
    assert table["probability"].notna().eq(table["source"] == "model").all()
    assert set(table.loc[table["kind"] == "unlikely", "source"]) <= {"model"}


def drawn(profile: Profile, rows: list[dict[str, object]], **layers: object) -> tuple[KerbGround, pd.DataFrame]:
    made = layers_of(rows, **layers)  # type: ignore[arg-type]
    ground = KerbGround.of(made, CRS, profile)
    return ground, inventory_layer(ground, take_inventory(ground, made["facilities"], made["context"], EXTENT, profile))


def test_the_interval_of_a_mapped_side_holds_longer_gaps_and_corners(profile: Profile) -> None:
    _, table = drawn(profile, [road([(0, 0), (104, 0)], width_m=9.0, parking_left="parallel")])
    row = table[table["source"] == "mapped"].iloc[0]
    # (104 + 0.8) / 5.2; a car and its gap of 15 % more and less; at an angle there is room: no tag says how cars stand
    assert (row["capacity_low"], row["capacity_likely"], row["capacity_high"]) == (17, 20, 39)
    said = road(
        [(0, 0), (104, 0)], parking_left="parallel", parking_left_tags='{"": "lane", "orientation": "parallel"}'
    )
    _, table = drawn(profile, [said])
    row = table[table["source"] == "mapped"].iloc[0]
    assert (row["capacity_low"], row["capacity_likely"], row["capacity_high"]) == (17, 20, 23)


def test_the_studys_own_list_takes_its_kerb_and_is_told_apart(profile: Profile) -> None:
    place = {"segment_id": "1-0", "side": "left", "offset_m": 50.0, "capacity": 5, "x": 50, "y": 4}
    _, table = drawn(profile, [road([(0, 0), (104, 0)], parking_left="parallel")], parking=[place])
    left = table[table["side"] == "left"].sort_values("from_m")
    assert left["source"].tolist() == ["mapped", "listed", "mapped"]
    assert left["capacity_likely"].tolist()[1] == 5
    assert left["to_m"].iloc[1] - left["from_m"].iloc[1] == pytest.approx(30, abs=0.1)


def test_areas_on_each_other_count_their_kerb_once(profile: Profile) -> None:
    places = [
        {"segment_id": "1-0", "side": "right", "offset_m": at, "capacity": 4, "x": at, "y": -4} for at in (40.0, 46.0)
    ]
    _, table = drawn(profile, [road([(0, 0), (104, 0)])], parking=places)
    listed = table[table["source"] == "listed"].sort_values("from_m")
    assert listed["to_m"].iloc[0] <= listed["from_m"].iloc[1] + 1e-6
    assert listed["capacity_likely"].sum() == pytest.approx(4 + 4 * 6 / 24, abs=0.01)


def test_a_street_far_from_every_junction_has_no_answer(profile: Profile) -> None:
    rows = [
        road([(0, 0), (100, 0)]),
        road([(0, 0), (0, 100)], street_id="s2", name="二路"),
        road([(0, 0), (0, -100)], street_id="s3", name="三路"),
        road([(100, 0), (3000, 0)], street_id="s4", name="四路"),
    ]
    _, table = drawn(profile, rows)
    far = table[table["segment_id"] == "4-0"]
    assert far["to_m"].max() < 200
    assert len(table[table["segment_id"] == "1-0"])


def test_a_loop_and_a_street_of_one_side_have_their_rows(profile: Profile) -> None:
    loop = [(0, 0), (80, 0), (80, 80), (0, 80), (0, 0)]
    _, table = drawn(profile, [road(loop, parking_left="diagonal"), road([(0, 0), (-90, 0)], street_id="s2")])
    mapped = table[table["source"] == "mapped"]
    assert set(mapped["segment_id"]) == {"1-0"}
    assert mapped["capacity_likely"].sum() > 60
    assert not shapely.is_empty(table.geometry.to_numpy()).any()


def test_no_streets_make_an_empty_layer(profile: Profile) -> None:
    ground, table = drawn(profile, [road([(0, 0), (0.2, 0)])])
    assert len(ground.kerbs) == 2
    assert table.empty


def test_rows_lie_at_the_kerbs_of_their_streets(placed: Path) -> None:
    study = Study(placed)
    ground = read_ground(study)
    table = read_layer(placed, "parking_inventory")
    roads = study.layer("roads").set_index("segment_id")
    lines = metric_shapes(roads.loc[table["segment_id"]].geometry.to_numpy(), study.crs)
    kerbs = metric_shapes(table.geometry.to_numpy(), study.crs)
    middle = shapely.line_interpolate_point(kerbs, 0.5, normalized=True)
    away = shapely.distance(lines, middle)
    assert np.median(away) > 2
    assert (away < 2 * ground.kerbs.half_m.max()).all()


def test_areas_in_the_layer_are_at_the_kerb_of_the_ground(profile: Profile) -> None:
    layers = layers_of([road([(0, 0), (104, 0)], width_m=9.0)])
    area = {"facility_id": "way/7", "kind": "street_parking", "orientation": "perpendicular"}
    shape = degrees(shapely.box(30, 5, 55, 10))
    table = gpd.GeoDataFrame([{**area, "geometry": shape}], geometry="geometry", crs="EPSG:4326")
    layers["facility_areas"] = conform_geo(table, "facility_areas")
    ground = KerbGround.of(layers, CRS, profile)
    found = inventory_layer(ground, take_inventory(ground, layers["facilities"], layers["context"], EXTENT, profile))
    row = found[found["cause_id"] == "way/7"].iloc[0]
    assert (row["side"], row["kind"], row["capacity_likely"]) == ("left", "perpendicular", 10)
    assert (row["from_m"], row["to_m"]) == (pytest.approx(30, abs=0.5), pytest.approx(55, abs=0.5))
