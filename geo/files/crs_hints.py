"""Hints at a file's datum beside its numbers: its name, the columns of its coordinates, the make of all its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.core.text import Text

_AXIS: Final = r"(?:lng|lon|lat|longitude|latitude|经|纬)"
DATUM_WORDS: Final = {
    "WGS84": re.compile(
        r"wgs[\s_-]*(?:19)?84|wgs(?![a-z])|(?<![a-z])gps|(?:epsg[\s_:-]*)?(?<!\d)4326(?!\d)|cgcs[\s_-]*2000|国家2000|天地图"
    ),
    "GCJ-02": re.compile(r"gcj[\s_-]*0?2(?!\s*(?:to)?wgs|\s*(?:to)?bd)|gcj|火星"),
    "BD-09": re.compile(rf"bd[\s_-]*0?9(?:ll)?|(?<![a-z])bd[\s_-]*(?={_AXIS}|[xy](?![a-z]))|{_AXIS}[\s_-]*bd(?![a-z])"),
}
"""Words for a datum itself."""

_PROVIDERS: Final = {
    "GCJ-02": re.compile(r"高德|amap|gaode|autonavi|腾讯|tencent|qqmap"),
    "BD-09": re.compile(r"百度|baidu"),
}
"""Words for providers, by the datum of their coordinates."""

_CONVERTED: Final = re.compile(r"[\s_(（-]*(?:to|2|转|转为|转成|转换|转换为|->|→|>)[\s_-]*")
"""What stands between two datums where the coordinates were in the first and are in the second."""

_MAKES: Final = {
    Text("高德", "AMap"): (
        "GCJ-02",
        {
            "pname",
            "cityname",
            "adname",
            "typecode",
            "gridcode",
            "navi_poiid",
            "entr_location",
            "exit_location",
            "biz_ext",
        },
    ),
    Text("百度", "Baidu"): (
        "BD-09",
        {"uid", "street_id", "detail_info", "overall_rating", "navi_location", "std_tag", "shop_hours"},
    ),
    Text("腾讯", "Tencent"): (
        "GCJ-02",
        {"ad_info", "_distance", "_dir_desc", "address_components", "formatted_addresses", "address_reference"},
    ),
}
"""Columns of what a provider's search returns, and its datum (the documentation of their place interfaces)."""
_ENOUGH: Final = 2
"""A single such column may be anybody's."""


class Hint(NamedTuple):
    """
    A hint at the datum of a file's coordinates.

    Attributes
    ----------
    system
        `WGS84`, `GCJ-02` or `BD-09`.
    explicit
        Whether the datum itself is named: a provider may keep another one in another place.
    text
        The reason, to be shown.
    """

    system: str
    explicit: bool
    text: Text


def hint_of(name: str, headers: Sequence[str], used: Sequence[str]) -> Hint | None:
    """
    Return the hint that a file gives, if any; None where hints contradict each other.

    A datum that the columns of the coordinates name counts most, then one in the file's name, then a provider.

    Parameters
    ----------
    name
        The file's name.
    headers
        Its columns.
    used
        The columns with the coordinates.
    """
    sources = ((used, Text("坐标列名", "the columns of coordinates")), ([name], Text("文件名", "the file's name")))
    for words, where in sources:
        named = {system for word in words if (system := _datum_in(word.casefold())) is not None}
        if len(named) == 1:
            (system,) = named
            return Hint(system, True, Text(f"{where.zh}写明 {system}", f"{where.en}: {system}"))
    hints = [hint for words, where in sources if (hint := _provider_in(" ".join(words).casefold(), where))]
    hints += _makes_of(headers)
    return hints[0] if len({hint.system for hint in hints}) == 1 else None


def _datum_in(words: str) -> str | None:
    """Return the datum that words name; of a converted one, the later."""
    found = sorted(
        (match.start(), match.end(), system) for system, datum in DATUM_WORDS.items() for match in datum.finditer(words)
    )
    if len({system for *_, system in found}) <= 1:
        return found[0][2] if found else None
    (_, end, _), (start, _, system) = found[-2:]
    return system if _CONVERTED.fullmatch(words[end:start]) else None


def _provider_in(words: str, where: Text) -> Hint | None:
    found = {system: match[0] for system, words_for in _PROVIDERS.items() if (match := words_for.search(words))}
    if len(found) != 1:
        return None
    ((system, word),) = found.items()
    return Hint(system, False, Text(f"{where.zh}含“{word}”（{system}）", f"{where.en} has “{word}” ({system})"))


def _makes_of(headers: Sequence[str]) -> list[Hint]:
    """Return a hint for each provider with several columns of its own."""
    names = {header.strip().casefold().split(".")[0] for header in headers}
    return [
        Hint(
            system,
            False,
            Text(f"列是{who.zh}的格式（{system}）", f"its columns are {who.en}'s ({system})"),
        )
        for who, (system, own) in _MAKES.items()
        if len(names & own) >= _ENOUGH
    ]
