"""A real server and a real Chromium; every page fails on a console error or a request to another host."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Locator, Page, expect, sync_playwright

from tests.conftest import ROOT

ARTEFACTS = ROOT / "docs" / "artefacts"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
STARTS_WITHIN_S = 180
WITHIN_MS = 90_000
"""For how long a state is waited for: tests wait for states, never for times."""

RUNS = """
window.jiexuRuns = 0;
new MutationObserver((changes) => {
  for (const { target } of changes) if (target.dataset.testScriptState === "notRunning") window.jiexuRuns += 1;
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
"""
"""Counts how often the page's script has run to its end."""

RESTING = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"

STILL = """() => {
  let still = !jiexu.map._animatingZoom && !jiexu.map._panAnim?._inProgress;
  jiexu.map.eachLayer((layer) => {
    const tiles = Object.values(layer._tiles || {}).filter((tile) => tile.current);
    if (layer.isLoading?.() || tiles.some((tile) => !tile.active)) still = false;
  });
  return still;
}"""
"""Tells whether nothing moves on the map, and all of its tiles are there and faded in."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: scripts/setup-tests.sh says how to install it")
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def serving(
    study: Path, python: str = sys.executable, folder: Path = ROOT, options: Sequence[str] = ()
) -> Iterator[str]:
    """
    Serve a study on a free port, as a user would, and give its address; by this Python or another, from a folder. With
    a certificate among the options, the address is one of https.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "XDG_CACHE_HOME": str(study.parent / "cache")}
    command = [python, "-m", "jiexu", "serve", str(study), "--no-browser", "--port", str(port), *options]
    scheme = "https" if "--certificate" in options else "http"
    address, said = f"{scheme}://127.0.0.1:{port}", study.parent / f"server-{port}.log"
    with (
        said.open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            deadline = time.monotonic() + STARTS_WITHIN_S
            while time.monotonic() < deadline and server.poll() is None and not _answers(address):
                time.sleep(0.2)
            assert server.poll() is None, f"the server did not start: {said.read_text(errors='replace')}"
            assert _answers(address), f"the server does not answer: {said.read_text(errors='replace')}"
            yield address
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _answers(address: str) -> bool:
    try:
        anyones = ssl._create_unverified_context()  # noqa: S323 (our own server, whose certificate nobody knows)
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1, context=anyones):  # noqa: S310
            return True
    except HTTPError as error:
        error.close()
        return False
    except (URLError, OSError):
        return False


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds that neither the page nor the map can be asked for; fail when it never does."""
    deadline = time.monotonic() + WITHIN_MS / 1000
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


@dataclass
class Visit:
    """One visitor's page, with all that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)
        self.page.add_init_script(RUNS)
        self.page.set_default_timeout(WITHIN_MS)

    def _console(self, said: ConsoleMessage) -> None:
        # opened below its root, Streamlit looks for its server there first, and then where it is
        looking = "/_stcore/" in said.location["url"] and "404" in said.text
        if said.type == "error" and not looking:
            self.complaints.append(said.text)

    def open(self, address: str) -> None:
        """Open the page and wait for painted streets."""
        self.page.goto(address)
        self.painted()

    def painted(self, layer: str = "streets") -> None:
        """Wait until a layer is painted."""
        self.page.frame_locator("iframe.jiexu-map").locator(f"html[data-painted{layer}]").wait_for(state="attached")

    def settled(self) -> None:
        """Wait until the page's script has run to its end, and nothing moves on the map."""
        self.page.wait_for_function(RESTING)
        self.still()

    def still(self) -> None:
        """Wait until nothing moves on the map, and all of its tiles are painted."""
        self.shows(f"({STILL})()")

    def shows(self, condition: str, argument: object = None) -> None:
        """Wait until a condition holds in the map's frame: an expression, or a function of one argument."""
        self.map.wait_for_function(condition, arg=argument)

    def shows_place(self, lon: float, lat: float) -> None:
        """Wait until a place on the ground is within the map's frame."""
        self.shows("([lon, lat]) => jiexu.map.getBounds().contains([lat, lon])", [lon, lat])

    def go(self, lon: float, lat: float, zoom: int) -> None:
        """Move the map to a place, and wait until it is painted."""
        self.map.evaluate("([lon, lat, z]) => jiexu.map.setView([lat, lon], z, {animate: false})", [lon, lat, zoom])
        self.still()

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Do something that the page's script answers, and wait for its answer."""
        self.page.wait_for_function(RESTING)
        runs = self.page.evaluate("window.jiexuRuns")
        yield
        self.page.wait_for_function(f"(runs) => window.jiexuRuns > runs && {RESTING}", arg=runs)

    @contextmanager
    def repainted(self) -> Iterator[None]:
        """Do something that paints tiles anew in place, and wait until that is done."""
        count = "Number(document.documentElement.dataset.repaints || 0)"
        before = self.map.evaluate(count)
        yield
        self.shows(f"(before) => {count} > before", before)

    def open_tab(self, tab: Locator) -> None:
        """Open a tab, and wait until it is open."""
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        self.settled()

    def mark_first_row(self) -> None:
        """Mark the first row of the first table that is seen."""
        table = self.page.get_by_test_id("stDataFrame").locator("visible=true").first
        expect(table.locator("canvas").first).to_be_visible()
        with self.answered():
            table.click(position={"x": 15, "y": 52})

    @property
    def map(self) -> Frame:
        """The map's frame."""
        return next(frame for frame in self.page.frames if urlsplit(frame.url).path == "/map")

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place on the ground is on the page, in pixels."""
        point = self.map.evaluate(
            "([lon, lat]) => { const p = jiexu.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }", [lon, lat]
        )
        box = self.page.locator("iframe.jiexu-map").bounding_box()
        assert box is not None
        return box["x"] + point[0], box["y"] + point[1]

    def check(self) -> None:
        """Fail on a request to another host or a complaint of the page's."""
        hosts = {urlsplit(url).hostname for url in self.requests if urlsplit(url).scheme not in ("data", "blob")}
        assert hosts <= {"127.0.0.1"}, hosts
        assert self.complaints == []


@pytest.fixture
def visit(browser: Browser) -> Callable[..., AbstractContextManager[Visit]]:
    """Return a function that opens a new visitor's empty page, in a language and a size, and checks it at the end."""

    @contextmanager
    def start(locale: str = "en-GB", width: int = 1440, height: int = 1000) -> Iterator[Visit]:
        with browser.new_context(locale=locale, viewport={"width": width, "height": height}) as context:
            visited = Visit(context.new_page())
            yield visited
            visited.check()

    return start
