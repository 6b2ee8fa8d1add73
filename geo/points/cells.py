"""The cells of each kind of points: numbers, times and flags; free text masked, and words as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from geo.core.masked_words import mask_under, mask_word
from geo.points.categories import CODE_OF
from geo.points.cleaning import coded, days, numbers, order_of_times, times, whole_days
from geo.points.naming import identity_fields
from geo.points.options import DateColumns
from geo.points.trading_hours import trading_hours
from geo.study.findings import Finding
from geo.study.schema import COLUMNS, SYNTHETIC

_NUMBERS: Final = {"area_m2": False, "offences": True, "capacity": True, "rating": False, "pitches": True}
"""Fields that are numbers, and whether they are whole."""
_TIMES: Final = ("received_at", "answered_at", "closed_at", "due_at", "updated_at")
_DAYS: Final = ("permit_until",)
_FLAGS: Final = ("night_only", "hardship")
_YES: Final = frozenset({"是", "yes", "true", "1", "有", "y"})
_FACILITY_WORDS: Final = {
    "market": ("农贸市场", "菜市场", "市场", "集贸市场", "marketplace"),
    "toilet": ("公厕", "公共厕所", "卫生间", "厕所", "toilets", "public toilet"),
    "parking": ("停车场", "停车", "car park"),
    "school": ("学校", "小学", "中学", "幼儿园"),
    "hospital": ("医院", "卫生院", "诊所", "clinic"),
    "station": ("车站", "地铁站", "火车站"),
    "bus_stop": ("公交站", "公交车站", "bus stop"),
    "shop": ("商店", "店铺", "商铺"),
}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "response": {"服务": "service", "管理": "management", "执法": "enforcement"},
    "access": {"对外开放": "yes", "公共": "yes", "内部": "private", "不对外": "private", "顾客": "customers"},
}
_RECODED: Final = frozenset({"category", "kind", "source", "hours", *_WORDS, *_DAYS, *_FLAGS})
"""Text fields whose cells become codes or words of ours."""
KIND_WORDS: Final[dict[str, dict[str, str]]] = {
    "parking": {"路外": "off_street", "停车场": "off_street", "路内": "on_street", "路侧": "on_street"},
    "facilities": {word: kind for kind, words in _FACILITY_WORDS.items() for word in (kind, *words)},
}


def clean_values(found: pd.DataFrame, kind: str, findings: list[Finding], dates: DateColumns) -> pd.DataFrame:
    """
    Read the numbers, times, dates and flags of rows; the other fields stay text.

    Parameters
    ----------
    found
        The fields of the kind, as text.
    kind
        The layer that the rows are for.
    findings
        Taken along: one for each cell that was emptied or doubted.
    dates
        The reader of its columns of dates; taken along: the questions that they leave open.
    """
    clean = found.copy()
    for column, whole in _NUMBERS.items():
        if column in clean and column in COLUMNS[kind]:
            clean[column] = numbers(found[column], column, findings, whole)
    for column in _TIMES:
        if column in clean:
            clean[column] = times(found[column], column, findings, dates)
    for column in _DAYS:
        if column in clean:
            clean[column] = days(found[column], column, findings, dates)
    if kind == "complaints":
        clean["due_at"] = whole_days(clean["due_at"], dates.timezone)
    if "received_at" in clean:
        order_of_times(clean, findings)
    if kind == "stall_places":
        clean["hours"] = trading_hours(found["hours"], findings)
    for column in _FLAGS:
        if column in clean:
            clean[column] = found[column].map(lambda word: str(word).casefold() in _YES)
    return clean


def masked_text(
    clean: pd.DataFrame,
    kind: str,
    file: str,
    categories: Mapping[str, str] = CODE_OF,
    mapping: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """
    Mask the free text of rows, then code the words that are left.

    Parameters
    ----------
    clean
        As `clean_values` returns.
    kind
        The layer that the rows are for.
    file
        The source of rows that name none.
    categories
        The codes of complaints by the words for them.
    mapping
        Field to column: under some headers (联系人) a cell is a name.
    """
    headers = mapping or {}
    result = clean.copy(deep=False)
    kept = clean.columns.intersection(COLUMNS[kind])  # coordinates, for instance, are read and not kept as text
    free = clean[kept].select_dtypes("object").columns.difference([*identity_fields(kind), "source"])
    for column in free:  # a person may be named in each of them
        result[column] = mask_under(clean[column], headers.get(column, ""))
    for column, words in _WORDS.items():
        if column in result:
            result[column] = coded(result[column], words)
    if kind == "complaints":  # the category of another list is its name, in the words of whoever keeps it
        result["category"] = coded(result["category"], categories)
    if kind in KIND_WORDS:
        result["kind"] = coded(result["kind"], KIND_WORDS[kind])
    source = clean["source"]
    result["source"] = source.map(_source, na_action="ignore").where(source.notna(), file)
    return result


def told_less(
    found: pd.DataFrame, clean: pd.DataFrame, kind: str, masked: pd.DataFrame, mapping: Mapping[str, str]
) -> pd.Series:
    """
    Tell the rows with cells that may be personal and are not kept as the file has them.

    Parameters
    ----------
    found
        The fields of the kind, as text.
    clean
        As `clean_values` returns.
    kind
        The layer that the rows are for.
    masked
        As `masked_text` returns.
    mapping
        Field to column.
    """
    result = pd.Series(False, index=found.index)
    for column in found.columns.difference([*identity_fields(kind), "lon", "lat", "coordinates"]):
        cells = found[column]
        if column in COLUMNS[kind] and column in (*_NUMBERS, *_TIMES):  # what cannot be read is emptied
            less = cells.notna() & clean[column].isna()
        elif column in COLUMNS[kind] and column not in _RECODED:
            less = cells.notna() & (masked[column] != cells)
        else:
            less = cells.notna() & (mask_under(cells, mapping.get(column, "")) != cells)
        result |= less.to_numpy(dtype=bool)
    return result


def _source(word: str) -> str:
    return SYNTHETIC if "合成" in word or SYNTHETIC in word.casefold() else mask_word(word)
