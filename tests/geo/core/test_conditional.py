"""Conditional values read into minutes of the week."""

from __future__ import annotations

import pytest

from geo.core.conditional import clauses


def hours_of(text: str) -> tuple[str, float, float]:
    """Return the value of a text's one clause, and its hours of some weeks and of every week."""
    ((value, hours),) = clauses(text)
    assert hours is not None
    return value, hours.some.sum() / 60, hours.every.sum() / 60


@pytest.mark.parametrize(
    ("condition", "some", "every"),
    [
        ("(Mo-Fr 08:00-18:00)", 50, 50),
        ("(Mo-Fr 08:00-18:00; Sa 09:00-12:00)", 53, 53),
        ("Mo-Fr 07:00-09:00,16:00-19:00; Sa 10:00-12:00", 27, 27),
        ("(18:00-08:00)", 98, 98),
        ("(Fr-Mo 20:00+)", 16, 16),
        ("(22:00-26:00)", 28, 28),
        ("(Mo,We,Fr 9-12)", 9, 9),
        ("(24/7)", 168, 168),
        ("(Mo-Su,PH 00:00-24:00)", 168, 168),
        ("(Mo-Fr 08:00-18:00; PH off)", 50, 50),
        ("(Mo-Su 08:00-18:00; Su off)", 60, 60),
        ("(Mo-Su 08:00-18:00; Sa 10:00-12:00)", 62, 62),
        ("(Dec-Mar)", 168, 0),
        ("(Nov 15-Apr 15 22:00-07:00)", 63, 0),
        ("(2026 Mar 01-2026 Apr 30)", 168, 0),
        ("(We[1,3] 08:00-12:00)", 4, 0),
        ("(week 1-53/2 Tu 10:00-12:00)", 2, 0),
        ("(SH Mo-Fr 08:00-10:00)", 10, 0),
        ("(PH)", 0, 0),
        ("(sunset-sunrise)", 119, 42),
        ("(Mo-Fr AND 08:00-18:00)", 50, 50),
    ],
)
def test_hours_of_a_condition(condition: str, some: float, every: float) -> None:
    assert hours_of(f"no_parking @ {condition}") == ("no_parking", some, every)


@pytest.mark.parametrize(
    "condition",
    ["stay > 2 hours", "(Mo-Fr 08:00-18:00 AND stay > 2 h)", "(weight>3.5)", "wet", "(residents)", "()", "(x"],
)
def test_a_condition_of_other_things_has_no_hours(condition: str) -> None:
    ((value, hours),) = clauses(f"no @ {condition}")
    assert (value, hours) == ("no", None)


def test_clauses_are_split_outside_brackets_and_a_text_without_a_condition_has_none() -> None:
    found = clauses("no @ (Mo-Fr 08:00-18:00; Sa 09:00-12:00); yes @ (Su)")
    assert [clause.value for clause in found] == ["no", "yes"]
    assert [clause.hours is not None and clause.hours.some.sum() // 60 for clause in found] == [53, 24]
    assert clauses("no_parking") == clauses("") == []


def test_a_night_ends_on_the_next_morning_and_sundays_on_monday() -> None:
    ((_, hours),) = clauses("no @ (Su 22:00-06:00)")
    assert hours is not None
    assert hours.some.nonzero()[0][[0, -1]].tolist() == [0, 7 * 1440 - 1]
    assert not hours.some[6 * 60 : 6 * 1440 + 22 * 60].any()
