"""Take the screenshots of docs/images/ anew: the dashboard on the sample study, in both languages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from geo.build import build_study
from geo.complaints.patrol_study import plan_patrols
from geo.complaints.study import find_hotspots
from geo.facilities.coverage_study import cover
from geo.parking.study import plan_bays
from geo.sample import write_sample
from geo.stalls.study import plan_stalls
from geo.study.file import read_layer
from tests.browser.conftest import CHROMIUM, FLAGS, Visit, serving
from tests.support.places import middle_of

IMAGES = Path(__file__).parent.parent / "docs" / "images"


def main() -> None:
    """Build the sample aside, serve it, select a street and take each picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        study = Path(folder) / "sample.gpkg"
        build_study(study, write_sample(Path(folder) / "sample-data"))
        plan_stalls(study)
        plan_bays(study, night=True, budget=120)
        find_hotspots(study)
        cover(study, "toilet")
        plan_patrols(study, 10)
        zones = read_layer(study, "stall_zones")
        kerb = zones.geometry[zones["length_m"].idxmax()].interpolate(0.5, normalized=True)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(study) as address:
            for locale in ("zh-CN", "en-GB"):
                page = chromium.new_page(locale=locale, viewport={"width": 1440, "height": 1000})
                look = Visit(page)
                look.open(address)
                page.wait_for_timeout(1500)
                page.mouse.click(*look.place(*middle_of(study, "Fabianinkatu")))
                page.get_by_text("Fabianinkatu").first.wait_for()
                page.wait_for_timeout(1500)
                page.screenshot(path=IMAGES / f"overview-{locale[:2]}.png")
                page.goto(f"{address}/stalls")
                look.painted("stall_zones")
                look.map.evaluate("([x, y]) => jiexu.map.setView([y, x], 17, {animate: false})", [kerb.x, kerb.y])
                page.wait_for_timeout(1500)
                page.mouse.click(*look.place(kerb.x, kerb.y))
                page.locator(".st-key-answer").wait_for()
                page.wait_for_timeout(2000)
                page.screenshot(path=IMAGES / f"stalls-{locale[:2]}.png")
                page.goto(f"{address}/parking")
                look.painted("bays")
                page.get_by_text({"zh": "停车压力", "en": "Cars per space"}[locale[:2]], exact=True).first.click()
                look.painted("parking_need")
                look.map.evaluate("jiexu.map.setView([60.1705, 24.9435], 15, {animate: false})")
                page.wait_for_timeout(3000)
                page.screenshot(path=IMAGES / f"parking-{locale[:2]}.png")
                page.goto(f"{address}/complaints")
                look.painted("hotspots")
                page.get_by_text({"zh": "显著热点", "en": "Beyond chance"}[locale[:2]], exact=True).first.click()
                look.map.evaluate("jiexu.map.setView([60.1705, 24.9435], 15, {animate: false})")
                page.wait_for_timeout(3000)
                page.screenshot(path=IMAGES / f"complaints-{locale[:2]}.png")
                _facilities(look, address, locale)
                look.check()
        chromium.close()


def _facilities(look: Visit, address: str, locale: str) -> None:
    page = look.page
    page.goto(f"{address}/facilities?kind=toilet")
    look.painted("coverage")
    page.get_by_role("button", name={"zh": "选址", "en": "Choose sites"}[locale[:2]]).last.click()
    page.locator(".st-key-trial-card").wait_for(timeout=60_000)
    look.map.evaluate("jiexu.map.setView([60.1705, 24.9435], 15, {animate: false})")
    page.wait_for_timeout(4000)
    page.screenshot(path=IMAGES / f"facilities-{locale[:2]}.png")


if __name__ == "__main__":
    main()
