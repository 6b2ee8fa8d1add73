"""What the tests of pages share: a study that they are served from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the trace of a fault on the page, so that `page.exception` has it."""
    monkeypatch.setenv("JIEXU_DEBUG", "1")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Return a function that serves the pages from a study, with a cache of its own beside it."""

    def serve(study: Path) -> Path:
        monkeypatch.setenv("JIEXU_STUDY", str(study))
        monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
        return study

    return serve
