"""Streams of compound files, the container of old workbooks ([MS-CFB]), and the marks of their sheets ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from geo.files.sheet_marks import Marks

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE: Final = 0xFFFFFFFA
"""Numbers of sectors from here on mean an end, or none."""
_ENTRY: Final = 128
_ROOT: Final = 5
_RECORD: Final = struct.Struct("<HH")
_BEGIN: Final = 0x0809
_END: Final = 0x000A
_PASSWORD: Final = 0x002F
_DATE_MODE: Final = 0x0022
_SHEET: Final = 0x0085
_ROW: Final = 0x0208
_FILTERS: Final = (0x009B, 0x009D)
_BOOL_OR_ERROR: Final = 0x0205
"""Types of records: FilePass, Date1904, BoundSheet8, Row, FilterMode and AutoFilterInfo, BoolErr."""
_HIDDEN: Final = 0x20


class CompoundFile:
    """
    A compound file.

    Raises
    ------
    ValueError, struct.error, IndexError
        If it is damaged.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._small = 1 << struct.unpack_from("<H", content, 32)[0]
        if self._size not in (512, 4096) or self._small not in (64, 128, 256):
            raise ValueError("no compound file")
        first, cutoff, first_small = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
        self._cutoff = cutoff
        table = self._table()
        self._next = table
        directory = self._chain(first)
        entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        self._streams: dict[str, tuple[int, int]] = {}
        root = b""
        for entry in entries:
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if entry[66] == _ROOT:
                root = self._chain(start)
            elif name:
                self._streams[name] = (start, size)
        self._root = root
        small = self._chain(first_small) if first_small < _FREE else b""
        self._next_small = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])

    def __contains__(self, name: str) -> bool:
        return name in self._streams

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream."""
        start, size = self._streams[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        parts, at, seen = [], start, 0
        while at < _FREE and seen <= len(self._next_small):
            parts.append(self._root[at * self._small : (at + 1) * self._small])
            at, seen = self._next_small[at], seen + 1
        return b"".join(parts)[:size]

    def _table(self) -> tuple[int, ...]:
        """Return the next sector of each."""
        content, numbers = self._content, list(struct.unpack_from("<109I", self._content, 76))
        at, left = struct.unpack_from("<II", content, 68)
        while at < _FREE and left > 0:
            part = struct.unpack_from(f"<{self._size // 4}I", content, (at + 1) * self._size)
            numbers += part[:-1]
            at, left = part[-1], left - 1
        parts = [content[(number + 1) * self._size : (number + 2) * self._size] for number in numbers if number < _FREE]
        table = b"".join(parts)
        return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def _chain(self, start: int) -> bytes:
        parts, at, seen = [], start, 0
        while at < _FREE and seen <= len(self._next):
            parts.append(self._content[(at + 1) * self._size : (at + 2) * self._size])
            at, seen = self._next[at], seen + 1
        return b"".join(parts)


def workbook_stream(content: bytes) -> bytes | None:
    """Return the records of an old workbook; None where the compound file holds none."""
    file = CompoundFile(content)
    name = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in file), None)
    return None if name is None else file.stream(name)


def is_encrypted(content: bytes) -> bool:
    """Tell whether a compound file is a workbook with a password."""
    if "EncryptedPackage" in CompoundFile(content):
        return True
    stream = workbook_stream(content)
    return stream is not None and any(kind == _PASSWORD for kind, _ in _records(stream, 0))


def says_1904(stream: bytes) -> bool:
    """Tell whether an old workbook counts its days from 1904."""
    return any(kind == _DATE_MODE and data[:2] == b"\x01\x00" for kind, data in _records(stream, 0))


def sheet_marks(stream: bytes) -> list[Marks]:
    """Return the marks of the sheets of an old workbook, in its order."""
    places = [struct.unpack_from("<I", data, 0)[0] for kind, data in _records(stream, 0) if kind == _SHEET]
    return [_marks(stream, place) for place in places]


def _marks(stream: bytes, place: int) -> Marks:
    marks = Marks()
    for kind, data in _records(stream, place):
        if kind == _ROW and len(data) >= 13 and data[12] & _HIDDEN:
            marks.hidden_rows.add(struct.unpack_from("<H", data, 0)[0] + 1)
        elif kind in _FILTERS:
            marks.filtered = True
        elif kind == _BOOL_OR_ERROR and len(data) >= 8 and data[7] == 1:
            marks.errors += 1
    return marks


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part by its beginning, without charts in it."""
    depth = 0
    while at + _RECORD.size <= len(stream):
        kind, size = _RECORD.unpack_from(stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + _RECORD.size : at + _RECORD.size + size]
        at += _RECORD.size + size
