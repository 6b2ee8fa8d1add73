"""Seconds to painted streets, bytes, and a filter's repaint: the dashboard against folium.GeoJson in st_folium."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from playwright.sync_api import Browser, Page, sync_playwright

from geo.build import Inputs, build_study
from geo.study.file import about, read_layer
from geo.study.writing import write_study
from layers.map.tiles import tile_archive

ROOT = Path(__file__).parent.parent
LEAFLET = ROOT / "layers" / "assets" / "vendor" / "node_modules" / "leaflet" / "dist"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
RUNS = 3
SIZES = (1_000, 10_000, 45_000, 200_000)

PEER = """
import sys, folium, geopandas, streamlit
from streamlit_folium import st_folium
streamlit.set_page_config(layout="wide")
@streamlit.cache_resource
def roads():
    return geopandas.read_file({path!r}, layer="roads", columns=["tier", "name"], engine="pyogrio")
colours = {{"demonstration": "#b5123e", "secondary": "#e08a00", "back_street": "#1f78b4", "unclassified": "#9a9a9a"}}
tiers = streamlit.pills("tiers", list(colours), default=list(colours), selection_mode="multi")
table = roads()
table = table[table["tier"].isin(tiers)]
west, south, east, north = roads().total_bounds
figure = folium.Map([(south + north) / 2, (west + east) / 2], zoom_start=13, tiles=None, prefer_canvas=False)
# from this machine, as ours are: there may be no network
figure.default_js = [("leaflet", "{assets}/leaflet.js")]
figure.default_css = [("leaflet", "{assets}/leaflet.css")]
def style(feature):
    return {{"color": colours[feature["properties"]["tier"]], "weight": 3}}
folium.GeoJson(table, style_function=style).add_to(figure)
st_folium(figure, returned_objects=["last_object_clicked"], use_container_width=True, height=600)
"""


def study_of(segments: int, porto: Path, folder: Path) -> Path:
    """Write a study of so many of Porto's segments, the central ones; beyond Porto's own, shifted copies are added."""
    path = folder / f"{segments}.gpkg"
    roads, streets = read_layer(porto, "roads"), read_layer(porto, "streets")
    west, south, east, north = roads.total_bounds
    copies = int(np.ceil(segments / len(roads)))
    if copies == 1:
        centre = shapely.Point((west + east) / 2, (south + north) / 2)
        near = shapely.distance(roads.geometry.to_numpy(), centre).argsort(kind="stable")[:segments]
        roads = roads.iloc[near].reset_index(drop=True)
        streets = streets[streets["street_id"].isin(roads["street_id"])].reset_index(drop=True)
    else:
        roads, streets = (
            pd.concat([_shifted(table, copy, east - west) for copy in range(copies)], ignore_index=True)
            for table in (roads, streets)
        )
        roads = roads.iloc[:segments]
    facts = {key: value for key, value in about(porto).items() if not key.startswith("version:")}
    facts["study_id"] = f"benchmark-{segments}"
    bounds = ", ".join(str(float(value)) for value in roads.total_bounds)
    write_study(path, {"roads": roads, "streets": streets}, {**facts, "extent": f"[{bounds}]"})
    return path


def _shifted(table: gpd.GeoDataFrame, copy: int, width: float) -> gpd.GeoDataFrame:
    """Return a copy of the table, moved east, with street ids of its own."""
    moved = table.copy()
    moved["geometry"] = table.geometry.translate(copy * width)
    number = moved["street_id"].str.removeprefix("s").astype("int64") + copy * 10**10
    moved["street_id"] = "s" + number.astype(str)
    if "segment_id" in moved:
        moved["segment_id"] += f"-{copy}"
    return moved


@contextmanager
def serving(command: list[str], port: int) -> Iterator[str]:
    """Start a server and wait until it is up."""
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Counter:
    """Counts the bytes that a page receives, as they came over the wire."""

    def __init__(self, page: Page) -> None:
        self.total = self.map = 0
        self._urls: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda e: self._urls.__setitem__(e["requestId"], e["response"]["url"]))
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._frame)

    def _finished(self, event: dict) -> None:
        size = int(event["encodedDataLength"])
        self.total += size
        url = self._urls.get(event["requestId"], "")
        if any(part in url for part in ("/map", "/tiles/", "/assets/", "/component/")):
            self.map += size

    def _frame(self, event: dict) -> None:
        # a frame that is not text comes in base64
        size = len(event["response"]["payloadData"]) * 3 // 4
        self.total += size
        self.map += size


def visit(browser: Browser, address: str, painted: str, filtered: str, pill: str) -> tuple[float, int, int, float]:
    """Open a page in a new context; return seconds to paint, bytes in all, bytes of the map, seconds of a filter."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB")
    page = context.new_page()
    counter = Counter(page)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(painted, timeout=180_000, polling=50)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(2500)
    total, of_map = counter.total, counter.map
    before = page.evaluate(filtered)
    start = time.perf_counter()
    page.get_by_role("button", name=pill, exact=True).click()
    page.wait_for_function(f"(before) => ({filtered}) !== before", arg=before, timeout=180_000, polling=20)
    repaint = time.perf_counter() - start
    context.close()
    return seconds, total, of_map, repaint


OURS_PAINTED = "document.querySelector('iframe.jiexu-map')?.contentDocument?.documentElement?.dataset.paintedstreets"
OURS_FILTERED = "document.querySelector('iframe.jiexu-map').contentDocument.documentElement.dataset.repaints || '0'"
PEER_FRAME = "[...document.querySelectorAll('iframe')].map((f) => f.contentDocument)"
PEER_PAINTED = f"{PEER_FRAME}.some((d) => d?.querySelector('path.leaflet-interactive'))"
PEER_FILTERED = f"{PEER_FRAME}.reduce((n, d) => n + (d?.querySelectorAll('path.leaflet-interactive').length || 0), 0)"


def main(extract: Path) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        porto = folder / "porto.gpkg"
        build_study(porto, Inputs(extract))
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        leaflet = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=LEAFLET))
        threading.Thread(target=leaflet.serve_forever, daemon=True).start()
        assets = f"http://127.0.0.1:{leaflet.server_address[1]}"
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        heads = ("painted s", "map MB", "page MB", "filter s", "tiles cut s")
        print(f"{'segments':>9} {'map':<10}" + "".join(f"{head:>12}" for head in heads))
        for size in SIZES:
            study = study_of(size, porto, folder)
            start = time.perf_counter()
            tile_archive(study, "streets")
            cut = time.perf_counter() - start
            port = free_port()
            command = [sys.executable, "-m", "jiexu", "serve", str(study), "--no-browser", "--port", str(port)]
            with serving(command, port) as address:
                ours = [visit(browser, address, OURS_PAINTED, OURS_FILTERED, "back street") for _ in range(RUNS)]
            print(f"{size:>9,} {'Jiexu':<10}{_row(ours)}{cut:>12.2f}")
            if size > 45_000:
                continue
            script, port = folder / "peer.py", free_port()
            script.write_text(PEER.format(path=str(study), assets=assets))
            command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
            with serving([*command, "--server.port", str(port)], port) as address:
                peer = [visit(browser, address, PEER_PAINTED, PEER_FILTERED, "back_street") for _ in range(1)]
            print(f"{size:>9,} {'GeoJson':<10}{_row(peer)}")
            ratios = [_middle(peer, i) / max(_middle(ours, i), 1e-9) for i in range(4)]
            print(f"{'':>9} {'ratio':<10}{ratios[0]:>12.1f}{ratios[2]:>12.1f}{ratios[1]:>12.1f}{ratios[3]:>12.1f}")


def _middle(visits: list[tuple[float, int, int, float]], column: int) -> float:
    return float(statistics.median(visit[column] for visit in visits))


def _row(visits: list[tuple[float, int, int, float]]) -> str:
    painted, total, of_map, repaint = (_middle(visits, i) for i in range(4))
    return f"{painted:>12.2f}{of_map / 1e6:>12.2f}{total / 1e6:>12.2f}{repaint:>12.2f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
