"""Deciding on tiers in a real browser: sections, areas, doubts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo.study.file import read_layer
from geo.study.reader import Study
from geo.tiers.audit import audit_study
from geo.tiers.decisions import find_street
from tests.browser.conftest import ARTEFACTS, Visit, serving

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_section_is_decided_on_and_drawn_in_its_tier(study: Path, visit: Visiting) -> None:
    with serving(study) as where, visit() as look:
        look.open(f"{where}/streets?lang=en&street={find_street(study, 'Mannerheimintie')}")
        page = look.page
        page.get_by_text("Only a section").click()
        for label, name in (("Begins at", "Lönnrotinkatu"), ("Ends at", "Postikatu")):
            page.get_by_label(label).click()
            page.keyboard.type(name)
            page.get_by_role("option", name=name, exact=True).wait_for()
            page.keyboard.press("Enter")
            expect(page.get_by_label(label)).to_have_value(name)
        page.get_by_label("Change the tier to").click()
        page.get_by_role("option", name="back street").click()
        page.get_by_label("Reason").fill("works")
        page.get_by_role("button", name="Save the decision").click()
        page.get_by_text("D0001").first.wait_for()
        look.settled()
        page.screenshot(path=ARTEFACTS / "section.png")
    parts = read_layer(study, "streets").query("name == 'Mannerheimintie'").set_index("tier")
    assert set(parts.index) == {"demonstration", "back_street"}
    assert "Postikatu" in parts.loc["back_street", "section"]


def test_a_doubt_leads_to_its_place_and_can_be_settled(study: Path, visit: Visiting) -> None:
    with serving(study) as where, visit() as look:
        look.open(f"{where}/streets?lang=en")
        page = look.page
        look.open_tab(page.get_by_role("tab", name="Doubts"))
        look.mark_first_row()
        page.get_by_role("button", name="Show on the map", exact=False).locator("visible=true").first.click()
        page.get_by_text("Does the official list mean this street?").wait_for()
        look.shows("jiexu.map.getZoom() >= 16")
        look.shows_place(*doubted_place(study, "Kalevankatu"))
        page.get_by_role("button", name="Yes").click()
        page.get_by_text("D0001").first.wait_for()
        expect(page.get_by_text("Does the official list mean this street?")).to_have_count(0)
    row = read_layer(study, "streets").set_index("name").loc["Kalevankatu"]
    assert (row["tier"], row["tier_source"]) == ("back_street", "manual")
    assert "confirm" not in set(audit_study(Study(study))["kind"])


def doubted_place(study: Path, name: str) -> tuple[float, float]:
    """Return the place of the first doubt about a street."""
    doubts = audit_study(Study(study)).set_index("name")
    row = doubts.loc[[name]].iloc[0]
    return float(row["lon"]), float(row["lat"])


@pytest.mark.slow
def test_all_streets_of_an_area_are_decided_on_at_once(study: Path, visit: Visiting) -> None:
    streets = read_layer(study, "streets")
    some = streets.loc[(streets["tier"] == "back_street") & (streets["length_m"] > 200), "street_id"].tolist()[:4]
    with serving(study) as where, visit() as look:
        look.open(f"{where}/streets?lang=en&street={','.join(some)}")
        page = look.page
        page.get_by_label("Change the tier of all 4 graded streets to").click()
        page.get_by_role("option", name="secondary road").click()
        page.get_by_label("Reason").fill("night market quarter")
        page.get_by_role("button", name="Save a decision for each").click()
        page.get_by_text("D0001–D0004").first.wait_for()
        page.screenshot(path=ARTEFACTS / "several.png")
    after = read_layer(study, "streets").set_index("street_id")
    assert set(after.loc[some, "tier"]) == {"secondary"}
