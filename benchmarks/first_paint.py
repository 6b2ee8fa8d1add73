"""From the server being up to painted streets on the sample, for its very first visitor; and bytes."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.map import FLAGS, OURS_FILTERED, OURS_PAINTED, free_port, serving, visit
from geo.build import build_study
from geo.sample import write_sample

RUNS = 5


def main() -> None:
    """Start the server anew for each run."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        study = folder / "sample.gpkg"
        build_study(study, write_sample(folder / "sample-data"))
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        visits = []
        for _ in range(RUNS):
            port = free_port()
            serve = [sys.executable, "-m", "jiexu", "serve", str(study), "--no-browser"]
            with serving([*serve, "--port", str(port)], port) as address:
                visits.append(visit(browser, address, OURS_PAINTED, OURS_FILTERED, "back street"))
        seconds, total, of_map, _ = (statistics.median(column) for column in zip(*visits, strict=True))
        print(f"sample, first visitor: painted after {seconds:.2f} s")
        print(f"bytes: map {of_map / 1e6:.2f} MB, whole page {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
