"""A unit takes the values that it can mean, and no others; feet and miles become metres and kilometres."""

from __future__ import annotations

import math
from typing import Any

import pytest

from geo.rules import PROFILES, load_profile
from geo.rules.units import UNITS, converted

TAKEN: dict[str, tuple[Any, Any]] = {
    "m": (0, -0.1),
    "metres": ([50, 100.5], [0]),
    "m2": (1.8, 0),
    "ha": (0, -1),
    "ft": (20, "20"),
    "h": (0.5, -1),
    "min": (0, None),
    "share": (1, 1.01),
    "degrees": (180, 181),
    "km/h": (30, 0),
    "mph": (25, 0),
    "points": (0, -1),
    "per 100 m": (0.7, 0),
    "per km": (0, -0.1),
    "ratio": (0.1, 0),
    "count": (3, 3.0),
    "months": ([3, 6, 12], [0]),
    "categories": (["noise"], []),
    "words": (["肉"], "肉"),
    "goods": (["farm_produce", "services"], ["weapons"]),
    "flag": (False, 0),
    "stance": ("orderly", "lenient"),
    "designation": ("accepted", "rejected"),
    "kernel": ("quartic", "normal"),
    "split": ("continuous", ""),
    "exposure": ("frontage", "footfall"),
    "reading": ("strict", "loose"),
    "orientation": ("angled_45", "angled_50"),
    "vehicle": ("large", "lorry"),
    "steps": (["guidance", "strict"], ["guidance", "arrest"]),
    "hours": (["Mo-Fr 17:00-22:00"], ["whenever"]),
    "osm_values": (["residential"], [1]),
    "osm_tags": (["amenity=toilets"], ["toilets"]),
}
"""By unit: a value that it takes, and one that it does not."""


def test_every_unit_takes_what_it_means_and_refuses_the_rest() -> None:
    assert set(TAKEN) == set(UNITS)
    for unit, (good, bad) in TAKEN.items():
        words, takes = UNITS[unit]
        assert words
        assert takes(good), unit
        assert not takes(bad), unit


@pytest.mark.parametrize("unit", ["m", "m2", "ha", "h", "share", "degrees", "km/h", "ratio", "count"])
@pytest.mark.parametrize("value", [math.nan, math.inf, True, "5", None, [5]])
def test_what_is_no_finite_number_is_no_quantity(unit: str, value: object) -> None:
    assert not UNITS[unit][1](value)


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (10, "ft", "m", 3.048),
        (90, "min", "h", 1.5),
        (25, "mph", "km/h", 40.2336),
        (4, "m", "m", 4),
        (4, "m", "h", None),
        (4, "m", "ft", None),
    ],
)
def test_foreign_units_are_converted(value: float, unit: str, to: str, expected: float | None) -> None:
    assert converted(value, unit, to) == expected


@pytest.mark.parametrize("name", PROFILES)
def test_every_unit_of_a_profile_is_known(name: str) -> None:
    assert {leaf.unit for leaf in load_profile(name).leaves.values()} <= set(UNITS)
