"""Conditions of parking at a side of a street: columns and a sentence of its tags."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.conditional import clause_texts
from geo.core.text import Text
from geo.streets.parking_tags import SideTags, side_tags
from geo.study.layers.codes import PARKING_POSITIONS

_CONDITIONAL: Final = ":conditional"

_RESTRICTIONS: Final = {
    "no_parking": Text("禁止停车", "no parking"),
    "no_standing": Text("禁止停留", "no standing"),
    "no_stopping": Text("禁止停靠", "no stopping"),
    "loading_only": Text("仅限装卸", "loading only"),
    "charging_only": Text("仅限充电", "charging only"),
    "none": Text("无限制", "no restriction"),
}
_ACCESS: Final = {
    "yes": Text("公众可停", "open to the public"),
    "no": Text("禁止停放", "closed to the public"),
    "private": Text("专用", "private"),
    "customers": Text("仅限顾客", "customers only"),
    "permit": Text("凭证停放", "permit holders only"),
    "permissive": Text("允许公众停放", "open to the public on sufferance"),
    "destination": Text("仅限到访者", "visitors only"),
    "delivery": Text("仅限配送", "deliveries only"),
    "residents": Text("仅限居民", "residents only"),
    "employees": Text("仅限员工", "employees only"),
}
_FEES: Final = {"yes": Text("收费", "fee"), "no": Text("免费", "free of charge")}
_AS_IT_IS: Final = Text("{}", "{}")
_WORDS: Final = {
    "restriction": (_RESTRICTIONS, _AS_IT_IS),
    "access": (_ACCESS, _AS_IT_IS),
    "fee": (_FEES, Text("收费 {}", "fee {}")),
    "zone": ({}, Text("停车区 {}", "zone {}")),
    "authentication:disc": ({"yes": Text("须用停车盘", "with a parking disc")}, Text("停车盘：{}", "parking disc: {}")),
}
"""Words for the values of a key, and for any other value of it."""

_UNLIMITED: Final = ("no", "unlimited", "none")

_USERS: Final = {
    "disabled": Text("残疾人", "disabled people"),
    "residents": Text("居民", "residents"),
    "taxi": Text("出租车", "taxis"),
    "bus": Text("公交车", "buses"),
    "psv": Text("公共交通", "public transport"),
    "motorcycle": Text("摩托车", "motorcycles"),
    "hgv": Text("货车", "lorries"),
    "goods": Text("货运车辆", "goods vehicles"),
    "tourist_bus": Text("旅游大巴", "tourist coaches"),
    "car_sharing": Text("共享汽车", "car sharing"),
    "charging": Text("充电车辆", "vehicles that charge"),
    "diplomat": Text("外交车辆", "diplomats"),
    "police": Text("警车", "police"),
    "official": Text("公务车辆", "officials"),
}
_RESERVED: Final = ("designated", "yes")

_UNITS: Final = {"minute": "分钟", "min": "分钟", "hour": "小时", "h": "小时", "hr": "小时", "day": "天", "week": "周"}
_STAY: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?")

_COLUMNS: Final = ("position", "restriction", "access", "fee", "maxstay", "hours", "conditions", "conditional")


class _Said(NamedTuple):
    """One tag, or one clause of a conditional one: its key, its value, and its hours where it has any."""

    key: str
    value: str
    hours: str


def condition_columns(texts: NDArray[np.object_]) -> pd.DataFrame:
    """
    Return the conditions of sides.

    Parameters
    ----------
    texts
        The tags of each, as `parking_left_tags` and `parking_right_tags` of `roads` hold them; None for none.

    Returns
    -------
    conditions
        A row each: `position`, `restriction`, `access`, `fee`, `maxstay` (values of the tags that hold at all times),
        `hours` (of the conditional ones), `conditions` (a sentence in both languages) and `conditional` (the
        conditional tags as they are written).
    """
    codes, distinct = pd.factorize(texts)
    rows = [_row(side_tags(text)) for text in distinct]
    # the last row is of sides without tags: code -1
    table = pd.DataFrame([*rows, dict.fromkeys(_COLUMNS)], columns=list(_COLUMNS), dtype=object)
    return table.iloc[codes].reset_index(drop=True)


def _row(tags: SideTags) -> dict[str, str | None]:
    said = _clauses(tags)
    phrases = [phrase for each in said if (phrase := _phrase(each, tags)) is not None]
    position = tags.get("")
    return {
        "position": position if position in PARKING_POSITIONS else None,
        **{name: tags.get(name) or None for name in ("restriction", "access", "fee", "maxstay")},
        "hours": "; ".join(dict.fromkeys(each.hours for each in said if each.hours)) or None,
        "conditions": str(_joined(phrases)) if phrases else None,
        "conditional": "; ".join(f"{key}={tags[key]}" for key in sorted(tags) if key.endswith(_CONDITIONAL)) or None,
    }


def _clauses(tags: SideTags) -> list[_Said]:
    """Return the tags of a side one by one, each before its conditions."""
    found = []
    for key in sorted(tags):
        name = key.removesuffix(_CONDITIONAL)
        if name == key:
            found.append(_Said(key, tags[key], ""))
            continue
        for value, hours in clause_texts(tags[key]):
            found.append(_Said(name, value, hours.removeprefix("(").removesuffix(")").strip()))
    return found


def _phrase(said: _Said, tags: SideTags) -> Text | None:
    """Return one condition in words, None for a tag that is none."""
    text = _plain(said.key, said.value, tags)
    if text is None or not said.hours:
        return text
    return Text(f"{text.zh}（{said.hours}）", f"{text.en} ({said.hours})")


def _plain(key: str, value: str, tags: SideTags) -> Text | None:
    if key == "access" and value == "private" and {"private", f"private{_CONDITIONAL}"} & set(tags):
        return None  # who it is private for says more
    if key in _WORDS:
        words, other = _WORDS[key]
        return words.get(value, Text(other.zh.format(value), other.en.format(value)))
    if key == "maxstay":
        return _stay(value)
    user = value if key == "private" else key
    if key != "private" and (user not in _USERS or value not in _RESERVED):
        return None
    name = _USERS.get(user, Text(user, user))
    if value == "yes":
        return Text(f"{name.zh}可停", f"open to {name.en}")
    return Text(f"{name.zh}专用", f"reserved for {name.en}")


def _stay(value: str) -> Text:
    if value in _UNLIMITED:
        return Text("不限时", "no limit of stay")
    match = _STAY.fullmatch(value)
    zh = f"{match[1]} {_UNITS[match[2]]}" if match is not None and match[2] in _UNITS else value
    return Text(f"最长停放 {zh}", f"at most {value}")


def _joined(phrases: list[Text]) -> Text:
    distinct = list(dict.fromkeys(phrases))
    return Text("；".join(text.zh for text in distinct), "; ".join(text.en for text in distinct))
