"""Rights: each change of a study asks for one, whoever makes it and by whatever door."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.build import Inputs, build_study
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.facilities.population import set_population
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.parking.decisions import adopt_bays
from geo.parking.inventory_study import inventory_parking
from geo.parking.study import plan_bays
from geo.points.import_removal import remove_import
from geo.points.imports import add_points
from geo.rules import load_profile
from geo.stalls.decisions import decide_zone, decide_zones
from geo.stalls.penalty_steps import record_step
from geo.stalls.study import guide_stalls, plan_stalls
from geo.study.checks import accept_changes
from geo.study.comments import add_comment, finish_comment
from geo.study.decisions import taken_where
from geo.study.file import changing, read_layer
from geo.study.rights import (
    NOBODY,
    ROLES,
    Actor,
    Grant,
    Right,
    RightError,
    Role,
    acting,
    current,
    require,
    when_changed,
)
from geo.study.selections import drop_selection, keep_selection
from geo.tiers.decisions import decide_section, decide_tier, decide_tiers, undo
from geo.tiers.study import add_widths, grade_study
from tests.conftest import ROOT

LEAST: dict[str, tuple[Role, Callable[[Path], object]]] = {
    "build_study": ("administrator", lambda study: build_study(study, Inputs(study))),
    "accept_changes": ("administrator", accept_changes),
    "decide_tier": ("planner", lambda study: decide_tier(study, "s", "secondary", "reason")),
    "decide_tiers": ("planner", lambda study: decide_tiers(study, ["s"], "secondary", "reason")),
    "decide_section": ("planner", lambda study: decide_section(study, "s", ["g"], "a–b", "secondary", "reason")),
    "decide_zone": ("planner", lambda study: decide_zone(study, "z", True, "reason")),
    "decide_zones": ("planner", lambda study: decide_zones(study, ["z"], True, "reason")),
    "decide_site": ("planner", lambda study: decide_site(study, "toilet", 0, 0, "reason")),
    "adopt_bays": ("planner", lambda study: adopt_bays(study, "reason")),
    "grade_study": ("planner", grade_study),
    "add_widths": ("planner", lambda study: add_widths(study, study)),
    "set_population": ("planner", lambda study: set_population(study, study)),
    "plan_stalls": ("planner", plan_stalls),
    "guide_stalls": ("planner", guide_stalls),
    "inventory_parking": ("planner", inventory_parking),
    "plan_bays": ("planner", plan_bays),
    "find_hotspots": ("planner", find_hotspots),
    "plan_patrols": ("planner", lambda study: plan_patrols(study, 2)),
    "cover": ("planner", lambda study: cover(study, "toilet")),
    "choose_sites": ("planner", lambda study: choose_sites(study, "toilet", SiteRequest(1))),
    "add_points": ("officer", lambda study: add_points(study, study, "complaints", load_profile())),
    "remove_import": ("officer", lambda study: remove_import(study, "I1")),
    "record_step": ("officer", lambda study: record_step(study, "J1", "reason")),
    "keep_selection": ("officer", lambda study: keep_selection(study, "mine", ["s"])),
    "drop_selection": ("officer", lambda study: drop_selection(study, "S1")),
    "add_comment": ("officer", lambda study: add_comment(study, "s", "text")),
    "finish_comment": ("officer", lambda study: finish_comment(study, "C0001")),
    "undo": ("officer", lambda study: undo(study, "D0001", "reason")),
}
"""Every function that changes a study, and the least role that may call it."""


def as_role(role: Role, **options: object) -> Actor:
    """Return somebody with a role on all studies."""
    return Actor("wang", {"*": Grant(role)}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LEAST)
def test_each_change_asks_for_its_right_before_it_works(tmp_path: Path, name: str) -> None:
    least, change = LEAST[name]
    missing = tmp_path / "anyang.gpkg"
    for role in ROLES:
        with acting(as_role(role)), pytest.raises(Exception) as refused:
            change(missing)
        assert isinstance(refused.value, RightError) == (ROLES.index(role) < ROLES.index(least)), role
    for actor in (NOBODY, as_role("administrator", reads_only=True)):
        with acting(actor), pytest.raises(RightError):
            change(missing)


def test_no_function_that_changes_a_study_is_forgotten() -> None:
    """A function with `@requires` stands in the table above; one that changes a study without it needs most."""
    decorated = set()
    for file in (ROOT / "geo").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                "requires(" in ast.unparse(each) for each in node.decorator_list
            ):
                decorated.add(node.name)
    assert decorated == set(LEAST)


def test_a_change_that_says_nothing_needs_an_administrator(study: Path) -> None:
    with acting(as_role("planner")), pytest.raises(RightError), changing(study):
        pass
    with acting(as_role("administrator")), changing(study):
        pass


def test_roles_are_of_a_study(study: Path) -> None:
    street = read_layer(study, "streets")["street_id"].iloc[0]
    elsewhere = Actor("wang", {"another": Grant("administrator"), study.stem: Grant("viewer")})
    with acting(elsewhere), pytest.raises(RightError, match="viewer"):
        decide_tier(study, street, "secondary", "reason")
    assert read_layer(study, "decisions").empty


def test_a_signed_in_name_stands_over_a_given_one(study: Path) -> None:
    street = read_layer(study, "streets")["street_id"].iloc[0]
    seen: list[tuple[str, Right]] = []
    when_changed(lambda actor, right, path: seen.append((actor.name, right)))
    try:
        with acting(as_role("planner")):
            decide_tier(study, street, "secondary", "reason", "somebody else")
    finally:
        when_changed(lambda actor, right, path: None)
    assert read_layer(study, "decisions")["by"].tolist() == ["wang"]
    assert seen == [("wang", "decide")]


def test_an_officer_undoes_steps_and_no_other_decision(study: Path) -> None:
    street = read_layer(study, "streets")["street_id"].iloc[0]
    decision = decide_tier(study, street, "secondary", "reason")
    with acting(as_role("officer")), pytest.raises(RightError):
        undo(study, decision, "reason")
    with changing(study) as connection:
        assert len(taken_where(connection, "kind = ?", "tier")) == 1


def test_the_command_line_acts_as_the_systems_user(tmp_path: Path) -> None:
    actor = current()
    assert not actor.signed_in
    assert require("administer", tmp_path / "any.gpkg") == actor
