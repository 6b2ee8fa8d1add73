"""The values that an assumption is moved to."""

from __future__ import annotations

from typing import Any

import pytest

from geo.assumptions.moves import moves_of
from geo.rules import Profile
from geo.rules.leaf import Leaf
from geo.rules.units import UNITS


@pytest.mark.parametrize(
    ("value", "unit", "range_", "expected"),
    [
        (5.0, "m", None, [4.0, 6.0]),
        (50.0, "m", [50.0, 200.0], [200.0]),
        (3, "count", None, [2, 4]),
        (0, "count", None, [1]),
        (100, "count", None, [80, 120]),
        (0.9, "share", None, [0.72, 1.0]),
        (1.0, "share", None, [0.8]),
        (0.0, "m", None, []),
        (True, "flag", None, [False]),
        ("standard", "reading", None, ["strict"]),
        ("orderly", "stance", None, ["forbidden", "designated"]),
        (["Mo-Su 06:00-22:00"], "hours", None, []),
    ],
)
def test_a_number_moves_by_its_range_or_a_fifth(value: Any, unit: str, range_: Any, expected: list[Any]) -> None:
    assert moves_of(Leaf(value, unit, "us", "assumption", range=range_)) == pytest.approx(expected)


def test_every_assumption_moves_to_values_that_its_unit_takes(profile: Profile) -> None:
    moved = 0
    for path, leaf in profile.leaves.items():
        for value in moves_of(leaf):
            assert UNITS[leaf.unit][1](value), path
            assert value != leaf.value, path
            moved += 1
    assert moved > 300
