"""Nobody's number stands anywhere: files with personal data in each column, header and name are imported and sought."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

import openpyxl
import pandas as pd
import pytest

from geo.build import Inputs, build_study
from geo.files.column_matching import fields_of
from geo.points.reading import KINDS, PointKind
from geo.study.export import export_layer
from geo.study.file import about, read_layer
from geo.study.keys import FINGERPRINT, key_path
from jiexu import app
from layers.map.tiles import tile_archive
from layers.registry import BY_NAME
from tests.support.commands import run
from tests.support.points import places

PHONE: Final = "13951234567"
CARD: Final = "320105196801021115"
NAME: Final = "王建国"
PERSONAL: Final = f"{NAME}先生 电话{PHONE} 身份证{CARD}"
FILE_NAME: Final = f"{NAME}先生{PHONE}"
QUICK: Final = ("complaints", "stalls")
"""The kinds that every run looks at; all kinds are written by the same code."""
SOUGHT: Final = (PHONE, CARD, NAME)
CELLS: Final = {
    "received_at": "2025-03-01 08:30",
    "answered_at": "2025-03-01 09:30",
    "closed_at": "2025-03-02 08:30",
    "due_at": "2025-03-03 08:30",
    "capacity": "12",
    "offences": "1",
    "pitches": "3",
    "area_m2": "4",
    "rating": "5",
}


def found_in(content: bytes) -> list[str]:
    return [
        word
        for word in SOUGHT
        if any(word.encode(encoding) in content for encoding in ("utf-8", "gb18030", "utf-16-le"))
    ]


def leaks(folder: Path) -> dict[str, list[str]]:
    """The personal words in the bytes and names of a folder's files, and in the parts of its archives."""
    found: dict[str, list[str]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes() + file.name.encode()
        if content[:2] == b"PK":
            parts = folder.parent / f"parts-{len(found)}-{file.stem}"
            shutil.unpack_archive(file, parts, "zip")
            content += b"".join(part.read_bytes() for part in parts.rglob("*") if part.is_file())
        if words := found_in(content):
            found[file.name] = words
    return found


def personal_file(folder: Path, kind: PointKind, study: Path, suffix: str) -> tuple[Path, list[str]]:
    """
    A file with a row for each field whose cell is personal, one with all of them, and headers that are personal too;
    and the options that say its columns.
    """
    points = places(study, 40)
    fields = [name for name in fields_of(kind) if name not in ("lon", "lat", "coordinates", "source")]
    rows = []
    for number, personal in enumerate([*fields, *fields, "all"]):
        cells = {name: CELLS.get(name, f"{name}{number}") for name in fields}
        for name in fields:
            if personal in (name, "all"):
                cells[name] = (PHONE if name.endswith("_id") and number % 2 else PERSONAL) + ("" if number else CARD)
        cells |= {"lon": str(points["经度"][number]), "lat": str(points["纬度"][number])}
        rows.append({**cells, f"未用 {PERSONAL}": PERSONAL})
    table = pd.DataFrame(rows)
    headers = {name: f"{name} {PERSONAL}" for name in table.columns if name not in ("lon", "lat")}
    table = table.rename(columns=headers)
    file = folder / f"{FILE_NAME}-{kind}{suffix}"
    if suffix == ".csv":
        table.to_csv(file, index=False, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        book.active.title = f"{NAME}先生{PHONE}"[:31]  # type: ignore[union-attr]
        book.active.append(table.columns.tolist())  # type: ignore[union-attr]
        for row in table.itertuples(index=False):
            book.active.append(list(row))  # type: ignore[union-attr]
        book.save(file)
    return file, [part for name in fields for part in ("--map", f"{headers[name]}={name}")]


@pytest.fixture
def own(bare: Path, tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return Path(shutil.copy(bare, tmp_path / "own" / "study.gpkg"))


@pytest.mark.parametrize(
    "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
)
def test_nothing_personal_of_points_stands_anywhere(kind: PointKind, own: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for suffix in (".csv", ".xlsx"):
        file, options = personal_file(files, kind, own, suffix)
        tried = run(
            app, ["add", str(own), str(file), "--kind", kind, "--crs", "WGS84", "--json", "--dry-run", *options]
        )
        added = run(
            app, ["add", str(own), str(file), "--kind", kind, "--crs", "WGS84", "--by", f"{NAME} {PHONE}", *options]
        )
        assert (tried.exit_code, added.exit_code) == (0, 0), added.output
        for printed in (tried.stdout, tried.stderr, added.stdout, added.stderr):
            assert found_in(printed.encode()) == [], printed
        refused = run(app, ["add", str(own), str(file), "--kind", kind, "--map", f"{PERSONAL}=lon"])
        assert refused.exit_code == 2
        assert found_in(refused.output.encode()) == []
    assert len(read_layer(own, kind)) > 0
    imports = read_layer(own, "imports")
    assert set(imports["by"]) == {f"{NAME} [电话]"}, "the officer's own name stays, the number goes"
    out = tmp_path / "out"
    out.mkdir()
    for command in (["imports"], ["info"], ["lists"], ["steps"], ["decisions"]):
        done = run(app, [command[0], str(own), "--json"])
        assert done.exit_code == 0, done.output
        text = done.output.replace(f"{NAME} [电话]", "")
        assert found_in(text.encode()) == []
    for suffix in (".csv", ".xlsx", ".gpkg", ".geojson"):
        export_layer(own, kind, out / f"{kind}{suffix}")
    for layer in BY_NAME:
        tile_archive(own, layer, out / "tiles")
    assert leaks(out) == {}
    bytes_of_study = own.read_bytes().replace(f"{NAME} [电话]".encode(), b"")
    assert found_in(bytes_of_study) == []


def test_the_key_is_no_part_of_what_is_exported(own: Path, tmp_path: Path) -> None:
    rows = places(own, 5).assign(工单编号=[f"1395123{n:04d}" for n in range(5)])
    rows.to_csv(tmp_path / "a.csv", index=False)
    done = run(app, ["add", str(own), str(tmp_path / "a.csv"), "--kind", "complaints", "--crs", "WGS84"])
    assert done.exit_code == 0, done.output
    secret = key_path(own).read_text().split()[1]
    assert os.name == "nt" or key_path(own).stat().st_mode & 0o777 == 0o600
    out = tmp_path / "out"
    out.mkdir()
    for suffix in (".csv", ".xlsx", ".gpkg", ".geojson", ".parquet"):
        export_layer(own, "complaints", out / f"complaints{suffix}")
    for file in [own, *out.rglob("*")]:
        content = file.read_bytes()
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content
    assert about(own)[FINGERPRINT]


def test_nothing_personal_of_lists_and_areas_stands_anywhere(bare: Path, sample: Inputs, tmp_path: Path) -> None:
    study = Path(shutil.copy(bare, tmp_path / "study.gpkg"))
    files = tmp_path / "files"
    files.mkdir()
    points = places(study, 3)
    tiers = files / f"{FILE_NAME}-tiers.csv"
    tiers.write_text(
        f"路名,等级,起点,止点,{PERSONAL}\nBulevardi,示范路,,,{PERSONAL}\n{PERSONAL},次干道,,,x\nMannerheimintie,{PERSONAL},,,\n"
        f"Bulevardi,次干道,{PERSONAL},{PERSONAL},\n",
        encoding="utf-8",
    )
    widths = files / f"{FILE_NAME}-widths.csv"
    widths.write_text(
        f"路名,宽度,起点,止点\nBulevardi,9,,\n{PERSONAL},7,,\nMannerheimintie,{PERSONAL},,\nBulevardi,8,{PERSONAL},x\n",
        encoding="utf-8",
    )
    people = files / f"{FILE_NAME}-people.csv"
    people.write_text(
        "名称,人口,经度,纬度\n"
        + "".join(f"{PERSONAL},{n + 10},{p.经度},{p.纬度}\n" for n, p in enumerate(points.itertuples()))
        + f"{PERSONAL},12,,\nx,{PERSONAL},{points['经度'][0]},{points['纬度'][0]}\n",
        encoding="utf-8",
    )
    for words in (["grade", "--list", tiers], ["widths", widths], ["population", people]):
        for more in ([], ["--json"]):
            verb, *rest = (str(word) for word in words)
            done = run(app, [verb, str(study), *rest, *more])
            assert done.exit_code == 0, done.output
            assert found_in(done.stdout.encode() + done.stderr.encode()) == []
    assert len(read_layer(study, "population")) == 3
    assert found_in(study.read_bytes()) == []
    built = tmp_path / "built" / "study.gpkg"
    build_study(built, Inputs(sample.osm, tiers=tiers, widths=widths))
    assert found_in(built.read_bytes()) == []
    assert read_layer(built, "findings")["source"].astype(str).str.contains(re.escape("[电话]")).any()
