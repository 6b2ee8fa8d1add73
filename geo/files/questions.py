"""Questions that a file leaves open and a person must answer before anything of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from geo.core.errors import InputError
from geo.core.masked_words import masked
from geo.core.text import Text


class QuestionDocument(TypedDict):
    """
    An open question about a file.

    Attributes
    ----------
    field
        The field in question: `received_at`, `crs`.
    column
        The column or columns of the file.
    text
        The question, in Chinese and in English.
    examples
        Cells of the first rows in question.
    choices
        The possible answers, as the option takes them: `dmy`, `GCJ-02`.
    evidence
        For each choice, its effect on the first example or the evidence for it.
    answer
        The option that answers: `--dates`, `--map`, `--crs`.
    """

    field: str
    column: str
    text: dict[str, str]
    examples: list[str]
    choices: list[str]
    evidence: list[str]
    answer: str


@dataclass(frozen=True)
class Question:
    """
    An open question about a file; its attributes are the keys of `QuestionDocument`.

    Personal data in headers and cells is masked. Nothing of the file is stored before it is answered: on a page it is
    asked above a button that cannot be pressed, on the command line it is an error that names the option.
    """

    field: str
    column: str
    text: Text
    examples: tuple[str, ...]
    choices: tuple[str, ...]
    answer: str
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("examples", "choices", "evidence"):
            object.__setattr__(self, name, tuple(masked(word) for word in getattr(self, name)))
        object.__setattr__(self, "column", masked(self.column))
        object.__setattr__(self, "text", Text(masked(self.text.zh), masked(self.text.en)))

    def as_dict(self) -> QuestionDocument:
        """Return the question as a row of `questions` in `jiexu add --dry-run --json`."""
        return {
            "field": self.field,
            "column": self.column,
            "text": {"zh": self.text.zh, "en": self.text.en},
            "examples": list(self.examples),
            "choices": list(self.choices),
            "evidence": list(self.evidence),
            "answer": self.answer,
        }


class AskedError(InputError):
    """A file that is not stored before its questions are answered."""

    def __init__(self, file: Path | str, questions: Sequence[Question]) -> None:
        first = questions[0]
        columns = ", ".join(dict.fromkeys(question.column for question in questions if question.column))
        said = " ".join(_options(questions))
        super().__init__(
            file,
            first.text,
            Text(f"请用 {said} 回答后重试；未写入任何内容", f"Answer with {said} and try again; nothing was stored"),
            column=columns or None,
        )
        self.questions = tuple(questions)


def _options(questions: Sequence[Question]) -> list[str]:
    """Return the options that answer: one for all columns with the same choices, else one for each column."""
    options: list[str] = []
    for answer in dict.fromkeys(question.answer for question in questions):
        asked = [question for question in questions if question.answer == answer]
        if len({question.choices for question in asked}) == 1:
            options.append(f"{answer} {'|'.join(asked[0].choices)}")
        else:
            options += [f"{answer} {question.column}={'|'.join(question.choices)}" for question in asked]
    return options
