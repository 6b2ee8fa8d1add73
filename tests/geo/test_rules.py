"""Profiles are checked, and every parameter says where it comes from and is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import RuleError
from geo.rules import PROFILES, Profile, load_profile
from tests.conftest import ROOT


@pytest.mark.parametrize("name", PROFILES)
def test_every_parameter_of_ours_has_a_source(name: str) -> None:
    for path, leaf in load_profile(name).leaves.items():
        assert leaf.source, path
        if leaf.status == "sourced":
            assert "memory" not in leaf.note, path


def test_every_parameter_is_documented(profile: Profile) -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
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
