"""Detect the encoding of text."""

from __future__ import annotations

from typing import Final

from charset_normalizer import from_bytes

ENCODINGS: Final = ("utf-8", "gb18030", "big5", "utf-16")
"""Encodings of text that a user may name."""
_COMMON: Final = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "路街道号市区县投诉内容编号类型时间经纬度名称地址摊位占营业车停状态办理受理结案处置方式来源渠道東路號區縣訴內容編類間經緯稱"
    "攤佔營業車停狀態辦結處來源道"
)


def decode(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """
    Return text and its encoding.

    UTF-8 and UTF-16 prove themselves; between GB18030 and Big5, which read each other's bytes as rare characters, the
    one with more common characters is taken.

    Raises
    ------
    ValueError
        If the bytes are no text in that encoding, or in any.
    """
    if encoding is not None:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding).lstrip("\ufeff"), encoding
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16"), "utf-16"
    if len(raw) >= 4 and raw[:200].count(0) > len(raw[:200]) // 4:
        little = raw[1:200:2].count(0) >= raw[0:200:2].count(0)
        return raw.decode("utf-16-le" if little else "utf-16-be"), "utf-16"
    if (text := _decoded(raw, "utf-8-sig")) is not None:
        return text, "utf-8"
    tried = {name: _decoded(raw, name) for name in ("gb18030", "big5")}
    readable = {name: text for name, text in tried.items() if text is not None}
    if readable:
        best = max(readable, key=lambda name: (common_share(readable[name]), name == "gb18030"))
        return readable[best], best
    guess = from_bytes(raw[:100_000]).best()
    if guess is None:
        raise ValueError("unknown encoding")
    return raw.decode(guess.encoding), guess.encoding


def _decoded(raw: bytes, encoding: str) -> str | None:
    """Return bytes as text, None where they are none in that encoding."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def common_share(text: str) -> float:
    """Return how many of the Chinese characters of a text are common ones, less five for each of private use."""
    han = [character for character in text[:20_000] if "\u3400" <= character <= "\u9fff"]
    rare = sum("\ue000" <= character <= "\uf8ff" for character in text[:20_000])
    return (sum(character in _COMMON for character in han) - 5 * rare) / max(len(han), 1)
