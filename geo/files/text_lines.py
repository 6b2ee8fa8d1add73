"""Decode a file of text line by line where it is not in one encoding as a whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from geo.files.text_encoding import common_share, decode

REPLACED: Final = "\ufffd"
"""What stands for bytes that are no character."""
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HAN: Final = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_MOST_BAD: Final = 0.5
"""A file of which more lines are in no encoding is no text that we know."""
_MOST_CONTROL: Final = 0.05
_FEW_CONTROL: Final = 30
"""A file with more control characters than both is no text."""


class Lines(NamedTuple):
    """
    A file of text as lines.

    Attributes
    ----------
    text
        The text, `REPLACED` where bytes are no characters.
    encoding
        The encoding of most of it.
    broken
        Lines, counted from 1, with bytes that are no characters.
    other
        By encoding: lines in another one than the rest.
    nul
        Lines of which NUL characters were dropped.
    """

    text: str
    encoding: str
    broken: Sequence[int] = ()
    other: Mapping[str, list[int]] = MappingProxyType({})
    nul: Sequence[int] = ()


def decode_lines(raw: bytes, encoding: str | None = None) -> Lines:
    """
    Return the text of a file; a fault of encoding costs its own line alone.

    Raises
    ------
    ValueError
        If it is no text.
    """
    return _without_nul(_decoded(raw, encoding))


def _decoded(raw: bytes, encoding: str | None) -> Lines:
    wide = _wide(raw, encoding)
    if wide is not None:
        text = raw[: len(raw) // 2 * 2].decode(wide, errors="replace").lstrip("\ufeff")
        cut = text + REPLACED if len(raw) % 2 and raw[-1:] != b"\x00" else text
        broken = [at for at, line in enumerate(cut.split("\n"), 1) if REPLACED in line] if REPLACED in cut else []
        return Lines(cut, "utf-16", broken)
    raw = raw.rstrip(b"\x00")
    if encoding not in (None, "utf-8", "gb18030", "big5"):
        return Lines(*decode(raw, encoding))
    raw = raw.removeprefix(codecs.BOM_UTF8) if encoding in (None, "utf-8") else raw
    likely = encoding or _most_likely(raw)
    try:
        text = raw.decode(likely)
    except UnicodeDecodeError:
        return _line_by_line(raw, likely, encoding is None)
    if likely != "utf-8" and encoding is None and not raw.isascii():
        return _line_by_line(raw, likely, True)  # lines of UTF-8 read as rare characters of GB18030
    return Lines(text, likely)


def _wide(raw: bytes, encoding: str | None) -> str | None:
    """Return the codec of a file in UTF-16, None of any other."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark) and encoding in (None, "utf-16"):
            return name
    head = raw[:200]
    if encoding == "utf-16" or (encoding is None and len(raw) >= 4 and head.count(0) > len(head) // 4):
        return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    return None


def _most_likely(raw: bytes) -> str:
    """Return UTF-8 where most bytes beyond ASCII are in it, else GB18030 or Big5, by common characters."""
    high = sum(len(part) for part in _HIGH.findall(raw[:2_000_000]))
    stray = sum(
        "\udc80" <= character <= "\udcff" for character in raw[:2_000_000].decode("utf-8", errors="surrogateescape")
        if character > "\ud7ff"
    )  # fmt: skip
    if high == 0 or stray < high / 4:
        return "utf-8"
    sample = b"\n".join(line for line in raw[:2_000_000].splitlines()[:20_000] if not _is_utf8(line))
    return max(
        ("gb18030", "big5"),
        key=lambda name: (common_share(sample.decode(name, errors="replace")), name == "gb18030"),
    )


def _is_utf8(line: bytes) -> bool:
    try:
        return line.isascii() or bool(_HAN.search(line.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def _line_by_line(raw: bytes, likely: str, mixed: bool) -> Lines:
    others = [name for name in ("utf-8", "gb18030") if name != likely] if mixed else []
    lines, broken, other, beyond = [], [], {name: list[int]() for name in others}, 0
    for at, line in enumerate(raw.split(b"\n"), 1):
        if line.isascii():
            lines.append(line.decode("ascii"))
            continue
        beyond += 1
        text, name = _line(line, likely, others)
        if text is None:
            text = line.decode(likely, errors="replace")
            broken.append(at)
        elif name != likely:
            other[name].append(at)
        lines.append(text)
    if mixed and len(broken) > _MOST_BAD * beyond:
        return Lines(*decode(raw))
    return Lines("\n".join(lines), likely, broken, {name: rows for name, rows in other.items() if rows})


def _line(line: bytes, likely: str, others: Sequence[str]) -> tuple[str | None, str]:
    """Return a line in the likely encoding, else in another; lines of UTF-8 among GB18030 prove themselves."""
    text = _tried(line, likely)
    if likely != "utf-8" and "utf-8" in others:
        proven = _tried(line, "utf-8")
        if proven is not None and _HAN.search(proven) and (text is None or common_share(proven) >= common_share(text)):
            return proven, "utf-8"
    if text is not None:
        return text, likely
    for name in others:
        text = _tried(line, name)
        # most bytes are some character of GB18030: a broken line of UTF-8 is none of it
        if text is not None and not (name == "gb18030" and _mostly_utf8(line)):
            return text, name
    return None, likely


def _mostly_utf8(line: bytes) -> bool:
    text = line.decode("utf-8", errors="replace")
    return len(_HAN.findall(text)) >= text.count(REPLACED)


def _tried(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _without_nul(found: Lines) -> Lines:
    """Drop NUL characters; refuse data with many control characters."""
    if "\x00" not in found.text and len(_CONTROL.findall(found.text[:100_000])) == 0:
        return found
    head = found.text[:100_000].replace("\x00\x00", "")
    if len(_CONTROL.findall(head)) > max(_MOST_CONTROL * len(head), _FEW_CONTROL):
        raise ValueError("binary data")
    nul = [at for at, line in enumerate(found.text.split("\n"), 1) if "\x00" in line]
    return found._replace(text=found.text.replace("\x00", ""), nul=nul)
