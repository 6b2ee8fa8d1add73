"""The categories of complaints, as codes with their names; an unlisted category is kept as it was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypedDict

import yaml

from geo.core.text import Text


class _Row(TypedDict):
    """A category of the table: its names, and its other names in files."""

    zh: str
    en: str
    also: list[str]


_TABLE: Final[dict[str, _Row]] = yaml.safe_load(Path(__file__).with_name("categories.yaml").read_text(encoding="utf-8"))

CATEGORIES: Final[dict[str, Text]] = {code: Text(row["zh"], row["en"]) for code, row in _TABLE.items()}
"""The code table, `geo/points/categories.yaml`."""

RETIRED: Final[dict[str, Text]] = {
    "hoarding": Text("违规户外广告、围挡或晾挂（旧类）", "Advertising, hoardings or laundry (old category)")
}
"""Codes of earlier versions that were split: rows in older studies have them until their file is imported again."""

SUCCESSORS: Final[dict[str, tuple[str, ...]]] = {"hoarding": ("advertising", "works_hoarding", "hung_laundry")}
"""The present codes of each retired one."""

CATEGORY_NAMES: Final[dict[str, Text]] = {**CATEGORIES, **RETIRED}
"""The names of all codes that a study may have."""

CODE_OF: Final[dict[str, str]] = {
    name: code for code, row in _TABLE.items() for name in (code, row["zh"], row["en"], *row["also"])
}
"""The code that a name stands for."""


def word_key(word: str) -> str:
    """Return a word for comparing: without case, width, spaces and signs between its parts."""
    return re.sub(r"[\s（）()/、，,_-]+", "", unicodedata.normalize("NFKC", str(word))).casefold()


_BY_KEY: Final = {word_key(word): code for word, code in CODE_OF.items()}


def code_of(word: str) -> str | None:
    """Return the code that a word stands for, None for a word of no category."""
    return _BY_KEY.get(word_key(word))


def words_of(own: Mapping[str, str]) -> dict[str, str]:
    """Return the codes by the words of the table, with a city's own words over them."""
    keys = {word_key(word) for word in own}
    return {**{word: code for word, code in CODE_OF.items() if word_key(word) not in keys}, **own}
