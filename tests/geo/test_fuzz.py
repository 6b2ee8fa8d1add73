"""Mutated files of every kind are read, or refused with a sentence; nothing else, and soon."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import pytest

from benchmarks.fuzz import SECONDS, faulty, kinds, run, seeds, tried
from benchmarks.mutations import mutated

pytestmark = pytest.mark.filterwarnings("ignore")
FEW, MANY = 300, 2_000
PARTS = 6
"""The few are tried in parts: their tests say which one went wrong, and run beside others."""


def wrong(start: int, count: int, folder: Path) -> list[tuple[str, int, str]]:
    every = list(kinds(FEW))
    tried_ = [tried(every[number], number, folder) for number in range(start, start + count)]
    return [(one.kind, one.number, one.trace or f"{one.seconds:.1f} s") for one in faulty(tried_)]


@pytest.mark.parametrize("part", [0, 1, *(pytest.param(part, marks=pytest.mark.slow) for part in range(2, PARTS))])
def test_a_few_mutated_files(part: int, tmp_path: Path) -> None:
    count = FEW // PARTS
    assert wrong(part * count, count, tmp_path) == []


@pytest.mark.slow
def test_many_mutated_files() -> None:
    """Other mutations than the few."""
    assert [(one.kind, one.number, one.trace) for one in faulty(run(MANY, start=1))] == []


def test_every_kind_is_tried() -> None:
    assert {"csv", "xlsx", "xls", "ods", "geojson", "shapefile", "gpkg", "kml", "gpx", "dxf", "osm", "pbf"} <= set(
        seeds()
    )
    assert set(kinds(FEW)) == set(seeds())


@pytest.mark.parametrize("kind", ["csv", "csv-gbk", "csv-utf-16", "xlsx", "xls", "geojson", "shapefile", "gpkg", "kml"])
def test_the_seeds_are_right(kind: str, tmp_path: Path) -> None:
    """What is mutated is read as it is, or nothing would be tried but refusals."""
    seed = seeds()[kind]
    file = tmp_path / seed.name
    file.write_bytes(seed.content)
    assert len(seed.read(file).points) == 12


@pytest.mark.parametrize("kind", ["osm", "pbf", "pbf-plain"])
def test_the_extracts_are_right(kind: str, tmp_path: Path) -> None:
    seed = seeds()[kind]
    file = tmp_path / seed.name
    file.write_bytes(seed.content)
    roads, _ = seed.read(file)
    assert len(roads) > 30


def test_a_seed_gives_the_same_mutation_and_another_another() -> None:
    content = seeds()["xlsx"].content
    others = [content]
    assert mutated(content, 5, others) == mutated(content, 5, others)
    assert len({mutated(content, number, others) for number in range(50)}) > 45


def test_archives_are_changed_inside_too(tmp_path: Path) -> None:
    content = seeds()["xlsx"].content
    sound = 0
    for number in range(40):
        (tmp_path / "a.zip").write_bytes(mutated(content, number, [content]))
        try:
            with zipfile.ZipFile(tmp_path / "a.zip") as archive:
                sound += archive.testzip() is None
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError):
            continue
    assert 15 < sound < 40


def test_a_fault_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(*_: object) -> None:
        raise BaseException("a panic")

    seed = seeds()["csv"]
    monkeypatch.setattr("benchmarks.fuzz.seeds", lambda: {"csv": seed._replace(read=panics)})
    outcome = tried("csv", 1, tmp_path)
    assert faulty([outcome]) == [outcome]
    assert faulty([outcome._replace(came="read", seconds=2 * SECONDS)])
    assert faulty([outcome._replace(came="refused", seconds=1)]) == []
