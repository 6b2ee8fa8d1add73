"""Every verb: exit statuses, clear sentences, help with an example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from jiexu.__main__ import app
from tests.conftest import ROOT
from tests.support.commands import run
from tests.support.extracts import grid, write_osm

VERBS = tuple(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example(verb: str) -> None:
    result = run(app, [verb, "--help"])
    assert result.exit_code == 0
    assert f"jiexu {verb}" in result.output
    assert "Example" in result.output


@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize(
    "words",
    [
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/nothing.osm.pbf"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--tiers", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--boundary", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--complaints", "{tmp}/none.csv"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--rules", "atlantis"],
        ["build", "/proc/s.gpkg", "--osm", "{tmp}/streets.osm"],
        ["build", "{tmp}/s.gpkg", "--bbox", "114,36,114.1,36.1", "--overpass", "http://127.0.0.1:9/api"],
        ["info", "{tmp}/nothing.gpkg"],
        ["info", "{tmp}/page.osm", "--json"],
        ["tier", "{tmp}/page.osm", "--street", "a", "--tier", "secondary", "--reason", "b"],
        ["decisions", "{tmp}/page.osm", "--json"],
        ["stalls", "{tmp}/page.osm", "--json"],
        ["check", "{tmp}/page.osm", "--lon", "1", "--lat", "2", "--json"],
        ["guide", "{tmp}/page.osm", "--json"],
        ["bays", "{tmp}/page.osm", "--json"],
        ["bays", "{tmp}/page.osm", "--budget", "5", "--json"],
        ["widths", "{tmp}/page.osm", "{tmp}/none.csv"],
        ["hotspots", "{tmp}/page.osm", "--json"],
        ["response", "{tmp}/page.osm", "--json"],
        ["patrols", "{tmp}/page.osm", "--people", "5", "--json"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--quarters", "{tmp}/page.osm"],
        ["build", "{tmp}/s.gpkg", "--osm", "{tmp}/streets.osm", "--widths", "{tmp}/page.osm"],
        ["zone", "{tmp}/page.osm", "--accept", "Z1", "--reason", "a"],
        ["steps", "{tmp}/page.osm", "--json"],
        ["rules", "atlantis"],
        ["rules", "--explain", "clearance.moon", "--json"],
        ["export", "{tmp}/page.osm", "--layer", "streets", "--to", "{tmp}/a.csv"],
        ["serve", "{tmp}/page.osm"],
        ["sample", "/proc/sample"],
    ],
)
def test_a_users_error_is_one_sentence_and_status_2(
    words: list[str], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    (tmp_path / "page.osm").write_text("<html/>")
    write_osm(tmp_path / "streets.osm", grid(2), [(1, [1, 2], {"highway": "primary"})])
    result = run(app, [word.format(tmp=tmp_path) for word in words])
    assert result.exit_code == 2, result.output
    said = [line for line in result.stderr.splitlines() if line.startswith(("Error: ", "错误："))]
    assert len(said) == 1
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert not (tmp_path / "s.gpkg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["build", "s.gpkg"],
        ["build", "s.gpkg", "--osm", "a.osm", "--place", "Anyang"],
        ["build", "s.gpkg", "--bbox", "1,2,3"],
        ["build", "s.gpkg", "--bbox", "3,2,1,4"],
        ["tier", "s.gpkg", "--street", "a"],
        ["check", "s.gpkg", "--lon", "1", "--lat", "2", "--at", "tomorrow"],
        ["check", "s.gpkg", "--lon", "east", "--lat", "2"],
        ["check", "s.gpkg", "--lon", "1", "--lat", "2", "--kind", "tent"],
        ["zone", "s.gpkg", "--reason", "why"],
        ["coverage", "s.gpkg", "--kind", "school"],
        ["coverage", "s.gpkg", "--kind", "market", "--demand", "everybody"],
        ["site", "s.gpkg", "--kind", "toilet", "--model", "guess"],
        ["site", "s.gpkg", "--kind", "toilet", "--from", "nowhere"],
        ["nothing"],
    ],
)
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    result = run(app, words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("locale", "words"), [("en_US.UTF-8", "has failed"), ("zh_CN.UTF-8", "内部故障")])
def test_a_fault_of_ours_is_status_3_with_a_number_and_a_log(
    locale: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault to look for")

    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("jiexu.complaints.response_of", broken)
    result = run(app, ["response", "s.gpkg", "--json"])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    (log,) = (tmp_path / "jiexu" / "faults").iterdir()
    assert str(log) in result.stderr
    assert log.stem in result.stderr
    assert "ZeroDivisionError: a fault to look for" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_a_fault_whose_log_cannot_be_written_still_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault to look for")

    monkeypatch.setenv("XDG_CACHE_HOME", "/proc")
    monkeypatch.setattr("jiexu.complaints.response_of", broken)
    result = run(app, ["response", "s.gpkg"])
    assert result.exit_code == 3
    assert "a fault to look for" in result.stderr


class _Panic(BaseException):
    """As a library in Rust raises it."""


@pytest.mark.parametrize("kind", [AssertionError, KeyError, RecursionError, _Panic])
def test_whatever_is_raised_is_one_sentence(
    kind: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise kind("联系人：王伟 13812345678")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("jiexu.complaints.response_of", broken)
    result = run(app, ["response", "s.gpkg"])
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 1
    (log,) = (tmp_path / "jiexu" / "faults").iterdir()
    assert "13812345678" not in log.read_text(encoding="utf-8") + result.output


@pytest.mark.parametrize("asked", ["option", "variable"])
def test_the_trace_is_shown_where_it_is_asked_for(asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault to look for")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("JIEXU_DEBUG", "1" if asked == "variable" else "")
    monkeypatch.setattr("jiexu.complaints.response_of", broken)
    result = run(app, [*(["--debug"] if asked == "option" else []), "response", "s.gpkg"])
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert "a fault to look for" in result.stderr
    assert "has failed" in result.stderr.splitlines()[-1] or "内部故障" in result.stderr.splitlines()[-1]


def test_a_room_that_does_not_load_is_one_sentence(tmp_path: Path) -> None:
    """As with a library that is broken or missing: outside of any verb."""
    (tmp_path / "tzfpy.py").write_text("raise ImportError('broken')", encoding="utf-8")
    (tmp_path / "ortools.py").write_text("raise ImportError('broken')", encoding="utf-8")
    (tmp_path / "geopandas.py").write_text("raise ImportError('broken')", encoding="utf-8")
    environment = {
        **os.environ, "LC_ALL": "en_GB.UTF-8", "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }  # fmt: skip
    command = [sys.executable, "-m", "jiexu", "stalls", "a.gpkg"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "has failed, fault" in done.stderr
