"""A real server and a real Chromium; every page fails on a console error or a request to another host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, sync_playwright

from tests.conftest import ROOT

ARTEFACTS = ROOT / "docs" / "artefacts"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
STARTS_WITHIN_S = 60


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: scripts/setup-tests.sh says how to install it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def serving(study: Path, python: str = sys.executable, folder: Path = ROOT) -> Iterator[str]:
    """Serve a study on a free port, as a user would, and give its address; by this Python or another, from a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "XDG_CACHE_HOME": str(study.parent / "cache")}
    command = [python, "-m", "jiexu", "serve", str(study), "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline and server.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310 (our own server)
                break
            except (URLError, OSError):
                time.sleep(0.2)
        else:
            server.kill()
            raise AssertionError(f"the server did not start: {server.communicate()[0].decode()}")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


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
        self.page.frame_locator("iframe.jiexu-map").locator(f"html[data-painted{layer}]").wait_for(
            state="attached", timeout=30_000
        )

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
