"""Read an OpenStreetMap extract: its ways that are streets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import osmium
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.errors import InputError, no_file
from geo.core.text import Text
from geo.files.reading_apart import apart, extract_limits
from geo.streets.ordered_extract import Extract, NoExtractError, is_packed, ordered, osm_file
from geo.streets.packed_ways import FAULTS as UNUSUAL
from geo.streets.packed_ways import Block, node_places, way_blocks
from geo.streets.parking_tags import LEADS, PARKING, PREFIX, packed

ROAD_TAGS: Final = (
    *("highway", "name", "oneway", "junction", "lanes", "width", "est_width", "bridge", "tunnel"),
    *("service", "access", "motor_vehicle", "foot"),
    *("motorroad", "vehicle", "motorcar", "layer", "construction"),
    *(f"{mode}:conditional" for mode in ("access", "vehicle", "motor_vehicle", "motorcar")),
    *(f"cycleway:{side}:separation{more}" for side in ("both", "left", "right") for more in ("", ":left", ":right")),
    *("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"),
    *("sidewalk:both:width", "sidewalk:left:width", "sidewalk:right:width"),
    *("cycleway", "cycleway:both", "cycleway:left", "cycleway:right"),
)
"""The tags that a road keeps from its way, besides its other names (`aliases`) and its parking (`PARKING`)."""

_NAMES = ("name", "name:zh", "name:zh-Hans", "name:zh-Hant", "name:en", "alt_name", "alt_name:zh", "alt_name:en")

_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".xml")

_ONLY_WAYS = osmium.filter.EntityFilter(osmium.osm.WAY)

_EPOCH_YEAR = 1970
"""The year that an object without a time seems to be of."""

_WKB_HEADER = 18
"""Hexadecimal digits of a line's WKB before its first coordinate: byte order, type, number of points."""

FAULTS: Final = (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError)
"""Errors on a file that is damaged."""


@dataclass(frozen=True)
class Ways:
    """
    The street ways of an extract, by column.

    Attributes
    ----------
    table
        One row per way: `way_id`, `ROAD_TAGS` (None where untagged; a way without `name` has its name in Chinese or
        English, if any), `aliases` (its other names, between semicolons as OSM writes several, or None) and `parking`
        (its parking tags, `geo.streets.parking_tags.packed`).
    way
        Shape (m,): for each vertex, in order, the row of its way in `table`.
    node_id
        Shape (m,): the OSM node of each vertex.
    lonlat
        Shape (m, 2): degrees, WGS 84; NaN where the extract lacks the node.
    dated
        The extract's date: its header's replication time, else the newest way's; None if it says neither.
    broken
        Shape (m,): whether no line leads to a vertex from the one before it in its way; None where all are connected.
    """

    table: pd.DataFrame
    way: NDArray[np.int64]
    node_id: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    dated: dt.datetime | None
    broken: NDArray[np.bool_] | None = None

    def only(self, highways: Sequence[str]) -> Ways:
        """Return the ways of these classes."""
        kept = self.table["highway"].isin(highways).to_numpy()
        vertex = kept[self.way]
        way = (np.cumsum(kept) - 1)[self.way[vertex]]
        table = self.table[kept].reset_index(drop=True)
        broken = None if self.broken is None else self.broken[vertex]
        return Ways(table, way, self.node_id[vertex], self.lonlat[vertex], self.dated, broken)

    def cut(self, stays: NDArray[np.bool_], gaps: NDArray[np.bool_] | None = None) -> Ways:
        """
        Return the ways without some vertices; they are broken there.

        Parameters
        ----------
        stays
            Shape (m,): the vertices to keep.
        gaps
            Shape (m,): vertices that no line leads to from the one before; None for no others than now.
        """
        broken = np.zeros(len(self.way), dtype=bool) if self.broken is None else self.broken.copy()
        if gaps is not None:
            broken |= gaps
        broken[1:] |= ~stays[:-1]
        return Ways(self.table, self.way[stays], self.node_id[stays], self.lonlat[stays], self.dated, broken[stays])


@contextmanager
def open_extract(path: Path | str) -> Iterator[Extract]:
    """
    Open an extract, for as long as the context lasts, so that it is put in order once for several readings.

    Parameters
    ----------
    path
        As for `read_ways`.

    Raises
    ------
    InputError
        If the file does not exist, is damaged, or is not OSM data.
    """
    path = _existing(path)
    with ExitStack() as stack:
        try:
            extract = stack.enter_context(ordered(path))
        except FAULTS as error:
            raise damaged(path, error) from error
        yield extract


def opened(extract: Extract | Path | str) -> AbstractContextManager[Extract]:
    """Open a file; an extract that is open stays so."""
    return nullcontext(extract) if isinstance(extract, Extract) else open_extract(extract)


def read_ways(extract: Extract | Path | str, kept_highways: Sequence[str]) -> Ways:
    """
    Read the ways with a `highway` of `kept_highways`, except areas.

    Parameters
    ----------
    extract
        `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2`; its objects may be in any order (`geo.streets.ordered_extract`).
    kept_highways
        Values of `highway`: the rule `roads.kept_highways`.

    Raises
    ------
    InputError
        If the file does not exist, is damaged, is not OSM data, or holds no such way.
    """
    with opened(extract) as source:
        return _ways(source, frozenset(kept_highways))


@apart(extract_limits, attrgetter("path"))
def _ways(extract: Extract, kept: frozenset[str]) -> Ways:
    try:
        dated = _header_date(extract.path)
        found = _by_column(extract, kept) if is_packed(extract.source) else None
        found = found or _by_object(extract, kept)
    except FAULTS as error:
        raise damaged(extract.path, error) from error
    if not len(found.way_ids):
        raise InputError(
            extract.path,
            Text("数据中没有道路", "The extract holds no road"),
            Text(
                "请检查提取范围，导出时须保留带 highway 标签的路径及其节点",
                "Check its area, and export it with the ways that have a highway tag and their nodes",
            ),
        )
    way_id = extract.given_ids("w", np.asarray(found.way_ids, dtype=np.int64))
    return Ways(
        table=pd.DataFrame({"way_id": way_id, **found.tags}, copy=False),
        way=np.repeat(np.arange(len(found.sizes)), found.sizes),
        node_id=extract.given_ids("n", np.asarray(found.node_ids, dtype=np.int64)),
        lonlat=found.lonlat,
        dated=dated or found.newest,
    )


class _Found(NamedTuple):
    """The columns of street ways, in the order of the file; `tags` are the columns of the table besides `way_id`."""

    way_ids: Sequence[int] | Integers
    sizes: Sequence[int] | Integers
    node_ids: Sequence[int] | Integers
    lonlat: Floats
    tags: dict[str, list[str | None]]
    newest: dt.datetime | None


def _no_columns() -> dict[str, list[str | None]]:
    return {tag: [] for tag in (*ROAD_TAGS, "aliases", PARKING)}


def _by_object(extract: Extract, kept: frozenset[str]) -> _Found:
    """Return the ways as osmium reads them, one by one."""
    columns = _no_columns()
    appenders = [(tag, columns[tag].append) for tag in ROAD_TAGS if tag != "name"]
    way_ids: list[int] = []
    sizes: list[int] = []
    node_ids: list[int] = []
    shapes: list[str] = []
    stamps: list[dt.datetime] = []
    wkb = osmium.geom.WKBFactory()
    # osmium streams objects: this loop only gathers columns, all computing is done on whole arrays
    for way in located(extract).with_filter(_ONLY_WAYS).with_filter(osmium.filter.KeyFilter("highway")):
        tags = way.tags
        if tags["highway"] not in kept or tags.get("area") == "yes":
            continue
        nodes = way.nodes
        way_ids.append(way.id)
        sizes.append(len(nodes))
        node_ids += [nodes[i].ref for i in range(len(nodes))]
        shapes.append(_vertices(wkb, way))
        get = tags.get
        for tag, append in appenders:
            append(get(tag))
        name, others = _name_and_aliases(*map(get, _NAMES))
        columns["name"].append(name)
        columns["aliases"].append(others)
        parked = any(map(get, LEADS))
        columns[PARKING].append(packed((tag.k, tag.v) for tag in tags) if parked else None)
        stamps.append(way.timestamp)
    lonlat = np.frombuffer(bytes.fromhex("".join(shapes)), dtype="<f8").reshape(-1, 2)
    newest = max((stamp for stamp in stamps if stamp.year > _EPOCH_YEAR), default=None)
    return _Found(way_ids, sizes, node_ids, lonlat, columns, newest)


def _by_column(extract: Extract, kept: frozenset[str]) -> _Found | None:
    """Return the ways of a binary file by whole columns, as `_by_object` does one by one; None of an unusual file."""
    columns = _no_columns()
    way_ids, sizes, node_ids, seconds = ([np.zeros(0, dtype=np.int64)] for _ in range(4))
    try:
        for block in way_blocks(extract.source):
            rows = np.flatnonzero(np.isin(block.column("highway"), [*kept]) & (block.column("area") != "yes"))
            if len(rows) == 0:
                continue
            for tag in ROAD_TAGS:
                columns[tag] += block.column(tag)[rows].tolist()
            names = [block.column(name)[rows].tolist() for name in _NAMES]
            named = [_name_and_aliases(*each) for each in zip(*names, strict=True)]
            columns["name"][-len(rows) :] = [name for name, _ in named]
            columns["aliases"] += [others for _, others in named]
            columns[PARKING] += _parking(block)[rows].tolist()
            way_ids.append(block.way_id[rows])
            sizes.append(block.sizes[rows])
            node_ids.append(block.node_id[np.isin(np.repeat(np.arange(len(block.sizes)), block.sizes), rows)])
            seconds.append(block.seconds[rows])
        node_id = np.concatenate(node_ids)
        wanted, place = np.unique(node_id, return_inverse=True)
        lonlat = node_places(extract.source, wanted)[place]
    except UNUSUAL:
        return None
    stamp = dt.datetime.fromtimestamp(int(np.concatenate(seconds).max(initial=0)), dt.UTC)
    newest = stamp if stamp.year > _EPOCH_YEAR else None
    return _Found(np.concatenate(way_ids), np.concatenate(sizes), node_id, lonlat, columns, newest)


def _parking(block: Block) -> NDArray[np.object_]:
    """Return the parking tags of ways as one text each, None for ways without one of `LEADS`."""
    found = np.full(len(block.way_id), None, dtype=object)
    parked = np.zeros(len(found), dtype=bool)
    for lead in LEADS:
        way, value = block.tags(lead)
        parked[way[value != ""]] = True
    if parked.any():
        tags: dict[int, list[tuple[str, str]]] = {way: [] for way in np.flatnonzero(parked).tolist()}
        for key in block.keys(PREFIX):
            way, value = block.tags(key)
            for row, each in zip(way[parked[way]].tolist(), value[parked[way]].tolist(), strict=True):
                tags[row].append((key, each))
        found[[*tags]] = [packed(each) for each in tags.values()]
    return found


@lru_cache(maxsize=4096)
def _name_and_aliases(*tags: str | None) -> tuple[str | None, str | None]:
    """Return the first name and the others; OSM writes several in one tag between semicolons."""
    names = dict.fromkeys(part.strip() for tag in tags if tag for part in tag.split(";") if part.strip())
    first, *others = names or [None]
    return first, ";".join(filter(None, others)) or None


def _vertices(wkb: osmium.geom.WKBFactory, way: osmium.osm.Way) -> str:
    """Return longitude and latitude of each node as hexadecimal float64, NaN where the extract lacks the node."""
    try:
        return wkb.create_linestring(way, osmium.geom.use_nodes.ALL)[_WKB_HEADER:]
    except (RuntimeError, osmium.InvalidLocationError):  # missing nodes, or a single one
        points = [(n.lon, n.lat) if n.location.valid() else (np.nan, np.nan) for n in way.nodes]
        return np.asarray(points, dtype="<f8").tobytes().hex()


def _existing(path: Path | str) -> Path:
    path = Path(path)
    if not path.is_file():
        raise no_file(path)
    if not path.name.lower().endswith(_SUFFIXES):
        raise InputError(
            path,
            Text("不是已知的 OSM 数据格式", "Not a known kind of OSM file"),
            Text(f"请使用 {'、'.join(_SUFFIXES)}", f"Use one of {', '.join(_SUFFIXES)}"),
        )
    return path


def located(extract: Extract) -> Any:  # osmium types its objects as a union that no loop can narrow
    """Return the objects of an extract, the nodes of ways with their places."""
    return osmium.FileProcessor(osm_file(extract.source)).with_locations()


def damaged(path: Path, error: Exception) -> InputError:
    """Return the refusal of a damaged file."""
    reason = Text(*error.args) if isinstance(error, NoExtractError) else Text(str(error), str(error))
    return InputError(
        path,
        Text(f"文件已损坏或不是 OSM 数据（{reason.zh}）", f"The file is damaged or is not OSM data ({reason.en})"),
        Text("请重新下载或重新导出该文件", "Download or export it again"),
    )


def _header_date(path: Path) -> dt.datetime | None:
    with osmium.io.Reader(osm_file(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
        stamp = reader.header().get("osmosis_replication_timestamp")
    return dt.datetime.fromisoformat(stamp.replace("Z", "+00:00")) if stamp else None
