"""Facilities in a real browser: a gap that is clicked, a site that is dragged, hostile names."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo.facilities.coverage_study import cover
from geo.facilities.decisions import decide_site
from geo.facilities.site_problem import SiteRequest
from geo.facilities.site_study import choose_sites
from geo.study.file import read_layer
from tests.browser.conftest import ARTEFACTS, Visit, serving
from tests.support.hostile_study import PAYLOADS, hostile_study

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


def test_a_gap_is_clicked_and_a_site_is_dragged(built: Path, tmp_path: Path, visit: Visiting) -> None:
    study = Path(shutil.copy(built, tmp_path / "study.gpkg"))
    cover(study, "toilet")
    gap = read_layer(study, "coverage_gaps").iloc[0]
    place = gap.geometry.representative_point()
    with serving(study) as where, visit(height=1400) as look:
        look.open(f"{where}/facilities?lang=en&kind=toilet")
        look.painted("coverage")
        look.page.mouse.click(*look.place(place.x, place.y))
        card = look.page.locator(".st-key-gap-card")
        expect(card).to_contain_text(f"{gap['demand']:,.0f} left out")
        card.get_by_role("button", name="Try a site here").click()
        trial = look.page.locator(".st-key-trial-card").get_by_text("With 1 sites on the map")
        before = trial.inner_text()
        look.shows("document.querySelectorAll('.jiexu-pin').length === 1")
        look.settled()
        pin = look.map.locator(".jiexu-pin").bounding_box()
        assert pin is not None
        x, y = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
        look.page.mouse.move(x, y)
        look.page.mouse.down()
        look.page.mouse.move(x - 60, y + 90, steps=6)
        look.page.mouse.up()
        expect(trial).not_to_have_text(before)
        look.page.screenshot(path=ARTEFACTS / "facilities-drag.png")
        form = look.page.locator(".st-key-trial-card")
        form.get_by_label("Reason").fill("beside the school")
        form.get_by_role("button", name="Accept this site").click()
        look.page.get_by_text("Decision D0001 is kept").wait_for()
        look.shows("jiexu.state.pins.length === 0")
    decision = read_layer(study, "decisions").iloc[0]
    assert (decision["kind"], decision["part"], decision["reason"]) == ("site", "toilet", "beside the school")


@pytest.mark.slow
def test_hostile_names_are_only_text(tmp_path: Path, visit: Visiting) -> None:
    mark = tmp_path / "hacked"
    study = hostile_study(tmp_path, mark)
    cover(study, "toilet")
    summary = choose_sites(study, "toilet", SiteRequest(2))
    for site, payload in zip(summary["sites"], PAYLOADS, strict=False):
        decide_site(study, "toilet", site["lon"], site["lat"], payload, payload, payload)
    with serving(study) as where, visit(height=1500) as look:
        look.open(f"{where}/facilities?lang=en&kind=toilet")
        for tab in look.page.get_by_role("tab").all():
            look.open_tab(tab)
        for gap in read_layer(study, "coverage_gaps").geometry:
            middle = gap.representative_point()
            with look.answered():
                look.page.mouse.click(*look.place(middle.x, middle.y))
        assert look.page.evaluate("window.hacked") is None
        assert look.map.evaluate("window.hacked") is None
        assert look.page.get_by_test_id("stException").count() == 0
    assert not mark.exists()
