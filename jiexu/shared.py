"""Shared parts of verbs: arguments, the reader's language, and errors as messages of one clear sentence."""

from __future__ import annotations

import codecs
import datetime as dt
import errno
import json
import math
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, ParamSpec, TypeVar

import typer

from geo.core.errors import JiexuError
from geo.core.text import Text, pick
from jiexu.language import language

if TYPE_CHECKING:
    import pandas as pd

    from geo.study.export import Written
    from geo.study.reader import Study as OpenStudy
    from geo.study.rights import Actor, Right

_P = ParamSpec("_P")
_R = TypeVar("_R")

_USERS_ERROR: Final = 2
FAULT: Final = 3
"""Exit statuses: a user's error, and a fault of ours."""

_ESCAPES: Final = "jiexu-json"
"""How characters that an encoding lacks are written in JSON."""

Study = Annotated[Path, typer.Argument(metavar="STUDY.gpkg", help="The study file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
NewKey = Annotated[
    bool, typer.Option("--new-key", help="Go on with a new key where the key of the study's pseudonyms is lost.")
]
Sheets = Annotated[
    list[str] | None,
    typer.Option("--sheet", "--layer", metavar="NAME", help="A sheet or layer of the file; by default all that fit."),
]
OnDay = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The rules in force on this day (2025-06-30); by default today."),
]


def cell_of(sheet: object, row: object, none: str = "") -> str:
    """Return the row of a finding as text, after its sheet where rows of several were read; `none` for no row."""
    number = str(int(float(row))) if isinstance(row, Real) and not math.isnan(row) and row != 0 else none
    return f"{sheet}!{number}" if isinstance(sheet, str) else number


def say_finding(file: str, finding: Mapping[str, Any]) -> None:
    """Print a finding of a file: `sheet`, `row`, `problem` and `action`."""
    problem, action = (pick(str(finding[part]), language()) for part in ("problem", "action"))
    typer.echo(f"{file}:{cell_of(finding['sheet'], finding['row'])}  {problem} → {action}")


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
        except BaseException as error:  # also a panic of a library in Rust, which is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
                raise
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever reads our output has enough: no fault
            known = _known(error)
            if known is not None:
                say(known)
                raise typer.Exit(_USERS_ERROR) from error
            say_fault(error, command.__name__)
            raise typer.Exit(FAULT) from error

    return run


def _known(error: BaseException) -> Text | None:
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


def say_fault(error: BaseException, doing: str) -> None:
    """Write the trace of a fault to a file, and say so in one sentence; after the trace, where traces are wanted."""
    from geo.core.faults import debugging, note_fault  # noqa: PLC0415 (a fault is rare)

    if debugging():
        traceback.print_exception(error)
    fault = note_fault(error, doing)
    if fault.log is None:
        say(
            Text(
                f"错误：街序出现内部故障 {fault.number}（{type(error).__name__}: {error}）；"
                f"无法在 {fault.folder} 写入日志（{fault.refused}）。",
                f"Error: Jiexu has failed, fault {fault.number} ({type(error).__name__}: {error}); its log cannot be "
                f"written in {fault.folder} ({fault.refused}).",
            )
        )
        return
    say(
        Text(
            f"错误：街序出现内部故障 {fault.number}，研究文件未被部分修改；请将日志 {fault.log} 发给维护者。",
            f"Error: Jiexu has failed, fault {fault.number}; no study is half changed. Please send its log to the "
            f"maintainers: {fault.log}",
        )
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


def note_changes() -> None:
    """Have every change of a study that a verb makes stand in the log of access, where there are accounts."""
    from geo.study.rights import when_changed  # noqa: PLC0415

    when_changed(_note_change)


def _note_change(actor: Actor, right: Right, study: Path) -> None:
    if has_accounts(study):
        from dashboards.access.acts import changed, note_done  # noqa: PLC0415

        note_done(lambda: changed(actor, right, study), say)


def note_export(study: Path, subject: str) -> None:
    """Note in the log of access that something of a study was written to a file, where there are accounts."""
    if has_accounts(study):
        from dashboards.access.acts import note_done, noted  # noqa: PLC0415
        from geo.study.rights import current  # noqa: PLC0415

        note_done(lambda: noted("exported", study, subject, current(), None), say)


def has_accounts(study: Path) -> bool:
    """Tell whether there are accounts beside a study."""
    from dashboards.access.store import NAME  # noqa: PLC0415

    return (study.absolute().parent / NAME).is_file()


def say_written(to: Path, written: Written, study: Path, layer: str) -> None:
    """
    Print the count of rows in a file, and a line for each thing that its format could not hold; note the export.

    Parameters
    ----------
    to, written
        The file, and what stands in it.
    study, layer
        Where it comes from.
    """
    note_export(study, f"{layer} → {to}")
    say(Text(f"{to}：{written.rows} 行", f"{to}: {written.rows} rows"))
    for note in written.notes:
        say(note)


def say_left_out(left_out: Mapping[str, int]) -> None:
    """Print how many rows a figure leaves out and why, where it leaves out any."""
    from geo.study.left_out import left_out_text  # noqa: PLC0415

    if left_out:
        say(left_out_text(left_out))


def rule_title(rule: str) -> str:
    """Return a rule's name, for reading."""
    from geo.rules.names import RULE_NAMES  # noqa: PLC0415

    return RULE_NAMES[rule].pick(language()) if rule in RULE_NAMES else rule
