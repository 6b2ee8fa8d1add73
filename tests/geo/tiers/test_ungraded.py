"""Expressways, ramps and motor roads carry no tier unless a list gives them one."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.rules import Profile, load_profile
from geo.streets.roads import make_roads
from geo.tiers.grading import grade
from geo.tiers.official_list import read_tier_list
from tests.support.lists import NO_DECISIONS, graded_rows
from tests.support.ways import make_ways

TAGS = [
    {"highway": "trunk", "name": "环城快速路"},
    {"highway": "trunk_link", "name": "快速路匝道"},
    {"highway": "secondary_link", "name": "右转道"},
    {"highway": "primary", "name": "机场路", "motorroad": "yes"},
    {"highway": "primary", "name": "人民大道", "motorroad": "no"},
    {"highway": "residential", "name": "背街"},
]


def test_they_are_unclassified_and_say_by_which_rule(profile: Profile, tmp_path: Path) -> None:
    streets, _ = graded_rows(TAGS, profile, "别的路,示范路\n", tmp_path)
    none = streets["tier"] == "unclassified"
    assert streets.index[none].tolist() == ["环城快速路", "快速路匝道", "右转道", "机场路"]
    assert (streets.loc[none, "tier_confidence"] == 1).all()
    assert streets.loc["右转道", "tier_reason"].startswith("secondary_link 不分级；规则 tiers.ungraded_highways")
    assert "tiers.ungraded_motorroads" in streets.loc["机场路", "tier_reason"]


def test_a_list_gives_them_a_tier_all_the_same(profile: Profile, tmp_path: Path) -> None:
    streets, _ = graded_rows(TAGS, profile, "环城快速路,次干道\n机场路,示范路\n", tmp_path)
    assert streets.loc["环城快速路", ["tier", "tier_source"]].tolist() == ["secondary", "official"]
    assert streets.loc["机场路", "tier"] == "demonstration"


def test_other_rules_grade_them(tmp_path: Path) -> None:
    streets, _ = graded_rows(TAGS, load_profile("nyc"), "别的路,示范路\n", tmp_path)
    assert streets.loc["环城快速路", "tier"] != "unclassified", "boulevards are trunk roads there"
    rules = load_profile().changed({"tiers.ungraded_highways": ["service"], "tiers.ungraded_motorroads": False})
    streets, _ = graded_rows(TAGS, rules, "别的路,示范路\n", tmp_path)
    assert (streets["tier"] != "unclassified").all()


@pytest.mark.parametrize(("ramp", "tier"), [(1, "secondary"), (30, "unclassified")])
def test_a_street_with_a_short_ramp_keeps_its_tier(ramp: int, tier: str, profile: Profile, tmp_path: Path) -> None:
    ways = make_ways(
        [[(0, 0), (10, 0)], [(10, 0), (10 + ramp, 0)]],
        [{"highway": "secondary", "name": "中华路"}, {"highway": "secondary_link", "name": "中华路"}],
    )
    file = tmp_path / "名单.csv"
    file.write_text("路名,等级\n别的路,示范路\n", encoding="utf-8")
    roads, crs = make_roads(ways, profile, file)
    found = grade(roads, read_tier_list(file), NO_DECISIONS, profile, crs).streets
    assert found["tier"].tolist() == [tier]
