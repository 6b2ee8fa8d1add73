"""Profiles are checked, and every parameter says where it comes from and is documented."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from geo.core.errors import RuleError
from geo.rules import PROFILES, Profile, load_profile, profile_from_json
from tests.conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests" / "cases" / "rules.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_planners_case(case: dict[str, Any], tmp_path: Path) -> None:
    name = case.get("profile", "china")
    if "own" in case:
        file = tmp_path / "own.yaml"
        file.write_text(yaml.safe_dump({"base": name, **case["own"]}), encoding="utf-8")
        name = str(file)
    leaf = load_profile(name, case.get("day", dt.date(2026, 11, 26))).leaves[case["rule"]]
    expect = case["expect"]
    assert expect.get("source", "") in leaf.source
    for field in ("value", "status", "range"):
        if field in expect:
            assert getattr(leaf, field) == expect[field], field


def test_what_was_checked_says_where(profile: Profile) -> None:
    for path, leaf in profile.leaves.items():
        assert bool(leaf.checked) <= bool(leaf.address), path
        if leaf.address and leaf.status == "sourced":
            assert leaf.checked, path


@pytest.mark.parametrize("name", PROFILES)
def test_every_parameter_of_ours_has_a_source(name: str) -> None:
    for path, leaf in load_profile(name).leaves.items():
        assert leaf.source, path
        if leaf.status == "sourced":
            assert "memory" not in leaf.note, path


def test_every_parameter_is_documented(profile: Profile) -> None:
    text = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert [path for path in profile.leaves if f"`{path}`" not in text] == []


def test_an_own_file_changes_only_what_it_says(tmp_path: Path, profile: Profile) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("streets:\n  same_name_gap: {value: 300, unit: m, source: us, status: assumption}\n")
    own = load_profile(str(file))
    assert own["streets.same_name_gap"] == 300
    assert own.name == "own"
    assert own.hash != profile.hash
    assert {path: leaf for path, leaf in own.leaves.items() if leaf != profile.leaves[path]}.keys() == {
        "streets.same_name_gap"
    }


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("streets:\n  gap: {value: 1, unit: m, source: us, status: assumption}", "streets.gap", "no such"),
        ("streets:\n  same_name_gap: {value: 1, unit: share, source: us, status: assumption}", "same_name_gap", "unit"),
        ("streets:\n  same_name_gap: {value: 1, unit: mile, source: us, status: assumption}", "same_name_gap", "mile"),
        ("streets:\n  same_name_gap: {value: -1, unit: m, source: us, status: assumption}", "same_name_gap", "-1"),
        ("streets:\n  same_name_gap: {value: .nan, unit: m, source: us, status: assumption}", "same_name_gap", "nan"),
        ("streets:\n  same_name_gap: {value: 1, unit: m, source: us, status: certain}", "same_name_gap", "certain"),
        ("streets:\n  same_name_gap: {value: 1, unit: m}", "same_name_gap", "missing"),
        (
            "stalls:\n  stance:\n    secondary: {value: often, unit: stance, source: us, status: assumption}",
            "secondary",
            "often",
        ),
        ("clearance:\n  corner: {value: 3, unit: min, source: us, status: assumption}", "clearance.corner", "unit"),
        (
            "stalls:\n  trading_hours: {value: [Mo-Fr 25:00-26:00], unit: hours, source: us, status: assumption}",
            "trading_hours",
            "25:00",
        ),
        ("response:\n  ladder: {value: [shout], unit: steps, source: us, status: assumption}", "ladder", "shout"),
        (
            "base: atlantis\nclearance:\n  corner: {value: 3, unit: m, source: us, status: assumption}",
            "base",
            "atlantis",
        ),
        ("streets: 3", "streets", "expected"),
        ("- a list", "", "tree"),
        ("a: [unclosed", "", "cannot be read"),
        (
            "tiers:\n  score:\n    class:\n      primary: {value: top, unit: share, source: us, status: assumption}",
            "primary",
            "top",
        ),
        (
            "roads:\n  kept_highways: {value: [raceway], unit: osm_values, source: us, status: assumption}",
            "width",
            "raceway",
        ),
    ],
)
def test_impossible_rules_are_refused_with_file_and_path(text: str, path: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        load_profile(str(file))
    assert path in refused.value.path
    assert "own.yaml" in str(refused.value)
    assert words in str(refused.value)


def test_a_profile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RuleError, match="china"):
        load_profile("atlantis")


def test_a_refusal_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    good = "  crossing: {value: 6, unit: m, source: us, status: assumption}\n"
    for bad, path in (
        ("  crosing: {value: 6, unit: m, source: us, status: assumption}", "clearance.crosing"),
        ("  corner: {value: 6, unit: kg, source: us, status: assumption}", "clearance.corner"),
        ("  corner: {value: 6, unit: share, source: us, status: assumption}", "clearance.corner"),
        ("  corner: {value: -6, unit: m, source: us, status: assumption}", "clearance.corner"),
        ("  corner: {value: 6, unit: m}", "clearance.corner"),
        ("  corner: 6", "clearance.corner"),
        (good.rstrip(), "clearance.crossing"),
    ):
        file.write_text("# ours\nclearance:\n" + good + bad + "\n", encoding="utf-8")
        with pytest.raises(RuleError) as refused:
            load_profile(str(file))
        assert (refused.value.line, refused.value.path) == (4, path)
        assert f"own.yaml, line 4: {path}" in refused.value.sentence("en")
        assert "第 4 行" in refused.value.sentence("zh")
    file.write_text("clearance:\n  corner: [unclosed\n", encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        load_profile(str(file))
    assert refused.value.line == 3


def test_a_wrong_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("clearance:\n  crosing: {value: 6, unit: m, source: us, status: assumption}\n")
    with pytest.raises(RuleError, match=r"clearance\.crossing"):
        load_profile(str(file))


def test_feet_become_metres_and_say_what_the_law_says() -> None:
    leaf = load_profile("nyc").leaves["pavement.clear"]
    assert (leaf.value, leaf.unit) == (3.6576, "m")
    assert leaf.note.startswith("12 ft")


def test_a_file_may_build_on_another_profile(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("base: nyc\nclearance:\n  corner: {value: 4, unit: m, source: us, status: assumption}\n")
    own = load_profile(str(file))
    assert own["clearance.corner"] == 4
    assert own["pavement.clear"] == load_profile("nyc")["pavement.clear"]


def test_an_overlay_says_only_what_differs(profile: Profile) -> None:
    anyang = load_profile("anyang")
    differs = {path for path, leaf in anyang.leaves.items() if leaf != profile.leaves[path]}
    assert 0 < len(differs) < 10
    assert all(path.startswith(("stalls.stance", "display.stance", "response")) for path in differs)
    assert {anyang.leaves[path].status for path in differs} == {"sourced"}


def test_a_study_keeps_its_rules_as_they_were(profile: Profile) -> None:
    own = profile.changed({"clearance.corner": 7.0}, "ours")
    again = profile_from_json(own.to_json())
    assert (again.name, again.hash, again.leaves) == ("ours", own.hash, own.leaves)
    with pytest.raises(RuleError, match="impossible"):
        profile.changed({"clearance.corner": -1.0})
    with pytest.raises(RuleError, match="no such"):
        profile.changed({"clearance.moon": 1.0})
