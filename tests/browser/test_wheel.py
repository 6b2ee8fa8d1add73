"""A wheel installed elsewhere, without checkout or node, paints the map of the sample."""

from __future__ import annotations

import os
import subprocess
import venv
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.browser.conftest import Visit, serving
from tests.conftest import ROOT
from tests.support.wheels import built_wheel

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_installed_elsewhere_it_paints_the_sample(
    tmp_path: Path, visit: Callable[..., AbstractContextManager[Visit]]
) -> None:
    wheel, home = built_wheel(tmp_path), tmp_path / "home"
    venv.create(home / "venv", with_pip=True)
    python = home / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["PATH"] = str(python.parent)  # no node, no npm

    def run(*arguments: str) -> str:
        command = [str(python), "-m", *arguments]
        return subprocess.run(command, cwd=home, env=environment, check=True, capture_output=True, text=True).stdout

    run("pip", "install", "--quiet", str(wheel))
    assert "jiexu 0." in run("jiexu", "--version")
    assert str(ROOT) not in run("pip", "show", "--files", "jiexu")
    run("jiexu", "sample", "data")
    files = [f"--{kind}=data/{kind}.csv" for kind in ("tiers", "complaints", "stalls", "parking")]
    run("jiexu", "build", "sample.gpkg", "--osm", "data/helsinki.osm.pbf", *files)
    assert '"streets"' in run("jiexu", "info", "sample.gpkg", "--json")
    with serving(home / "sample.gpkg", str(python), home) as address, visit() as look:
        look.open(address)
        scripts = {url.rsplit("/", 1)[-1] for url in look.requests if "/assets/" in url}
        assert {"leaflet.js", "protomaps-leaflet.js"} <= scripts
