"""Parking at the sides of a way, in the current scheme of tags and in the older ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geo.rules import Profile
from geo.streets.parking_tags import packed, read_sides, side_tags
from geo.streets.roads import make_roads
from tests.support.ways import make_ways


@pytest.mark.parametrize("restriction", ["no_parking", "no_standing", "no_stopping"])
@pytest.mark.parametrize("value", ["lane", "street_side", None])
def test_a_side_where_nobody_may_park_has_no_parking(restriction: str, value: str | None) -> None:
    tags = {"parking:left:restriction": restriction} | ({"parking:both": value} if value else {})
    left, right = read_sides(tags)
    assert (left.kind, right.kind) == ("none", "parallel" if value else None)
    assert left.tags["restriction"] == restriction


def test_a_restriction_for_some_hours_leaves_the_parking_there() -> None:
    left, _ = read_sides(
        {"parking:left": "lane", "parking:left:restriction:conditional": "no_parking @ (Mo-Fr 06:00-14:00)"}
    )
    assert left.kind == "parallel"


def test_a_side_that_only_loads_or_charges_is_parking_with_a_restriction() -> None:
    left, _ = read_sides({"parking:left": "lane", "parking:left:restriction": "loading_only"})
    assert (left.kind, left.tags["restriction"]) == ("parallel", "loading_only")


@pytest.mark.parametrize(
    ("tags", "kind", "more"),
    [
        ({"parking:lane:left": "no_stopping"}, "none", {"": "no", "restriction": "no_stopping"}),
        ({"parking:lane:left": "inline"}, "parallel", {"": "lane", "orientation": "parallel"}),
        ({"parking:lane:left": "orthogonal"}, "perpendicular", {"": "lane"}),
        ({"parking:lane:left": "drawn_separately"}, "separate", {"": "separate"}),
        ({"parking:lane:left": "diagonal", "parking:lane:left:diagonal": "lay_by"}, "diagonal", {"": "street_side"}),
        (
            {"parking:lane:both": "parallel", "parking:lane:both:parallel": "painted_area_only"},
            "parallel",
            {"": "lane", "markings": "yes"},
        ),
        ({"parking:lane:left": "parallel", "parking:condition:left": "no_parking"}, "none", {}),
        ({"parking:lane:left": "parallel", "parking:condition:both": "ticket"}, "parallel", {"fee": "yes"}),
        ({"parking:condition:left": "no_stopping"}, "none", {"restriction": "no_stopping"}),
        ({"parking:left": "no_stopping"}, "none", {"": "no", "restriction": "no_stopping"}),
        ({"parking:left": "inline"}, "parallel", {"": "lane", "orientation": "parallel"}),
        ({"parking:left": "unknown"}, None, {}),
        ({"parking:left:orientation": "diagonal"}, "diagonal", {}),
        ({"parking:left": "lane", "parking:left:capacity": "0"}, "none", {}),
        ({"parking:left": "lane", "parking:left:access": "no"}, "none", {}),
        ({"parking:left": "lane", "parking:left:access": "no", "parking:left:disabled": "designated"}, "parallel", {}),
    ],
)
def test_older_tags_mean_what_their_successors_mean(
    tags: dict[str, str], kind: str | None, more: dict[str, str]
) -> None:
    left, _ = read_sides(tags)
    assert left.kind == kind
    assert more.items() <= left.tags.items()


def test_an_older_condition_with_hours_holds_in_them_and_its_default_outside() -> None:
    tags = {
        "parking:lane:right": "parallel",
        "parking:condition:right": "ticket",
        "parking:condition:right:time_interval": "Mo-Fr 09:00-19:00",
        "parking:condition:right:default": "free",
        "parking:condition:right:maxstay": "4h",
        "parking:condition:right:2": "no_parking",
        "parking:condition:right:2:time_interval": "Sa 07:00-15:00",
    }
    _, right = read_sides(tags)
    assert right.kind == "parallel"
    assert right.tags["fee"] == "no"
    assert right.tags["fee:conditional"] == "yes @ (Mo-Fr 09:00-19:00)"
    assert right.tags["maxstay:conditional"] == "4 h @ (Mo-Fr 09:00-19:00)"
    assert right.tags["restriction:conditional"] == "no_parking @ (Sa 07:00-15:00)"


def test_a_sides_own_tag_stands_over_both_and_the_current_scheme_over_the_older() -> None:
    left, right = read_sides({"parking:both": "lane", "parking:right": "no", "parking:lane:both": "diagonal"})
    assert (left.kind, right.kind) == ("diagonal", "none"), "the older orientation fills what the newer tag leaves open"
    left, _ = read_sides(
        {"parking:left": "lane", "parking:left:orientation": "parallel", "parking:lane:left": "diagonal"}
    )
    assert left.kind == "parallel"


def test_all_parking_tags_of_a_way_are_kept_and_turn_with_it(profile: Profile) -> None:
    tags = {"highway": "residential", "oneway": "-1", "parking:left": "lane", "parking:left:maxstay": "2 hours"}
    ways = make_ways([[(0, 0), (1, 0)]], [tags])
    row = make_roads(ways, profile, Path("test.osm"))[0].iloc[0]
    assert (row["parking_left"], row["parking_right"]) == (None, "parallel")
    assert side_tags(row["parking_right_tags"]) == {"": "lane", "maxstay": "2 hours"}
    assert row["parking_left_tags"] is None


def test_texts_that_are_no_tags_are_none() -> None:
    assert packed([("highway", "residential")]) is None
    assert json.loads(packed([("parking:left", "是"), ("name", "x")]) or "") == {"parking:left": "是"}
    assert side_tags(None) == side_tags("[1]") == side_tags(str(np.nan)) == {}


def test_a_city_without_parking_tags_has_none(profile: Profile) -> None:
    ways = make_ways([[(0, 0), (1, 0)], [(1, 0), (1, 1)]])
    roads = make_roads(ways, profile, Path("test.osm"))[0]
    assert roads[["parking_left", "parking_right_tags"]].isna().all(axis=None)
    assert roads["parking_left_cars"].isna().all()
