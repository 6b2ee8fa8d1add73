"""Mask personal names and numbers before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from geo.core.alternatives import any_of
from geo.core.folding import folded
from geo.core.home_addresses import addresses
from geo.core.patterns import pattern
from geo.core.personal_names import names
from geo.core.personal_numbers import Span, numbers
from geo.core.personal_words import COMPOUND, FORMAL, PEOPLE, RARE, ROLES, SHORT, SOUNDS, SURNAMES, WORK
from geo.core.segmented import DOING, STAFF

MASKS: Final[dict[str, str]] = {
    "phone": "[电话]",
    "identity": "[证件号]",
    "bank_card": "[银行卡]",
    "wechat": "[微信]",
    "qq": "[QQ]",
    "email": "[邮箱]",
    "plate": "[车牌]",
    "address": "[门牌]",
    "name": "[姓名]",
}
"""Kinds of personal data, and what stands in a text in their place."""

NUMBERS: Final = frozenset(MASKS) - {"name"}
"""Kinds that are hidden even where a name must stay, as in the name of an officer who decided."""

_FEW: Final = 2_000
_MASK: Final = pattern("|".join(map(re.escape, MASKS.values())))
_NUMBERS_MAYBE: Final = (
    r"\d(?:[^\d㐀-鿿]{0,6}\d){6}|(?:[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖\d][^A-Za-z㐀-鿿\d]{0,3}){6}[零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖\d]|"
    r"(?i:[证照胞份卡码号扣鹅球群可qx]|[sv]n|port|id|licen|visa|card)[^\d]{0,9}\d(?:[^\d㐀-鿿]{0,3}[\dx*]){3}|"
    r"@|\d[A-Za-z]|[A-Za-z][^㐀-鿿]{0,3}\d|(?i:微 ?信|威信|薇信|徽信|维信|卫信|[vw]x|v信|wechat|weixin|wxid|wj|使\d|\d{6}使)"
)
_ADDRESS_MAYBE: Final = r"[\d一二三四五六七八九十A-Za-z]\s?(?:号|栋|幢|座|单元|门|室|户|房|楼|排|弄|#)|\d\s?[\-#—–]\s?\d|(?i:apt|apartment|unit|flat|room|\bliv|resid|home|house|address)|[东西南北中]户|[楼层][上下]\d{3}"
_ACTS: Final = {
    "来": "电信访函说到自回",
    "希": "望",
    "多": "次年名人个",
    "都": "是在有不说没",
    "和": "其",
    "向": "我",
    "因": "为",
    "要": "求",
}
"""Characters of names, and those that make an act of them after a role: 市民希望, 居民多次."""
_HEADS: Final = SURNAMES | RARE | SOUNDS | {name[0] for name in COMPOUND}
_HEAD: Final = "".join(sorted(_HEADS))
_BEGIN: Final = "|".join(
    [
        f"[{''.join(sorted(_HEADS - set(_ACTS)))}A-Z]",
        *(f"{first}[^{acts}]" for first, acts in _ACTS.items() if first in _HEADS),
    ]
)
_LAST: Final = "".join(sorted(SURNAMES | {name[-1] for name in COMPOUND}))
_NAMES_MAYBE: Final = (
    rf"(?:{any_of([*ROLES, *STAFF, *PEOPLE])})(?:姓名|名字|信息|为|是|叫|名|[ :;,(\[<“\"'‘【《\-—])*(?:{_BEGIN})|"
    rf"(?:{any_of([*ROLES, *STAFF])})(?:姓名|名字|信息|为|是|叫|名|[ :;,(\[<“\"'‘【《\-—])*[:;(【]|"
    rf"{DOING.pattern.replace('(?=', '(?:')}|[㐀-鿿A-Za-z.] ?(?:{any_of(word for word in [*FORMAL, *WORK] if len(word) > 1)})|"
    rf"[{_LAST}][{''.join(SHORT)}嫂]|[老小大胖][{_LAST}]|[阿小][㐀-鿿]|[{_LAST}][某×✕*○〇xX]|姓[{_HEAD}]|[{_HEAD}]姓|[,，(（ 、/] ?[男女]|[·•・‧∙⋅.﹒][㐀-鿿]|"
    rf"[A-Z][a-zß-ɏ'’\-]+ [A-Z]|"
    r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Officer|Inspector|Sgt|Capt|Lt|Council|"
    r"[Nn]ame|[Cc]aller|[Rr]eported|[Ss]ubmitted|[Rr]equested|[Ss]igned|[Cc]omplain|[Cc]ontact|[Aa]sk for|[Rr]esident|[Nn]eighbo|[Ll]andlord|[Tt]enant|[Oo]wner|I'm|I am|[Ff]eedback|[Mm]essage|[Ll]etter|[Ee]-?mail|[Tt]his is|[Ss]poke|[Cc]alled|[Rr]egards|[Ss]incerely|[Tt]hanks"
)
"""Tests that tell quickly the many texts without personal data; all that a search can find passes them."""


_LONG: Final = 1_000
_END: Final = pattern(r"[\n\r。！？；;!?]|[,，.] ?(?=[^\d\s])|\s{2,}")
"""Longer texts are searched in parts, cut where a sentence or a clause ends."""


def mask(text: pd.Series) -> pd.Series:
    """
    Replace names, telephone numbers, identity numbers, accounts, plates and doors in text by the name of their kind.

    Names are found by a role before them (联系人王某), a title or an act after them (张先生, 市民张伟反映), as nicknames
    (老王) and beside a telephone: a name without any of these is not recognised. A masked text is masked no further.

    Parameters
    ----------
    text
        Texts of any kind; None and NaN stay what is missing.

    Returns
    -------
    masked
        The texts with the same index, as objects; a text without personal data keeps its own characters.
    """
    return _masked(text, frozenset(MASKS))


def mask_numbers(text: pd.Series) -> pd.Series:
    """
    Replace numbers and addresses of persons in text, and keep their names.

    For the person who signs a decision: the name is what the log is for, the telephone number is not.
    """
    return _masked(text, NUMBERS)


def found(text: pd.Series) -> pd.DataFrame:
    """
    Return the kinds of personal data in texts, without the data.

    Parameters
    ----------
    text
        As for `mask`.

    Returns
    -------
    kinds
        `row` (the index of the text) and `kind` (a key of `MASKS`), one row for each stretch, in the order of the texts.
    """
    codes, distinct = _distinct(text)
    spans = _search(distinct, frozenset(MASKS))
    rows, kinds = [], []
    for row, code in zip(text.index, codes, strict=True):
        for span in spans.get(int(code), ()):
            rows.append(row)
            kinds.append(span.kind)
    return pd.DataFrame({"row": pd.Series(rows, dtype=text.index.dtype), "kind": pd.Series(kinds, dtype=object)})


def places(text: pd.Series) -> list[list[tuple[int, int]]]:
    """Return where the personal data of each text stands: start and end, for measurements."""
    codes, distinct = _distinct(text)
    spans = _search(distinct, frozenset(MASKS))
    return [[(span.start, span.end) for span in spans.get(int(code), ())] for code in codes]


def kinds(text: pd.Series) -> dict[str, int]:
    """Return how many stretches of each kind of personal data texts have; kinds without one are left out."""
    counted = found(text)["kind"].value_counts()
    return {kind: int(counted[kind]) for kind in MASKS if kind in counted}


def _distinct(text: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the distinct texts, and the number of each row's; -1 where a row has none."""
    codes, distinct = pd.factorize(text.astype(object).where(text.notna(), None))
    return codes, [word if isinstance(word, str) else str(word) for word in distinct]


def _masked(text: pd.Series, wanted: Collection[str]) -> pd.Series:
    result = text.astype(object).where(text.notna(), None)
    codes, distinct = _distinct(text)
    spans = _search(distinct, wanted)
    if not spans:
        return result
    changed = np.zeros(len(distinct) + 1, dtype=bool)
    masked = np.empty(len(distinct) + 1, dtype=object)
    for number, found_spans in spans.items():
        changed[number] = True
        masked[number] = _replaced(distinct[number], found_spans)
    rows = changed[codes]
    values = result.to_numpy(dtype=object, copy=True)
    values[rows] = masked[codes[rows]]
    return pd.Series(values, index=result.index, name=result.name, dtype=object)


def _replaced(text: str, spans: list[Span]) -> str:
    pieces, place = [], 0
    for start, end, kind in spans:
        pieces += [text[place:start], MASKS[kind]]
        place = end
    return "".join([*pieces, text[place:]])


def _search(texts: list[str], wanted: Collection[str]) -> dict[int, list[Span]]:
    """
    Return the personal data of texts, by the number of the text.

    A text is searched stretch by stretch between its masks, and again beside what was found, until nothing is: so that
    a masked text has nothing left to mask.
    """
    spans: dict[int, list[Span]] = {}
    pieces = [(number, 0, text) for number, text in enumerate(texts)]
    pieces = [piece for number, start, text in pieces for piece in _between_masks(number, start, text)]
    pieces = [part for piece in pieces for part in _sentences(*piece)]
    while pieces:
        after: list[tuple[int, int, str]] = []
        distinct = list(dict.fromkeys(text for _, _, text in pieces))
        hits_of = dict(_hits(distinct, wanted))
        for number, start, text in pieces:
            if not (hits := hits_of.get(text)):
                continue
            spans.setdefault(number, []).extend(Span(start + a, start + b, kind) for a, b, kind in hits)
            place = 0
            for a, b, _ in [*hits, Span(len(text), len(text), "")]:
                if a - place > 1:
                    after.append((number, start + place, text[place:a]))
                place = b
        pieces = after
    return {number: sorted(hits) for number, hits in spans.items()}


def _between_masks(number: int, start: int, text: str) -> Iterator[tuple[int, int, str]]:
    if "[" not in text:
        yield number, start, text
        return
    place = 0
    for match in _MASK.finditer(text):
        yield number, start + place, text[place : match.start()]
        place = match.end()
    yield number, start + place, text[place:]


def _sentences(number: int, start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield a long text in parts that end with a sentence: the time of a search grows faster than the text."""
    place = 0
    while len(text) - place > _LONG:
        ends = [match.end() for match in _END.finditer(text, place + _LONG // 2, place + _LONG)]
        end = ends[-1] if ends else place + _LONG
        yield number, start + place, text[place:end]
        place = end
    yield number, start + place, text[place:]


def _hits(texts: list[str], wanted: Collection[str]) -> Iterator[tuple[str, list[Span]]]:
    """Yield the texts with personal data, and the data; a cheap test tells most texts without any."""
    plain = [folded(text) for text in texts]
    numbered, addressed, named = _contain(plain, (_NUMBERS_MAYBE, _ADDRESS_MAYBE, _NAMES_MAYBE))
    if "name" not in wanted:
        named = np.zeros(len(plain), dtype=bool)
    chosen = np.flatnonzero(numbered | addressed | named)
    signs = zip(
        chosen.tolist(), numbered[chosen].tolist(), addressed[chosen].tolist(), named[chosen].tolist(), strict=True
    )
    for at, number, address, name in signs:
        text = plain[at]
        hits = numbers(text) if number else []
        if address:
            hits = _joined(hits, addresses(text), "address")
        if name or (hits and "name" in wanted):
            hits = _joined(hits, names(text, hits, name), "name")
        if hits:
            yield texts[at], hits


def _contain(texts: list[str], tests: Sequence[str]) -> list[np.ndarray]:
    """Mark the texts that match each test; for a few the fast matcher takes too long to get ready."""
    if len(texts) < _FEW:
        patterns = map(_test, tests)
        return [np.array([pattern.search(text) is not None for text in texts], dtype=bool) for pattern in patterns]
    import pyarrow as pa  # noqa: PLC0415 (few lists are so long)
    from pyarrow import compute  # noqa: PLC0415

    column = pa.array(texts, pa.large_string())
    return [compute.match_substring_regex(column, test).to_numpy(zero_copy_only=False) for test in tests]


@cache
def _test(text: str) -> re.Pattern[str]:
    """Return a test made ready, once for the process: Python's own cache is too small for all patterns."""
    return re.compile(text)


def _joined(spans: list[Span], more: Iterator[tuple[int, int]] | list[tuple[int, int]], kind: str) -> list[Span]:
    """Return spans in order, with the more that stand beside them; of two over each other the longer one stays."""
    result = list(spans)
    for start, end in sorted(more, key=lambda place: place[0] - place[1]):
        if end > start and all(end <= span.start or start >= span.end for span in result):
            result.append(Span(start, end, kind))
    return sorted(result) if len(result) > 1 else result
