"""Mask personal names and numbers before anything is stored."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLES = "先生|女士|小姐|同志|师傅|大爷|大妈|阿姨|叔叔|老板"
_LEADS = "姓名|联系人|来电人|投诉人|举报人|反映人|当事人|摊主|经营者|市民|居民|业主|姓名为|我叫|名叫|叫做"

PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # identity card: 17 digits and a check character, or the 15 digits of the first generation
    (re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)"), "[证件号]"),
    (re.compile(r"(?<!\d)\d{6}\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}(?!\d)"), "[证件号]"),
    # mobile numbers, also with spaces or hyphens and with +86; landlines with their area code
    (re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)"), "[电话]"),
    (re.compile(r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)"), "[电话]"),
    (re.compile(r"(?<![\w])\+\d{1,3}[-\s]?\d[\d\s-]{6,14}\d(?!\d)"), "[电话]"),
    # plates: province, letter, five or six characters
    (
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{5,6}"
        ),
        "[车牌]",
    ),
    (re.compile(rf"({_LEADS})([:：为是]?\s*)[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])"), r"\1\2[姓名]"),
    (re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?={_TITLES})"), "[姓名]"),
)
"""What is masked, and by what."""


_MAYBE: Final = (
    r"\d(?:[\s\-]?\d){8}|\+\d|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]|"
    rf"{_TITLES}|{_LEADS}"
)
"""Text without this has nothing to mask: it is told quickly, a million cells a second."""


def mask(text: pd.Series) -> pd.Series:
    """
    Replace phone numbers, identity numbers, plates and names in text by the name of their kind.

    Names are found by what leads to them (联系人：王某) or by a title that follows a surname (张先生): a name that
    stands alone is not recognised.
    """
    result = text.astype(object).where(text.notna(), None)
    maybe = text.astype("string[pyarrow]").str.contains(_MAYBE, regex=True).fillna(False).to_numpy(dtype=bool)
    if not maybe.any():
        return result
    codes, distinct = pd.factorize(result[maybe])
    masked = pd.Series(distinct, dtype="string")
    for pattern, replacement in PATTERNS:
        masked = masked.str.replace(pattern, replacement, regex=True)
    result[maybe] = masked.to_numpy(dtype=object)[codes]
    return result
