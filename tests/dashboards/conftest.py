"""What the tests of pages share: a study that they are served from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboards.session import server
from geo.study import rights


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


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Return a function that serves the pages from a folder of copies of studies, by their names."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "studies"
    before = server.server()

    def serve(studies: Mapping[str, Path], **options: Any) -> Path:
        folder.mkdir(exist_ok=True)
        for name, study in studies.items():
            shutil.copy(study, folder / f"{name}.gpkg")
        server.serve_as(server.Server(library=folder, **options))
        st.cache_data.clear()
        return folder

    yield serve
    server.serve_as(before)
    rights.take_from(rights.system_user)
