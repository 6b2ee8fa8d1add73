"""A street that two ways draw over the same nodes counts once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.build import Inputs, build_study
from geo.rules import Profile
from geo.streets.doubled_ways import without_doubled
from geo.streets.extract import Ways
from geo.streets.segments import split_at_junctions
from geo.study.figures import info
from geo.study.file import read_layer
from tests.support.extracts import grid, write_osm
from tests.support.ways import ANYANG, make_ways

CLASSES = ["primary", "residential", "service"]
STREET = [(0, 0), (1, 0), (2, 0), (3, 0)]


def lengths(ways: Ways) -> dict[int, float]:
    """Return the metres of each way in the segments, in hundreds of the grid's step."""
    segments = split_at_junctions(without_doubled(ways, CLASSES, ["footway"]).ways, ANYANG)
    step = split_at_junctions(make_ways([STREET[:2]]), ANYANG)["length_m"].iloc[0]
    return {int(way): round(float(m / step), 2) for way, m in segments.groupby("way_id")["length_m"].sum().items()}  # type: ignore[call-overload]


@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_nodes_count_once_in_either_direction(backwards: bool) -> None:
    ways = make_ways([STREET, STREET[::-1] if backwards else STREET])
    assert lengths(ways) == {1: 3}
    single = without_doubled(ways, CLASSES)
    (finding,) = single.findings
    assert "Ways 1 and 2" in finding.problem.en
    assert "270 m" in finding.problem.en
    assert "as way 1" in finding.action.en
    assert len(split_at_junctions(single.ways, ANYANG)) == 1, "no junction where two ways ran together"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"highway": "service"}, {"highway": "residential"}, 2),
        ({"highway": "residential"}, {"highway": "residential", "name": "文峰路"}, 2),
        ({"highway": "residential", "lanes": "2"}, {"highway": "residential", "lanes": "2", "width": "9"}, 2),
        ({"highway": "primary"}, {"highway": "residential", "name": "文峰路", "width": "9"}, 1),
        ({"highway": "residential"}, {"highway": "residential"}, 1),
    ],
)
def test_the_way_that_says_more_is_kept(first: dict[str, str], second: dict[str, str], kept: int) -> None:
    assert lengths(make_ways([STREET, STREET], [first, second])) == {kept: 3}


def test_a_part_that_two_ways_share_counts_once() -> None:
    beyond = [(1, 1), (1, 0), (2, 0), (3, 0), (4, 0)]
    assert lengths(make_ways([STREET, beyond])) == {1: 3, 2: 2.23}
    inside = [(1, 0), (2, 0)]
    assert lengths(make_ways([STREET, inside])) == {1: 3}
    above = [{"highway": "residential"}, {"highway": "primary"}]
    assert lengths(make_ways([STREET, inside], above)) == {1: 2, 2: 1}
    turned = [{"highway": "residential", "oneway": "-1"}, {"highway": "primary"}]
    assert lengths(make_ways([[*STREET, (4, 0)], inside], turned)) == {1: 3, 2: 1}


def test_three_ways_over_the_same_nodes_are_one_street() -> None:
    ways = make_ways([STREET, STREET[::-1], STREET])
    assert lengths(ways) == {1: 3}
    assert [finding.problem.en[:14] for finding in without_doubled(ways, CLASSES).findings] == [
        "Ways 1 and 2 r",
        "Ways 1 and 3 r",
    ]


def test_a_way_that_turns_back_on_itself_counts_once() -> None:
    ways = make_ways([[(0, 0), (1, 0), (2, 0), (1, 0), (1, 1)]])
    assert lengths(ways) == {1: 3.23}
    assert "Way 1 runs twice" in without_doubled(ways, CLASSES).findings[0].problem.en


def test_two_carriageways_and_a_footpath_are_left_alone() -> None:
    beside = [(x, y + 1) for x, y in STREET]
    for ways in (
        make_ways([STREET, beside[::-1]], [{"highway": "primary", "oneway": "yes"}] * 2),
        make_ways([STREET, STREET], [{"highway": "primary"}, {"highway": "footway"}]),
        make_ways([STREET, [(0, 1), (3, 0), (3, 1)]]),
    ):
        single = without_doubled(ways, CLASSES, ["footway"])
        assert single.findings == []
        assert single.ways is ways


def test_one_way_ways_against_each_other_are_a_two_way_street() -> None:
    tags = [{"highway": "residential", "oneway": "yes"}] * 2
    segments = split_at_junctions(without_doubled(make_ways([STREET, STREET[::-1]], tags), CLASSES).ways, ANYANG)
    assert segments[["way_id", "oneway"]].to_numpy().tolist() == [[1, False]]
    alike = split_at_junctions(without_doubled(make_ways([STREET, STREET], tags), CLASSES).ways, ANYANG)
    assert alike["oneway"].tolist() == [True]


def test_a_missing_node_is_no_shared_one() -> None:
    ways = make_ways([STREET, STREET])
    lonlat = ways.lonlat.copy()
    lonlat[1] = lonlat[5] = np.nan
    assert lengths(replace(ways, lonlat=lonlat)) == {1: 1}


def test_a_street_drawn_twice_is_as_long_as_once_in_a_study(tmp_path: Path, profile: Profile) -> None:
    nodes, street = grid(3), [1, 2, 3]
    tags = {"highway": "residential", "name": "文峰路"}
    once = write_osm(tmp_path / "once.osm", nodes, [(1, street, tags), (2, [2, 5], tags)])
    twice = write_osm(
        tmp_path / "twice.osm", nodes, [(1, street, tags), (2, [2, 5], tags), (77, [3, 2], {"highway": "service"})]
    )
    build_study(tmp_path / "once.gpkg", Inputs(once))
    build_study(tmp_path / "twice.gpkg", Inputs(twice))
    km = [sum(info(tmp_path / f"{name}.gpkg")["streets_km"]["tier"].values()) for name in ("once", "twice")]
    assert km[0] == km[1]
    found = read_layer(tmp_path / "twice.gpkg", "findings")
    (problem,) = found.loc[found["column"] == "way_id", "problem"]
    assert "路径 1 与路径 77" in problem
    assert "Ways 1 and 77" in problem
