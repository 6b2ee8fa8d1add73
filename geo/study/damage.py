"""Damage of a study file, as errors that say the next step."""

from __future__ import annotations

import json
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from geo.core.errors import StudyError
from geo.core.text import Text

_BUSY: Final = ("locked", "busy", "readonly", "unable to open", "full")
"""SQLite's words for a file that is sound but not to be had now."""

_ERRORS: Final = (sqlite3.DatabaseError, struct.error, UnicodeDecodeError, json.JSONDecodeError)
_READERS: Final = {
    "shapely.errors": "ShapelyError",
    "pyarrow.lib": "ArrowException",
}
"""Errors of libraries that read a study's layers, by their modules."""


class DamagedError(StudyError):
    """A study file, or a layer of it, that is not as it was written."""


def damaged(path: Path, layer: str | None = None, detail: Text | Exception | None = None) -> DamagedError:
    """
    Return the error of a damaged study.

    Parameters
    ----------
    path
        The study.
    layer
        The damaged layer or table; None where the file as a whole is meant.
    detail
        What is known of the damage.
    """
    said = detail if isinstance(detail, Text) else Text(str(detail), str(detail))
    shown, known = ("", "") if detail is None else (f"（{said.zh}）", f" ({said.en})")
    where = Text(f"研究文件 {path} 已损坏", f"The study {path} is damaged")
    if layer is not None:
        where = Text(
            f"研究文件 {path} 的图层 {layer} 已损坏，内容与写入时不一致",
            f"The layer {layer} of the study {path} is damaged: it is not as it was written",
        )
    return DamagedError(
        Text(where.zh + shown, where.en + known),
        Text(
            f"请运行 jiexu verify {path.name}，查看哪些内容完好、从何处恢复",
            f"Run jiexu verify {path.name}: it says what is still sound and what to restore from",
        ),
    )


@contextmanager
def reading(path: Path, layer: str | None = None) -> Iterator[None]:
    """
    Turn errors of SQLite and of the readers of layers into a sentence on a damaged study.

    Raises
    ------
    DamagedError
        In place of their errors; a file that is merely locked keeps its own.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error, (*_ERRORS, *_loaded())) or isinstance(error, sqlite3.ProgrammingError):
            raise
        if any(word in str(error) for word in _BUSY):
            raise
        raise damaged(path, layer, error) from error


def _loaded() -> tuple[type[Exception], ...]:
    """Return the errors of the readers that something has loaded."""
    modules = {name: sys.modules.get(name) for name in _READERS}
    return tuple(getattr(module, _READERS[name]) for name, module in modules.items() if module is not None)
