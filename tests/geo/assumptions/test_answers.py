"""The answers under other rules are those that a study with these rules would have."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.assumptions.answers import ANSWERS, Answers, with_widths_of
from geo.rules import Profile
from geo.stalls.study import plan_stalls
from geo.study.reader import Study

MOVED = {
    "stalls.pitch.depth": 1.2,
    "clearance.crossing": 8.0,
    "kerb.joined_within": 2.0,
    "kerb.belongs_within": 5.0,
    "roads.width.default_two_way.residential": 9.0,
    "bay.orientation": "perpendicular",
    "need.own_space": 0.4,
    "tiers.score.weight.class": 20,
    "coverage.within.toilet": 600.0,
}
QUICK = ("stalls.pitch.depth", "coverage.within.toilet")
"""Moves that `make test` tries: one at the kerbs, one away from them."""


@pytest.fixture(scope="module")
def base(built: Path) -> Answers:
    study = Study(built)
    found = Answers(study, study.profile)
    for name in ANSWERS:
        assert found.outcome(name) is not None, name
    return found


@pytest.mark.parametrize(
    "path", [path if path in QUICK else pytest.param(path, marks=pytest.mark.slow) for path in MOVED]
)
def test_what_is_taken_over_from_the_base_is_as_if_all_were_computed_anew(
    path: str, base: Answers, built: Path, profile: Profile
) -> None:
    study = Study(built)
    rules = study.profile
    moved = Profile(rules.name, dict(rules.leaves.items()), {}, rules.day).changed({path: MOVED[path]})
    quick, whole = Answers(study, moved, base, path), Answers(study, moved)
    if path.startswith("roads.width."):
        whole.roads = with_widths_of(study.layer("roads"), moved)
        whole.study._roads = whole.roads
    changed = 0
    for name in ("stalls", "bays", "parking", "coverage_toilet"):
        expected = whole.outcome(name)
        if base.reads(name, path):
            assert quick.outcome(name) == expected, name
        else:
            assert base.outcome(name) == expected, f"{name} does not read {path}"
        changed += expected != base.outcome(name)
    assert changed or path.startswith("tiers."), "the test moves something that matters"


def test_pitches_are_those_of_the_plan(study: Path, base: Answers) -> None:
    assert base.outcome("stalls") == {"pitches": plan_stalls(study)["pitches"]["likely"]}


def test_only_estimated_widths_follow_the_rules(built: Path, profile: Profile) -> None:
    roads = Study(built).layer("roads")
    again = with_widths_of(roads, profile)
    assert again["width_m"].to_numpy() == pytest.approx(roads["width_m"].to_numpy())
    wider = with_widths_of(roads, profile.changed({"roads.width.default_two_way.residential": 20.0}))
    changed = wider["width_m"] != roads["width_m"]
    assert changed.any()
    assert (roads.loc[changed, "width_source"] == "default").all()
    assert (roads.loc[changed, "highway"] == "residential").all()
