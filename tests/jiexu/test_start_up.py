"""Help and figures are there at once: what takes seconds to load is loaded by the verbs that need it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from jiexu.__main__ import app, strangers
from jiexu.verbs import ROOMS, verbs
from tests.conftest import ROOT

HEAVY = (
    *("numpy.random", "pandas", "geopandas", "shapely", "pyproj", "pyogrio", "pyarrow", "scipy", "osmium", "osmnx"),
    *("ortools", "pint", "folium", "streamlit", "altair", "rasterio", "freestiler", "opencc", "pypinyin"),
)
LIST_LOADED = (
    "import sys; from jiexu.__main__ import app; app(sys.argv[1:], standalone_mode=False); "
    "print(*sys.modules, file=sys.stderr)"
)


def loaded_by(*arguments: str) -> set[str]:
    """Return the names of all modules that a run of `jiexu` loads."""
    command = [sys.executable, "-c", LIST_LOADED, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("info", "STUDY"), ("info", "STUDY", "--json")])
def test_help_and_figures_load_nothing_heavy(arguments: tuple[str, ...], built: Path) -> None:
    loaded = loaded_by(*(str(built) if word == "STUDY" else word for word in arguments))
    assert "jiexu.verbs" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_an_import_loads_no_library_that_it_does_not_need(built: Path, tmp_path: Path) -> None:
    file = tmp_path / "投诉.csv"
    file.write_text("编号,类型,经度,纬度\nT1,占道经营,24.94,60.17\n", encoding="utf-8")
    loaded = loaded_by("add", str(built), str(file), "--kind", "complaints", "--dry-run")
    assert sorted(loaded & {"scipy", "pypinyin", "openpyxl", "ortools", "osmium", "rasterio", "streamlit"}) == []


def test_help_loads_no_room() -> None:
    loaded = loaded_by("--help")
    assert sorted(loaded & {f"jiexu.{room}" for room in ROOMS}) == []
    assert sorted(name for name in loaded if name.split(".")[0] in ("geo", "layers", "dashboards")) == []


def test_the_list_of_verbs_is_the_rooms_own() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert list(commands) == list(verbs())
    listed = {name: verb.shown["help"] for name, verb in verbs().items()}
    assert listed == {name: command.help for name, command in commands.items()}
    folder = ROOT / "jiexu"
    assert {file.stem for file in folder.glob("*.py") if "@app.command" in file.read_text("utf-8")} == set(ROOMS)


@pytest.mark.parametrize(
    ("locale", "words"), [("zh_CN.UTF-8", "另一个名为“geo”的包"), ("en_GB.UTF-8", "another package")]
)
def test_another_geo_before_ours_is_named_in_one_sentence(locale: str, words: str, tmp_path: Path) -> None:
    stranger = tmp_path / "geo"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("raise RuntimeError('loaded')")
    environment = {**os.environ, "LC_ALL": locale, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "jiexu", "info", "any.gpkg"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert str(stranger) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_at_home_nobody_stands_before_us() -> None:
    assert strangers() == {}
