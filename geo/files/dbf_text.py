"""Texts of dBase tables: their encoding as stated and as their bytes show, and characters cut at a field's width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo.core.masked_words import masked
from geo.core.text import Text
from geo.files.column_matching import FIELDS, fields_of
from geo.files.header_fit import fold_header
from geo.files.shapefile_records import Table
from geo.files.table_body import row_names
from geo.files.text_encoding import common_share
from geo.study.findings import Finding

RAW: Final = "ISO-8859-1"
"""The encoding in which each byte is a character: texts are read so, and decoded here."""
_LANGUAGES: Final = {
    **{0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932"},
    **{0x4E: "cp949", 0x79: "cp949", 0x50: "cp874", 0x7C: "cp874", 0x01: "cp437", 0x02: "cp850", 0x03: "cp1252"},
    **{0x64: "cp852", 0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253"},
}
"""Encodings by the byte of the language driver; 0x57 and 0 say none."""
_NAMES: Final = {
    **dict.fromkeys(("utf-8", "utf8", "65001"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "gb-2312", "gb18030", "gb-18030", "936", "54936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "950", "big5-hkscs"), "big5"),
    **dict.fromkeys(("shift-jis", "sjis", "932"), "cp932"),
    **dict.fromkeys(("euc-kr", "949"), "cp949"),
    **{f"125{number}": f"cp125{number}" for number in range(9)},
    **{f"8859{number}": f"iso8859-{number}" for number in range(1, 16)},
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in range(1, 16)},
    **{f"iso8859-{number}": f"iso8859-{number}" for number in range(1, 16)},
    **{"latin1": "iso8859-1", "latin-1": "iso8859-1", "88591": "iso8859-1", "437": "cp437", "850": "cp850"},
}
_LEAD: Final = re.compile(r"^(?:ansi|oem|windows|cp|ms|ldid/|codepage|code page|x-)[\s_-]*", re.IGNORECASE)
_TITLES: Final = {"utf-8": "UTF-8", "gb18030": "GBK/GB18030", "big5": "Big5"}
_MULTI: Final = ("utf-8", "gb18030", "big5")
_FIELD_NAME: Final = 10
"""The bytes of a field's name."""
_LONGEST: Final = 4
"""The bytes of a character, at most."""
_LOOKED_AT: Final = 20_000
"""So many different texts tell the encoding."""
_NEARLY: Final = 0.9
_CHINESE: Final = 0.8
"""Shares of texts that speak for an encoding, and of their characters that are of GB 2312."""
_SOME: Final = 0.3
_COMMON: Final = 0.05
_WESTERN: Final = "cp1252"
"""The encoding of texts that are no Chinese and no UTF-8, where nothing is stated."""


class Decoded(NamedTuple):
    """
    The texts of a table.

    Attributes
    ----------
    table
        Its cells and headers as text.
    encoding
        Their encoding.
    findings
        How it was chosen, where nothing states it or the bytes contradict; texts cut within a character.
    """

    table: pd.DataFrame
    encoding: str
    findings: list[Finding]


class _Choice(NamedTuple):
    encoding: str
    findings: list[Finding]


def stated_encoding(cpg: bytes | None, language: int) -> tuple[str | None, str]:
    """Return the encoding that a table states, None for none that is known, and the words or the byte that state it."""
    if cpg is not None:
        text = cpg.decode("utf-16" if cpg[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
        word = text.replace("\0", "").strip().strip("\"'").strip()
        name = _LEAD.sub("", word.casefold()).replace("_", "-").strip()
        if name in _NAMES:
            return _NAMES[name], f".cpg “{word}”"
    return _LANGUAGES.get(language), f"0x{language:02X}"


def decoded(raw: pd.DataFrame, table: Table | None, cpg: bytes | None, said: str | None, first_row: int) -> Decoded:
    """
    Decode the texts of a table.

    Parameters
    ----------
    raw
        Its cells and headers, texts in `RAW`.
    table
        Its description: a text that fills its field may be cut.
    cpg
        The content of the `.cpg`, None without one.
    said
        The encoding that a user says, or None.
    first_row
        The number of the first row in findings.
    """
    texts = [at for at in range(raw.shape[1]) if _is_text(raw.iloc[:, at])]
    names = [_bytes(str(name)) for name in raw.columns]
    widths = _widths(table, names)
    # each different text once
    coded = {at: pd.factorize(raw.iloc[:, at].to_numpy(dtype=object), use_na_sentinel=True) for at in texts}
    cells = {at: [_bytes(str(value)) for value in values] for at, (_, values) in coded.items()}
    full = [*((name, _FIELD_NAME) for name in names)]
    full += [(cell, widths[at]) for at in texts for cell in cells[at]]
    foreign = [(cell, width) for cell, width in full if not cell.isascii()]
    stated, by = stated_encoding(cpg, 0 if table is None else table.language)
    encoding, findings = _Choice(said, []) if said is not None else _choose(foreign, stated, by, cpg is not None)
    headers, cut_names = _headers(names, encoding)
    findings += cut_names
    columns: list[np.ndarray | pd.Series] = []
    cut: list[Finding] = []
    for at in range(raw.shape[1]):
        if at not in coded:
            columns.append(raw.iloc[:, at].to_numpy(dtype=object))
            continue
        codes, _ = coded[at]
        read = [_text(cell, encoding, widths[at]) for cell in cells[at]]
        values = np.array([*(text for text, _ in read), None], dtype=object)
        columns.append(values[codes])
        flags = np.array([*(fault for _, fault in read), ""], dtype=object)[codes]
        cut += _faults(headers[at], flags, first_row)
    whole = pd.DataFrame(dict(enumerate(columns)), index=raw.index, dtype=object).set_axis(headers, axis=1)
    return Decoded(whole, encoding, [*findings, *cut])


def _is_text(column: pd.Series) -> bool:
    return any(isinstance(value, str) for value in column)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", errors="replace")


def _widths(table: Table | None, names: Sequence[bytes]) -> list[int]:
    if table is None or len(table.fields) != len(names):
        return [0] * len(names)
    return [field.width for field in table.fields]


def _without_tail(cell: bytes, encoding: str, width: int) -> bytes | None:
    """Return a text without the rest of a character that its field's width has cut, None where it is no text."""
    shortest = max(len(cell) - _LONGEST, -1) if len(cell) >= width > 0 else len(cell) - 1
    for end in range(len(cell), shortest, -1):
        if _reads(cell[:end], encoding) and (end == len(cell) or _begins(cell[end:], encoding)):
            return cell[:end]
    return None


def _reads(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _begins(tail: bytes, encoding: str) -> bool:
    """Tell whether bytes are the beginning of one character."""
    try:
        tail.decode(encoding)
    except UnicodeDecodeError as error:
        return (
            error.start == 0
            and error.end == len(tail)
            and ("unexpected end" in error.reason or "incomplete" in error.reason)
        )
    return False


def _text(cell: bytes, encoding: str, width: int) -> tuple[str, str]:
    """Return a text, and its fault: `cut`, `other` (in another encoding), `bad` or none."""
    plain = _without_tail(cell, encoding, width)
    if plain is not None and encoding == "gb18030" and len(_wide(cell)) > 1:
        return cell.decode(), "other"  # bytes that are UTF-8 by hardly any chance
    if plain is not None:
        return plain.decode(encoding), "" if len(plain) == len(cell) else "cut"
    for other in _MULTI:
        if other != encoding and (plain := _without_tail(cell, other, width)) is not None:
            return plain.decode(other), "other"
    return cell.decode(encoding, errors="replace"), "bad"


def _wide(cell: bytes) -> str:
    """Return the characters of three bytes and more of a text in UTF-8; none where it is not."""
    if cell.isascii() or not _reads(cell, "utf-8"):
        return ""
    return "".join(character for character in cell.decode() if character > "\u07ff")


def _faults(header: str, flags: np.ndarray, first_row: int) -> list[Finding]:
    """Return a finding for each fault of a column's texts, with the rows."""
    found = []
    for fault, problem, action in (
        (
            "cut",
            Text("个文本在字段宽度处被截断，末字不全", "texts were cut at the field's width, within a character"),
            Text("不全的末字已略去，其余保留", "The rest of that character was dropped"),
        ),
        (
            "other",
            Text("个文本是另一种编码", "texts are in another encoding"),
            Text("已按各自的编码读取；请核对", "Each was read in its own; check them"),
        ),
        (
            "bad",
            Text("个文本含无法识别的字节", "texts have bytes that are no characters"),
            Text("这些字节以“\ufffd”代替", "Those bytes were replaced by “\ufffd”"),
        ),
    ):
        rows = (np.flatnonzero(flags == fault) + first_row).tolist()
        if rows:
            listed = row_names(rows)
            said = Text(
                f"“{masked(header)}”有 {len(rows)} {problem.zh}（第 {listed.zh} 行）",
                f"“{masked(header)}”: {len(rows)} {problem.en} (rows {listed.en})",
            )
            found.append(Finding(None, header, said, action))
    return found


def _choose(foreign: Sequence[tuple[bytes, int]], stated: str | None, by: str, has_cpg: bool) -> _Choice:
    """
    Return the encoding of texts beyond ASCII, and how it was chosen.

    UTF-8 proves itself by sequences that other encodings hardly make; an encoding that is stated holds unless the
    bytes contradict it and speak for another.
    """
    if not foreign:
        return _Choice(stated or "utf-8", [])
    step = max(len(foreign) // _LOOKED_AT, 1)
    sample = list(foreign)[::step]
    share = {name: _share(sample, name) for name in dict.fromkeys([*_MULTI, *([stated] if stated else [])])}
    best = _best(sample, share, stated)
    count, fit = len(sample), round(share.get(best, 1.0) * len(sample))
    read = Text(
        f"已按 {_title(best)} 读取（{count} 个含非英文字符的文本中 {fit} 个符合）",
        f"It was read as {_title(best)}, as {fit} of {count} texts with other than English letters are",
    )
    if stated is not None and stated != best:
        own = round(share[stated] * count)
        said = Text(
            f"文件写明文字编码为 {_title(stated)}（{by}），与内容不符：{count} 个文本中只有 {own} 个符合"
            if own < count
            else f"文件写明文字编码为 {_title(stated)}（{by}），与内容不符",
            f"It states {_title(stated)} ({by}), and its bytes are not: {own} of {count} texts are"
            if own < count
            else f"It states {_title(stated)} ({by}), and its bytes speak for another encoding",
        )
        return _Choice(best, [Finding(None, ".cpg" if has_cpg else ".dbf", said, read)])
    if stated is None:
        said = Text(
            ".cpg 所写的编码无法识别" if has_cpg else "没有 .cpg，文件未写明文字编码",
            "The .cpg names no known encoding" if has_cpg else "Without a .cpg, nothing states its encoding",
        )
        return _Choice(best, [Finding(None, ".cpg", said, read)])
    return _Choice(best, [])


def _title(encoding: str) -> str:
    return _TITLES.get(encoding, encoding)


def _share(sample: Sequence[tuple[bytes, int]], encoding: str) -> float:
    return sum(_without_tail(cell, encoding, width) is not None for cell, width in sample) / len(sample)


def _best(sample: Sequence[tuple[bytes, int]], share: dict[str, float], stated: str | None) -> str:
    joined = {name: _joined(sample, name) for name in share}
    wide = any(character > "\u07ff" for character in joined["utf-8"])
    if share["utf-8"] >= _NEARLY and (wide or stated is None or stated == "utf-8") and not _by_chance(joined, share):
        return "utf-8"
    chinese = max(
        ("gb18030", "big5"), key=lambda name: (share[name] >= _NEARLY, common_share(joined[name]), name == "gb18030")
    )
    if stated in (None, "utf-8"):
        if stated == "utf-8" and share["utf-8"] >= max(share.values()):
            return "utf-8"
        if share[chinese] >= _SOME and _is_chinese(joined[chinese]):
            return chinese
        return "utf-8" if share["utf-8"] >= _SOME else _WESTERN
    if stated in _MULTI:
        # Big5 and GBK read each other's bytes as rare characters
        clear = common_share(joined[chinese]) > common_share(joined[stated]) + _COMMON
        return chinese if chinese != stated and clear and share[chinese] >= _NEARLY else stated
    # a single byte is always a character: Chinese is told by its pairs
    is_chinese = share[chinese] >= _NEARLY and _is_chinese(joined[chinese])
    return chinese if is_chinese else stated


def _by_chance(joined: dict[str, str], share: dict[str, float]) -> bool:
    """Tell whether few bytes are UTF-8 by chance, being Chinese: the bytes of 一 are a Cyrillic letter too."""
    letters = [character for character in joined["utf-8"] if character > "\x7f"]
    narrow = all("\u0400" <= character <= "\u07ff" for character in letters)
    return narrow and share["gb18030"] >= _NEARLY and common_share(joined["gb18030"]) > _COMMON


def _joined(sample: Sequence[tuple[bytes, int]], encoding: str) -> str:
    cells = (_without_tail(cell, encoding, width) for cell, width in sample)
    return "".join(cell.decode(encoding) for cell in cells if cell is not None)


def _is_chinese(text: str) -> bool:
    beyond = [character for character in text if character > "\x7f"]
    usual = sum(_is_usual(character) for character in beyond)
    return bool(beyond) and (usual >= _CHINESE * len(beyond) or common_share(text) > _COMMON)


def _is_usual(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _headers(names: Sequence[bytes], encoding: str) -> tuple[list[str], list[Finding]]:
    """Return the names of fields; one that the ten bytes of a name have cut is made whole where it is known."""
    headers, findings = [], []
    for name in names:
        text, fault = _text(name, encoding, _FIELD_NAME)
        header = text.strip()
        if fault == "cut" or (len(name) >= _FIELD_NAME - 1 and not name.isascii()):
            header = _whole(header)
        if header != text.strip():
            said = Text(f"字段名“{text}”在 10 字节处被截断", f"The field's name “{text}” was cut at ten bytes")
            findings.append(Finding(None, header, said, Text(f"视为“{header}”", f"It is read as “{header}”")))
        headers.append(header)
    return headers, findings


def _whole(header: str) -> str:
    """Return the known header of one field that begins so; without one, the header itself."""
    folded = fold_header(header)
    options = [
        (field, name)
        for kind in FIELDS
        for field, names in fields_of(kind).items()
        for name in names
        if fold_header(name).startswith(folded)
    ]
    if any(fold_header(name) == folded for _, name in options) or len({field for field, _ in options}) != 1:
        return header
    return options[0][1]
