"""Extracts in any order: a sorted copy of files that editors and scripts write unsorted."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import heapq
import itertools
import re
import tempfile
import xml.sax
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import defusedxml
import defusedxml.sax
import numpy as np
import osmium
from numpy.typing import NDArray

from geo.files.reading_apart import apart, extract_limits
from geo.streets.packed_ways import FAULTS as UNUSUAL
from geo.streets.packed_ways import nodes_in_order

_DELETE: Final = re.compile(rb"""action\s*=\s*["']delete["']""")
"""JOSM keeps deleted objects in its files, with this mark; libosmium does not know it."""

_LONGEST_MARK: Final = 64
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"
_HEAD: Final = 512
_KINDS: Final = {"pbf": "pbf", "": "osm", "gz": "osm.gz", "bz2": "osm.bz2"}
"""How libosmium calls XML by its packing, and the binary format."""
_BLOCK: Final = 1 << 20
"""Bytes of a file in which the mark is looked for at once."""
_RUN: Final = 1_000_000
"""Objects that are sorted in memory at once: a few hundred megabytes; longer files are merged of several runs."""

_TYPES: Final = ("n", "w", "r")
_HISTORY: Final = ".osh.pbf"
"""The suffix of a format that keeps deleted objects apart; others forget it."""


@dataclass(frozen=True)
class Extract:
    """
    An extract in order: nodes before ways before relations, sorted by id, none twice and none deleted.

    Attributes
    ----------
    path
        The file that was given: for its name, its header and errors.
    source
        The file to read: the same, or a sorted copy of it.
    shift
        The greatest id of the given file by type (`n`, `w`, `r`), where ids of the copy stand for negative ones:
        new objects of editors are numbered -1, -2, …, and beyond the greatest id in the copy. Empty without any.
    """

    path: Path
    source: Path
    shift: dict[str, int]

    def given_id(self, kind: str, number: int) -> int:
        """Return the id that an object of the source has in the given file."""
        greatest = self.shift.get(kind, number)
        return number if number <= greatest else greatest - number

    def given_ids(self, kind: str, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the ids that objects of one type have in the given file."""
        greatest = self.shift.get(kind)
        return numbers if greatest is None else np.where(numbers > greatest, greatest - numbers, numbers)


@contextlib.contextmanager
def ordered(path: Path) -> Iterator[Extract]:
    """
    Open an extract in order: as it is if it is sorted, else as a sorted copy, for as long as the context lasts.

    Of an object that comes several times, the greatest version counts (of equal versions the latest time, then any of
    them); it is left out where that is deleted (`visible="false"` of Overpass and histories, `action="delete"` of
    JOSM). The copy is made by sorting runs of bounded size and merging them on disk: memory does not grow with the
    file.

    Parameters
    ----------
    path
        As `geo.streets.extract.read_ways` takes it.

    Raises
    ------
    RuntimeError, ValueError
        If it is no OSM data, or damaged.
    """
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder:
        yield _in_order(path, Path(folder))


@apart(extract_limits, passes=(RuntimeError, ValueError))
def _in_order(path: Path, folder: Path) -> Extract:
    """Return an extract in order; its sorted copy, if it needs one, is in a folder."""
    deleted = _deleted_in_editor(path)
    if not deleted and _is_ordered(path):
        return Extract(path, path, {})
    copy = folder / "sorted.osm.pbf"
    shift = _sort(path, copy, folder, deleted)
    return Extract(path, copy, shift)


class NoExtractError(ValueError):
    """A file of another kind; its arguments say so, in Chinese and in English."""


@contextlib.contextmanager
def _as_value_error() -> Iterator[None]:
    """Make the faults of a damaged archive or document errors of its content."""
    try:
        yield
    except (EOFError, zlib.error, xml.sax.SAXException, defusedxml.DefusedXmlException) as error:
        raise ValueError(str(error)) from error
    except OSError as error:
        if error.errno is not None and not isinstance(error, gzip.BadGzipFile):
            raise  # the disk's fault, not the content's
        raise ValueError(str(error)) from error


def osm_file(path: Path) -> osmium.io.File:
    """Return the file for libosmium, in the format of its content, whatever its suffix."""
    return osmium.io.File(str(path), _KINDS[_packing(path)])


def is_packed(path: Path) -> bool:
    """Tell whether a file is in the binary format."""
    return _packing(path) == "pbf"


def _packing(path: Path) -> str:
    """
    Return "pbf" for the binary format, else how XML is packed: "gz", "bz2" or not at all.

    Raises
    ------
    NoExtractError
        If it is neither.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    packing = "gz" if head.startswith(_GZIP) else "bz2" if head.startswith(_BZIP2) else ""
    if packing:
        with _as_value_error(), gzip.open(path) if packing == "gz" else bz2.open(path) as stream:
            head = stream.read(_HEAD)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise NoExtractError("这是网页，可能是服务器的报错", "it is a web page, perhaps a server's message")
    if start.startswith((b"{", b"[")):
        raise NoExtractError("这是 JSON，请导出为 XML 或 PBF", "it is JSON: export XML or PBF")
    if start.startswith(b"<") or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return packing
    if packing:
        raise NoExtractError("压缩包里不是 XML，请先解压", "what is packed is no XML: unpack it first")
    return "pbf"


class _OutOfOrderError(Exception):
    """The end of a check that found something."""


class _Check:
    """A handler that stops at the first object out of order, repeated, deleted, or with an id of an editor's."""

    def __init__(self) -> None:
        self.last = [0, 0, 0]

    def node(self, item: Any) -> None:
        number = item.id
        if number <= self.last[0] or self.last[1] or self.last[2] or not item.visible:
            raise _OutOfOrderError
        self.last[0] = number

    def way(self, item: Any) -> None:
        number = item.id
        if number <= self.last[1] or self.last[2] or not item.visible:
            raise _OutOfOrderError
        self.last[1] = number

    def relation(self, item: Any) -> None:
        number = item.id
        if number <= self.last[2] or not item.visible:
            raise _OutOfOrderError
        self.last[2] = number


def _is_ordered(path: Path) -> bool:
    with osmium.io.Reader(osm_file(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
        header = reader.header()
    if header.get("sorting") == "Type_then_ID" and not header.has_multiple_object_versions:
        # sorted by its own word (as the files of large providers are): negative ids come first then
        return all(_first_id(path, kind) > 0 for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION))
    entities = osmium.osm.ALL
    if is_packed(path):
        with contextlib.suppress(*UNUSUAL):  # of a file that is damaged or unusual, all is looked at
            if not nodes_in_order(path):
                return False
            entities = osmium.osm.WAY | osmium.osm.RELATION
    try:
        with osmium.io.Reader(osm_file(path), entities) as reader:
            osmium.apply(reader, _Check())
    except _OutOfOrderError:
        return False
    return True


def _first_id(path: Path, kind: Any) -> int:
    return next((int(item.id) for item in osmium.FileProcessor(osm_file(path), kind)), 1)


def _sort(path: Path, copy: Path, folder: Path, deleted: set[tuple[str, int]]) -> dict[str, int]:
    """Write a sorted copy, and return the greatest ids where it has negative ones."""
    ids = _Range()
    with osmium.io.Reader(osm_file(path)) as reader:
        osmium.apply(reader, ids)
    shift = dict(zip(_TYPES, ids.greatest, strict=True)) if ids.least < 0 else {}
    streams = [
        map(_keyed, osmium.FileProcessor(str(run)), itertools.repeat(number))
        for number, run in enumerate(_sorted_runs(path, folder, shift, deleted))
    ]
    before = None
    with osmium.SimpleWriter(str(copy)) as writer:
        for key, item in heapq.merge(*streams, key=itemgetter(0)):
            identity = key[:2]
            if identity != before and not item.deleted:
                writer.add(item)
            before = identity  # what follows is older
    return shift


class _Range:
    """A handler that finds the least id of all objects, and the greatest of each type."""

    def __init__(self) -> None:
        self.least, self.greatest = 0, [0, 0, 0]

    def node(self, item: Any) -> None:
        self._see(0, item.id)

    def way(self, item: Any) -> None:
        self._see(1, item.id)

    def relation(self, item: Any) -> None:
        self._see(2, item.id)

    def _see(self, kind: int, number: int) -> None:
        self.least, self.greatest[kind] = min(self.least, number), max(self.greatest[kind], number)


def _sorted_runs(path: Path, folder: Path, shift: dict[str, int], deleted: set[tuple[str, int]]) -> list[Path]:
    """Write sorted runs of a file, each with the newest version of its objects, and ids in place of negative ones."""
    runs: list[Path] = []
    part = folder / f"part{_HISTORY}"
    items: Iterator[Any] = iter(osmium.FileProcessor(osm_file(path)))
    while True:
        count = 0
        with osmium.SimpleWriter(str(part), overwrite=True) as writer:
            for item in itertools.islice(items, _RUN):
                count += 1
                kind = item.type_str()
                if deleted and (kind, item.id) in deleted:
                    writer.add(item.replace(id=_positive(kind, item.id, shift), visible=False))
                else:
                    writer.add(_renumbered(item, kind, shift) if shift else item)
        if not count:
            return runs
        runs.append(folder / f"run-{len(runs)}{_HISTORY}")
        reader = osmium.MergeInputReader()
        reader.add_file(str(part))
        with osmium.SimpleWriter(str(runs[-1])) as sorted_run:
            reader.apply(sorted_run, simplify=True)


def _keyed(item: Any, run: int) -> tuple[tuple[int, int, int, float, int], Any]:
    """Return an object with its place in the order: by type and id, the newest version first."""
    return (_TYPES.index(item.type_str()), item.id, -item.version, -item.timestamp.timestamp(), run), item


def _positive(kind: str, number: int, shift: dict[str, int]) -> int:
    return number if number >= 0 else shift[kind] - number


def _renumbered(item: Any, kind: str, shift: dict[str, int]) -> Any:
    """Return an object with ids beyond the greatest in place of negative ones."""
    number = _positive(kind, item.id, shift)
    if kind == "w":
        return item.replace(id=number, nodes=[_positive("n", node.ref, shift) for node in item.nodes])
    if kind == "r":
        members = [(m.type, _positive(m.type, m.ref, shift), m.role) for m in item.members]
        return item.replace(id=number, members=members)
    return item.replace(id=number)


def _deleted_in_editor(path: Path) -> set[tuple[str, int]]:
    """Return type and id of the objects that an editor marked for deletion."""
    if _packing(path) == "pbf":
        return set()
    found = _Deleted()
    with _as_value_error():
        if _mentions_deletion(path):
            with _unpacked(path) as stream:
                defusedxml.sax.parse(stream, found)
    return found.objects


def _mentions_deletion(path: Path) -> bool:
    before = b""
    with _unpacked(path) as stream:
        while block := stream.read(_BLOCK):
            if _DELETE.search(before + block):
                return True
            before = block[-_LONGEST_MARK:]
    return False


def _unpacked(path: Path) -> Any:
    packing = _packing(path)
    return gzip.open(path) if packing == "gz" else bz2.open(path) if packing == "bz2" else path.open("rb")


class _Deleted(xml.sax.ContentHandler):
    """Type and id of the objects with `action="delete"`."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: set[tuple[str, int]] = set()

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 (the name is of the standard library)
        if attrs.get("action") == "delete" and name in ("node", "way", "relation"):
            self.objects.add((name[0], int(attrs.get("id", ""))))
