"""Values by date: last year's study is judged by last year's rules."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geo.core.errors import RuleError
from geo.rules import load_profile, profile_from_json
from geo.rules.leaf import Leaf, as_day

CROSSING = "unit: m, source: our notice, status: sourced"


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def crossing(tmp_path: Path, values: str, head: str = "") -> str:
    return written(tmp_path, f"{head}clearance:\n  crossing: {{values: {values}, {CROSSING}}}\n")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("{2009-01-01: 6, 2021-03-01: 8}", [5.0, 6, 6, 8, 8]),
        ('{"2021-03-01": 8, "2009-01-01": 6}', [5.0, 6, 6, 8, 8]),
        ("{2009: 6, 2021-03: 8}", [5.0, 6, 6, 8, 8]),
        ("{2009-1-1: 6, '2021-3-1': 8}", [5.0, 6, 6, 8, 8]),
        ("{2009-01-01: 6, 2021-03-01: {value: 8, source: a later notice}}", [5.0, 6, 6, 8, 8]),
    ],
)
def test_a_value_holds_from_its_day_to_the_next(values: str, expected: list[float], tmp_path: Path) -> None:
    """Before the first date of a city's own rule, the rule of its base profile holds (5 m)."""
    file = crossing(tmp_path, values)
    days = [
        dt.date(2008, 12, 31),
        dt.date(2009, 1, 1),
        dt.date(2021, 2, 28),
        dt.date(2021, 3, 1),
        dt.date(2026, 11, 26),
    ]
    assert [load_profile(file, day)["clearance.crossing"] for day in days] == expected


def test_a_date_may_have_a_source_of_its_own(tmp_path: Path) -> None:
    file = crossing(tmp_path, "{2009-01-01: 6, 2021-03-01: {value: 8, source: a later notice, status: assumption}}")
    early, late = (load_profile(file, dt.date(year, 6, 1)).leaves["clearance.crossing"] for year in (2010, 2022))
    assert (early.source, early.status, early.since) == ("our notice", "sourced", 2009)
    assert (late.source, late.status, late.since) == ("a later notice", "assumption", 2021)
    again = late.on(dt.date(2010, 6, 1))
    assert (again.value, again.source) == (6, "our notice")


def test_feet_by_date_become_metres(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "base: nyc\npavement:\n"
        "  clear: {values: {2020-01-01: 10, 2024-01-01: 8}, unit: ft, source: us, status: sourced}\n",
    )
    assert load_profile(file, dt.date(2019, 1, 1))["pavement.clear"] == 3.6576
    assert load_profile(file, dt.date(2020, 1, 1))["pavement.clear"] == 3.048
    late = load_profile(file, dt.date(2025, 1, 1)).leaves["pavement.clear"]
    assert (late.value, late.unit, late.note) == (2.4384, "m", "8 ft")


def test_rules_are_equal_where_their_values_are(tmp_path: Path) -> None:
    file = crossing(tmp_path, "{2009-01-01: 6, 2021-03-01: 8, 2025-01-01: 8}")
    hashes = [load_profile(file, dt.date(year, 6, 1)).hash for year in (2010, 2022, 2026)]
    assert hashes[0] != hashes[1] == hashes[2]


def test_a_study_keeps_every_date(tmp_path: Path) -> None:
    own = load_profile(crossing(tmp_path, "{2009-01-01: 6, 2021-03-01: 8}"), dt.date(2010, 1, 1))
    again = profile_from_json(own.to_json())
    for day, value in (("2008-01-01", 5.0), ("2010-01-01", 6), ("2022-01-01", 8)):
        assert again.on(dt.date.fromisoformat(day))["clearance.crossing"] == value


def test_a_value_set_by_hand_holds_on_every_day(tmp_path: Path) -> None:
    own = load_profile(crossing(tmp_path, "{2009-01-01: 6}")).changed({"clearance.crossing": 9.0})
    assert own.on(dt.date(1990, 1, 1))["clearance.crossing"] == 9.0


def test_without_a_value_on_a_day_the_error_names_the_first() -> None:
    leaf = Leaf(None, "m", "us", "sourced", values={"2009-01-01": {"value": 6.0}, "2021-03-01": {"value": 8.0}})
    base = load_profile()
    rules = type(base)("ours", {**base.leaves, "clearance.crossing": leaf}).on(dt.date(2008, 12, 31))
    assert rules["clearance.corner"] == 10.0, "whoever does not read it is not stopped"
    for ask in (
        lambda: rules["clearance.crossing"],
        lambda: rules.group("clearance"),
        lambda: rules.of_unit("m", ("clearance",)),
        lambda: rules.below("clearance.crossing"),
    ):
        with pytest.raises(RuleError, match=r"clearance\.crossing.*2009-01-01"):
            ask()
    assert rules.below("clearance")["clearance.crossing"].value is None, "a list shows it as undefined"
    assert rules.on(dt.date(2009, 1, 1))["clearance.crossing"] == 6.0


def test_an_overlay_of_an_overlay_keeps_the_earlier_rules() -> None:
    """Anyang's rules hold from the day on which its article names them; before, those of the profile china."""
    early, late = load_profile("anyang", dt.date(2022, 1, 1)), load_profile("anyang", dt.date(2024, 1, 1))
    assert early["response.hardship_lighter_by"] == load_profile()["response.hardship_lighter_by"] == 1
    assert late["response.hardship_lighter_by"] == 0
    assert early.hash == load_profile().hash != late.hash


@pytest.mark.parametrize(
    ("text", "day"),
    [("2021-03-01", "2021-03-01"), (2021, "2021-01-01"), ("2021-3", "2021-03-01"), (dt.date(2021, 3, 1), "2021-03-01")],
)
def test_dates_are_read_as_people_write_them(text: object, day: str) -> None:
    assert as_day(text) == day


@pytest.mark.parametrize("text", ["", "2021-13-01", "1.3.2021", "20210301", "2021-03-01 10:00", None, 21])
def test_what_is_no_date_is_none(text: object) -> None:
    assert as_day(text) is None
