"""Reading extracts: what is kept, every format, and the files that cannot be used."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest

from geo.build import Inputs, build_study
from geo.core.errors import InputError
from geo.rules import Profile
from geo.streets.extract import read_ways
from tests.support.extracts import grid, write_osm

EXTRACTS = ("beijing_wudaokou.osm.pbf", "guixi.osm.pbf", "neukolln.osm.pbf")


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_street_way_is_read_with_its_tags(name: str, shared: Callable[[str], Path], profile: Profile) -> None:
    path = shared(name)
    kept = profile["roads.kept_highways"]
    street_ways: Iterable[Any] = osmium.FileProcessor(str(path), osmium.osm.WAY)
    expected = {
        way.id: (way.tags.get("highway"), way.tags.get("name"), len(way.nodes))
        for way in street_ways
        if way.tags.get("highway") in kept and way.tags.get("area") != "yes"
    }
    ways = read_ways(path, kept)
    sizes = np.bincount(ways.way, minlength=len(ways.table))
    names = ways.table["name"].astype(object).where(ways.table["name"].notna(), None)
    rows = zip(ways.table["way_id"], ways.table["highway"], names, sizes, strict=True)
    read = {way: (highway, name, int(size)) for way, highway, name, size in rows}
    assert read == expected


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_every_format_gives_the_same_ways(
    suffix: str, shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    path = shared("guixi.osm.pbf")
    plain = tmp_path / "guixi.osm"
    with osmium.SimpleWriter(str(plain)) as writer:
        for item in osmium.FileProcessor(str(path)):
            writer.add(item)
    pack = {".osm": lambda raw: raw, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[suffix]
    packed = tmp_path / f"packed{suffix}"
    packed.write_bytes(pack(plain.read_bytes()))
    from_pbf, from_text = (read_ways(file, profile["roads.kept_highways"]) for file in (path, packed))
    assert from_text.table.equals(from_pbf.table)
    assert (from_text.node_id == from_pbf.node_id).all()
    np.testing.assert_allclose(from_text.lonlat, from_pbf.lonlat, atol=1e-7)


BROKEN: dict[str, Callable[[Path], Path]] = {
    "truncated.osm.pbf": lambda path: _bytes(path, (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c" + b"x" * 40)),
    "text.osm.pbf": lambda path: _bytes(path, b"this is no protobuf"),
    "empty.osm.pbf": lambda path: _bytes(path, b""),
    "page.osm": lambda path: _bytes(path, b"<html><body>404</body></html>"),
    "empty.osm": lambda path: _bytes(path, b""),
    "noise.osm.gz": lambda path: _bytes(path, b"\x1f\x8b\x08\x00garbage"),
    "laughs.osm": lambda path: _bytes(path, _LAUGHS),
    "no-roads.osm": lambda path: write_osm(path, grid(2), [(1, [1, 2], {"building": "yes"})]),
    "no-nodes.osm": lambda path: write_osm(path, {}, [(1, [1, 2], {"highway": "primary"})]),
    "zero-length.osm": lambda path: write_osm(path, grid(2), [(1, [1, 1], {"highway": "primary"})]),
    "single-node.osm": lambda path: write_osm(path, grid(2), [(1, [1], {"highway": "primary"})]),
    "roads.txt": lambda path: _bytes(path, b"roads"),
    "missing.osm": lambda path: path,
}
_LAUGHS: bytes = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(
        b'<!ENTITY lol%d "%s">' % (i, b"&lol%s;" % (str(i - 1).encode() if i > 1 else b"") * 10) for i in range(1, 10)
    )
    + b']><osm version="0.6"><node id="1" lat="0" lon="0"><tag k="name" v="&lol9;"/></node></osm>'
)


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", BROKEN)
def test_an_unusable_extract_is_refused_with_a_remedy_and_the_study_stays(
    name: str, tmp_path: Path, study: Path
) -> None:
    before = study.read_bytes()
    with pytest.raises(InputError) as refused:
        build_study(study, Inputs(BROKEN[name](tmp_path / name)))
    for language in ("zh", "en"):
        sentence = refused.value.sentence(language)
        assert name in sentence
        assert "\n" not in sentence
        assert len(refused.value.remedy.pick(language)) > 5
    assert study.read_bytes() == before
    assert [file.name for file in study.parent.glob("*.gpkg")] == ["study.gpkg"]


def test_a_real_extract_cut_short_is_refused(shared: Callable[[str], Path], tmp_path: Path, profile: Profile) -> None:
    cut = tmp_path / "cut.osm.pbf"
    raw = shared("guixi.osm.pbf").read_bytes()
    cut.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(InputError, match="damaged"):
        read_ways(cut, profile["roads.kept_highways"])
