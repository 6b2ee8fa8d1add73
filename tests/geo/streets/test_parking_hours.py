"""The hours in which a side is closed to parking."""

from __future__ import annotations

import pytest

from geo.streets.parking_hours import ALLOWED, SIGN_NO_PARKING, SIGN_NO_STOPPING, TAGGED_NO, side_states
from geo.streets.parking_tags import read_sides

NOON, NIGHT, SUNDAY = 12 * 60, 2 * 60, 6 * 1440 + 12 * 60
"""Minutes of the week: Monday at 12:00 and at 02:00, Sunday at 12:00."""


def states(tags: dict[str, str]) -> tuple[str | None, list[int]]:
    """Return the kind of a left side, and its states on Monday at noon, at night, and on Sunday."""
    left, _ = read_sides(tags)
    return left.kind, side_states(left.tags)[[NOON, NIGHT, SUNDAY]].tolist()


@pytest.mark.parametrize(
    ("tags", "kind", "expected"),
    [
        ({"parking:left": "lane"}, "parallel", [ALLOWED] * 3),
        ({"parking:left": "no"}, "none", [TAGGED_NO] * 3),
        ({"parking:left": "no", "parking:left:restriction": "no_parking"}, "none", [SIGN_NO_PARKING] * 3),
        ({"parking:left:restriction": "no_stopping"}, "none", [SIGN_NO_STOPPING] * 3),
        ({"parking:left": "lane", "parking:left:capacity": "0"}, "none", [TAGGED_NO] * 3),
        ({"parking:left": "lane", "parking:left:access": "no"}, "none", [SIGN_NO_PARKING] * 3),
        (
            {"parking:left": "lane", "parking:left:restriction:conditional": "no_parking @ (Mo-Fr 08:00-18:00)"},
            "parallel",
            [SIGN_NO_PARKING, ALLOWED, ALLOWED],
        ),
        (
            {"parking:both": "lane", "parking:both:restriction:conditional": "no_stopping @ (22:00-06:00)"},
            "parallel",
            [ALLOWED, SIGN_NO_STOPPING, ALLOWED],
        ),
        (
            {
                "parking:left": "no",
                "parking:left:restriction": "no_stopping",
                "parking:left:restriction:conditional": "none @ (18:00-08:00)",
            },
            "parallel",
            [SIGN_NO_STOPPING, ALLOWED, SIGN_NO_STOPPING],
        ),
        (
            {"parking:left": "lane", "parking:left:restriction:conditional": "no_parking @ (Mo-Su 00:00-24:00)"},
            "none",
            [SIGN_NO_PARKING] * 3,
        ),
        ({"parking:left": "lane", "parking:left:conditional": "no @ (Su)"}, "parallel", [ALLOWED, ALLOWED, TAGGED_NO]),
        (
            {"parking:left": "lane", "parking:left:access:conditional": "no @ (Mo-Fr 07:00-19:00)"},
            "parallel",
            [SIGN_NO_PARKING, ALLOWED, ALLOWED],
        ),
        (
            {"parking:left": "lane", "parking:left:maxstay:conditional": "2 h @ (Mo-Fr 07:00-19:00)"},
            "parallel",
            [ALLOWED] * 3,
        ),
        (
            {"parking:left": "lane", "parking:left:restriction:conditional": "no_parking @ stay > 2 h"},
            "parallel",
            [0] * 3,
        ),
        (
            {"parking:left": "no", "parking:left:restriction:conditional": "none @ (Dec-Mar)"},
            "none",
            [TAGGED_NO] * 3,
        ),
        (
            {
                "parking:lane:left": "parallel",
                "parking:condition:left": "no_parking",
                "parking:condition:left:time_interval": "Mo-Fr 08:00-18:00",
                "parking:condition:left:default": "free",
            },
            "parallel",
            [SIGN_NO_PARKING, ALLOWED, ALLOWED],
        ),
        (
            {
                "parking:lane:left": "parallel",
                "parking:condition:left": "free",
                "parking:condition:left:time_interval": "19:00-07:00",
                "parking:condition:left:default": "no_stopping",
            },
            "parallel",
            [SIGN_NO_STOPPING, ALLOWED, SIGN_NO_STOPPING],
        ),
        (
            {
                "parking:lane:left": "no_parking",
                "parking:condition:left": "residents",
                "parking:condition:left:time_interval": "Mo-Su 20:00-06:00",
            },
            "parallel",
            [SIGN_NO_PARKING, ALLOWED, SIGN_NO_PARKING],
        ),
    ],
)
def test_a_side_is_closed_in_the_hours_of_its_sign(tags: dict[str, str], kind: str | None, expected: list[int]) -> None:
    assert states(tags) == (kind, expected)


def test_several_older_conditions_close_a_side_each_in_its_hours() -> None:
    left, _ = read_sides(
        {
            "parking:lane:left": "parallel",
            "parking:condition:left": "no_parking",
            "parking:condition:left:time_interval": "Mo-Fr 08:00-18:00",
            "parking:condition:left:2": "no_stopping",
            "parking:condition:left:2:time_interval": "Su 08:00-18:00",
        }
    )
    assert side_states(left.tags)[[NOON, NIGHT, SUNDAY]].tolist() == [SIGN_NO_PARKING, ALLOWED, SIGN_NO_STOPPING]
