"""Each page in a real browser; nothing blanks, moves or runs that should not."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from geo.study.file import read_layer
from tests.browser.conftest import ARTEFACTS, STILL, Visit, eventually, serving
from tests.support.hostile_study import PAYLOADS, hostile_study
from tests.support.pages import PAGES
from tests.support.places import middle_of

Visiting = Callable[..., AbstractContextManager[Visit]]
pytestmark = pytest.mark.browser

TEXTS = {
    "overview": "Complaints per km, by tier",
    "streets": "All streets shown",
    "stalls": "Kerb taken by each rule at this hour",
    "parking": "Kerb taken by each rule",
    "complaints": "By weekday and hour",
    "facilities": "Coverage has not been computed yet",
    "data": "Import a file",
    "decisions": "All decisions",
}


@pytest.fixture(scope="module")
def address(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    """A server on the sample study, for tests that do not change it."""
    study = tmp_path_factory.mktemp("served") / "sample.gpkg"
    study.write_bytes(planned.read_bytes())
    with serving(study) as where:
        yield where


def test_every_page_has_a_text_of_its_own_to_look_for() -> None:
    assert set(TEXTS) == set(PAGES) - {"library", "users"}, "these are of servers with many studies, and with sign-in"


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_shows_map_figures_and_table(name: str, address: str, visit: Visiting) -> None:
    with visit(height=1100) as look:
        look.open(f"{address}/{name}?lang=en".replace("/overview", "/"))
        expect(look.page.get_by_test_id("stMetric").nth(2)).to_be_visible()
        look.settled()
        assert look.page.get_by_test_id("stMetric").count() in (3, 4, 5)
        if name != "overview":
            expect(look.page.get_by_text(TEXTS[name]).first).to_be_visible()
        ARTEFACTS.mkdir(exist_ok=True)
        look.page.screenshot(path=ARTEFACTS / f"page-{name}.png")
        assert look.page.get_by_test_id("stException").count() == 0


DRAWN = "() => document.querySelectorAll('.marker-icon:not(.cursor-marker)').length"
"""How many corners of an area are drawn."""

WATCH = """() => {
  window.seen = {blank: 0, frames: 0, centre: jiexu.map.getCenter().toString(), zoom: jiexu.map.getZoom()};
  const watch = () => {
    window.seen.frames += 1;
    const tiles = [...document.querySelectorAll('.leaflet-streets-pane canvas.leaflet-tile')];
    const inked = (t) => t.getContext('2d').getImageData(0, 0, t.width, t.height).data.some((v) => v);
    const drawn = tiles.filter((t) => t.width && inked(t));
    if (!drawn.length) window.seen.blank += 1;
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
}"""


def test_no_filter_click_or_edit_blanks_or_moves_the_map(study: Path, visit: Visiting) -> None:
    with serving(study) as where, visit() as look:
        look.open(f"{where}/?lang=en")
        look.settled()
        frame = look.page.locator("iframe.jiexu-map").element_handle()
        look.map.evaluate(WATCH)
        for name in ("back street", "back street", "Complaints"):
            with look.repainted():
                look.page.get_by_role("button", name=name, exact=True).click()
        look.settled()
        look.page.mouse.click(*look.place(*middle_of(study, "Kaivokatu")))
        look.page.get_by_text("Kaivokatu").first.wait_for()
        look.page.get_by_label("Reason").fill("because")
        painted = look.map.evaluate("document.documentElement.dataset.paintedstreets")
        look.page.get_by_role("button", name="Save the decision").click()
        look.page.get_by_text("D0001").first.wait_for()
        look.shows("(before) => document.documentElement.dataset.paintedstreets !== before", painted)
        look.settled()
        look.shows("window.seen.frames > 50")
        seen = look.map.evaluate(
            "() => ({...window.seen, now: jiexu.map.getCenter().toString(), nowZoom: jiexu.map.getZoom()})"
        )
        assert seen["frames"] > 50
        assert seen["blank"] == 0
        assert (seen["now"], seen["nowZoom"]) == (seen["centre"], seen["zoom"])
        assert look.page.locator("iframe.jiexu-map").element_handle().evaluate("(a, b) => a === b", frame)


def test_panning_and_zooming_never_run_the_script_and_the_view_lives_in_the_address(
    address: str, visit: Visiting
) -> None:
    with visit() as look:
        sent: list[int] = []
        look.page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
        look.open(f"{address}/?lang=en")
        look.settled()
        before, zoom = len(sent), look.map.evaluate("jiexu.map.getZoom()")
        box = look.page.locator("iframe.jiexu-map").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        look.page.mouse.move(x, y)
        look.page.mouse.down()
        look.page.mouse.move(x - 150, y - 80, steps=8)
        look.page.mouse.up()
        look.page.mouse.wheel(0, -300)
        look.shows("(zoom) => jiexu.map.getZoom() > zoom", zoom)
        look.still()
        view = look.map.evaluate("jiexu.view()")
        look.page.wait_for_function("(view) => window.location.hash === `#${view}`", arg=view)
        assert len(sent) == before
        look.page.get_by_role("button", name="Stalls", exact=True).click()
        look.page.wait_for_function(
            "(end) => location.search.includes('points=complaints%2Cparking') && location.hash === end", arg=f"#{view}"
        )
        link = look.page.evaluate("window.location.href")
    with visit() as again:
        again.open(link)
        again.shows("(view) => jiexu.view() === view", view)
        again.shows('JSON.stringify(jiexu.state.points) === \'["complaints","parking"]\'')


@pytest.mark.slow
def test_an_area_selects_streets_and_the_selection_is_kept(study: Path, visit: Visiting) -> None:
    with serving(study) as where, visit() as look:
        look.open(f"{where}/streets?lang=en")
        page = look.page
        look.map.get_by_role("button", name="Draw an area to select its streets (double click ends it)").click()
        look.shows("Boolean(jiexu.map.pm?.globalDrawModeEnabled())")
        look.settled()
        corners = [look.place(lon, lat) for lon, lat in ((24.940, 60.166), (24.946, 60.166), (24.946, 60.169))]
        last = look.place(24.940, 60.169)
        for number, corner in enumerate(corners):
            page.mouse.click(*corner)
            look.shows(f"(number) => ({DRAWN})() === number", number + 1)
        page.mouse.dblclick(*last)
        page.get_by_label("Keep this selection as").wait_for()
        page.get_by_label("Keep this selection as").fill("centre <b>")
        page.get_by_role("button", name="Keep the selection").click()
        eventually(lambda: len(read_layer(study, "selections")) == 1)
        look.settled()
        selected = look.map.evaluate("jiexu.state.selected")
    kept = read_layer(study, "selections").iloc[0]
    assert kept["name"] == "centre <b>"
    assert sorted(json.loads(kept["street_ids"])) == sorted(selected)
    assert len(selected) > 5


def test_a_name_is_searched_and_shown(address: str, visit: Visiting, built: Path) -> None:
    with visit() as look:
        look.open(f"{address}/?lang=en")
        look.page.get_by_label("Find a street").fill("kalevan")
        look.page.get_by_label("Find a street").press("Enter")
        look.page.get_by_role("button", name="→").first.click()
        look.page.get_by_text("Kalevankatuu").first.wait_for()
        look.page.wait_for_url(re.compile(r"[?&]street="))
        look.settled()
        link = look.page.evaluate("window.location.href")
        lon, _ = middle_of(built, "Kalevankatu")
        look.shows("(lon) => jiexu.map.getBounds().getWest() < lon && lon < jiexu.map.getBounds().getEast()", lon)
    with visit() as again:  # the selection lives in the address
        again.open(link)
        expect(again.page.locator(".st-key-street-name")).to_have_text("Kalevankatu")


def test_the_keyboard_reaches_and_asks_the_map(address: str, visit: Visiting, built: Path) -> None:
    with visit() as look:
        look.open(f"{address}/?lang=en")
        lon, lat = middle_of(built, "Kaivokatu")
        look.go(lon, lat, 18)
        look.map.locator(".leaflet-container").focus()
        look.page.keyboard.press("Enter")
        expect(look.page.locator(".st-key-street-name")).to_have_text("Kaivokatu")


def test_the_later_of_two_visitors_is_shown_the_earlier_decision(study: Path, visit: Visiting) -> None:
    with serving(study) as where, visit() as first, visit() as second:
        for look in (first, second):
            look.open(f"{where}/?lang=en")
            look.settled()
            look.page.mouse.click(*look.place(*middle_of(study, "Kaivokatu")))
            look.page.get_by_label("Reason").fill("first" if look is first else "second")
        first.page.get_by_role("button", name="Save the decision").click()
        first.page.get_by_text("D0001").first.wait_for()
        second.page.get_by_role("button", name="Save the decision").click()
        second.page.get_by_text("Somebody else decided meanwhile").wait_for()
        expect(second.page.get_by_text("Theirs", exact=True)).to_be_visible()
        assert read_layer(study, "decisions")["reason"].tolist() == ["first"]
        second.page.get_by_role("button", name="Decide nevertheless").click()
        second.page.get_by_text("D0002").first.wait_for()
    assert read_layer(study, "decisions")["reason"].tolist() == ["first", "second"]


def test_what_is_taken_away_opens_elsewhere(address: str, visit: Visiting, browser: Browser, tmp_path: Path) -> None:
    with visit() as look:
        look.open(f"{address}/data?lang=en")
        page = look.page
        page.get_by_role("tab", name="Contents").click()
        with page.expect_download() as made:
            page.get_by_role("button", name="Map as one HTML file").click()
        made.value.save_as(tmp_path / "map.html")
        with page.expect_download() as made:
            page.get_by_role("button", name="XLSX").first.click()
        made.value.save_as(tmp_path / "findings.xlsx")
        with page.expect_download() as made:
            look.map.get_by_role("button", name="Save the map as a picture").click()
        made.value.save_as(tmp_path / "map.png")
    assert "OpenStreetMap" in openpyxl.load_workbook(tmp_path / "findings.xlsx")["credit"]["A2"].value
    picture = np.asarray(Image.open(tmp_path / "map.png").convert("RGB"))
    assert picture.shape[1] > 1000
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 500

    with browser.new_context(offline=True, viewport={"width": 1000, "height": 800}) as offline:
        lonely = offline.new_page()
        asked: list[str] = []
        lonely.on("request", lambda request: asked.append(request.url))
        lonely.on("pageerror", lambda error: pytest.fail(str(error)))
        lonely.goto((tmp_path / "map.html").as_uri())
        lonely.locator("html[data-paintedstreets]").wait_for(state="attached")
        lonely.wait_for_function(STILL)
        lonely.screenshot(path=ARTEFACTS / "map-file.png")
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert lonely.evaluate("jiexu.state.points") == ["complaints", "stalls", "parking"]
        expect(lonely.get_by_text("OSM 2019-04-17")).to_be_visible()


def test_a_phone_can_read_it(address: str, visit: Visiting) -> None:
    with visit(width=390, height=800) as look:
        look.open(f"{address}/?lang=en")
        look.settled()
        look.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        box = look.page.locator("iframe.jiexu-map").bounding_box()
        assert box
        assert box["width"] > 300
        look.page.screenshot(path=ARTEFACTS / "phone.png")


def test_hostile_texts_are_only_text_on_every_page_and_in_the_file(
    tmp_path: Path, visit: Visiting, browser: Browser
) -> None:
    mark = tmp_path / "executed"
    study = hostile_study(tmp_path, mark)
    streets = read_layer(study, "streets")
    with serving(study) as where, visit() as look:
        for name in TEXTS:
            look.open(f"{where}/{name}?lang=en".replace("/overview", "/"))
            look.settled()
            assert look.page.evaluate("window.hacked") is None
        look.open(f"{where}/?lang=en")
        look.map.evaluate("jiexu.map.setZoom(16, {animate: false})")
        look.settled()
        for street in streets.itertuples():
            place = street.geometry.interpolate(0.3, normalized=True)
            look.go(place.x, place.y, 17)
            where_on_page = look.place(place.x, place.y)
            look.page.mouse.move(*where_on_page)
            look.shows("document.querySelector('.leaflet-container').classList.contains('jiexu-over')")
            with look.answered():
                look.page.mouse.click(*where_on_page)
            if not street.name.startswith("'"):
                expect(look.page.get_by_text(street.name, exact=False).first).to_be_visible()
        with look.page.expect_download() as made:
            look.page.goto(f"{where}/data?lang=en")
            look.painted()
            look.page.get_by_role("tab", name="Contents").click()
            look.page.get_by_role("button", name="Map as one HTML file").click()
        made.value.save_as(tmp_path / "map.html")
        assert look.page.evaluate("window.hacked") is None
    with browser.new_context(offline=True) as offline:
        lonely = offline.new_page()
        lonely.goto((tmp_path / "map.html").as_uri())
        lonely.locator("html[data-paintedstreets]").wait_for(state="attached")
        lonely.wait_for_function(STILL)
        assert lonely.evaluate("window.hacked") is None
    assert not mark.exists()
    assert len(streets) == len(PAYLOADS)


def test_dark_pages_have_a_dark_map(address: str, browser: Browser) -> None:
    with browser.new_context(color_scheme="dark", viewport={"width": 1200, "height": 900}) as context:
        look = Visit(context.new_page())
        look.open(f"{address}/?lang=en")
        look.settled()
        box = look.page.locator("iframe.jiexu-map").bounding_box()
        assert box
        shot = look.page.screenshot(path=ARTEFACTS / "dark.png", clip=box)
        assert np.asarray(Image.open(io.BytesIO(shot)).convert("L")).mean() < 90
        look.check()


@pytest.mark.slow
def test_an_online_base_map_is_loaded_only_when_asked_for(study: Path, browser: Browser) -> None:
    tile = io.BytesIO()
    Image.new("RGB", (256, 256), "#88aa88").save(tile, "PNG")
    with ExitStack() as online, browser.new_context(locale="en-GB", viewport={"width": 1200, "height": 900}) as context:
        page = context.new_page()
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(body=tile.getvalue(), content_type="image/png")

        page.route("https://tile.openstreetmap.org/**", answer)
        look = Visit(page)
        address = online.enter_context(serving(study, options=("--online-bases",)))
        look.open(f"{address}/?lang=en")
        look.settled()
        assert asked == []
        page.get_by_text("Base map").first.click()
        page.get_by_text("OpenStreetMap", exact=True).first.click()
        look.shows("getComputedStyle(jiexu.map.getPane('context')).display === 'none'")
        look.shows(
            "performance.getEntriesByType('resource').filter(({ name }) => name.includes('openstreetmap')).length > 3"
        )
        assert len(asked) > 3
        assert look.complaints == []
