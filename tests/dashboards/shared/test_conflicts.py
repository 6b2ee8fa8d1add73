"""Two people decide at once: whoever comes second sees both decisions, and chooses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.session.state import Pin
from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.parking.study import plan_bays
from geo.rules import load_profile
from geo.stalls.decisions import decide_zone
from geo.stalls.penalty_steps import record_step, steps_due
from geo.stalls.study import plan_stalls
from geo.streets.cross_streets import find_section
from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.decisions import decide_section, decide_tier, find_street, undo
from tests.conftest import ROOT
from tests.support.pages import Serve, labelled, opened

WORDS = {
    "en": ("Change the tier to", "Reason", "Decided by", "Save the decision", "Keep theirs"),
    "zh": ("将等级改为", "理由", "决定人", "保存决定", "保留对方的决定"),
}


def shell(language: str, *streets: str) -> AppTest:
    """Return the shell's first page with streets selected, run once."""
    page = AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=60)
    page.query_params["lang"] = language
    page.session_state["selected_streets"] = list(streets)
    return page.run()


def texts(page: AppTest) -> str:
    """Return all texts of a page."""
    assert not page.exception
    return "\n".join(text.value for text in page.text)


def send_off(page: AppTest, language: str = "en") -> None:
    """Decide on the selected street's tier."""
    tier, reason, by, save, _ = WORDS[language]
    labelled(page.selectbox, tier).select_index(1)
    labelled(page.text_input, reason).input("样板街验收")
    labelled(page.text_input, by).input("Wang")
    labelled(page.button, save).click().run()


@pytest.mark.parametrize(
    ("language", "outcome"),
    [("en", "demonstration road → back street"), ("zh", "示范路 → 背街小巷")],
)
def test_both_sides_of_a_conflict_are_shown_and_theirs_is_kept(
    language: str, outcome: str, study: Path, served: Serve
) -> None:
    served(study)
    street = find_street(study, "Mannerheimintie")
    page = shell(language, street)
    decide_tier(study, street, "back_street", "夜市 night market", "Li")
    send_off(page, language)
    assert len(read_layer(study, "decisions")) == 1, "nothing is saved over a decision that nobody has looked at"
    said = texts(page)
    for part in ("Li · 20", outcome, "夜市 night market", "Wang"):
        assert part in said
    assert labelled(page.text_input, WORDS[language][1]).value == "样板街验收", "the reason is not typed again"
    labelled(page.button, WORDS[language][4]).click().run()
    assert read_layer(study, "decisions")["by"].tolist() == ["Li"]
    assert labelled(page.button, WORDS[language][3])


def test_whoever_insists_decides_over_the_other_and_keeps_the_reason(study: Path, served: Serve) -> None:
    served(study)
    street = find_street(study, "Kalevankatu")
    page = shell("en", street)
    decide_tier(study, street, "back_street", "night market", "Li")
    send_off(page)
    decide_tier(study, street, "demonstration", "school opens", "Zhao")
    labelled(page.button, "Decide nevertheless").click().run()
    assert "school opens" in texts(page), "a third decision is shown too before it is overruled"
    assert len(read_layer(study, "decisions")) == 2
    labelled(page.button, "Decide nevertheless").click().run()
    assert not page.exception
    last = read_layer(study, "decisions").iloc[-1][["by", "before", "after", "reason"]].tolist()
    assert last == ["Wang", "demonstration", "secondary", "样板街验收"]


def test_a_page_that_drew_itself_anew_has_not_been_looked_at(study: Path, served: Serve) -> None:
    """A colleague's decision redraws the page while somebody types: that is no consent to overrule it."""
    served(study)
    street = find_street(study, "Kalevankatu")
    page = shell("en", street)
    decide_tier(study, street, "back_street", "night market", "Li")
    page.session_state["run-asked-by-page"] = True
    page.run()
    send_off(page)
    assert "night market" in texts(page)
    assert len(read_layer(study, "decisions")) == 1


def test_a_click_of_ones_own_has_seen_the_decision(study: Path, served: Serve) -> None:
    served(study)
    street = find_street(study, "Kalevankatu")
    page = shell("en", street)
    decide_tier(study, street, "back_street", "night market", "Li")
    page.run()
    send_off(page)
    assert read_layer(study, "decisions")["by"].tolist() == ["Li", "Wang"]


def test_a_form_in_which_nothing_was_chosen_follows_the_streets_tier(study: Path, served: Serve) -> None:
    served(study)
    street = find_street(study, "Mannerheimintie")
    page = shell("en", street)
    decide_tier(study, street, "back_street", "night market", "Li")
    page.run()
    assert labelled(page.selectbox, "Change the tier to").value == "back_street"


def test_decisions_on_other_streets_are_no_conflict(study: Path, served: Serve) -> None:
    served(study)
    page = shell("en", find_street(study, "Kalevankatu"))
    decide_tier(study, find_street(study, "Bulevardi"), "back_street", "night market", "Li")
    send_off(page)
    assert read_layer(study, "decisions")["by"].tolist() == ["Li", "Wang"]


def test_a_section_that_a_colleague_made_of_the_street_is_shown(study: Path, served: Serve) -> None:
    served(study)
    street = find_street(study, "Kalevankatu")
    page = shell("en", street)
    kept = Study(study)
    found = find_section(street, "Annankatu", "Yrjönkatu", kept.layer("roads"), kept.profile, kept.crs)
    decide_section(study, street, found.segment_ids, found.label, "secondary", "school", "Li")
    send_off(page)
    assert len(read_layer(study, "decisions")) == 1
    assert "school" in texts(page)


def test_several_streets_keep_theirs_and_save_the_others(study: Path, served: Serve) -> None:
    served(study)
    first, second = (find_street(study, name) for name in ("Kalevankatu", "Bulevardi"))
    page = shell("en", first, second)
    decide_tier(study, first, "back_street", "night market", "Li")
    (box,) = (each for each in page.selectbox if each.label.startswith("Change the tier of all"))
    box.select_index(1)
    labelled(page.text_input, "Reason").input("works")
    labelled(page.button, "Save a decision for each").click().run()
    assert "night market" in texts(page)
    labelled(page.button, "Keep theirs, save the others").click().run()
    assert not page.exception
    assert read_layer(study, "decisions")["subject"].tolist() == [first, second]


def test_an_undoing_sees_the_decision_that_came_after(study: Path, served: Serve) -> None:
    served(study)
    street = find_street(study, "Kalevankatu")
    first = decide_tier(study, street, "secondary", "works", "Wang")
    page = opened("decisions")
    undo(study, first, "works ended", "Li")
    labelled(page.text_input, "Reason for undoing it").input("never mind")
    labelled(page.button, "Undo this decision").click().run()
    assert "works ended" in texts(page)
    assert read_layer(study, "decisions")["by"].tolist() == ["Wang", "Li"], "nor is the undoing undone in its place"
    labelled(page.button, "Keep theirs").click().run()
    assert not page.exception
    assert len(read_layer(study, "decisions")) == 2


def zone_page(plan: Path) -> tuple[AppTest, str]:
    """Return the page Stalls with a place asked for, and the zone there."""
    zones = read_layer(plan, "stall_zones")
    zone = zones.loc[zones["length_m"].idxmax()]
    middle = zone.geometry.interpolate(0.5, normalized=True)
    return opened("stalls", state={"asked_place": (middle.x, middle.y)}), zone["zone_id"]


@pytest.fixture
def plan(planned: Path, tmp_path: Path, served: Serve) -> Path:
    """A copy of the sample study with its zones, which the pages show."""
    path = Path(shutil.copy(planned, tmp_path / "plan.gpkg"))
    served(path)
    return path


def test_a_zone_that_a_colleague_rejected_is_no_longer_there_and_says_so(plan: Path) -> None:
    page, zone = zone_page(plan)
    decide_zone(plan, zone, False, "tactile paving", "Li")
    plan_stalls(plan)
    next(field for field in page.text_input if field.label == "Reason").input("good place")
    labelled(page.button, "Accept").click().run()
    said = texts(page)
    assert "Li · 20" in said
    assert read_layer(plan, "decisions")["by"].tolist() == ["Li"]
    labelled(page.button, "Decide nevertheless").click().run()
    assert not page.exception
    zones = read_layer(plan, "stall_zones").set_index("zone_id")
    assert zones.loc[zone, "status"] == "accepted"
    last = read_layer(plan, "decisions").iloc[-1]
    assert (last["subject"], last["after"], last["reason"]) == (zone, "accepted", "good place")


def test_a_zone_that_a_colleague_accepted_is_rejected_only_on_purpose(plan: Path) -> None:
    page, zone = zone_page(plan)
    decide_zone(plan, zone, True, "good place", "Li")
    next(field for field in page.text_input if field.label == "Reason").input("tactile paving")
    labelled(page.button, "Reject").click().run()
    assert "good place" in texts(page)
    assert zone in set(read_layer(plan, "stall_zones")["zone_id"])
    labelled(page.button, "Keep theirs").click().run()
    assert read_layer(plan, "decisions")["after"].tolist() == ["accepted"]


def test_marks_stay_on_their_zones_when_rows_go(plan: Path) -> None:
    zones = read_layer(plan, "stall_zones").sort_values(["pitches", "zone_id"], ascending=[False, True])
    order = zones["zone_id"].tolist()
    page = opened("stalls", state={"zones-table": {"selection": {"rows": [1], "columns": [], "cells": []}}})
    decide_zone(plan, order[0], False, "tactile paving", "Li")
    next(field for field in page.text_input if field.label == "Reason").input("good place")
    labelled(page.button, "Accept").click().run()
    assert not page.exception
    mine = read_layer(plan, "decisions").iloc[-1]
    assert (mine["subject"], mine["after"]) == (order[1], "accepted"), "the row below has moved into its place"


def test_the_same_step_is_not_recorded_twice_by_two_officers(plan: Path) -> None:
    """The second would record the next step of the ladder without knowing it."""
    due = steps_due(read_layer(plan, "stalls"), read_layer(plan, "decisions"), load_profile())
    operator = due["operator_id"].iloc[0]
    page = opened("stalls", state={"penalty-steps-table": {"selection": {"rows": [0], "columns": [], "cells": []}}})
    record_step(plan, operator, "现场教育", "Li")
    labelled(page.text_input, "Measure taken").input("spoke to her")
    labelled(page.button, "Record the step").click().run()
    assert read_layer(plan, "decisions")["by"].tolist() == ["Li"]
    assert "现场教育" in texts(page)
    labelled(page.button, "Decide nevertheless").click().run()
    assert read_layer(plan, "decisions")["reason"].tolist() == ["现场教育", "spoke to her"]


def test_bays_that_were_placed_anew_are_not_recorded_unseen(study: Path, served: Serve) -> None:
    served(study)
    plan_bays(study)
    page = opened("parking")
    before = len(read_layer(study, "bays"))
    plan_bays(study, budget=3)
    page.text_input(key="bays-reason").input("room for residents")
    page.button(key="bays-adopt").click().run()
    assert f"{before:,} bays → 3 bays" in texts(page)
    assert read_layer(study, "decisions").empty
    labelled(page.button, "Decide nevertheless").click().run()
    assert not page.exception
    assert set(read_layer(study, "decisions")["subject"]) == set(read_layer(study, "bays")["street_id"].astype(str))


def test_a_site_is_accepted_with_the_colleagues_site_in_view(study: Path, served: Serve) -> None:
    cover(study, "toilet")
    served(study)
    streets = read_layer(study, "streets")
    mine, theirs = (streets.geometry.iloc[row].interpolate(0.5, normalized=True) for row in (3, 9))
    pin = Pin("toilet-1", "toilet", "1", mine.x, mine.y)
    page = opened("facilities", query={"kind": "toilet"}, state={"pins": [pin]})
    decide_site(study, "toilet", theirs.x, theirs.y, "market square", "Li")
    labelled(page.text_input, "Reason").input("near the school")
    labelled(page.button, "Accept this site").click().run()
    assert "market square" in texts(page)
    labelled(page.button, "Decide nevertheless").click().run()
    assert read_layer(study, "decisions")["reason"].tolist() == ["market square", "near the school"]
