"""Read the data in archives that may be unpacked."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

import numpy as np
import shapely

from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.text import Text
from geo.files.layer_choice import Asked, Layer, chosen, with_parts
from geo.files.raw_file import RawFile
from geo.files.row_geometry import Shapes
from geo.files.shaped_rows import Rows, joined
from geo.study.findings import Finding

_MAX_UNPACKED: Final = 1_000_000_000
_MAX_RATIO: Final = 200
"""An archive that grows more than this is a bomb."""
ENCRYPTED: Final = 0x1
_UTF_8: Final = 0x800
"""Flags of a member (APPNOTE.TXT 4.4.4)."""
_GEODATABASE: Final = ".gdb"
_COMPANIONS: Final = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind", ".dbf"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal",),
}
"""The parts of one name that belong to a file."""
_MAPS: Final = (
    *(".shp", _GEODATABASE, ".tab", ".mif", ".gpkg", ".geojson", ".json", ".geojsonl", ".kml", ".gml", ".gpx"),
    *(".fgb", ".dxf", ".geoparquet", ".parquet"),
)
_NOT_ALONE: Final = (".zip", ".txt", ".xml")
"""Suffixes of files that go with data, as notes and metadata do."""


class _Data(NamedTuple):
    """The members of an archive that are one set of data."""

    name: str
    suffix: str
    members: list[zipfile.ZipInfo]


def checked_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of a ZIP archive; refuse one that explodes, is locked or has paths leading out of it."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if unpacked > _MAX_UNPACKED or (unpacked > 10_000_000 and unpacked / packed > _MAX_RATIO):
        raise InputError(
            path,
            Text("压缩包解开后过大", "The archive is too large when unpacked"),
            Text("请直接提供其中的文件", "Give the file that is in it"),
        )
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise InputError(
            path,
            Text("压缩包有密码", "The archive is protected by a password"),
            Text(
                "请解压后提供其中的文件，或重新压缩而不设密码", "Unpack it, or pack the files again without a password"
            ),
        )
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename.split("/")[0]:
            raise InputError(
                path,
                Text("压缩包中有指向外部的路径", "The archive has a path that leads out of it"),
                Text("请重新压缩这些文件", "Pack the files again"),
            )
    return members


def read_archive(path: Path, asked: Asked, read: Callable[[Path, Asked], RawFile], suffixes: Sequence[str]) -> RawFile:
    """
    Read the data of an archive; nothing else of it is unpacked.

    Parameters
    ----------
    path
        A ZIP archive.
    asked
        The request. Several map files of one kind are read like layers of one.
    read
        Reads one file.
    suffixes
        Of files that can be read, the preferred first.

    Raises
    ------
    InputError
        If it has no file that can be read.
    """
    members = [m for m in checked_members(path) if not m.is_dir() and "__MACOSX" not in m.filename]
    data = _data(members, suffixes)
    if not data:
        raise InputError(
            path,
            Text("压缩包中没有可读的文件", "The archive has no file that can be read"),
            Text("请放入 Shapefile、CSV 或 GeoJSON", "Put a Shapefile, a CSV or a GeoJSON into it"),
        )
    main = [each for each in data if each.suffix == data[0].suffix]
    if len(main) == 1:
        raw = _unpacked(path, main[0], asked, read)
    elif main[0].suffix in _MAPS:
        raw = _layers(path, main, asked, read)
    else:
        raw = _first(path, main, asked, read)
    others = [masked(each.name) for each in data if each.suffix != main[0].suffix]
    findings = list(raw.findings)
    if others:
        said = Text(f"压缩包中还有：{'、'.join(others)}", f"The archive also has: {', '.join(others)}")
        findings.append(Finding(None, "", said, Text("未读取；如需要请单独提供", "It was not read; give it by itself")))
    return replace(raw, name=path.name, findings=findings)


def _data(members: Sequence[zipfile.ZipInfo], suffixes: Sequence[str]) -> list[_Data]:
    """Return the sets of data of an archive, the preferred kind first."""
    found: dict[tuple[str, str], _Data] = {}
    for member in members:
        name = PurePosixPath(_name(member))
        inside = next((parent for parent in name.parents if parent.suffix.lower() == _GEODATABASE), None)
        if inside is None and name.suffix.lower() == ".gdbtable":
            inside = name.parent
        if inside is not None:
            key = (str(inside), _GEODATABASE)
            found.setdefault(key, _Data(inside.stem or "data", _GEODATABASE, [])).members.append(member)
        elif name.suffix.lower() in suffixes:
            found[str(name), name.suffix.lower()] = _Data(name.stem, name.suffix.lower(), [member])
    bare = next((key for key in found if key[1] == _GEODATABASE and not key[0].lower().endswith(_GEODATABASE)), None)
    if bare is not None:  # a geodatabase whose folder was not packed with it
        found[bare].members[:] = [m for m in members if str(PurePosixPath(_name(m)).parent) == bare[0]]
    for (whole, suffix), each in found.items():
        stem = whole[: -len(suffix)].lower()
        for member in members:
            low = _name(member).lower()
            if suffix in _COMPANIONS and low.startswith(stem) and low[len(stem) :] in _COMPANIONS[suffix]:
                each.members.append(member)
    order = (".shp", _GEODATABASE, ".tab", ".mif", *(suffix for suffix in suffixes if suffix not in _NOT_ALONE))
    data = [each for suffix in dict.fromkeys(order) for each in found.values() if each.suffix == suffix]
    return data or [each for each in found.values() if each.suffix == ".xml"]


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; one without the mark of UTF-8 may be in the code page of Windows in Chinese."""
    if member.flag_bits & _UTF_8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _unpacked(path: Path, data: _Data, asked: Asked, read: Callable[[Path, Asked], RawFile]) -> RawFile:
    with tempfile.TemporaryDirectory(prefix="jiexu-") as folder, zipfile.ZipFile(path) as archive:
        inner = Path(folder) / f"data{data.suffix}"
        if data.suffix == _GEODATABASE:
            inner.mkdir()
        for member in data.members:
            name = PurePosixPath(_name(member))
            # the name is ours, or one without a path: an archive's own could be anything
            at = inner / name.name if data.suffix == _GEODATABASE else Path(folder) / f"data{name.suffix.lower()}"
            at.write_bytes(archive.read(member))
        try:
            return replace(read(inner, asked), name=f"{data.name}{data.suffix}")
        except InputError as error:
            error.file = path.name
            raise


def _layers(path: Path, data: Sequence[_Data], asked: Asked, read: Callable[[Path, Asked], RawFile]) -> RawFile:
    """Read map files of one kind as layers of one file."""
    raws = [_unpacked(path, each, asked._replace(sheet=None), read) for each in data]
    layers = [
        Layer(each.name, len(raw.table) + raw.unread, _dimension(raw)) for each, raw in zip(data, raws, strict=True)
    ]
    chosen_ = chosen(path, layers, asked)
    rows = [
        Rows(layers[number].name, raws[number].table.reset_index(drop=True), _shapes(raws[number]), raws[number].crs)
        for number in chosen_
    ]
    raw = joined(path, raws[chosen_[0]].format, raws[chosen_[0]].encoding, rows)
    unread = sum(raws[number].unread for number in chosen_)
    return replace(with_parts(raw, layers, chosen_, asked), unread=unread)


def _shapes(raw: RawFile) -> Shapes:
    if raw.shapes is None:
        return Shapes(np.full(len(raw.table), None, dtype=object), list(raw.findings))
    return Shapes(raw.shapes[raw.table.index.to_numpy() - 2], list(raw.findings))


def _dimension(raw: RawFile) -> int | None:
    """Return the dimension of all shapes of a file, −1 where it has none, None where they are of several kinds."""
    kinds = (
        [] if raw.shapes is None else [kind for kind in set(shapely.get_dimensions(raw.shapes).tolist()) if kind >= 0]
    )
    return None if len(kinds) > 1 else kinds[0] if kinds else -1


def _first(path: Path, data: Sequence[_Data], asked: Asked, read: Callable[[Path, Asked], RawFile]) -> RawFile:
    """Read the first of several tables, or the one that is named."""
    number = 0
    if asked.sheet is not None:
        names = [each.name for each in data]
        number = names.index(asked.sheet) if asked.sheet in names else 0
        asked = asked._replace(sheet=None) if asked.sheet in names else asked
    raw = _unpacked(path, data[number], asked, read)
    name = masked(PurePosixPath(_name(data[number].members[0])).name)
    said = Text(f"压缩包中有 {len(data)} 个同类文件", f"The archive has {len(data)} files of that kind")
    return replace(
        raw, findings=[*raw.findings, Finding(None, "", said, Text(f"只读取了 {name}", f"Only {name} was read"))]
    )
