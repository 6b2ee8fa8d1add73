"""Ways and their nodes of the binary format (PBF), block by block as whole columns."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers

_HEAD: Final = struct.Struct(">I")
_LARGEST_HEAD: Final = 64 * 1024
_LARGEST_BLOCK: Final = 32 * 1024 * 1024
"""Bytes; the format allows no larger ones."""
_KNOWN: Final = frozenset({b"OsmSchema-V0.6", b"DenseNodes"})
"""Features of a file that this reader understands; in histories objects come several times."""
_TO_UNITS: Final = 100
"""Coordinates of the format are nanodegrees, those of OSM 1e-7 degrees."""
_UNITS: Final = 1e7
_WIDEST: Final = np.array([180, 90]) * int(_UNITS)
_LONGEST_NUMBER: Final = 10
_NODE, _DENSE, _WAY = 1, 2, 3
"""The fields of a group of objects."""
_VARINT, _LONG, _BYTES, _INT = 0, 1, 2, 5
"""How a field is written."""

FAULTS: Final = (ValueError, IndexError, KeyError, OverflowError, OSError, zlib.error, struct.error)
"""Errors on a file that is damaged, or written in another way than this reader knows."""

_Field = tuple[int, int | bytes]


@dataclass(frozen=True)
class Block:
    """
    The ways of a block.

    Attributes
    ----------
    way_id
        Shape (w,).
    sizes
        Shape (w,): how many nodes each has.
    node_id
        Shape (m,): the nodes of the first way, then those of the next.
    seconds
        Shape (w,): when each was last changed, in seconds since 1970; 0 where the file does not say it.
    tag_way, key, value
        Shape (t,): the way of each tag, by place in the block, and its key and value as numbers in `texts`; sorted by
        key, then as they come.
    texts
        The block's texts, in UTF-8.
    """

    way_id: Integers
    sizes: Integers
    node_id: Integers
    seconds: Integers
    tag_way: Integers
    key: Integers
    value: Integers
    texts: list[bytes]

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        return dict(zip(self.texts, range(len(self.texts)), strict=True))

    def keys(self, prefix: str) -> list[str]:
        """Return the keys of tags with a prefix."""
        found = np.unique(self.key).tolist()
        return [_text(self.texts[key]) for key in found if self.texts[key].startswith(prefix.encode())]

    def tags(self, key: str) -> tuple[Integers, NDArray[np.object_]]:
        """Return the ways with a key, and their values; of a way that has it twice, both."""
        number = self._numbers.get(key.encode(), -1)
        here = slice(*np.searchsorted(self.key, [number, number + 1]))
        codes, place = np.unique(self.value[here], return_inverse=True)
        texts = np.array([_text(self.texts[code]) for code in codes.tolist()], dtype=object)
        return self.tag_way[here], texts[place]

    def column(self, key: str) -> NDArray[np.object_]:
        """Return the value of a key by way, None for ways without it."""
        values = np.full(len(self.way_id), None, dtype=object)
        way, value = self.tags(key)
        values[way[::-1]] = value[::-1]  # of a key that comes twice, the first
        return values


def nodes_in_order(path: Path) -> bool:
    """
    Tell whether nodes come before ways before relations, and the nodes by rising ids above 0.

    Raises
    ------
    FAULTS
        As `way_blocks`.
    """
    last, latest = 0, 0
    for content in _primitive_blocks(path):
        for group in _groups(content):
            for number, item in _fields(group):
                if number == _NODE:
                    raise ValueError("nodes are not dense")
                if number < latest:
                    return False
                latest = number
                if number == _DENSE:
                    node_id = _running(_once(_of_bytes(item)).get(1, b""))
                    if (np.diff(node_id, prepend=last) <= 0).any():
                        return False
                    last = int(node_id[-1]) if len(node_id) else last
    return True


def way_blocks(path: Path) -> Iterator[Block]:
    """
    Return the ways of a file, block by block in its order.

    Raises
    ------
    FAULTS
        If it is damaged or written in an unusual way: in another packing than zlib, as a history.
    """
    for content in _primitive_blocks(path):
        ways = [item for group in _groups(content) for number, item in _fields(group) if number == _WAY]
        if ways:
            yield _block(content, ways)


def node_places(path: Path, wanted: Integers) -> Floats:
    """
    Return the places of nodes.

    Parameters
    ----------
    path
        A file as `way_blocks` takes it.
    wanted
        Shape (k,): ids, sorted, each once.

    Returns
    -------
    lonlat
        Shape (k, 2): degrees, WGS 84; NaN where the file lacks the node.

    Raises
    ------
    FAULTS
        As `way_blocks`.
    """
    lonlat = np.full((len(wanted), 2), np.nan)
    for content in _primitive_blocks(path):
        for group in _groups(content):
            for number, item in _fields(group):
                if number == _NODE:
                    raise ValueError("nodes are not dense")
                if number == _DENSE:
                    node_id, units = _dense(_of_bytes(item), content)
                    at = np.searchsorted(wanted, node_id)
                    here = np.flatnonzero(at < len(wanted))
                    here = here[wanted[at[here]] == node_id[here]]
                    here = here[(np.abs(units[here]) <= _WIDEST).all(axis=1)]
                    lonlat[at[here]] = units[here] / _UNITS
    return lonlat


def _primitive_blocks(path: Path) -> Iterator[bytes]:
    """Return the content of the blocks with data, after the header was looked at."""
    with path.open("rb") as file:
        kind, content = _next_block(file)
        if kind != b"OSMHeader" or not {item for number, item in _fields(content) if number == 4} <= _KNOWN:
            raise ValueError("another header")
        while (following := _next_block(file))[0]:
            kind, content = following
            if kind == b"OSMData":
                yield content


def _next_block(file: BinaryIO) -> tuple[bytes, bytes]:
    """Return the kind and the unpacked content of the next block; nothing at the end."""
    size = file.read(_HEAD.size)
    if not size:
        return b"", b""
    head = _once(_exactly(file, _HEAD.unpack(size)[0], _LARGEST_HEAD))
    blob = _once(_exactly(file, _of_number(head[3]), _LARGEST_BLOCK))
    if 1 in blob:
        return _of_bytes(head[1]), _of_bytes(blob[1])
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(_of_bytes(blob[3]), _LARGEST_BLOCK)
    if not unpacker.eof or len(content) != blob[2]:
        raise ValueError("a block has another size")
    return _of_bytes(head[1]), content


def _exactly(file: BinaryIO, size: int, most: int) -> bytes:
    content = file.read(size) if size <= most else b""
    if len(content) != size:
        raise ValueError("a block has another size")
    return content


def _fields(message: bytes) -> Iterator[_Field]:
    """Return number and content of the fields of a message."""
    at, end = 0, len(message)
    while at < end:
        head, at = (message[at], at + 1) if message[at] < 128 else _number(message, at)
        written = head & 7
        if written == _BYTES:
            size, at = (message[at], at + 1) if message[at] < 128 else _number(message, at)
            if at + size > end:
                raise ValueError("a field is cut short")
            yield head >> 3, message[at : at + size]
            at += size
        elif written == _VARINT:
            value, at = _number(message, at)
            yield head >> 3, value
        elif written in (_LONG, _INT):
            at += 8 if written == _LONG else 4
        else:
            raise ValueError("a field is written in an unknown way")


def _once(message: bytes) -> dict[int, int | bytes]:
    """Return the content of the fields of a message by number, where each comes once."""
    every = list(_fields(message))
    found = dict(every)
    if len(found) != len(every):
        raise ValueError("a field comes twice")
    return found


def _number(message: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it."""
    byte = message[at]
    if byte < 128:
        return byte, at + 1
    value, shift = 0, 0
    while byte > 127:
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        byte = message[at]
    return value | byte << shift, at + 1


def _of_bytes(content: int | bytes) -> bytes:
    if not isinstance(content, bytes):
        raise ValueError("a field is written in another way")
    return content


def _of_number(content: int | bytes) -> int:
    if not isinstance(content, int):
        raise ValueError("a field is written in another way")
    return content


def _groups(content: bytes) -> Iterator[bytes]:
    return (_of_bytes(item) for number, item in _fields(content) if number == 2)


def _settings(content: bytes) -> dict[int, int]:
    """Return the numbers that hold for a block: granularity (17), offsets (19, 20), unit of times (18)."""
    found = {number: item for number, item in _fields(content) if isinstance(item, int)}
    return {17: 100, 18: 1000, 19: 0, 20: 0} | {number: _signed(item) for number, item in found.items()}


def _signed(number: int) -> int:
    """Return a 64-bit number with its sign."""
    return number - (1 << 64) if number >> 63 else number


def _block(content: bytes, ways: list[int | bytes]) -> Block:
    """Return the ways of a block by column."""
    ids: list[int] = []
    parts: dict[int, list[bytes]] = {2: [], 3: [], 4: [], 8: []}
    for way in ways:
        found = _once(_of_bytes(way))
        ids.append(_signed(_of_number(found[1])))
        for number, column in parts.items():
            column.append(_of_bytes(found.get(number, b"")))
    (key, keys), (value, values), (steps, sizes) = (_packed(parts[number]) for number in (2, 3, 8))
    if (keys != values).any():
        raise ValueError("keys without values")
    walked = np.append(0, np.cumsum(_zigzag(steps)))
    begins = np.append(0, np.cumsum(sizes))
    node_id = walked[1:] - np.repeat(walked[begins[:-1]], sizes)
    texts = [_of_bytes(item) for number, item in _fields(_table(content)) if number == 1]
    last = dict(zip(texts, range(len(texts)), strict=True))
    of_text = np.array([last[text] for text in texts], dtype=np.int64)[key]  # a text may come twice
    unit = _settings(content)[18]
    seconds = [_of_number(_once(info).get(2, 0)) * unit // 1000 if info else 0 for info in parts[4]]
    order = np.argsort(of_text, kind="stable")
    return Block(
        way_id=np.array(ids, dtype=np.int64),
        sizes=sizes,
        node_id=node_id,
        seconds=np.array(seconds, dtype=np.int64),
        tag_way=np.repeat(np.arange(len(ids)), keys)[order],
        key=of_text[order],
        value=value[order].astype(np.int64),
        texts=texts,
    )


def _text(octets: bytes) -> str:
    if b"\0" in octets:
        raise ValueError("a text with an end in it")
    return octets.decode()


def _table(content: bytes) -> bytes:
    return next((_of_bytes(item) for number, item in _fields(content) if number == 1), b"")


def _dense(message: bytes, content: bytes) -> tuple[Integers, Integers]:
    """Return ids of nodes, and their places in units of 1e-7 degrees."""
    found = _once(message)
    node_id, lat, lon = (_running(found.get(number, b"")) for number in (1, 8, 9))
    setting = _settings(content)
    nano = np.column_stack([lon, lat]) * setting[17] + np.array([setting[20], setting[19]])
    return node_id, np.sign(nano) * (np.abs(nano) // _TO_UNITS)


def _running(packed: int | bytes) -> Integers:
    """Return the numbers of a packed field that holds their differences."""
    return np.asarray(np.cumsum(_zigzag(_numbers(_of_bytes(packed)))))


def _packed(parts: list[bytes]) -> tuple[NDArray[np.uint64], Integers]:
    """Return the numbers of packed fields one after the other, and how many each field has."""
    joined = b"".join(parts)
    numbers = _numbers(joined)
    ends = np.cumsum([0, *map(len, parts)])
    ended = np.append(0, np.cumsum(np.frombuffer(joined, dtype=np.uint8) < 128))
    if any(part and part[-1] > 127 for part in parts):
        raise ValueError("a number is cut short")
    return numbers, np.diff(ended[ends])


def _numbers(packed: bytes) -> NDArray[np.uint64]:
    """Return the numbers of a packed field: seven bits a byte, the lowest first, the last byte below 128."""
    octets = np.frombuffer(packed, dtype=np.uint8)
    ends = np.flatnonzero(octets < 128)
    if len(octets) and (not len(ends) or ends[-1] != len(octets) - 1):
        raise ValueError("a number is cut short")
    starts = np.append(0, ends[:-1] + 1)[: len(ends)]
    lengths = ends - starts + 1
    if lengths.max(initial=0) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    numbers = np.zeros(len(ends), dtype=np.uint64)
    longer = np.arange(len(ends))
    for place in range(_LONGEST_NUMBER):
        longer = longer[lengths[longer] > place]
        if not len(longer):
            break
        numbers[longer] |= (octets[starts[longer] + place] & np.uint8(127)).astype(np.uint64) << np.uint64(7 * place)
    return numbers


def _zigzag(numbers: NDArray[np.uint64]) -> Integers:
    """Return numbers with the sign in their last bit."""
    half = (numbers >> np.uint64(1)).astype(np.int64)
    return np.asarray(half ^ -(numbers & np.uint64(1)).astype(np.int64))
