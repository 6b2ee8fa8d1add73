"""Seeded mutations of files: flipped, cut, doubled, spliced and overwritten bytes, also inside of archives."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

_ZIP: Final = b"PK\x03\x04"
_INSIDE: Final = 0.7
"""The share of mutations of an archive that change a member, not the archive: its check sum is right then."""
_TIMES: Final = (1, 1, 1, 2, 3)
_HEAD: Final = 512
_STRUCTURED: Final = 0.6
"""The share of mutations of a text that leave its structure, so that they reach further than its parser."""
_TOKEN: Final = re.compile(rb"-?\d+(?:\.\d+)?|[^\W\d_]+", re.ASCII)
_PIECE: Final = re.compile(rb"<[^<>]*>[^<>]*|\{[^{}]*\}[^{}]*|[^\n]*\n|[^\n]+")
_WORDS: Final = (
    *(b"", b"0", b"-1", b"1", b"91", b"181", b"1e308", b"-1e308", b"1e-320", b"NaN", b"Infinity", b"null", b"true"),
    *(b"2147483648", b"-9223372036854775809", b"18446744073709551616", b"9" * 400, b"0" * 100_000),
    *(
        b"2025-02-30",
        b"2025-03-01T08:00:00+23:59",
        b"0001-01-01",
        b"262144-01-01",
        b"1899-12-31",
        b"24:00",
        b"\xc3\x28",
    ),
    *(
        b"x" * 70_000,
        b"geometry",
        b"lon",
        b"id",
        b"Polygon",
        b"GeometryCollection",
        b"coordinates",
        b"way",
        b"nd",
        b"ref",
    ),
)
_EDGES: Final = (
    *(b"\x00", b"\xff", b"\x00\x00", b"\xff\xff", b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"),
    *(
        b"\x00" * 8,
        b"\xff" * 8,
        b"\x00\x00\x00\x00\x00\x00\xf0\x7f",
        b"-1",
        b"0",
        b"1e308",
        b"nan",
        b"99999999999999999999",
    ),
    *(
        b'"',
        b"'",
        b",",
        b"\n",
        b"\r",
        b"\t",
        b"<",
        b">",
        b"&",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xb9\xfe",
    ),
    *(b"Z", b"EMPTY", b"null", b"2025-13-45", b"24:61", b"=1+1", b"\xe2\x80\xae"),
)
"""Bytes at which readers go wrong."""

Mutation = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def _flip(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _random_bytes(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data))
    length = chance.choice((1, 2, 4, 8, 64))
    data[start : start + length] = chance.randbytes(min(length, len(data) - start))


def _cut(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    del data[chance.randrange(1, len(data) + 1) :]


def _drop(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 2, 16, 256))]


def _double(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data))
    piece = bytes(data[start : start + chance.choice((1, 8, 64, 1024))])
    data[start:start] = piece * chance.choice((1, 1, 2, 50))


def _splice(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    other = chance.choice(others)
    start = chance.randrange(len(other))
    piece = other[start : start + chance.choice((4, 32, 512))]
    at = chance.randrange(len(data))
    data[at : at + chance.choice((0, len(piece)))] = piece


def _edge(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    piece = chance.choice(_EDGES)
    at = chance.randrange(len(data))
    data[at : at + chance.choice((0, len(piece)))] = piece


def _blank(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    start = chance.randrange(len(data))
    length = min(chance.choice((4, 64, 512)), len(data) - start)
    data[start : start + length] = bytes([chance.choice((0, 32, 255))]) * length


def _nudge(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Change numbers a little, but not how long they are written."""
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(data))
        data[at] = data[at] & 0x80 | (data[at] + chance.choice((-1, 1, 16, 64))) & 0x7F


def _token(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Put another number or word in place of one, as a text's structure allows."""
    found = list(_TOKEN.finditer(data))
    if found:
        start, end = chance.choice(found).span()
        data[start:end] = chance.choice(_WORDS)


def _piece(data: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Drop, double or move a line or an element of a text."""
    pieces = _PIECE.findall(bytes(data))
    if len(pieces) > 1:
        one, two = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        moved = pieces.pop(one)
        if chance.random() < 0.7:
            pieces[two:two] = [moved] * chance.choice((1, 2, 20))
        data[:] = b"".join(pieces)


_MUTATIONS: Final[tuple[Mutation, ...]] = (_flip, _random_bytes, _cut, _drop, _double, _splice, _edge, _blank, _nudge)
_OF_TEXT: Final[tuple[Mutation, ...]] = (_token, _token, _piece)


def mutated(data: bytes, seed: int | str, others: Sequence[bytes]) -> bytes:
    """
    Return the mutation of a file that belongs to a seed: the same seed gives the same bytes.

    Parameters
    ----------
    data
        The file.
    seed
        A number or a text.
    others
        Files that pieces are taken from.
    """
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    if data.startswith(_ZIP) and chance.random() < _INSIDE:
        return _in_member(data, chance, others)
    return _changed(data, chance, others)


def _changed(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    text = not any(byte < 9 for byte in data[:_HEAD])
    for _ in range(chance.choice(_TIMES)):
        if changed:
            of_text = text and chance.random() < _STRUCTURED
            chance.choice(_OF_TEXT if of_text else _MUTATIONS)(changed, chance, others)
    return bytes(changed)


def _in_member(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Return an archive with one changed member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    weights = [len(content) + 1 for _, content in members]
    chosen = chance.choices(range(len(members)), weights)[0]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(members):
            archive.writestr(name, _changed(content, chance, others) if number == chosen else content)
    return target.getvalue()
