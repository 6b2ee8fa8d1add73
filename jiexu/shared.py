"""Shared parts of verbs: arguments, the reader's language, and errors as messages of one clear sentence."""

from __future__ import annotations

import codecs
import datetime as dt
import errno
import json
import os
import sys
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

_ESCAPES: Final = "jiexu-json"
"""How characters that an encoding lacks are written in JSON."""

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
            known = _known(error)
            if known is not None:
                say(known)
                raise typer.Exit(_USERS_ERROR) from error
            say(_fault(error))
            raise typer.Exit(_FAULT) from error

    return run


def _known(error: Exception) -> Text | None:
    """Return the sentence of an error of the system that the user can mend, or None."""
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return Text(
            f"错误：文件名或路径过长：{error.filename}。请缩短后重试（文件名最多 255 字节，一个汉字占 3 字节）。",
            f"Error: this name or path is too long: {error.filename}. Shorten it and try again (a name takes at most "
            "255 bytes, a Chinese character 3 of them).",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        return Text(
            "错误：无法写出结果：磁盘已满。请腾出空间后重试。",
            "Error: the output cannot be written: the disk is full. Make room and try again.",
        )
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return Text(
            "错误：参数不是终端编码的文字。请将终端设为 UTF-8（如 LANG=zh_CN.UTF-8）后重试。",
            "Error: an argument is no text in the terminal's encoding. Set the terminal to UTF-8 (LANG=en_US.UTF-8), "
            "then try again.",
        )
    return None


def _fault(error: Exception) -> Text:
    """Write the trace of a fault to a file, and return the sentence that says so."""
    import platformdirs  # noqa: PLC0415 (a fault is rare)

    number = f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}-{os.getpid()}"
    folder = Path(platformdirs.user_cache_dir("jiexu")) / "faults"
    file = folder / f"{number}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # a trace may quote what the study says of people
        file.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError as refused:
        return Text(
            f"错误：街序出现内部故障 {number}（{type(error).__name__}: {error}）；"
            f"无法写入日志 {file}（{refused.strerror}）。",
            f"Error: Jiexu has failed, fault {number} ({type(error).__name__}: {error}); the log {file} cannot be "
            f"written ({refused.strerror}).",
        )
    return Text(
        f"错误：街序出现内部故障 {number}，研究文件未被部分修改；请将日志 {file} 发给维护者。",
        f"Error: Jiexu has failed, fault {number}; no study is half changed. Please send its log to the maintainers: "
        f"{file}",
    )


def bad_option(text: Text) -> typer.BadParameter:
    """Return the error of a wrong option, in the reader's language."""
    return typer.BadParameter(text.pick(language()))


def print_document(document: Any) -> None:
    """Print one JSON document: all that a verb writes to standard output with `--json`."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    # a document loses nothing where the output is in code page 936 or ASCII
    typer.echo(text.encode(encoding, _ESCAPES).decode(encoding))


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return the characters that an encoding lacks as JSON escapes them (`\\u20ac`)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPES, _escaped)


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
