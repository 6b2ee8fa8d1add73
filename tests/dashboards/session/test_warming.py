"""The studies that were used last are read before somebody comes, within the memory that studies may take."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from dashboards.session import cache
from dashboards.session.open_studies import open_studies
from dashboards.session.served_study import on_study
from dashboards.session.warming import warm_studies

Library = Callable[..., Path]


@pytest.fixture(autouse=True)
def empty() -> None:
    st.cache_resource.clear()


def test_the_studies_that_changed_last_are_ready(library: Library, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = library(dict.fromkeys("abcd", bare))
    (folder / "broken.gpkg").write_bytes(b"no study")
    for age, name in enumerate("dbca"):
        os.utime(folder / f"{name}.gpkg", (1_700_000_000 - age, 1_700_000_000 - age))
    warm_studies(folder).join(60)
    assert {name for name in "abcd" if folder / f"{name}.gpkg" in open_studies()} == set("dbc")

    def again(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(cache, "info", again)
    for name in "dbc":
        with on_study(name):
            assert cache.figures()["layers"]["streets"] > 0


def test_it_does_not_hold_up_the_server_and_stays_within_its_memory(library: Library, bare: Path) -> None:
    folder = library(dict.fromkeys("abc", bare), studies_gb=1e-6)
    found = warm_studies(folder)
    assert found is not threading.current_thread() and found.daemon
    found.join(60)
    assert sum(folder / f"{name}.gpkg" in open_studies() for name in "abc") == 1


def test_a_folder_without_studies_is_no_fault(tmp_path: Path) -> None:
    warm_studies(tmp_path / "none").join(10)
    warm_studies(tmp_path).join(10)
