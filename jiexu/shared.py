"""Shared parts of verbs: arguments, the reader's language, and errors as messages of one clear sentence."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, ParamSpec, TypeVar

import typer

from geo.core.errors import JiexuError
from geo.core.text import Text
from jiexu.language import language

if TYPE_CHECKING:
    import pandas as pd

    from geo.study.reader import Study as OpenStudy

_P = ParamSpec("_P")
_R = TypeVar("_R")

_USERS_ERROR: Final = 2
_FAULT: Final = 3
"""Exit statuses: a user's error, and a fault of ours."""

Study = Annotated[Path, typer.Argument(metavar="STUDY.gpkg", help="The study file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
OnDay = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The rules in force on this day (2025-06-30); by default today."),
]


def errors_as_messages(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """
    Turn errors into one clear sentence: exit status 2 for one that the user can mend, 3 for a fault of ours.

    The trace of a fault goes to a file, which the sentence names.
    """

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except JiexuError as error:
            lead = "错误：" if language() == "zh" else "Error: "
            typer.echo(lead + error.sentence(language()), err=True)
            raise typer.Exit(_USERS_ERROR) from error
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever reads our output has enough: no fault
            say(_fault(error))
            raise typer.Exit(_FAULT) from error

    return run


def _fault(error: Exception) -> Text:
    """Write the trace of a fault to a file, and return the sentence that says so."""
    import platformdirs  # noqa: PLC0415 (a fault is rare)

    number = f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}-{os.getpid()}"
    folder = Path(platformdirs.user_cache_dir("jiexu")) / "faults"
    file = folder / f"{number}.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # a trace may quote what the study says of people
        file.write_text(_masked_lines("".join(traceback.format_exception(error))), encoding="utf-8")
    except OSError as refused:
        said = f"{type(error).__name__}: {_masked_lines(str(error))}"
        return Text(
            f"错误：街序出现内部故障 {number}（{said}）；无法写入日志 {file}（{refused.strerror}）。",
            f"Error: Jiexu has failed, fault {number} ({said}); the log {file} cannot be written ({refused.strerror}).",
        )
    return Text(
        f"错误：街序出现内部故障 {number}，研究文件未被部分修改；请将日志 {file} 发给维护者。",
        f"Error: Jiexu has failed, fault {number}; no study is half changed. Please send its log to the maintainers: "
        f"{file}",
    )


def _masked_lines(text: str) -> str:
    """Mask personal data in each line of a trace."""
    import pandas as pd  # noqa: PLC0415

    from geo.core.masking import mask  # noqa: PLC0415

    return "\n".join(mask(pd.Series(text.split("\n"), dtype=object)))


def bad_option(text: Text) -> typer.BadParameter:
    """Return the error of a wrong option, in the reader's language."""
    return typer.BadParameter(text.pick(language()))


def print_document(document: Any) -> None:
    """Print one JSON document: all that a verb writes to standard output with `--json`."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def day(text: str, study: Path) -> pd.Timestamp:
    """Return the moment that a day, as 2025-12-01, begins on a study's clock."""
    from geo.files.moments import moment_of  # noqa: PLC0415 (loads pandas, which few verbs need here)
    from geo.study.reader import open_study  # noqa: PLC0415

    try:
        return moment_of(text, open_study(study).place.timezone)
    except ValueError as error:
        raise bad_option(Text("--at 须为日期，如 2025-12-01", "--at takes a day like 2025-12-01")) from error


def rules_day_of(on: str | None) -> dt.date | None:
    """Return the day of an option `--on`, or None where it is not given."""
    if on is None:
        return None
    try:
        return dt.date.fromisoformat(on.strip())
    except ValueError as error:
        raise bad_option(Text("--on 须为日期，如 2025-06-30", "--on takes a day like 2025-06-30")) from error


def under_rules(study: Path, on: str | None) -> OpenStudy:
    """Return a handle of a study under the rules in force on the day of an option `--on`."""
    from geo.study.reader import open_study  # noqa: PLC0415 (loads pandas, which few verbs need here)

    return open_study(study).under_rules_of(rules_day_of(on))


def say(text: Text) -> None:
    typer.echo(text.pick(language()), err=True)


def rule_title(rule: str) -> str:
    """Return a rule's name, for reading."""
    from geo.rules.names import RULE_NAMES  # noqa: PLC0415

    return RULE_NAMES[rule].pick(language()) if rule in RULE_NAMES else rule
