"""What verbs share: their arguments, the reader's language, and errors in one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from geo.core.errors import JiexuError
from geo.core.text import Text
from jiexu.language import language

if TYPE_CHECKING:
    import pandas as pd

_P = ParamSpec("_P")
_R = TypeVar("_R")
Study = Annotated[Path, typer.Argument(metavar="STUDY.gpkg", help="The study file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def speaks(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn an error of Jiexu's into one clear sentence and exit status 2."""

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except JiexuError as error:
            lead = "错误：" if language() == "zh" else "Error: "
            typer.echo(lead + error.sentence(language()), err=True)
            raise typer.Exit(2) from error

    return run


def print_document(document: object) -> None:
    """Print one JSON document: all that a verb writes to standard output with `--json`."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def day(text: str, study: Path) -> pd.Timestamp:
    """Return the moment that a day, as 2025-12-01, begins on a study's clock."""
    from geo.complaints.answer_times import as_moment  # noqa: PLC0415 (loads pandas, which few verbs need here)
    from geo.study.file import place_of_study  # noqa: PLC0415

    try:
        return as_moment(text, place_of_study(study).timezone)
    except ValueError as error:
        raise typer.BadParameter("--at takes a day like 2025-12-01") from error


def say(text: Text) -> None:
    typer.echo(text.pick(language()), err=True)


def rule_title(rule: str) -> str:
    """Return what a rule is called, for reading."""
    from geo.rules.names import RULE_NAMES  # noqa: PLC0415

    return RULE_NAMES[rule].pick(language()) if rule in RULE_NAMES else rule
