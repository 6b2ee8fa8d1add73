"""Personal data masked in single words, in sentences about files, and in a person's own name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from geo.core import masking
from geo.core.masking import mask
from geo.core.text import Text

_LONGEST: Final = 60
"""Longer words of files are cut in messages."""
_QUOTED: Final = re.compile(r"[“「\"]([^”」\"]+)[”」\"]")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_NAME: Final = "张伟"
"""A name to try whether a header leads names, as 摊主 does."""


def masked(text: str) -> str:
    """Mask personal data in a text."""
    return str(mask(pd.Series([text], dtype=object)).iloc[0])


def mask_word(word: str) -> str:
    """Mask personal data in a word of a file, for messages."""
    return masked(word)[:_LONGEST]


def mask_words(words: Sequence[str]) -> list[str]:
    """Mask personal data in words of a file, as `mask_word` does in one."""
    return [str(word)[:_LONGEST] for word in mask(pd.Series(list(words), dtype=object))]


def mask_under(cells: pd.Series, header: str) -> pd.Series:
    """Mask personal data in a column; where its header leads names (联系人), also names that stand alone in cells."""
    lead = f"{header.strip()}："
    if not _CHINESE.search(lead) or masked(lead + _NAME) == lead + _NAME:
        return mask(cells)
    led = mask(lead + cells.astype(object).where(cells.notna(), None))
    return led.where(led.isna(), led.astype("string").str.removeprefix(masked(lead)).astype(object))


def mask_quoted(texts: pd.Series) -> pd.Series:
    """Mask personal data in the quoted parts of sentences: their other words are ours."""
    sentences = texts.astype(object)
    quoted = sorted({part for text in sentences.dropna().unique() for part in _QUOTED.findall(str(text))})
    hidden = dict(zip(quoted, mask(pd.Series(quoted, dtype=object)), strict=True))
    changed = {part: word for part, word in hidden.items() if part != word}
    if not changed:
        return sentences

    def replaced(text: object) -> object:
        if not isinstance(text, str):
            return text
        return _QUOTED.sub(lambda found: found[0].replace(found[1], str(hidden[found[1]])), text)

    return sentences.map(replaced)


def mask_quoted_text(text: Text) -> Text:
    """Mask personal data in the quoted parts of a sentence, in both languages."""
    zh, en = mask_quoted(pd.Series([text.zh, text.en], dtype=object))
    return Text(str(zh), str(en))


def mask_numbers(name: str) -> str:
    """Mask numbers and addresses in the name of an officer or account; the name itself stays."""
    return str(masking.mask_numbers(pd.Series([name], dtype=object)).iloc[0])
