"""Sections of a street: between two cross-streets, where an earlier one ran, and what is left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.streets.sections import (
    REST,
    Axis,
    between,
    carve,
    compass_end,
    end_node,
    label_of,
    meeting_nodes,
    part_mask,
    root_of,
)
from tests.support.drawn import CRS, degrees, road, roads_layer

STREET = roads_layer([road([(x, 0), (x + 100, 0)]) for x in (0, 100, 200, 300)])
"""Four segments of a street, each 100 m long, from west to east."""


def crossing(x: float) -> object:
    return roads_layer([road([(x, -50), (x, 0)]), road([(x, 0), (x, 50)])])


def test_sections_are_of_their_whole_street() -> None:
    assert root_of(pd.Series(["s12", "s12.1", "s3.10"])).tolist() == ["s12", "s12", "s3"]
    assert label_of("乙路", "丙路").zh == "自乙路至丙路"
    assert label_of("乙路", "丙路").en == "from 乙路 to 丙路"


@pytest.mark.parametrize(
    ("word", "direction"),
    [("东端", (1, 0)), ("路西头", (-1, 0)), (" 北 ", (0, 1)), ("South End", (0, -1)), ("东路", None)],
)
def test_the_ends_of_a_street_are_named_by_the_compass(word: str, direction: tuple[int, int] | None) -> None:
    assert compass_end(word) == direction


def test_distances_run_along_the_street() -> None:
    axis = Axis.of(STREET, CRS, 30.0)
    west = end_node(axis, (-1, 0))
    assert np.sort(axis.distances(west)) == pytest.approx([0, 100, 200, 300, 400], abs=0.1)
    assert axis.distances(end_node(axis, (1, 0)))[west] == pytest.approx(400, abs=0.1)


def test_what_lies_between_two_cross_streets_is_a_section() -> None:
    axis = Axis.of(STREET, CRS, 30.0)
    start, end = (meeting_nodes(axis, crossing(x), CRS, 30.0) for x in (100, 300))  # type: ignore[arg-type]
    assert len(start) == len(end) == 1
    for one, two in ((start, end), (end, start)):
        found = between(axis, one, two, 60.0)
        assert found is not None
        assert found.tolist() == [False, True, True, False]
    whole = between(axis, end_node(axis, (-1, 0)), end_node(axis, (1, 0)), 60.0)
    assert whole is not None
    assert whole.all()
    assert between(axis, start, start, 60.0) is None, "both meet it at the same place"


def test_a_cross_street_that_ends_short_of_it_meets_it_where_it_is_near() -> None:
    axis = Axis.of(STREET, CRS, 30.0)
    short = roads_layer([road([(200, 12), (200, 80)])])
    near = meeting_nodes(axis, short, CRS, 30.0)
    assert axis.distances(end_node(axis, (-1, 0)))[near] == pytest.approx([200], abs=0.1)
    assert len(meeting_nodes(axis, short, CRS, 10.0)) == 0


def test_a_gap_in_a_street_is_bridged_by_its_nearest_nodes() -> None:
    broken = roads_layer([road([(0, 0), (100, 0)]), road([(180, 0), (300, 0)])])
    axis = Axis.of(broken, CRS, 30.0)
    assert axis.distances(end_node(axis, (-1, 0))).max() == pytest.approx(300, abs=0.1)


def test_an_earlier_section_is_found_again_though_it_was_redrawn() -> None:
    same = degrees(shapely.LineString([(100, 0), (300, 0)]))
    moved = degrees(shapely.LineString([(100, 6), (300, 6)]))
    away = degrees(shapely.LineString([(100, 90), (300, 90)]))
    assert part_mask(STREET, same, CRS, 15.0).tolist() == [False, True, True, False]
    assert part_mask(STREET, moved, CRS, 15.0).tolist() == [False, True, True, False]
    assert not part_mask(STREET, away, CRS, 15.0).any()


def test_a_section_that_is_taken_out_is_a_street_of_its_own_and_the_rest_says_so() -> None:
    ids = pd.Series(["s1", "s1", "s1", "s2"])
    first = carve(ids, [(np.array([False, True, False, False]), "自乙至丙")])
    assert first.street_id.tolist() == ["s1", "s1.1", "s1", "s2"]
    assert first.labels == {"s1.1": "自乙至丙", "s1": str(REST)}
    again = carve(first.street_id, [(np.array([True, True, False, False]), "自甲至丙")], first.labels)
    assert again.street_id.tolist() == ["s1.2", "s1.2", "s1", "s2"], "a later one over an earlier one"
    assert set(again.labels) == {"s1.2", "s1"}
    assert ids.tolist() == ["s1", "s1", "s1", "s2"]
    assert carve(ids, []).street_id.tolist() == ids.tolist()
