"""A city's own words for categories of complaints: a table that a user edits, kept in the study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from geo.core.errors import InputError
from geo.core.masked_words import mask_word
from geo.core.text import Text
from geo.files.column_matching import find_columns
from geo.files.formats import read_file
from geo.points.categories import CATEGORIES, CODE_OF, code_of, word_key
from geo.study.schema import conform

_ALIASES: Final = {
    "word": ("原词", "词", "用词", "原类别", "原始类别", "名称", "小类名称", "words", "name", "type", "complaint type"),
    "category": ("类别", "代码", "类别代码", "街序类别", "code", "jiexu"),
}


def read_category_words(path: Path | str) -> dict[str, str]:
    """
    Read a table of words for categories.

    Parameters
    ----------
    path
        CSV, XLSX or another table with the columns `word` (原词) and `category` (类别): a code, or its name in Chinese
        or English. Rows without a category are left out: a table with counts of unknown words can be filled in.

    Returns
    -------
    words
        Code by word.

    Raises
    ------
    InputError
        If it is no such table, or a category is none.
    """
    path = Path(path)
    found = find_columns(read_file(path).table, _ALIASES)
    for field, title in (("word", Text("原词", "word")), ("category", Text("类别", "category"))):
        if found[field].isna().all():
            raise InputError(
                path,
                Text(f"没有“{title.zh}”列，或该列为空", f"There is no column “{title.en}”, or it is empty"),
                Text("首行请写列名：原词,类别", "Name the columns in the first row: word,category"),
                column=field,
            )
    rows = found[found["word"].notna() & found["category"].notna()]
    words: dict[str, str] = {}
    for row, word, name in zip(rows.index, rows["word"], rows["category"], strict=True):
        code = code_of(str(name))
        if code is None:
            raise InputError(
                path,
                Text(f"没有类别“{mask_word(str(name))}”", f"There is no category “{mask_word(str(name))}”"),
                Text(f"可用：{'、'.join(CATEGORIES)}", f"Use one of {', '.join(CATEGORIES)}"),
                row=int(row),
                column="category",
            )
        words[str(word).strip()] = code
    return words


def words_kept(table: pd.DataFrame) -> dict[str, str]:
    """Return the words of the study's table `category_words`; rows of codes that there are no more are left out."""
    rows = table[table["word"].notna() & table["category"].isin(list(CATEGORIES))]
    return dict(zip(rows["word"].astype(str), rows["category"].astype(str), strict=True))


def words_table(words: Mapping[str, str]) -> pd.DataFrame:
    """Return the study's table `category_words`; of words that differ in case or spaces only, the last stands."""
    by_key = {word_key(word): (word, code) for word, code in words.items()}
    rows = sorted(by_key.values(), key=lambda row: (row[1], row[0]))
    return conform(pd.DataFrame(rows, columns=["word", "category"]), "category_words")


def all_words(words: Mapping[str, str]) -> pd.DataFrame:
    """
    Return the table of all words that are used: the city's own, then the words that come along.

    Returns
    -------
    table
        `word`, `category`, `own` (whether it is the city's).
    """
    keys = {word_key(word) for word in words}
    given = [(word, code, False) for word, code in CODE_OF.items() if word_key(word) not in keys]
    return pd.DataFrame(
        [*((word, code, True) for word, code in words.items()), *given], columns=["word", "category", "own"]
    )
