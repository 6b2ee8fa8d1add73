"""A city's own words for categories: read, kept in the study, and used for every later file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.points.category_words import all_words, read_category_words, words_kept, words_table


def written(folder: Path, text: str) -> Path:
    file = folder / "words.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_codes_and_names_are_taken_and_open_rows_left_out(tmp_path: Path) -> None:
    file = written(tmp_path, "原词,类别,count\n上水井盖,street_works,3\n夜市,无照经营游商,1\nRodent,,9\n")
    assert read_category_words(file) == {"上水井盖": "street_works", "夜市": "unlicensed_stall"}
    assert read_category_words(written(tmp_path, "word,category\nRodent,Litter\n")) == {"Rodent": "litter"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("word,category\na,no such thing\n", "no category"), ("a,b\n1,2\n", "word"), ("word,x\na,b\n", "category")],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_category_words(written(tmp_path, text))


def test_the_last_of_words_that_are_alike_stands() -> None:
    table = words_table({"Rat Sighting": "noise", "rat  sighting": "litter"})
    assert table.to_numpy().tolist() == [["rat  sighting", "litter"]]
    odd = pd.concat([table, pd.DataFrame([{"word": "x", "category": "gone"}])])
    assert words_kept(odd) == {"rat  sighting": "litter"}


def test_a_citys_word_stands_over_the_tables() -> None:
    words = all_words({"占道经营": "outside_trading"})
    mine = words[words["word"] == "占道经营"]
    assert mine[["category", "own"]].to_numpy().tolist() == [["outside_trading", True]]
