"""The audit doubts what a planner would doubt, says why, and points at the place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.rules import Profile
from geo.study.schema import POINT_KINDS
from geo.tiers.audit import DOUBTS, audit
from geo.tiers.grading import Grades
from tests.support.lists import avenue, graded
from tests.support.ways import ANYANG, make_ways


def doubts_of(grades: Grades, profile: Profile, complaints: pd.DataFrame | None = None) -> pd.DataFrame:
    streets = grades.streets.assign(**dict.fromkeys(POINT_KINDS, 0))
    if complaints is None:
        complaints = pd.DataFrame({"category": [], "segment_id": []})
    found = audit(streets, grades.roads, grades.scores, complaints, profile, ANYANG)
    assert set(found["kind"]) <= set(DOUBTS)
    near = gpd.GeoSeries.from_xy(found["lon"], found["lat"], crs=4326)
    lines = streets.set_index("street_id").geometry
    assert all(
        shapely.distance(lines[street], place) < 1e-5 for street, place in zip(found["street_id"], near, strict=True)
    )
    return found


def test_a_short_section_between_stretches_of_another_tier_is_an_island(profile: Profile, tmp_path: Path) -> None:
    tags = [{"highway": "primary", "name": "文峰大道"}] * 3 + [
        {"highway": "tertiary", "name": n} for n in ("甲路", "乙路")
    ]
    lines = [[(0, 0), (9, 0)], [(9, 0), (10, 0)], [(10, 0), (20, 0)], [(9, 0), (9, 5)], [(10, 0), (10, 5)]]
    rows = "路名,等级,起点,止点\n文峰大道,示范路,,\n文峰大道,背街小巷,甲路,乙路\n"
    found = doubts_of(graded(make_ways(lines, tags, step=0.001), profile, rows, tmp_path), profile)
    island = found[found["kind"] == "island"]
    assert len(island) == 1
    assert "90 m" in island["reason"].iloc[0]
    assert (
        doubts_of(graded(avenue(), profile, "路名,等级,起点,止点\n文峰大道,背街小巷,甲路,丁路\n", tmp_path), profile)
        .query("kind == 'island'")
        .empty
    )


def test_a_tier_that_jumps_where_nothing_crosses_is_doubted_and_one_at_a_junction_is_not(
    profile: Profile, tmp_path: Path
) -> None:
    tags = [{"highway": "primary", "name": "文峰大道"}, {"highway": "residential", "name": "石林巷"}]
    rows = "路名,等级\n文峰大道,示范路\n石林巷,背街小巷\n"
    found = doubts_of(graded(make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)]], tags), profile, rows, tmp_path), profile)
    assert found["kind"].tolist() == ["jump"]
    crossed = make_ways([[(0, 0), (1, 0)], [(1, 0), (2, 0)], [(1, 0), (1, 1)]], [*tags, tags[1]])
    assert "jump" not in set(doubts_of(graded(crossed, profile, rows, tmp_path), profile)["kind"])
    corner = make_ways([[(0, 0), (1, 0)], [(1, 0), (1, 1)]], tags)
    assert "jump" not in set(doubts_of(graded(corner, profile, rows, tmp_path), profile)["kind"])


def test_stall_complaints_on_a_demonstration_road_are_doubted_by_number_and_rate(
    profile: Profile, tmp_path: Path
) -> None:
    tags = [{"highway": "primary", "name": "文峰大道"}]
    grades = graded(make_ways([[(0, 0), (5, 0)]], tags), profile, "路名,等级\n文峰大道,示范路\n", tmp_path)

    def kinds(category: str, count: int) -> set[str]:
        complaints = pd.DataFrame({"category": [category] * count, "segment_id": grades.roads["segment_id"].iloc[0]})
        return set(doubts_of(grades, profile, complaints)["kind"])

    assert kinds("unlicensed_stall", 3) == {"stall_complaints"}
    assert kinds("unlicensed_stall", 2) == set()
    assert kinds("illegal_parking_motor", 30) == set()


def test_a_back_street_with_through_traffic_and_a_doubtful_match_are_doubted(profile: Profile, tmp_path: Path) -> None:
    side = [[(x, y), (x, y + 1)] for x in (0, 1, 2) for y in (-1, 0)]
    far = [[(x + 8, y), (x + 8, y + 1)] for x in (0, 1, 2) for y in (-1, 0)]
    lines = [[(0, 0), (1, 0), (2, 0)], [(2, 0), (8, 0)], [(8, 0), (9, 0), (10, 0)], *side, *far]
    tags = [{"highway": "tertiary", "name": name} for name in ("甲路", "文峰大道", "乙路")]
    tags += [{"highway": "residential", "name": f"{i}巷"} for i in range(len(side) + len(far))]
    grades = graded(make_ways(lines, tags), profile, "路名,等级\n文锋大道,背街小巷\n", tmp_path)
    street = grades.streets.set_index("street_id")
    busiest = grades.scores.set_index("street_id")["traffic"].idxmax()
    assert street.loc[busiest, "name"] == "文峰大道"
    # the rule, set to where this small network's busiest street passes it
    limit = replace(profile.leaves["audit.through_traffic"], value=float(grades.scores["traffic"].max()))
    found = doubts_of(grades, Profile("test", {**profile.leaves, "audit.through_traffic": limit})).set_index("kind")
    assert found.loc["through_traffic", "street_id"] == busiest
    assert found.loc["confirm", "street_id"] == busiest
    assert "through_traffic" not in set(
        doubts_of(grades, Profile("test", {**profile.leaves, "audit.through_traffic": replace(limit, value=1.0)}))[
            "kind"
        ]
    )
