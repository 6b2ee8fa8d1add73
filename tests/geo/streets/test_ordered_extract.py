"""Extracts in any order are read like sorted ones."""

from __future__ import annotations

import bz2
import gzip
import random
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from geo.core.errors import InputError
from geo.rules import Profile
from geo.streets import ordered_extract
from geo.streets.extract import open_extract, read_ways
from geo.streets.features import read_features
from geo.streets.ordered_extract import ordered

NODES = {
    11: '<node id="11" version="1" lat="36.100" lon="114.350"/>',
    12: '<node id="12" version="1" lat="36.100" lon="114.351"/>',
    13: '<node id="13" version="1" lat="36.100" lon="114.352"><tag k="shop" v="books"/></node>',
    14: '<node id="14" version="1" lat="36.101" lon="114.352"/>',
}
WAYS = {
    21: '<way id="21" version="1"><nd ref="11"/><nd ref="12"/><tag k="highway" v="primary"/></way>',
    22: '<way id="22" version="1"><nd ref="12"/><nd ref="13"/><tag k="highway" v="residential"/></way>',
    23: '<way id="23" version="1"><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="12"/></way>',
}
RELATIONS = {
    31: '<relation id="31" version="1"><member type="way" ref="23" role="outer"/>'
    '<tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation>',
}


def write(path: Path, objects: list[str]) -> Path:
    """Write objects in this order; a suffix says how the file is packed."""
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">' + "\n".join(objects) + "</osm>"
    if path.suffix == ".pbf":
        plain = path.with_suffix(".osm")
        plain.write_text(text, encoding="utf-8")
        with osmium.SimpleWriter(str(path)) as writer:
            for item in osmium.FileProcessor(str(plain)):
                writer.add(item)
    else:
        raw = text.encode()
        packed = {".gz": gzip.compress(raw, mtime=0), ".bz2": bz2.compress(raw)}.get(path.suffix, raw)
        path.write_bytes(packed)
    return path


def read(path: Path, profile: Profile) -> tuple[object, ...]:
    """Return all that a build reads of an extract, as plain values."""
    with open_extract(path) as extract:
        ways = read_ways(extract, profile["roads.kept_highways"])
        found = read_features(extract, profile.group("facilities.kinds"), profile.group("context.kinds"))
    table = ways.table[["way_id", "highway"]].to_numpy().tolist()
    facilities = found.facilities[["facility_id", "kind"]].to_numpy().tolist()
    return table, ways.node_id.tolist(), ways.lonlat.round(6).tolist(), facilities, len(found.context)


IN_ORDER = [*NODES.values(), *WAYS.values(), *RELATIONS.values()]
ORDERS = {
    "ways backwards": [*NODES.values(), *list(WAYS.values())[::-1], *RELATIONS.values()],
    "nodes backwards": [*list(NODES.values())[::-1], *WAYS.values(), *RELATIONS.values()],
    "nodes after ways": [*WAYS.values(), *NODES.values(), *RELATIONS.values()],
    "relations first": [*RELATIONS.values(), *WAYS.values(), *NODES.values()],
    "shuffled": [IN_ORDER[number] for number in (5, 7, 0, 4, 2, 6, 1, 3)],
    "everything twice": [*IN_ORDER, *IN_ORDER],
}


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".xml"])
@pytest.mark.parametrize("order", ORDERS)
def test_any_order_is_read_like_the_sorted_file(order: str, suffix: str, tmp_path: Path, profile: Profile) -> None:
    expected = read(write(tmp_path / "sorted.osm", IN_ORDER), profile)
    assert expected[0] == [[21, "primary"], [22, "residential"]]
    assert expected[3:] == ([["node/13", "shop"]], 1)
    assert read(write(tmp_path / f"any{suffix}", ORDERS[order]), profile) == expected


def test_a_sorted_file_is_read_where_it_lies(tmp_path: Path) -> None:
    path = write(tmp_path / "sorted.osm", IN_ORDER)
    with ordered(path) as extract:
        assert extract.source == path
    with ordered(write(tmp_path / "any.osm", IN_ORDER[::-1])) as extract:
        copy = extract.source
        assert copy.exists()
    assert not copy.exists(), "the sorted copy goes when the reading is done"


def test_new_objects_of_an_editor_keep_their_negative_numbers(tmp_path: Path, profile: Profile) -> None:
    def new(text: str) -> str:
        for number in (11, 13, 21, 23, 31):
            text = text.replace(f'id="{number}"', f'id="-{number}"').replace(f'ref="{number}"', f'ref="-{number}"')
        return text.replace(' version="1"', "")

    table, node_id, lonlat, facilities, grounds = read(
        write(tmp_path / "edited.osm", [new(text) for text in IN_ORDER]), profile
    )
    expected = read(write(tmp_path / "sorted.osm", IN_ORDER), profile)
    assert table == [[22, "residential"], [-21, "primary"]]
    assert node_id == [12, -13, -11, 12]
    assert (facilities, grounds) == ([["node/-13", "shop"]], expected[4])
    assert lonlat == [expected[2][2], expected[2][3], expected[2][0], expected[2][1]]  # type: ignore[index]


def test_the_newest_version_counts_and_a_deleted_object_is_gone(tmp_path: Path, profile: Profile) -> None:
    newer = '<way id="21" version="5"><nd ref="11"/><nd ref="12"/><tag k="highway" v="secondary"/></way>'
    assert read(write(tmp_path / "newer.osm", [newer, *IN_ORDER]), profile)[0] == [
        [21, "secondary"],
        [22, "residential"],
    ]
    for gone in (
        '<way id="22" version="2" visible="false"/>',
        '<way id="22" version="1" action="delete"><nd ref="12"/><nd ref="13"/><tag k="highway" v="service"/></way>',
        "<way id='22' version='7' action = 'delete' user='a>b'/>",
    ):
        objects = [text for text in IN_ORDER if 'id="22"' not in text or "visible" in gone or "7" in gone]
        assert read(write(tmp_path / "gone.osm", [*objects, gone]), profile)[0] == [[21, "primary"]], gone
    back = '<way id="22" version="3" visible="true"><nd ref="11"/><nd ref="13"/><tag k="highway" v="road"/></way>'
    deleted = '<way id="22" version="2" visible="false"/>'
    assert read(write(tmp_path / "back.osm", [*IN_ORDER, back, deleted]), profile)[0][1] == [22, "road"]  # type: ignore[index]


def test_a_file_longer_than_a_run_is_merged(tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(write(tmp_path / "sorted.osm", IN_ORDER), profile)
    monkeypatch.setenv("JIEXU_READERS", "inside")  # where the patched number is
    monkeypatch.setattr(ordered_extract, "_RUN", 3)
    newer = IN_ORDER[5].replace('version="1"', 'version="2"').replace("residential", "road")
    found = read(write(tmp_path / "any.osm", [newer, *ORDERS["shuffled"], *IN_ORDER]), profile)
    assert found[0] == [[21, "primary"], [22, "road"]]
    assert found[1:] == expected[1:]


def test_a_real_extract_shuffled_gives_the_same_streets(
    shared: Callable[[str], Path], tmp_path: Path, profile: Profile
) -> None:
    path = shared("guixi.osm.pbf")
    with osmium.SimpleWriter(str(tmp_path / "shuffled.osm.pbf")) as writer:
        kinds = [
            osmium.FileProcessor(str(path), kind) for kind in (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE)
        ]
        for kind in kinds:
            for item in kind:
                writer.add(item)
    assert read(tmp_path / "shuffled.osm.pbf", profile) == read(path, profile)


@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2", ".pbf", ".xml"])
@pytest.mark.parametrize("made", [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2"])
def test_the_content_tells_the_format_and_not_the_suffix(
    suffix: str, made: str, profile: Profile, tmp_path: Path
) -> None:
    source = write(tmp_path / f"made{made}", [*NODES.values(), *WAYS.values()])
    given = tmp_path / f"given{suffix}"
    given.write_bytes(source.read_bytes())
    assert read_ways(given, profile["roads.kept_highways"]).table["way_id"].tolist() == [21, 22]


@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>", "web page"),
        (b'{"version": 0.6, "remark": "runtime error"}', "JSON"),
        (gzip.compress(gzip.compress(b"<osm/>", mtime=0), mtime=0), "unpack it"),
        (b"BZh91AY&SY" + b"\x00" * 60, "damaged"),
        (b"", "damaged"),
        (b"\x00" * 300, "damaged"),
    ],
)
def test_what_is_no_extract_is_named(suffix: str, content: bytes, word: str, profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(content)
    with pytest.raises(InputError, match=word):
        read_ways(file, profile["roads.kept_highways"])


@pytest.mark.parametrize("suffix", [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2"])
def test_mutated_extracts_are_read_or_refused(suffix: str, profile: Profile, tmp_path: Path) -> None:
    file = write(tmp_path / f"a{suffix}", [*NODES.values(), *WAYS.values(), *RELATIONS.values()])
    good = file.read_bytes()
    chance = random.Random(f"osm{suffix}")  # noqa: S311 (mutations, the same each time)
    for _ in range(100):
        content = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        file.write_bytes(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)
        try:
            read_ways(file, profile["roads.kept_highways"])
        except InputError as error:
            assert error.sentence("zh")
