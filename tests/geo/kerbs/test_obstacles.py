"""What stands at kerbs keeps them free: on its own side or on both, along the kerb or as the crow flies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import shapely

from geo.kerbs.exclusions import together
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import SIDES
from geo.kerbs.obstacles import Clearance, clearances, inside
from geo.rules import Profile
from tests.support.drawn import CRS, layers_of, road

STREET = [road([(0, 0), (200, 0)])]
NONE = {"corner": Clearance("corner", 0.0, 1), "driveway": Clearance("driveway", 0.0, 1)}


def ground_of(
    rows: Sequence[Mapping[str, Any]], things: Sequence[Mapping[str, Any]], profile: Profile, **more: Any
) -> KerbGround:
    return KerbGround.of(layers_of(rows, things, **more), CRS, profile)


def excluded(ground: KerbGround, **metres: float) -> set[tuple[str, str, int, int]]:
    """Return what is excluded, as segment, side, and from where to where in whole metres."""
    kinds = {**NONE, **{kind: Clearance(f"clearance.{kind}", value, 1) for kind, value in metres.items()}}
    found = together(clearances(ground.kerbs, ground.surveyed, kinds)).within(ground.kerbs.from_m, ground.kerbs.to_m)
    segment = ground.kerbs.roads["segment_id"].to_numpy()[found.kerb // 2]
    rows = zip(segment, found.kerb % 2, found.from_m, found.to_m, strict=True)
    return {(name, SIDES[side], round(begin), round(end)) for name, side, begin, end in rows}


def test_a_crossing_keeps_both_sides_free_along_the_street(profile: Profile) -> None:
    ground = ground_of(STREET, [{"kind": "crossing", "x": 80.0, "y": 0.0}], profile)
    assert excluded(ground, crossing=5) == {("1-0", "left", 75, 85), ("1-0", "right", 75, 85)}
    assert excluded(ground, crossing=0) == set()
    assert excluded(ground) == set(), "what no rule names keeps nothing free"


def test_a_bus_stop_keeps_its_own_side_free_and_one_on_the_carriageway_both(profile: Profile) -> None:
    beside = ground_of(STREET, [{"kind": "bus_stop", "x": 80.0, "y": -5.0}], profile)
    assert excluded(beside, bus_stop=15) == {("1-0", "right", 65, 95)}
    on = ground_of(STREET, [{"kind": "bus_stop", "x": 80.0, "y": 0.2}], profile)
    assert excluded(on, bus_stop=15) == {("1-0", "left", 65, 95), ("1-0", "right", 65, 95)}


def test_what_is_too_far_from_the_kerb_belongs_to_none(profile: Profile) -> None:
    # the kerb is 3.5 m from the centre line; what is within `kerb.belongs_within` of it belongs to it
    rules = profile.changed({"kerb.belongs_within": 20.0})
    near, far = (ground_of(STREET, [{"kind": "hydrant", "x": 80.0, "y": y}], rules) for y in (23.0, 24.0))
    assert excluded(near, hydrant=5) == {("1-0", "left", 75, 85)}
    assert excluded(far, hydrant=5) == set()


def test_a_school_keeps_free_what_is_within_a_distance_of_its_grounds(profile: Profile) -> None:
    # grounds 40 m wide, their edge 30 m from the centre line: 26.5 m from the left kerb, 33.5 m from the right one
    ground = ground_of(STREET, [{"kind": "school", "x": 100.0, "y": 50.0, "size_m": 40.0}], profile)
    assert excluded(ground, school=26) == set()
    beyond = np.sqrt(32.5**2 - 26.5**2)
    assert excluded(ground, school=32.5) == {("1-0", "left", round(80 - beyond), round(120 + beyond))}
    assert {side for _, side, _, _ in excluded(ground, school=35)} == {"left", "right"}


def test_a_clearance_goes_on_beyond_the_end_of_its_segment(profile: Profile) -> None:
    halves = [road([(0, 0), (100, 0)]), road([(100, 0), (200, 0)])]
    ground = ground_of(halves, [{"kind": "bus_stop", "x": 95.0, "y": 5.0}], profile)
    assert excluded(ground, bus_stop=15) == {("1-0", "left", 80, 100), ("2-0", "left", 0, 10)}


def test_corners_keep_free_what_lies_behind_them_and_a_driveway_less(profile: Profile) -> None:
    kinds = {"corner": Clearance("corner", 10.0, 1), "driveway": Clearance("driveway", 3.0, 1)}
    for highway, reach in (("residential", 10), ("service", 3)):
        rows = [*([road([(x, 0), (x + 100, 0)]) for x in (0, 100)]), road([(100, 0), (100, 80)], highway=highway)]
        ground = ground_of(rows, [], profile)
        found = together(clearances(ground.kerbs, ground.surveyed, kinds))
        found = found.within(ground.kerbs.from_m, ground.kerbs.to_m)
        order = np.argsort(found.kerb)
        # kerbs 3.5 m from both centre lines meet 3.5 m from the node; none opposite the side street
        assert found.kerb[order].tolist() == [0, 2, 4, 5]
        assert found.from_m[order] == pytest.approx([96.5 - reach, 3.5, 3.5, 3.5], abs=0.05)
        assert found.to_m[order] == pytest.approx([96.5, 3.5 + reach, 3.5 + reach, 3.5 + reach], abs=0.05)
        assert set(found.rule) == {"corner" if highway == "residential" else "driveway"}


def test_listed_spaces_take_as_much_kerb_as_their_cars(profile: Profile) -> None:
    listed = {"segment_id": "1-0", "side": "left", "offset_m": 100.0, "capacity": 3, "x": 100.0, "y": 3.0}
    ground = ground_of(STREET, [], profile.changed({"bay.length": 6.0}), parking=[listed])
    assert excluded(ground, bay=0.5) == {("1-0", "left", round(90.5), round(109.5))}
    bay = ground.surveyed.bays.iloc[0]
    assert (bay["cars"], bay["kind"], bay["listed"], bay["from_m"], bay["to_m"]) == (3, "parallel", True, 91, 109)


def test_kerbs_run_inside_polygons_from_where_they_enter_to_where_they_leave(profile: Profile) -> None:
    ground = ground_of(STREET, [], profile)
    left = ground.kerbs.stretches(np.array([0]), np.array([40.0]), np.array([70.0]))
    zone = shapely.buffer(left, 1.0, cap_style="flat")
    number, kerb, from_m, to_m = inside(ground.kerbs, zone, np.array([0]))
    assert (number.tolist(), kerb.tolist()) == ([0], [0]), "the right kerb is seven metres away"
    assert (from_m[0], to_m[0]) == pytest.approx((40, 70), abs=0.01)
