"""Twenty browser sessions at once: memory per session, the time of a click's answer, and that nothing crosses."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.map import FLAGS, free_port
from geo.build import Inputs, build_study
from geo.sample import write_sample
from geo.study.file import read_layer

SESSIONS, CLICKS = 20, 6


def main(extract: Path | None) -> None:
    """Measure on the sample, and on the extract if one is given."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        studies = {"sample": write_sample(folder / "sample-data")}
        if extract is not None:
            studies[extract.name] = Inputs(extract)
        for title, inputs in studies.items():
            study = folder / f"{title}.gpkg"
            build_study(study, inputs)
            _measure(playwright, title, study)


def _measure(playwright: object, title: str, study: Path) -> None:
    streets = read_layer(study, "streets")
    named = streets[streets["name"].notna() & (streets["length_m"] > 150)]
    port = free_port()
    command = [sys.executable, "-m", "jiexu", "serve", str(study), "--no-browser", "--port", str(port)]
    server = psutil.Popen(command, stdout=-3, stderr=-3)
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)  # type: ignore[attr-defined]
    try:
        address = f"http://127.0.0.1:{port}/?lang=en&points="
        first = _open(chromium, address)
        first.wait_for_timeout(2000)
        alone = server.memory_info().rss
        pages = [first, *(_open(chromium, address) for _ in range(SESSIONS - 1))]
        together = server.memory_info().rss
        chance = random.Random(1)  # noqa: S311
        seconds, crossed = [], 0
        shown: dict[int, str] = {}
        for _ in range(CLICKS):
            for number, page in enumerate(pages):
                row = named.iloc[chance.randrange(len(named))]
                seconds.append(_ask(page, row))
                shown[number] = row["name"]
        for number, page in enumerate(pages):
            card = page.locator(".st-key-street-name").inner_text()
            crossed += card.strip() != shown[number]
        print(
            f"{title}: {SESSIONS} sessions, server {together / 1e6:.0f} MB, "
            f"{(together - alone) / (SESSIONS - 1) / 1e6:.1f} MB per further session; a click's answer "
            f"median {np.median(seconds):.2f} s, 95th percentile {np.quantile(seconds, 0.95):.2f} s; crossed {crossed}"
        )
    finally:
        chromium.close()
        server.terminate()
        server.wait(20)


def _open(chromium: object, address: str) -> Page:
    page: Page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()  # type: ignore[attr-defined]
    for _ in range(100):
        try:
            page.goto(address)
            break
        except Exception:
            time.sleep(0.3)
    page.frame_locator("iframe.jiexu-map").locator("html[data-paintedstreets]").wait_for(state="attached")
    return page


def _ask(page: Page, street: object) -> float:
    """Click a street as the map's script reports it, and wait until its card is there."""
    number = int(street["street_id"][1:])  # type: ignore[index]
    start = time.perf_counter()
    frame = next(frame for frame in page.frames if "/map" in frame.url)
    frame.evaluate(
        "(id) => window.parent.postMessage({jiexu: 'select', layer: 'streets', id}, window.location.origin)", number
    )
    page.locator(f".st-key-card :text('s{number}')").first.wait_for(timeout=60_000)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
