"""A list means streets and sections: found by name, spelling or likeness, split at the right junctions."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import pytest

from geo.core.text import pick
from geo.rules import Profile
from geo.streets.street_lists import read_list
from geo.tiers.official_list import TIERS_OF_STREETS
from tests.support.lists import avenue, graded
from tests.support.map_formats import LINES, POINTS, written
from tests.support.ways import make_ways


def extent_of(roads: gpd.GeoDataFrame, tier: str) -> tuple[int, int]:
    """Return from where to where the avenue has a tier, in columns of the grid."""
    west, _, east, _ = roads[(roads["name"].str.startswith("文峰")) & (roads["tier"] == tier)].total_bounds
    return round((west - 114.30) / 0.00045), round((east - 114.30) / 0.00045)


@pytest.mark.parametrize(
    "rows",
    [
        "路名,等级,起点,止点\n文峰大道,示范路,乙路,丙路\n",
        "路名,等级,起点,止点\n文峰大道,示范路,丙路,乙路\n",
        "路名,等级,路段\n文峰大道,示范路,自乙路至丙路\n",
        "路名,等级,路段\n文峰大道,示范路,乙路—丙路\n",
        "路名,等级\n文峰大道（乙路至丙路）,示范路\n",
        "name,tier,from,to\n文峰大道,demonstration,乙路,丙路\n",
    ],
)
def test_a_section_is_split_at_its_cross_streets_on_both_carriageways(
    rows: str, profile: Profile, tmp_path: Path
) -> None:
    grades = graded(avenue(), profile, rows, tmp_path)
    listed = grades.roads[grades.roads["tier_source"] == "official"]
    assert extent_of(listed, "demonstration") == (20, 30)
    assert len(listed) == 2
    assert grades.findings.empty
    streets = grades.streets[grades.streets["name"] == "文峰大道"].set_index("street_id")
    section, rest = sorted(pick(text, "en") for text in streets["section"])
    assert section in ("from 乙路 to 丙路", "from 丙路 to 乙路")
    assert rest == "the rest"
    assert streets["length_m"].sum() == pytest.approx(
        grades.roads.loc[grades.roads["name"] == "文峰大道", "length_m"].sum(), abs=0.1
    )


def test_the_ends_of_a_street_are_named_by_the_compass(profile: Profile, tmp_path: Path) -> None:
    rows = "路名,等级,起点,止点\n文峰大道,示范路,西端,甲路\n文峰大道,背街小巷,丁路,东端\n"
    grades = graded(avenue(), profile, rows, tmp_path)
    listed = grades.roads[grades.roads["tier_source"] == "official"]
    assert extent_of(listed, "demonstration") == (0, 10)
    assert extent_of(listed, "back_street") == (40, 50)


def test_a_section_stands_over_the_whole_street_whatever_their_order(profile: Profile, tmp_path: Path) -> None:
    rows = "路名,等级,起点,止点\n文峰大道,示范路,乙路,丙路\n文峰大道,次干道,,\n"
    grades = graded(avenue(), profile, rows, tmp_path)
    assert extent_of(grades.roads, "demonstration") == (20, 30)
    assert extent_of(grades.roads, "secondary") == (0, 50)
    assert set(grades.roads.loc[grades.roads["name"] == "文峰大道", "tier_source"]) == {"official"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("文峰大道,示范路,乙路,不存在的路", "does not meet"),
        ("文峰大道,示范路,乙路,", "Only one end"),
        ("文峰大道,示范路,乙路,乙路", "both at the same"),
    ],
)
def test_a_section_that_cannot_be_told_is_a_finding_with_what_would_do(
    row: str, says: str, profile: Profile, tmp_path: Path
) -> None:
    grades = graded(avenue(), profile, f"路名,等级,起点,止点\n{row}\n", tmp_path)
    assert says in grades.findings["problem"].iloc[0]
    assert (grades.roads["tier_source"] == "inferred").all()
    if says == "does not meet":
        assert (
            "甲路, 丁路" in grades.findings["problem"].iloc[0].replace("丁路, 丙路", "丁路")
            or "甲路" in (grades.findings["problem"].iloc[0])
        )


def test_on_a_ring_a_section_is_the_shorter_side(profile: Profile, tmp_path: Path) -> None:
    ring = [(0, 0), (10, 0), (20, 0), (20, 10), (20, 20), (10, 20), (0, 20), (0, 10), (0, 0)]
    lines = [[a, b] for a, b in itertools.pairwise(ring)]
    lines += [[(10, 0), (10, -5)], [(20, 10), (25, 10)]]
    tags = [{"highway": "primary", "name": "环路"}] * 8 + [{"highway": "tertiary", "name": n} for n in ("甲路", "乙路")]
    grades = graded(
        make_ways(lines, tags, step=0.0005), profile, "路名,等级,起点,止点\n环路,示范路,甲路,乙路\n", tmp_path
    )
    listed = grades.roads[grades.roads["tier_source"] == "official"]
    assert len(listed) == 2
    assert listed.total_bounds[1] >= 36.0 - 1e-9


def test_another_spelling_is_an_alias_and_a_slip_of_the_pen_is_to_be_confirmed(
    profile: Profile, tmp_path: Path
) -> None:
    ways = avenue()
    grades = graded(ways, profile, "路名,等级\n文峯大道,示范路\n", tmp_path)
    street = grades.streets[grades.streets["name"] == "文峰大道"].iloc[0]
    assert (street["tier_source"], street["tier_confidence"]) == ("official", 1.0)
    assert grades.findings.empty

    grades = graded(ways, profile, "路名,等级\n文锋大道,示范路\n", tmp_path)
    street = grades.streets[grades.streets["name"] == "文峰大道"].iloc[0]
    assert (street["tier"], street["tier_source"]) == ("demonstration", "official")
    assert street["tier_confidence"] < 1
    assert "待确认" in street["tier_reason"]
    assert "文峰大道" in grades.findings["problem"].iloc[0]


def test_the_name_of_a_section_on_the_map_means_that_section(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "primary", "name": name} for name in ("文峰大道西段", "文峰大道中段", "文峰大道东段")]
    ways = make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (3, 0)]], tags)
    grades = graded(ways, profile, "路名,等级\n文峰大道,次干道\n文峰大道东段,示范路\n", tmp_path)
    assert grades.roads.set_index("name")["tier"].to_dict() == {
        "文峰大道西段": "secondary",
        "文峰大道中段": "secondary",
        "文峰大道东段": "demonstration",
    }


def test_a_direction_is_never_a_slip_of_the_pen(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "primary", "name": "中山西路"}]
    grades = graded(make_ways([[(0, 0), (1, 0)]], tags), profile, "路名,等级\n中山东路,示范路\n", tmp_path)
    assert (grades.roads["tier_source"] == "inferred").all()
    assert "No street with the name" in grades.findings["problem"].iloc[0]


def test_an_unnamed_street_has_the_tier_of_what_it_connects_to(profile: Profile, tmp_path: Path) -> None:
    lines = [[(0, 0), (5, 0)], [(5, 0), (5, 5)], [(0, 0), (0, 5)]]
    tags = [
        {"highway": "tertiary", "name": "文峰大道"},
        {"highway": "tertiary"},
        {"highway": "residential"},
    ]
    grades = graded(make_ways(lines, tags), profile, "路名,等级\n文峰大道,示范路\n", tmp_path)
    connected, alley = (
        grades.streets[grades.streets["name"].isna()].sort_values("highway", ascending=False).itertuples()
    )
    assert (connected.tier, alley.tier) == ("demonstration", "back_street")
    assert "文峰大道" in connected.tier_reason
    assert connected.tier_confidence < 1


@pytest.mark.parametrize("suffix", [".gpkg", ".tab", ".gdb", ".geojsonl"])
def test_a_list_may_be_a_layer_of_lines(suffix: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["人民路", "建设路", ""], "tier": ["示范路", "次干道", "背街小巷"]}, geometry=[LINES[0]] * 3, crs=4326
    )
    file = written(tmp_path, suffix, frame)
    if suffix == ".gpkg":
        frame.set_geometry([POINTS[0]] * 3, crs=4326).to_file(file, layer="路牌")
    listed = read_list(file, TIERS_OF_STREETS)
    assert listed.rows["name"].tolist() == ["人民路", "建设路"]
    assert listed.findings["row"].dropna().tolist() == [4]
    assert any("路牌" in problem for problem in listed.findings["problem"]) == (suffix == ".gpkg")
