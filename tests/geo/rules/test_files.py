"""Rule files are refused with file, line and path where they say something impossible."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import RuleError
from geo.rules import load_profile
from geo.rules.files import read_rules

_NINE = ", ".join(f"k{k}: *a{{0}}" for k in range(9))

CROSSING = "unit: m, source: our notice, status: sourced"


def crossing(tmp_path: Path, values: str) -> str:
    file = tmp_path / "own.yaml"
    file.write_text(f"clearance:\n  crossing: {{values: {values}, {CROSSING}}}\n", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ("{2021-02-30: 6}", "clearance.crossing.values.2021-02-30", "no date"),
        ("{soon: 6}", "clearance.crossing.values.soon", "no date"),
        ("{2021-03-01: 6, '2021-3-1': 7}", "clearance.crossing.values.2021-3-1", "twice"),
        ("{2021-03-01: 6, 2021-03-01: 7}", "clearance.crossing.values.2021-03-01", "repeated"),
        ("{2021-03-01: -6}", "clearance.crossing.values.2021-03-01", "impossible"),
        ("{2021-03-01: null}", "clearance.crossing.values.2021-03-01", "impossible"),
        ("{2021-03-01: {source: us}}", "clearance.crossing.values.2021-03-01", "missing"),
        ("{2021-03-01: {value: 6, colour: red}}", "clearance.crossing.values.2021-03-01", "colour"),
        ("{}", "clearance.crossing.values", "by date"),
        ("[6, 8]", "clearance.crossing.values", "by date"),
        ("{2021-03-01: 6}, value: 7", "clearance.crossing", "Both"),
        ("{2021-03-01: 6}, checked: soon", "clearance.crossing", "checked"),
        ("{2021-03-01: 6}, range: [7, 9]", "clearance.crossing", "range"),
        ("{2021-03-01: 6}, range: 7", "clearance.crossing", "range"),
    ],
)
def test_impossible_dates_are_refused_with_file_line_and_path(
    values: str, path: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(RuleError) as refused:
        load_profile(crossing(tmp_path, values))
    assert refused.value.path.startswith(path)
    assert refused.value.line == 2
    assert "own.yaml, line 2" in str(refused.value)
    assert words in str(refused.value)


def test_a_year_a_list_of_dates_or_a_bad_date_elsewhere_is_no_crash(tmp_path: Path) -> None:
    """YAML itself stumbles over 2021-02-30; we read dates as they are written."""
    file = tmp_path / "own.yaml"
    file.write_text(
        "clearance:\n  crossing: {value: 2021-02-30, unit: m, source: us, status: sourced}\n", encoding="utf-8"
    )
    with pytest.raises(RuleError) as refused:
        load_profile(str(file))
    assert (refused.value.path, refused.value.line) == ("clearance.crossing", 2)


def test_a_file_says_what_it_extends_and_where_each_key_stands(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("base: anyang\nclearance:\n  crossing: {value: 6, unit: m, source: us, status: sourced}\n")
    found = read_rules(file)
    assert (found.name, found.base, found.keeps_articles) == ("own", "anyang", True)
    assert found.lines["clearance.crossing"] == 3
    assert found.leaves["clearance.crossing"].value == 6


def test_a_range_holds_the_value(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "clearance:\n  crossing: {value: 6, unit: m, source: us, status: sourced, range: [5, 8]}\n", encoding="utf-8"
    )
    assert load_profile(str(file)).leaves["clearance.crossing"].range == [5, 8]


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{{_NINE.format(n - 1)}}}\n" for n in range(1, 12)),
        "a: &a {b: *a}\n",
        "a: " + "[" * 20_000,
    ],
    ids=["laughs", "itself", "deep"],
)  # fmt: skip
def test_a_file_that_grows_without_end_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "laughs.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match="cannot be read"):
        read_rules(file)
