"""No file crashes the reader, keeps it for long, reaches out, or touches the study."""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path

import pytest

from geo.core.errors import InputError, JiexuError
from geo.points.imports import add_points, place_in
from geo.points.reading import Options, Place
from geo.rules import Profile
from geo.study.export import export_layer
from geo.study.file import read_layer
from geo.study.reader import Study
from tests.support.hostile_files import CASES, SECRET, secret_files

MAX_SECONDS = 10


@pytest.fixture(scope="module")
def place(bare: Path) -> Place:
    return place_in(Study(bare))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_there_are_enough() -> None:
    assert len(CASES) >= 80
    assert len({case.does for case in CASES.values()}) >= 80


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file(name: str, bare: Path, place: Place, profile: Profile, tmp_path: Path) -> None:
    case = CASES[name]
    file = case.make(tmp_path)
    before, there = bare.read_bytes(), sorted(tmp_path.parent.iterdir())
    began = time.process_time()
    # the system is given, so that a single point is not asked about; refusals of whole files are the streets' word
    asked = Options() if case.says == "No coordinate system" else Options(crs=None if "elsewhere" in name else "WGS84")
    try:
        outcome = add_points(bare, file, "complaints", profile, asked, dry_run=True, place=place)
    except InputError as error:
        assert case.kept is None, str(error)
        assert case.says in str(error)
    else:
        # a complaint without a place is kept, and counts in shares and times only
        assert outcome.added - outcome.unplaced == case.kept
        said = " ".join(
            outcome.reading.findings["problem"].astype(str) + outcome.reading.findings["column"].astype(str)
        )
        assert case.says in said
    assert time.process_time() - began < MAX_SECONDS
    assert bare.read_bytes() == before
    assert sorted(tmp_path.parent.iterdir()) == there


def test_formulas_are_inert_in_every_export(bare: Path, profile: Profile, tmp_path: Path) -> None:
    study = tmp_path / "study.gpkg"
    study.write_bytes(bare.read_bytes())
    for name in ("formula", "formula at", "formula tab", "script"):
        inner = tmp_path / name.replace(" ", "-")
        inner.mkdir()
        add_points(study, CASES[name].make(inner), "complaints", profile, Options(crs="WGS84"))
    assert len(read_layer(study, "complaints")) >= 2
    for suffix in (".csv", ".xlsx"):
        export_layer(study, "complaints", tmp_path / f"out{suffix}")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = [cell.strip('"') for line in lines[1:] for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_no_raw_value_reaches_study_log_or_message(
    bare: Path, profile: Profile, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    study = tmp_path / "study.gpkg"
    study.write_bytes(bare.read_bytes())
    messages = []
    for file in secret_files(tmp_path):
        try:
            outcome = add_points(study, file, "complaints", profile, Options(crs="WGS84"))
            messages.append(str(outcome.as_dict()))
        except JiexuError as error:
            messages += [str(error), error.sentence("zh"), error.sentence("en")]
    assert len(read_layer(study, "complaints")) >= 2
    assert SECRET.encode() not in study.read_bytes()
    printed = capsys.readouterr()
    assert SECRET not in "".join([*messages, caplog.text, printed.out, printed.err])
