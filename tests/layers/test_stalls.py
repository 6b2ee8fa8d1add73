"""Zones and exclusions in tiles and in the legend."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.rules.names import RULE_NAMES
from layers import palette, stalls

LINES = [shapely.LineString([(i, 0), (i + 1, 0)]) for i in range(3)]


@pytest.mark.parametrize(
    ("rule", "group"),
    [
        ("stalls.stance.secondary", "tier"),
        ("stalls.pitch.length", "frontage"),
        ("pavement.clear", "width"),
        ("clearance.crossing", "clearance"),
        ("decisions", "decision"),
    ],
)
def test_rules_are_coloured_by_group(rule: str, group: str) -> None:
    assert stalls.group_of(rule) == group
    assert group in palette.EXCLUSIONS


def test_every_rule_of_kerbs_has_a_group() -> None:
    starts = ("stalls.", "kerb.", "pavement.", "fire_lane.", "clearance.")
    rules = [rule for rule in RULE_NAMES if rule.startswith(starts)]
    assert len(rules) > 10
    assert {stalls.group_of(rule) for rule in rules} <= set(palette.EXCLUSIONS)


def test_what_matters_most_is_drawn_last() -> None:
    table = gpd.GeoDataFrame(
        {
            "rule": ["decisions", "stalls.stance.secondary", "clearance.crossing"],
            "hours": ["24/7", "24/7", "Mo-Su 08:00-09:00"],
        },
        geometry=LINES,
        crs=4326,
    )
    (tile,) = stalls.exclusion_tiles(table).values()
    assert tile.input["g"].tolist() == ["tier", "clearance", "decision"]
    assert tile.input["p"].tolist() == [0, 1, 0]


def test_zones_are_numbered_by_their_hours_and_drawn_open_over_closed() -> None:
    table = gpd.GeoDataFrame(
        {"status": ["proposed", "accepted", "proposed"], "hours": ["Mo-Su 06:00-22:00", None, "24/7"]},
        geometry=LINES,
        crs=4326,
    )
    (tile,) = stalls.zone_tiles(table).values()
    assert tile.input["z"].tolist() == ["proposed", "accepted", "proposed"]
    assert tile.input["p"].tolist() == [1, -1, 0]
    assert [part["when"] for part in stalls.ZONE_DRAWING] == ["closed", "open"]


def test_the_legend_says_zones_and_their_state() -> None:
    assert [entry["label"] for entry in stalls.zone_legend("en")["entries"]] == [
        "Zone, proposed",
        "Zone, accepted",
        "Zone, closed at this hour",
    ]
    assert stalls.zone_legend("zh")["title"] == "疏导点"
    assert len(stalls.exclusion_legend("en")["entries"]) == len(palette.EXCLUSIONS)


def test_places_are_dots_with_a_name_over_their_lines_and_areas() -> None:
    shapes = [shapely.box(0, 0, 1, 1), LINES[0], shapely.Point(3, 3)]
    table = gpd.GeoDataFrame({"name": ["夜市", None, "早市"]}, geometry=shapes, crs=4326)
    (tile,) = stalls.place_tiles(table).values()
    assert tile.input["g"].tolist() == ["area", "line", "point", "point", "point"]
    assert tile.input["n"].tolist() == ["夜市", "", "夜市", "", "早市"]
    drawn = {value: part["kind"] for part in stalls.PLACE_DRAWING for value in part["colours"]}
    assert drawn == {"area": "polygon", "line": "line", "point": "dot"}
    assert all(part["strict"] for part in stalls.PLACE_DRAWING)
    assert stalls.place_legend("zh")["title"] == "已有疏导点"
