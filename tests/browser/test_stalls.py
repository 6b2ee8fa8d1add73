"""Stalls in a real browser: the hour slider, a click that asks, a zone that is rejected, what if."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geo.rules import load_profile
from geo.stalls.decisions import decide_zone
from geo.stalls.study import plan_stalls
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier
from tests.browser.conftest import ARTEFACTS, Visit, serving
from tests.conftest import is_fresh
from tests.support.hostile_study import PAYLOADS, hostile_study

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser


@pytest.fixture
def plan(planned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(planned, tmp_path / "plan.gpkg"))


GREEN = """() => {
  let count = 0;
  for (const canvas of document.querySelectorAll(".leaflet-stall_zones-pane canvas.leaflet-tile")) {
    if (!canvas.width) continue;
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === 31 && data[i + 1] === 160 && data[i + 2] === 90) count += 1;
    }
  }
  return count;
}"""
"""How many pixels are painted as an open zone."""


@pytest.mark.slow
def test_zones_open_and_close_with_the_hour_without_new_tiles(plan: Path, visit: Visiting) -> None:
    with serving(plan) as where, visit() as look:
        look.open(f"{where}/stalls?lang=en")
        look.painted("stall_zones")
        look.shows(f"({GREEN})() > 500")
        look.settled()
        asked = len([url for url in look.requests if "/tiles/" in url])
        look.page.get_by_role("slider").first.focus()
        for _ in range(11):
            look.page.keyboard.press("ArrowRight")  # 18:00 to 23:30
        look.page.get_by_text("23:30").first.wait_for()
        look.shows(f"({GREEN})() === 0")
        expect(look.page.get_by_test_id("stMetricValue").first).to_have_text("0")
        look.page.wait_for_url(re.compile(r"at=workday-23(%3A|:)30"))
        assert len([url for url in look.requests if "/tiles/" in url]) == asked
        look.page.screenshot(path=ARTEFACTS / "stalls-night.png")


def test_a_click_asks_and_the_zone_there_can_be_rejected(plan: Path, visit: Visiting) -> None:
    zones = read_layer(plan, "stall_zones")
    zone = zones.loc[zones["length_m"].idxmax()]
    middle = zone.geometry.interpolate(0.5, normalized=True)
    with serving(plan) as where, visit(height=1300) as look:
        look.open(f"{where}/stalls?lang=en")
        look.painted("stall_zones")
        look.go(middle.x, middle.y, 18)
        look.page.mouse.click(*look.place(middle.x, middle.y))
        answer = look.page.locator(".st-key-answer")
        expect(answer).to_contain_text("allowed")
        look.page.get_by_text(f"Zone {zone['zone_id']}:").wait_for()
        look.page.screenshot(path=ARTEFACTS / "stalls-ask.png")
        card = look.page.locator(".st-key-zone-card")
        card.get_by_label("Reason").fill("tactile paving")
        card.get_by_role("button", name="Reject").click()
        expect(answer).to_contain_text("forbidden")
        look.page.get_by_text("Rejected by a decision").first.wait_for()
        expect(look.page.get_by_text("tactile paving").first).to_be_visible()
        look.page.screenshot(path=ARTEFACTS / "stalls-rejected.png")
    assert zone["zone_id"] not in set(read_layer(plan, "stall_zones")["zone_id"])
    assert is_fresh(plan)


@pytest.mark.slow
def test_what_if_shows_pitches_won_and_lost(plan: Path, visit: Visiting) -> None:
    with serving(plan) as where, visit(height=1500) as look:
        look.open(f"{where}/stalls?lang=en")
        look.page.get_by_role("tab", name="What if").click()
        field = look.page.get_by_role("spinbutton", name="Pedestrian crossing (m)")
        field.fill("15")
        field.press("Enter")
        look.page.get_by_text("Gain or loss").first.wait_for(state="attached")
        expect(look.page.get_by_test_id("stMetric").filter(has_text="Streets with a change")).to_be_visible()
        look.settled()
        look.page.screenshot(path=ARTEFACTS / "stalls-what-if.png")
    assert is_fresh(plan), "trying a rule changes nothing in the study"


@pytest.mark.slow
def test_hostile_names_and_reasons_are_only_text(tmp_path: Path, visit: Visiting) -> None:
    mark = tmp_path / "hacked"
    study = hostile_study(tmp_path, mark)
    for street in read_layer(study, "streets")["street_id"]:
        decide_tier(study, street, "back_street", PAYLOADS[0], PAYLOADS[0])
    # wide enough for stalls on the carriageway; a reason of every kind on a zone that is rejected
    plan_stalls(study, load_profile().changed({"stalls.min_pitches.orderly": 1, "fire_lane.clear_width": 1.0}))
    zones = read_layer(study, "stall_zones")
    chosen = zones.drop_duplicates("street_id")
    assert len(chosen) >= 5
    for zone, payload in zip(chosen["zone_id"], PAYLOADS, strict=False):
        decide_zone(study, zone, False, payload, payload)
    plan_stalls(study)
    with serving(study) as where, visit(height=1500) as look:
        look.open(f"{where}/stalls?lang=en")
        for tab in look.page.get_by_role("tab").all():
            look.open_tab(tab)
        for zone in chosen.itertuples():
            place = zone.geometry.interpolate(0.5, normalized=True)
            look.go(place.x, place.y, 18)
            with look.answered():
                look.page.mouse.click(*look.place(place.x, place.y))
            look.page.get_by_text("Rejected by a decision").first.wait_for()
            assert look.page.evaluate("window.hacked") is None
        assert look.map.evaluate("window.hacked") is None
        assert look.page.get_by_test_id("stException").count() == 0
    assert not mark.exists()
