"""The wheel is whole: every file of its packages, the map's scripts with their licences, the sample's extract."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from layers.map.compose import ASSETS
from tests.conftest import ROOT
from tests.support.wheels import PACKAGES, built_wheel

DATA = (".yaml", ".js", ".css", ".po", ".pbf", ".txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_every_file_of_its_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    ours = {
        file.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for file in (ROOT / name).rglob("*")
        if file.suffix in (".py", *DATA) and not {"node_modules", "__pycache__"} & set(file.parts)
    }
    assert sorted(ours - packed) == []
    assert "streamlit_app.py" in packed
    served = {file.relative_to(ROOT).as_posix() for file in ASSETS.values()}
    assert sorted(served - packed) == []
    # nothing else came along: no tests, no sources of scripts, no maps of them
    others = {name for name in packed if "node_modules" in name and "LICEN" not in name} - served
    assert others == {"layers/assets/vendor/node_modules/pmtiles/package.json"}  # its licence has no file of its own
    assert {name.split("/")[0] for name in packed if ".dist-info" not in name} == {*PACKAGES, "streamlit_app.py"}


def test_every_served_script_of_others_comes_with_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.namelist()
    for file in (name for name in packed if "node_modules" in name and "/dist/" in name):
        package = file.split("/dist/")[0]
        assert [name for name in packed if name.startswith((f"{package}/LICEN", f"{package}/package.json"))], package
