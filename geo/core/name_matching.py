"""How street names are compared: one street has many spellings."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff]")
_SECTION = re.compile(
    r"(?:[东西南北中上下前后]+|第?[一二三四五六七八九十\d]+)段$"
    r"|[ ,]+(?:(?:north|south|east|west|middle)(?:ern)?|\d+(?:st|nd|rd|th)) section$|[ ,]+section \w{1,3}$"
)
_SIDE_LANE = re.compile(
    r"(?:辅路|辅道|侧路|侧道|慢车道|非机动车道|主路|主道|匝道)$| (?:frontage|service|side|slip) (?:road|lane)$"
)
_BRACKETS = re.compile(r"^(.+?) ?[(\[（【]([^()\[\]（）【】]*)[)\]）】]$")
_TYPE: Final = re.compile(
    r"(?<=..)(?:大道|大街|大路|马路|公路|路|街|道)$"
    r"|(?<=...) (?:avenue|ave|boulevard|blvd|street|str|st|road|rd|drive|dr|lane|ln)\.?$"
)
_TELLS_APART = frozenset("东西南北中上下前后内外左右新老大小一二三四五六七八九十0123456789甲乙丙丁")
"""Characters of which one decides between two streets: 中山东路 is no slip of the pen for 中山西路."""


@cache
def _to_simplified() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 (most runs compare no Chinese names)

    return OpenCC("t2s")


@lru_cache(maxsize=200_000)
def normal_name(name: str) -> str:
    """
    Return a street name's form for comparing.

    Full-width letters are made half-width, traditional characters simplified, spaces and case folded.
    """
    text = unicodedata.normalize("NFKC", name)
    if _HAN.search(text):
        text = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", _to_simplified().convert(text))
    return re.sub(r"\s+", " ", text).strip().casefold()


@lru_cache(maxsize=200_000)
def street_key(name: str) -> str:
    """
    Return the key that the names of one street's parts share: the name without section and side lane.

    文峰大道东段, 文峰大道（西段）, 文峰大道辅路 and 文峰大道 have one key. 中山东路 and 中山西路 have two: those are
    names of streets, not of sections.
    """
    key = normal_name(name)
    while True:
        match = _BRACKETS.match(key)
        if match and (_SECTION.search(" " + match[2]) or _SIDE_LANE.search(" " + match[2])):
            shorter = match[1]
        else:
            shorter = _SIDE_LANE.sub("", _SECTION.sub("", key)).strip()
        if shorter == key or len(shorter) < 2:
            return key
        key = shorter


@lru_cache(maxsize=200_000)
def stem(key: str) -> str:
    """Return a key without its last word for a kind of street (路, 街, 大道, Road …)."""
    return _TYPE.sub("", key)


def without_section(name: str) -> str:
    """Return a name as written, without its section or side lane (文峰大道东段 gives 文峰大道)."""
    wanted = street_key(name)
    text = unicodedata.normalize("NFKC", name).strip()
    for end in range(2, len(text) + 1):
        if normal_name(text[:end]) == wanted:
            return text[:end].strip()
    return name


def similarity(first: str, second: str) -> float:
    """
    Return how alike two names are, 0 to 1: by characters, or 0.9 where they only sound alike (文峰路, 文锋路).

    Names that differ by a character that tells streets apart (东 and 西, 一 and 二) are at most 0.5 alike.
    """
    left, right = normal_name(first), normal_name(second)
    if left == right:
        return 1.0
    if {c for c in stem(left) if c in _TELLS_APART} != {c for c in stem(right) if c in _TELLS_APART}:
        return min(0.5, fuzz.ratio(left, right) / 100)
    alike = fuzz.ratio(left, right) / 100
    if _HAN.search(left) and _HAN.search(right) and _sound(left) == _sound(right):
        return max(0.9, alike)
    return alike


@lru_cache(maxsize=65_536)
def _sound(name: str) -> tuple[str, ...]:
    """Return the pinyin of a name."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (half a second to load)

    return tuple(lazy_pinyin(name))
