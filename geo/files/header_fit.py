"""How well the header of a column fits a field, by its meaning in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from geo.core.name_matching import normal_name
from geo.files.crs_hints import DATUM_WORDS

COORDINATES: Final = ("lon", "lat", "coordinates")
"""Fields of coordinates."""
HAPPENED: Final = ("received_at", "answered_at", "closed_at")
"""Fields of what has happened; what was planned or required is none of them."""
DUE: Final = ("due_at",)
"""Fields of what is planned or required, and of nothing else."""
_PLANNED: Final = re.compile(
    r"要求|截止|计划|预计|预定|拟[定结完办竣]|规定|约定|期限|时限|限期|限时|承诺|到期|有效期|期至|最[迟晚]|目标"
    r"|(?<![响反供对])应(?!急|答时|对)|due|deadline|expect|plan|target|expir|valid|promis|estimat|schedul|sla"
)
_ACTUAL: Final = re.compile(r"实际|actual")
_APPROVED: Final = re.compile(
    r"批准|核准|批复|核发|审核|准予|准许|审批(?!时间$)|发证|颁发|签发|许可时间|许可起|approv|issued|granted"
)
"""A permit, licence or hoarding begins with its approval and ends with its expiry."""
_END: Final = re.compile(r"办结|结案|完成|关闭|处置|办理|竣工|整改|拆除|clos|complet|resol")
_ENDED: Final = re.compile(
    r"结案|办结|完成|关闭|处置|回访|更新|修改|派遣|派单|导出|打印|closed|updat|modif|resol|complet"
)
"""Times of later steps are no time of receipt."""
_NO_MOMENT: Final = re.compile(
    r"是否|小时|天数|工作日|用时|时长|次数|情况|结果|比例|进度|金额|费用|数量|率$|hours|days|minutes|on ?time|ontime"
)
"""Words of headers of durations and judgements: 办结用时, 是否按期."""
_CODES: Final = re.compile(r"(?:代码|编码|编号|code)$")
_WORDY: Final = ("category", "status", "channel", "text", "response", "kind")
"""Fields of words: a column of codes beside them is none."""
EQUAL: Final[Mapping[str, frozenset[str]]] = {
    "closed_at": frozenset({"结案时间", "办结时间", "完成时间", "关闭时间"}),
}
"""Exact names of a field that are no better than each other: a file with two of them is asked about."""
_ACTUALLY: Final = 2.0
"""How well an actual time fits whose longer name is none of the list: before every exact one without the word."""
_SHORTEST: Final = 3
"""Headers up to this length are not compared by likeness."""
_LEAST: Final = 0.82
"""How alike a header and a name must be where neither contains the other."""
EXACT: Final = 1.5
"""Rates above are of exact names."""


@lru_cache(maxsize=65_536)
def fold_header(header: str) -> str:
    """Return a header for comparing: without case, spaces and brackets; a date is called a time."""
    folded = re.sub(r"[\s_\-:：()（）【】\[\]*]+", "", normal_name(header))
    return folded.replace("日期", "时间") if folded != "日期" else "时间"


def header_fit(header: str, field: str, names: Sequence[str]) -> float:
    """Return how well a header fits a field, 0 where it does not: its exact name, then a longer or similar one."""
    folded = fold_header(header)
    if not folded or not _may_be(folded, field):
        return 0.0
    options = [fold_header(name) for name in (field, *names)]
    if folded in options:
        return 2.0 - 0.01 * options.index(folded)  # more than `EXACT`
    bare = next((word.sub("", folded) for word in DATUM_WORDS.values() if word.search(folded)), folded)
    if field in COORDINATES and bare != folded and bare in options:
        # of two pairs of columns, the one in WGS 84 needs no shift
        return 2.05 if DATUM_WORDS["WGS84"].search(folded) else 1.9 - 0.01 * options.index(bare)
    return _alike(folded, field, options)


def _alike(folded: str, field: str, options: Sequence[str]) -> float:
    """Return how well a header fits a field by a longer or a similar name; an actual time goes before others."""
    if field in _WORDY and _CODES.search(folded):
        return 0.0
    inside = [option for option in options if len(option) > 1 and not option.isascii() and option in folded]
    if inside and field in HAPPENED and _ACTUAL.search(folded):
        return _ACTUALLY
    if inside:
        return 1.0 + 0.5 * len(max(inside, key=len)) / len(folded)
    alike = max(fuzz.ratio(folded, option) / 100 for option in options)
    if alike >= _LEAST and len(folded) > _SHORTEST:
        return float(alike)
    return _planned_end(folded) if field in DUE else 0.0


def _may_be(folded: str, field: str) -> bool:
    """Tell whether a header may be of a field at all: a planned time is no past one, and an approval is no end."""
    if field in (*HAPPENED, *DUE) and _NO_MOMENT.search(folded):
        return False
    if field == "closed_at" and _APPROVED.search(folded):
        return False
    if field == "received_at" and _ENDED.search(folded):
        return False
    if field in HAPPENED:
        return not _PLANNED.search(folded)
    return field not in DUE or bool(_PLANNED.search(folded))


def _planned_end(folded: str) -> float:
    """Return how well a header fits a due time by being the planned moment of an end: 承诺办结时间, 预计完成时间."""
    return 1.0 + 0.1 * len(_PLANNED.sub("", folded)) / len(folded) if _END.search(folded) else 0.0
