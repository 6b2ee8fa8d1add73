"""Records of Shapefiles as far as they are there (ESRI Shapefile Technical Description, 1998; dBase III)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.core.text import Text
from geo.study.findings import Finding

_HEADER: Final = 100
_HEAD: Final = 8
"""Bytes before the first record, and before each record's content."""
_NULL: Final = struct.pack(">ii", 0, 2) + struct.pack("<i", 0)
"""A record without a shape."""
_DELETED: Final = b"*"
_ASK_AGAIN: Final = Text("请重新导出或重新复制完整的文件", "export it again, or copy the whole file")


class Field(NamedTuple):
    """A field of a dBase table: its name in bytes, and its width in bytes."""

    name: bytes
    width: int


class Table(NamedTuple):
    """
    A dBase table.

    Attributes
    ----------
    fields
        Its fields.
    language
        The byte of its language driver.
    stated
        How many records its header states.
    there
        How many are whole.
    start, length
        Where the first record begins, and the bytes of each.
    """

    fields: list[Field]
    language: int
    stated: int
    there: int
    start: int
    length: int


class Whole(NamedTuple):
    """
    The records of a Shapefile after `make_whole`.

    Attributes
    ----------
    unread
        How many records have neither a shape nor attributes.
    findings
        How many of how many are there, where some are not.
    """

    unread: int
    findings: list[Finding]


def table_of(dbf: Path) -> Table | None:
    """Return the description of a dBase table, None where the file is none."""
    data = dbf.read_bytes()
    if len(data) < 33:
        return None
    stated, start, length = struct.unpack_from("<IHH", data, 4)
    if length < 1 or start < 33 or start > len(data):
        return None
    fields = []
    for at in range(32, start - 31, 32):
        if data[at] == 0x0D:
            break
        wide = data[at + 11 : at + 12] == b"C"  # a text of more than 255 bytes has the rest in the decimals
        width = data[at + 16] + (256 * data[at + 17] if wide else 0)
        fields.append(Field(data[at : at + 11].partition(b"\0")[0], width))
    return Table(fields, data[29], stated, min(stated, (len(data) - start) // length), start, length)


def make_whole(shp: Path) -> Whole:
    """
    Make the parts of a Shapefile agree, in place: a row for each shape, and a place for a shape for each row.

    A missing or wrong index is made anew of the shapes; rows without a shape get an empty one, shapes without
    attributes get empty ones.

    Parameters
    ----------
    shp
        The shapes, in a folder of ours, with `.shx` and `.dbf` beside them where they exist.
    """
    data, dbf = shp.read_bytes(), shp.with_suffix(".dbf")
    table = table_of(dbf) if dbf.is_file() else None
    index = _index(shp.with_suffix(".shx"))
    rows = 0 if table is None else table.there
    good = _within(data, index)
    if not len(index) or not good.all() or len(index) < rows:
        found = _scanned(data)
        if len(found) > good.sum():
            index = np.vstack([found, index[len(found) :]])
            good = _within(data, index)
    shapes, stated = int(good.sum()), len(index)
    count = max(rows, int(np.flatnonzero(good).max(initial=-1)) + 1)
    whole = max(stated, count, 0 if table is None else table.stated)
    if table is not None and (table.there < table.stated or count > table.there):
        _fill_rows(dbf, table, count)
    _write_index(shp, data, index[:count], good[:count], count)
    findings = []
    known = whole if table is not None or stated > shapes else 0
    if known > shapes and shapes < max(rows, stated):
        findings.append(
            Finding(
                None,
                ".shp",
                Text(
                    f".shp 不完整：{known} 条记录中只有 {shapes} 条有图形",
                    f"The .shp is incomplete: {shapes} of {known} records have a shape",
                ),
                Text(f"有图形的已读取；{_ASK_AGAIN.zh}", f"Those were read; {_ASK_AGAIN.en}"),
            )
        )
    elif _cut(data):
        findings.append(
            Finding(
                None,
                ".shp",
                Text(".shp 比它自己写明的短", "The .shp is shorter than it says"),
                Text(
                    f"已读取完整的 {shapes} 个图形；{_ASK_AGAIN.zh}",
                    f"Its {shapes} whole shapes were read; {_ASK_AGAIN.en}",
                ),
            )
        )
    if table is not None and rows < whole:
        findings.append(
            Finding(
                None,
                ".dbf",
                Text(
                    f".dbf 不完整：{whole} 条记录中只有 {rows} 条有属性",
                    f"The .dbf is incomplete: {rows} of {whole} records have attributes",
                ),
                Text(f"其余没有属性；{_ASK_AGAIN.zh}", f"The others have none; {_ASK_AGAIN.en}"),
            )
        )
    elif dbf.is_file() and table is None:
        dbf.unlink()
        said = Text(".dbf 已损坏", "The .dbf is damaged")
        findings.append(
            Finding(None, ".dbf", said, Text(f"没有属性；{_ASK_AGAIN.zh}", f"No attributes; {_ASK_AGAIN.en}"))
        )
    return Whole(whole - count, findings)


def _cut(data: bytes) -> bool:
    return len(data) < 2 * int(struct.unpack_from(">i", data, 24)[0]) if len(data) >= 28 else True


def _index(shx: Path) -> NDArray[np.int64]:
    """Return where each record begins, and the length of its content, in bytes, as the index has it."""
    data = shx.read_bytes()[_HEADER:] if shx.is_file() else b""
    pairs = np.frombuffer(data[: len(data) // 8 * 8], dtype=">i4").reshape(-1, 2)
    return pairs.astype(np.int64) * 2


def _within(data: bytes, index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each record of an index whether the whole of it is in the file."""
    start, length = index[:, 0], index[:, 1]
    inside = (start >= _HEADER) & (length >= 4) & (start + _HEAD + length <= len(data))
    heads = np.frombuffer(data, dtype=np.uint8)
    at = np.where(inside, start, 0)[:, None] + np.arange(4, 8)
    own = heads[np.minimum(at, max(len(heads) - 1, 0))].astype(np.int64) @ (1 << np.array([24, 16, 8, 0]))
    return inside & (2 * own == length)


def _scanned(data: bytes) -> NDArray[np.int64]:
    """Return where each record begins, one behind the other, and the length of its content."""
    at, records = _HEADER, []
    while at + _HEAD <= len(data):
        length = 2 * struct.unpack_from(">i", data, at + 4)[0]
        if length < 4 or at + _HEAD + length > len(data):
            break
        records.append((at, length))
        at += _HEAD + length
    return np.array(records, dtype=np.int64).reshape(-1, 2)


def _write_index(shp: Path, data: bytes, index: NDArray[np.int64], good: NDArray[np.bool_], count: int) -> None:
    """Write an index of so many records; the ones without a shape share one empty record at the end."""
    padded = data + b"\0" * (len(data) % 2)
    full = np.full((count, 2), (len(padded), 4), dtype=np.int64)
    full[: len(index)][good] = index[good]
    if not good.all() or len(good) < count:
        shp.write_bytes(padded + _NULL)
    header = bytearray(data[:_HEADER].ljust(_HEADER, b"\0"))
    header[24:28] = struct.pack(">i", (_HEADER + 8 * count) // 2)
    shp.with_suffix(".shx").write_bytes(bytes(header) + (full // 2).astype(">i4").tobytes())


def _fill_rows(dbf: Path, table: Table, count: int) -> None:
    """Write so many records: the whole ones, then empty ones."""
    data = dbf.read_bytes()
    body = data[table.start : table.start + table.there * table.length]
    header = bytearray(data[: table.start])
    header[4:8] = struct.pack("<I", count)
    dbf.write_bytes(bytes(header) + body + b" " * ((count - table.there) * table.length) + b"\x1a")
