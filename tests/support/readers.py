"""Readers of files that do what a file makes readers do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.questions import AskedError, Question
from geo.files.reading_apart import apart
from tests.support import jobs


@apart()
def hostile(file: Path, does: str) -> Any:
    """Return what a function of `tests.support.jobs` does."""
    return getattr(jobs, does)()


@apart()
def nested(file: Path) -> None:
    """Refuse a file of levels without end."""
    raise InputError(file, Text("坏", "bad"), Text("改", "mend")) from RecursionError()


@apart()
def asks(file: Path, question: Question) -> None:
    """Ask about a file."""
    raise AskedError(file, [question])
