"""Errors, each with its place and its remedy, in Chinese and in English."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.core.text import Language, Text

_ADDRESS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]+:/+[^/]|/vsi\w+/)", re.IGNORECASE)
"""How an address of the network begins; a path makes one slash of two."""


class JiexuError(Exception):
    """
    A problem that the user can mend.

    Parameters
    ----------
    problem
        What is wrong.
    remedy
        What to do next.
    """

    def __init__(self, problem: Text, remedy: Text) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.remedy = remedy

    def place(self, language: Language) -> str:
        """Return where the problem is ("tiers.csv, row 3: "), or nothing."""
        return ""

    def sentence(self, language: Language) -> str:
        """Return place, problem and remedy as one line; personal data of files is masked in it."""
        from geo.core.masked_words import mask_quoted_text, masked  # noqa: PLC0415 (loads pandas: errors are rare)

        stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
        place = self.place(language)
        lead = f"{masked(place)}{colon}" if place else ""
        problem, remedy = mask_quoted_text(self.problem), mask_quoted_text(self.remedy)
        return f"{lead}{problem.pick(language)}{stop}{remedy.pick(language)}{stop.strip()}"

    def __str__(self) -> str:
        return self.sentence("en")


class InputError(JiexuError):
    """A file that cannot be used, or a place in it (`row` counts from 1 as a spreadsheet does)."""

    def __init__(
        self, file: Path | str, problem: Text, remedy: Text, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(problem, remedy)
        self.file, self.row, self.column = str(file), row, column

    def place(self, language: Language) -> str:
        row, column = ("第 {} 行", "“{}”列") if language == "zh" else ("row {}", "column “{}”")
        parts = [self.file]
        if self.row is not None:
            parts.append(row.format(self.row))
        if self.column is not None:
            parts.append(column.format(self.column))
        return ("，" if language == "zh" else ", ").join(parts)


def no_file(path: Path | str) -> InputError:
    """Return the error of a file that is not there; an address of the network is none."""
    if _ADDRESS.match(str(path)):
        return InputError(
            path,
            Text("这是网络地址，街序不从网络读取文件", "It is an address: files are not fetched from the network"),
            Text("请先下载，再给出本地文件的路径", "Download it first, then name the file"),
        )
    return InputError(
        path, Text("找不到文件", "No such file"), Text("请检查路径和文件名", "Check the path and the name")
    )


class RuleError(JiexuError):
    """A rule profile that says something impossible; `path` names the parameter (`bay.min_width`), `line` its line."""

    def __init__(self, file: Path | str, path: str, problem: Text, remedy: Text, line: int | None = None) -> None:
        super().__init__(problem, remedy)
        self.file, self.path, self.line = str(file), path, line

    def place(self, language: Language) -> str:
        at = f"第 {self.line} 行" if language == "zh" else f"line {self.line}"
        file = self.file if self.line is None else f"{self.file}{'，' if language == 'zh' else ', '}{at}"
        return f"{file}: {self.path}" if self.path else file


class StudyError(JiexuError):
    """A study file that cannot be read or written."""


class InfeasibleError(StudyError):
    """A choice that does not exist: nothing fulfils all that is asked."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """
    Turn the operating system's refusals while writing near `path` into a sentence with a remedy.

    Raises
    ------
    StudyError
        In place of `OSError` (read-only folder, full disk) and of GDAL's and SQLite's words for them.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, (OSError, sqlite3.OperationalError, *_gdal_errors())):
            raise
        raise StudyError(
            Text(f"无法写入 {path}（{error}）", f"Cannot write {path} ({error})"),
            Text(
                "请检查文件夹是否可写、磁盘是否已满、文件是否被其他程序占用，然后重试；原有研究文件未改动",
                "Check that the folder is writable, the disk has room and no other program holds the file, "
                "then try again; an existing study was not touched",
            ),
        ) from error


def _gdal_errors() -> tuple[type[Exception], ...]:
    """Return GDAL's errors for a file that it cannot write; none before something has loaded GDAL."""
    loaded = sys.modules.get("pyogrio.errors")
    return () if loaded is None else (loaded.DataSourceError, loaded.DataLayerError, loaded.FeatureError)
