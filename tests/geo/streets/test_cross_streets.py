"""Sections between cross-streets that a planner names."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.rules import Profile
from geo.streets.cross_streets import crossing_names, find_section
from geo.streets.roads import make_roads
from tests.support.lists import CROSSINGS, avenue


def test_a_planner_is_told_which_streets_cross(profile: Profile) -> None:
    roads, crs = make_roads(avenue(), profile, Path("test.osm"))
    street = roads.loc[roads["name"] == "文峰大道", "street_id"].iloc[0]
    section = find_section(street, "甲路", "丙路", roads, profile, crs)
    assert len(section.segment_ids) == 4
    with pytest.raises(StudyError, match="丁路"):
        find_section(street, "甲路", "环城路", roads, profile, crs)


def test_the_streets_that_meet_one_are_named_in_order(profile: Profile) -> None:
    roads, _ = make_roads(avenue(), profile, Path("test.osm"))
    street = roads.loc[roads["name"] == "文峰大道", "street_id"].iloc[0]
    assert crossing_names(street, roads) == sorted(CROSSINGS)
    assert crossing_names(f"{street}.1", roads) == sorted(CROSSINGS), "of a section, those of the whole street"
    crossing = roads.loc[roads["name"] == "甲路", "street_id"].iloc[0]
    assert crossing_names(crossing, roads) == ["文峰大道"]


def test_a_section_ends_where_the_street_does(profile: Profile) -> None:
    roads, crs = make_roads(avenue(dual=False), profile, Path("test.osm"))
    street = roads.loc[roads["name"] == "文峰大道", "street_id"].iloc[0]
    whole = find_section(street, "西端", "东端", roads, profile, crs)
    assert len(whole.segment_ids) == 5
    assert len(find_section(street, "西端", "甲路", roads, profile, crs).segment_ids) == 1
