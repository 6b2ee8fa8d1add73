"""
A look at a server as a visitor: `python -m tests.support.looking ADDRESS PICTURE`.

For a look from within a network of its own, where the test itself does not run. It fails where streets are not painted,
the map is blank, the page complains, or something is loaded from another host.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from layers.palette import TIERS
from tests.browser.conftest import CHROMIUM, FLAGS, Visit

LEAST_PIXELS = 500
"""Pixels in the colours of the tiers on a map that shows streets."""


def painted_pixels(picture: bytes) -> int:
    """Return how many pixels of a picture have the colour of a tier."""
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)
    colours = [[int(str(tier["colour"])[i : i + 2], 16) for i in (1, 3, 5)] for tier in TIERS.values()]
    return sum(int((np.abs(image - colour).sum(axis=2) < 30).sum()) for colour in colours)


def main() -> None:
    """Look."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("picture", type=Path)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visit = Visit(chromium.new_page(locale="zh-CN", viewport={"width": 1440, "height": 1000}))
        visit.open(given.address)
        visit.settled()
        given.picture.parent.mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=given.picture)
        pixels = painted_pixels(visit.page.locator("iframe.jiexu-map").screenshot())
        assert pixels > LEAST_PIXELS, pixels
        visit.check()
        chromium.close()
    print(f"{pixels} pixels of streets")


if __name__ == "__main__":
    main()
