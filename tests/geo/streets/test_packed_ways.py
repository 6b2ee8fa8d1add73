"""Ways of the binary format by whole columns: the same as osmium reads one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmium
import pytest

from geo.core.errors import InputError
from geo.files.reading_apart import inside
from geo.rules import Profile
from geo.streets import extract as extracts
from geo.streets import packed_ways
from geo.streets.extract import open_extract, read_ways
from geo.streets.ordered_extract import Extract
from tests.support.extracts import grid, write_osm

KEPT = frozenset({"primary", "residential", "footway"})
TAGS = [
    {"highway": "primary", "name": "文峰大道", "name:en": "Wenfeng Avenue", "alt_name": "老路; 旧路 "},
    {"highway": "residential", "parking:left": "lane", "parking:left:fee": "no", "area": "no"},
    {"highway": "residential", "parking:lane:both": "parallel", "parking:condition:both": "free"},
    {"highway": "footway", "name:zh": "小路", "foot": "yes"},
    {"highway": "primary", "area": "yes"},
    {"highway": "motorway", "name": "not kept"},
    {"building": "yes"},
    {"highway": "residential", "width": "7,5", "oneway": "-1", "name": ""},
    {"highway": "footway", "parking:both": ""},
    {"highway": "residential"},
]
REFS = [[1, 2, 3], [3, 4], [2, 7, 12], [12, 13, 12], [1, 2, 7, 6, 1], [5, 10], [1, 2, 3, 1], [4, 99, 9], [25], [24, 23]]


def packed_file(tmp_path: Path, options: str = "pbf", places: dict[int, tuple[float, float]] | None = None) -> Path:
    """Write streets with every kind of tag; one lacks a node, one has a single node."""
    ways = [(number * 7, refs, tags) for number, (refs, tags) in enumerate(zip(REFS, TAGS, strict=True), start=1)]
    plain = write_osm(tmp_path / "plain.osm", {**grid(5, origin=(-8.61, -0.0009)), **(places or {})}, ways)
    packed = tmp_path / "packed.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(packed), options), overwrite=True) as writer:
        for item in osmium.FileProcessor(str(plain)):
            writer.add(item)
    return packed


def agree(path: Path, kept: frozenset[str]) -> int:
    """Compare both readers, and return how many ways they have read."""
    extract = Extract(path, path, {})
    one, other = extracts._by_column(extract, kept), extracts._by_object(extract, kept)
    assert one is not None
    assert one.tags == other.tags
    assert one.newest == other.newest
    for name in ("way_ids", "sizes", "node_ids"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert np.array_equal(one.lonlat, other.lonlat, equal_nan=True)
    return len(one.way_ids)


def test_columns_are_those_of_the_objects(tmp_path: Path) -> None:
    path = packed_file(tmp_path)
    assert agree(path, KEPT) == 7
    assert agree(path, frozenset({"motorway"})) == 1
    ways = read_ways(path, [*KEPT])
    assert ways.table["name"].tolist()[0] == "文峰大道"
    assert ways.table["aliases"].tolist()[0] == "Wenfeng Avenue;老路;旧路"
    assert ways.table["parking"].notna().tolist() == [False, True, True, False, False, False, False]
    assert np.isnan(ways.lonlat[ways.node_id == 99]).all()


@pytest.mark.parametrize("name", ["beijing_wudaokou", "guixi", "neukolln"])
def test_columns_of_a_city_are_those_of_its_objects(name: str, shared: Callable[[str], Path], profile: Profile) -> None:
    kept = frozenset([*profile["roads.kept_highways"], *profile["network.walk.paths"]])
    assert agree(shared(f"{name}.osm.pbf"), kept) > 100


def test_nodes_beyond_the_world_have_no_place(tmp_path: Path) -> None:
    path = packed_file(tmp_path, places={3: (181.5, 1.0), 4: (-180.0, -90.0), 24: (1.0, 90.5)})
    assert agree(path, KEPT) == 7


@pytest.mark.parametrize(
    "options", ["pbf,pbf_compression=none", "pbf,add_metadata=none", "pbf,add_metadata=version+timestamp"]
)
def test_other_packings_are_read_by_column_too(options: str, tmp_path: Path) -> None:
    assert agree(packed_file(tmp_path, options), KEPT) == 7


def test_an_unusual_file_is_left_to_osmium(tmp_path: Path) -> None:
    path = packed_file(tmp_path, "pbf,pbf_dense_nodes=false")
    with pytest.raises(packed_ways.FAULTS):
        packed_ways.nodes_in_order(path)
    assert extracts._by_column(Extract(path, path, {}), KEPT) is None
    unusual = read_ways(path, [*KEPT])
    usual = read_ways(packed_file(tmp_path), [*KEPT])
    assert unusual.table.equals(usual.table)
    assert np.array_equal(unusual.lonlat, usual.lonlat, equal_nan=True)


@pytest.mark.parametrize(
    ("order", "right"),
    [("1 2 3 w", True), ("w", True), ("2 1 3 w", False), ("1 2 2 w", False), ("1 w 2", False), ("-1 1 w", False)],
)
def test_the_order_of_nodes_is_seen(order: str, right: bool, tmp_path: Path) -> None:
    path = tmp_path / "nodes.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for item in order.split():
            if item == "w":
                writer.add(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags={"highway": "primary"}))
            else:
                writer.add(osmium.osm.mutable.Node(id=int(item), location=(0.0, float(item))))
    assert packed_ways.nodes_in_order(path) == right


def test_numbers_of_every_length_are_read() -> None:
    numbers = [0, 1, 127, 128, 300, 2**14, 2**35 - 1, 2**63, 2**64 - 1]
    octets = bytearray()
    for number in numbers:
        rest = number
        while rest > 127:
            octets.append(rest & 127 | 128)
            rest >>= 7
        octets.append(rest)
    assert packed_ways._numbers(bytes(octets)).tolist() == numbers
    with pytest.raises(ValueError, match="cut short"):
        packed_ways._numbers(bytes(octets[:-1]))
    with pytest.raises(ValueError, match="too long"):
        packed_ways._numbers(b"\x80" * 11 + b"\x00")


def test_damage_is_refused_or_changes_nothing_that_osmium_would_read(tmp_path: Path) -> None:
    path = packed_file(tmp_path, "pbf,pbf_compression=none")
    whole = path.read_bytes()
    rng = random.Random(721)  # noqa: S311 (damage, no secrets)
    damaged = tmp_path / "damaged.osm.pbf"
    refused = 0
    for _ in range(200):
        content = bytearray(whole)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        if rng.random() < 0.3:
            del content[rng.randrange(len(content) // 2, len(content)) :]
        damaged.write_bytes(content)
        extract = Extract(damaged, damaged, {})
        try:
            expected = extracts._by_object(extract, KEPT)
        except (*extracts.FAULTS, KeyError):
            refused += 1
            continue
        found = extracts._by_column(extract, KEPT)
        if found is not None:
            assert found.tags == expected.tags
            assert np.array_equal(found.node_ids, expected.node_ids)
    assert refused > 20


def test_a_damaged_file_is_refused_as_before(tmp_path: Path) -> None:
    path = packed_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with inside(), pytest.raises(InputError, match="damaged"), open_extract(path) as extract:
        read_ways(extract, [*KEPT])
