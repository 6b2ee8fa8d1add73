"""An error says in either language where the problem is, what is wrong, and what to do next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from geo.core.errors import InputError, RuleError, StudyError, writing
from geo.core.text import Text

PROBLEM, REMEDY = Text("不是数字", "It is no number"), Text("请改正", "Correct it")


@pytest.mark.parametrize(
    ("row", "column", "zh", "en"),
    [
        (None, None, "a.csv", "a.csv"),
        (3, None, "a.csv，第 3 行", "a.csv, row 3"),
        (3, "price", "a.csv，第 3 行，“price”列", "a.csv, row 3, column “price”"),
    ],
)
def test_a_place_in_a_file_is_named_in_both_languages(row: int | None, column: str | None, zh: str, en: str) -> None:
    error = InputError("a.csv", PROBLEM, REMEDY, row, column)
    assert error.sentence("zh") == f"{zh}：不是数字。请改正。"
    assert error.sentence("en") == str(error) == f"{en}: It is no number. Correct it."


def test_a_rule_is_named_by_its_path_and_line() -> None:
    error = RuleError("own.yaml", "bay.length", PROBLEM, REMEDY, line=7)
    assert error.sentence("en") == "own.yaml, line 7: bay.length: It is no number. Correct it."
    assert error.sentence("zh") == "own.yaml，第 7 行: bay.length：不是数字。请改正。"


def test_a_study_has_no_place_but_its_sentence() -> None:
    assert str(StudyError(PROBLEM, REMEDY)) == "It is no number. Correct it."


@pytest.mark.parametrize("refusal", [OSError("disk full"), sqlite3.OperationalError("database is locked")])
def test_a_refusal_while_writing_is_a_sentence_with_a_remedy(refusal: Exception) -> None:
    with pytest.raises(StudyError, match=r"Cannot write out\.gpkg") as caught, writing(Path("out.gpkg")):
        raise refusal
    assert str(refusal) in caught.value.problem.zh
    assert caught.value.__cause__ is refusal


def test_other_faults_while_writing_are_not_hidden() -> None:
    with pytest.raises(KeyError), writing(Path("out.gpkg")):
        raise KeyError("a fault of ours")
