"""Segments run from junction to junction and lose no metre; streets are what a planner calls one street."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo.core.name_matching import normal_name, street_key
from geo.rules import Profile, load_profile
from geo.streets.extract import Ways, read_ways
from geo.streets.layer import streets_layer
from geo.streets.roads import make_roads
from tests.support.ways import make_ways


def streets_of(ways: Ways) -> list[str]:
    roads, _ = make_roads(ways, load_profile(), Path("test.osm"))
    return roads["street_id"].tolist()


def test_both_carriageways_are_one_street_and_the_same_name_far_away_is_another() -> None:
    named = {"highway": "primary", "name": "文峰大道"}
    ways = make_ways([[(0, 0), (5, 0)], [(0, 1), (5, 1)], [(40, 0), (45, 0)]], [named, named, named], step=0.0005)
    first, second, third = streets_of(ways)
    assert first == second != third


def test_pieces_either_side_of_a_junction_are_one_street_whatever_the_letters_width() -> None:
    tags = [{"highway": "primary", "name": name} for name in ("解放大道Ａ", "解放大道A ", "人民路")]
    ways = make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(1, 0), (1, 1)]], tags)
    first, second, crossing = streets_of(ways)
    assert first == second != crossing
    assert normal_name("解放大道Ａ") == normal_name(" 解放大道a")


def test_unnamed_ways_are_streets_of_their_own_and_ids_outlive_a_rebuild() -> None:
    ways = make_ways([[(0, 0), (1, 0), (2, 0)], [(1, 0), (1, 1)]])
    assert streets_of(ways) == ["s1", "s1", "s2"]


def test_nearness_crosses_the_borders_of_grid_cells() -> None:
    """Two pieces 150 m apart are one street wherever they lie; 500 m apart they never are."""
    named = {"highway": "primary", "name": "中华路"}
    for shift in range(8):
        near = make_ways([[(shift, 0), (shift, 1)], [(shift, 2), (shift, 3)]], [named, named], step=0.00135)
        far = make_ways([[(shift, 0), (shift, 1)], [(shift, 5), (shift, 6)]], [named, named], step=0.00135)
        assert len(set(streets_of(near))) == 1
        assert len(set(streets_of(far))) == 2


PRIMARY = {"highway": "primary", "name": "文峰大道"}


def test_sections_spellings_and_aliases_are_one_street() -> None:
    tags = [
        {"highway": "primary", "name": "文峰大道东段"},
        {"highway": "primary", "name": "文峰大道西段"},
        {"highway": "primary", "name": "Wenfeng Avenue"},
        {"highway": "primary", "name": "文峯大道", "aliases": "Wenfeng Avenue"},
    ]
    ways = make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(3, 0), (4, 0)], [(2, 0), (3, 0)]], tags)
    assert len(set(streets_of(ways))) == 1
    roads, _ = make_roads(ways, load_profile(), Path("test.osm"))
    street = streets_layer(roads).iloc[0]
    assert street["name"] in ("文峰大道", "文峯大道", "Wenfeng Avenue")
    assert "文峰大道东段" in street["aliases"]


def test_an_alias_that_two_streets_share_does_not_join_them() -> None:
    tags = [{"highway": "primary", "name": name, "aliases": "Wenchang Road"} for name in ("文昌路", "文长路")]
    first, second = streets_of(make_ways([[(0, 0), (1, 0)], [(1, 0), (1, 1)]], tags))
    assert first != second


def test_another_word_for_street_joins_only_where_one_continues_the_other() -> None:
    tags = [{"highway": "primary", "name": name} for name in ("文峰路", "文峰大道", "文峰街")]
    road, avenue, across = streets_of(make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(1, 0), (1, 1)]], tags))
    assert road == avenue != across


def test_a_roundabout_belongs_to_the_highest_street_that_it_serves() -> None:
    ring = {"highway": "primary", "junction": "roundabout"}
    side = {"highway": "residential", "name": "小巷"}
    ways = make_ways(
        [[(0, 0), (2, 0)], [(2, 0), (3, 1), (4, 0), (3, -1), (2, 0)], [(4, 0), (6, 0)], [(3, 1), (3, 3)]],
        [PRIMARY, ring, PRIMARY, side],
    )
    roads, _ = make_roads(ways, load_profile(), Path("test.osm"))
    main = roads.loc[roads["name"] == "文峰大道", "street_id"].unique()
    assert len(main) == 1
    assert set(roads.loc[roads["junction"] == "roundabout", "street_id"]) == set(main)
    assert main[0] not in set(roads.loc[roads["name"] == "小巷", "street_id"])


def test_slip_roads_belong_to_the_street_of_their_class() -> None:
    ramp = {"highway": "primary_link", "oneway": "yes"}
    cross = {"highway": "secondary", "name": "人民路"}
    avenue, street, first, second = streets_of(
        make_ways(
            [[(0, 0), (4, 0)], [(2, -3), (2, 3)], [(0, 0), (1, 1)], [(1, 1), (2, 3)]], [PRIMARY, cross, ramp, ramp]
        )
    )
    assert first == second == avenue != street


def test_ramps_of_a_motorway_without_name_are_no_part_of_the_street_below() -> None:
    ramp, motorway = {"highway": "motorway_link"}, {"highway": "motorway"}
    avenue, _, slip = streets_of(
        make_ways([[(0, 0), (4, 0)], [(0, 3), (4, 3)], [(0, 3), (4, 0)]], [PRIMARY, motorway, ramp])
    )
    assert slip != avenue


def test_a_gap_is_filled_and_a_loop_off_the_street_is_not() -> None:
    unnamed = {"highway": "primary"}
    loop = {"highway": "residential"}
    left, gap, right, off = streets_of(
        make_ways(
            [[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (4, 0)], [(2, 0), (2, 1), (4, 1), (4, 0)]],
            [PRIMARY, unnamed, PRIMARY, loop],
            step=0.0005,
        )
    )
    assert left == gap == right != off


def test_a_one_way_side_lane_belongs_to_its_street_and_a_parallel_alley_does_not() -> None:
    lane, alley = {"highway": "unclassified", "oneway": "yes"}, {"highway": "residential"}
    lines = [[(0, 0), (100, 0)], [(10, 2), (90, 2)], [(10, -2), (90, -2)]]
    avenue, side, parallel = streets_of(make_ways(lines, [PRIMARY, lane, alley], step=0.0001))
    assert side == avenue != parallel


@pytest.mark.parametrize("name", ["beijing_wudaokou.osm.pbf", "guixi.osm.pbf"])
def test_every_named_road_of_a_chinese_extract_is_one_street(
    name: str, shared: Callable[[str], Path], profile: Profile
) -> None:
    ways = read_ways(shared(name), profile["roads.kept_highways"])
    roads, _ = make_roads(ways, profile, shared(name))
    named = roads[roads["name"].notna()]
    assert named.groupby(named["name"].map(street_key))["street_id"].nunique().max() == 1
