"""The kind of a file's rows, recognised from its headers, the words in its cells and its name, with the evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
import pandas as pd

from geo.core.masked_words import mask_word
from geo.core.text import Text
from geo.core.vocabulary import tier_of
from geo.files.column_matching import FIELDS, PLACE_FIELDS, fields_of
from geo.files.header_fit import EXACT, fold_header, header_fit
from geo.points.categories import code_of
from geo.points.cells import KIND_WORDS
from geo.points.makes import make_of
from geo.study.schema import STUDY_LAYERS

TITLES: Final[Mapping[str, Text]] = {
    **{kind: STUDY_LAYERS[kind].title for kind in FIELDS},
    "tier_list": Text("街道等级名单", "list of street tiers"),
    "widths": Text("车行道宽度表", "list of carriageway widths"),
    "population": Text("人口数据", "population"),
}
"""What the kinds of files are called."""

_MARKS: Final[Mapping[str, re.Pattern[str]]] = {
    "complaints": re.compile(
        r"投诉|诉求|工单|来电|案件|案卷|上报|立案|结案|派遣|派单|小类|大类|处置|举报|返工|任务号|热线"
        r"|complaint|ticket|request|descriptor|agency|incident|^srnumber|^srtype|^caseid|resolution"
    ),
    "stalls": re.compile(r"摊主|经营者|经营人|摊位编号|摊位号|摊点编号|违规次数|违章次数|困难|低保|vendor|fooditem"),
    "parking": re.compile(r"停车|泊位|车位|parking|spaces"),
    "facilities": re.compile(r"设施|开放时间|蹲位|厕位|facility|amenity"),
    "stall_places": re.compile(
        r"疏导点|摊群点|容纳|摊位数|摊位个数|经营时段|经营时间|管理费|摊位费|pitches|tradinghours"
    ),
    "other": re.compile(
        r"许可|证号|商户|店铺|店名|星级|评级|评定|审批|批准|围挡|项目|竣工|开工|聘期|有效期|事项|申请人|到期|广告牌|rating|permit"
    ),
    "tier_list": re.compile(r"等级|分级|级别|^tier$"),
    "widths": re.compile(r"宽度|路宽|车行道宽|宽m$|^width|carriageway"),
    "population": re.compile(r"人口|居民数|population|inhabitants|residents"),
}
"""Words of headers that only files of a kind have."""

_NAMES: Final[Mapping[str, re.Pattern[str]]] = {
    "complaints": re.compile(r"投诉|工单|诉求|案卷|城管|12345|热线|311|complaint|requests"),
    "stalls": re.compile(r"摊位|摊主|摊贩|经营者|stall|vendor"),
    "parking": re.compile(r"停车|泊位|parking"),
    "facilities": re.compile(r"设施|公厕|市场|facilit"),
    "stall_places": re.compile(r"疏导点|摊群点|stall.?places"),
    "other": re.compile(r"商户|店铺|星级|围挡|许可|审批|项目|监督员|广告牌|permits|shops|works"),
    "tier_list": re.compile(r"等级|分级|示范路|名单|tier"),
    "widths": re.compile(r"宽度|路宽|width"),
    "population": re.compile(r"人口|population"),
}
"""Words of names of files."""

_STREET: Final = re.compile(r"街道|路名|街路|街巷|道路|街名|^street|^road|路段|起点|止点|终点|section")
"""Headers of lists of streets."""
_COLUMNS: Final = 300
"""So many columns tell the kind: no register has more."""
_BY_NAME: Final = 0.6
_BY_CELLS: Final = 2.0
_BY_MAKE: Final = 8.0
"""The weights of a file's name, of the words in its cells and of a known make; a header of its own has up to 1.3."""
_BY_STREETS: Final = 0.5
_BY_MARK: Final = 0.7
_BY_VALUE: Final = 1.1
"""The weights of a word of a kind in a header, and of the one value that a list of another verb has."""
_STEEP: Final = 2.0
"""How fast the likelihood of a kind grows with its score."""
_SURE_SHARE: Final = 0.75
_SURE_SCORE: Final = 1.0
_STRONG_SHARE: Final = 0.9
_STRONG_SCORE: Final = 2.5
"""From which evidence on a kind is taken, and from which on it speaks against a kind that somebody says."""
_ALSO_LISTS: Final = ("advertising", "works_hoarding")
"""Categories of complaints whose words are names of other lists too."""
_ROWS_LOOKED_AT: Final = 300
_WORDS_SHARE: Final = 0.5
"""The share of a column's cells that must be words of a kind."""
_WEAK: Final = 0.25
"""Evidence below is not named."""


class KindCandidate(TypedDict):
    """
    A kind of rows that a file may have.

    Attributes
    ----------
    kind
        The kind: `complaints`, `tier_list`.
    share
        How likely it is against the other kinds, from 0 to 1.
    columns
        The columns that speak for it.
    """

    kind: str
    share: float
    columns: list[str]


@dataclass(frozen=True)
class KindVerdict:
    """
    The kinds that a file may be of.

    Attributes
    ----------
    candidates
        The likeliest first; none where nothing speaks for any.
    scores
        By kind, the sum of the evidence.
    make
        The code of a known make, or None.
    """

    candidates: tuple[KindCandidate, ...]
    scores: Mapping[str, float]
    make: str | None = None

    @property
    def kind(self) -> str | None:
        """The likeliest kind, None where nothing speaks for any."""
        return self.candidates[0]["kind"] if self.candidates else None

    @property
    def sure(self) -> bool:
        """Whether the evidence is enough not to ask."""
        return self._at_least(_SURE_SHARE, _SURE_SCORE)

    @property
    def strong(self) -> bool:
        """Whether the evidence is enough to doubt a kind that somebody says."""
        return self._at_least(_STRONG_SHARE, _STRONG_SCORE)

    @property
    def text(self) -> Text:
        """The evidence for the likeliest kind."""
        if not self.candidates:
            return Text("表头看不出是哪一类数据", "The headers do not tell the kind of its rows")
        first = self.candidates[0]
        title, zh, en = TITLES[first["kind"]], "、".join(first["columns"]), ", ".join(first["columns"])
        because = Text(f"依据列 {zh}；", f"because of columns {en}; ") if zh else Text("", "")
        share = f"{first['share'] * 100:.0f} %"
        return Text(f"识别为{title.zh}：{because.zh}{share}", f"Recognised as {title.en}: {because.en}{share}")

    def _at_least(self, share: float, score: float) -> bool:
        return bool(self.candidates) and self.candidates[0]["share"] >= share and max(self.scores.values()) >= score


def recognise(table: pd.DataFrame, name: str = "", shapes: bool = False) -> KindVerdict:
    """
    Recognise the kind of a file's rows.

    Parameters
    ----------
    table
        All cells as text, as `geo.files.formats.read_file` reads it.
    name
        The file's name.
    shapes
        Whether it has geometry of its own.
    """
    table = table.iloc[:, :_COLUMNS]
    headers = [str(header) for header in table.columns]
    folded = [fold_header(header) for header in headers]
    weights = np.array(
        [[_weight(header, fold, kind) for kind in TITLES] for header, fold in zip(headers, folded, strict=True)]
    )
    total = weights.sum(axis=1, keepdims=True)
    # a header that several kinds know says little for any of them
    own = np.divide(weights**2, total, out=np.zeros_like(weights), where=total > 0)
    kinds = list(TITLES)
    told: dict[str, list[tuple[float, str]]] = {
        kind: [(own[row, column], headers[row]) for row in range(len(headers)) if own[row, column] >= _WEAK]
        for column, kind in enumerate(kinds)
    }
    scores = dict(zip(kinds, own.sum(axis=0) if headers else np.zeros(len(kinds)), strict=True))
    for kind, column in _by_words(table):
        scores[kind] += _BY_CELLS
        told[kind].append((_BY_CELLS, column))
    located = shapes or any(_is_place(header) for header in headers)
    for kind in TITLES:
        scores[kind] += _BY_NAME * bool(_NAMES[kind].search(name.casefold()))
    for kind in ("tier_list", "widths"):
        # a list of streets has names of streets, a value, and neither coordinates nor addresses
        streets = sum(bool(_STREET.search(fold)) for fold in folded)
        valued = any(_MARKS[kind].search(fold) for fold in folded)
        scores[kind] = scores[kind] + _BY_STREETS * streets if valued and streets and not located else 0.0
    make = make_of(headers)
    if make is not None:
        scores[make.kind] += _BY_MAKE
    return _verdict(scores, told, None if make is None else make.name)


def _verdict(scores: Mapping[str, float], told: Mapping[str, list[tuple[float, str]]], make: str | None) -> KindVerdict:
    some = {kind: float(score) for kind, score in scores.items() if score > _WEAK}
    if not some:
        return KindVerdict((), {}, make)
    best = max(some.values())
    likely = {kind: float(np.exp(_STEEP * (score - best))) for kind, score in some.items()}
    nothing = float(np.exp(-_STEEP * best))
    shares = {kind: value / (sum(likely.values()) + nothing) for kind, value in likely.items()}
    candidates: list[KindCandidate] = [
        {
            "kind": kind,
            "share": round(float(shares[kind]), 3),
            "columns": [mask_word(column) for _, column in sorted(told[kind], key=lambda row: -row[0])[:6]],
        }
        for kind in sorted(some, key=lambda kind: -some[kind])
    ]
    return KindVerdict(
        tuple({**each, "columns": list(dict.fromkeys(each["columns"]))} for each in candidates), some, make
    )


def _weight(header: str, folded: str, kind: str) -> float:
    """Return how much a header speaks for a kind: by the names of its fields, and by words of its own."""
    fits = [header_fit(header, name, names) for name, names in FIELDS.get(kind, {}).items() if name not in PLACE_FIELDS]
    best = max(fits, default=0.0)
    by_field = 0.6 if best >= EXACT else 0.3 if best >= 1.0 else 0.0
    return by_field + (_BY_MARK if kind in FIELDS else _BY_VALUE) * bool(_MARKS[kind].search(folded))


def _is_place(header: str) -> bool:
    names = fields_of("other")
    return any(header_fit(header, field, names[field]) >= EXACT for field in PLACE_FIELDS)


def _by_words(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the kinds that the words in cells speak for, each with the column; a kind counts once."""
    found: dict[str, str] = {}
    for column in table.columns:
        cells = table[column].dropna().head(_ROWS_LOOKED_AT).astype(str)
        if cells.empty:
            continue
        counts = cells.value_counts()
        kinds = pd.Series([_kind_of_word(word) for word in counts.index], index=counts.index, dtype=object)
        shares = counts.groupby(kinds).sum() / counts.sum()
        for kind, share in shares.items():
            if share >= _WORDS_SHARE:
                found.setdefault(str(kind), str(column))
    return list(found.items())


def _kind_of_word(word: str) -> str | None:
    if tier_of(word):
        return "tier_list"
    if code_of(word) not in (None, *_ALSO_LISTS):
        return "complaints"
    if word in KIND_WORDS["parking"]:
        return "parking"
    if word in KIND_WORDS["facilities"]:
        return "facilities"
    return None
