"""Studies in memory: as many as the server keeps; the least recently used leave with all that was made of them."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from dashboards.session import cache
from dashboards.session.open_studies import OpenStudies, OpenStudy, open_studies
from dashboards.session.served_study import on_study
from geo.core.errors import StudyError

Library = Callable[..., Path]


@pytest.fixture(autouse=True)
def empty() -> None:
    st.cache_resource.clear()


def look(name: str) -> None:
    """Look at a study as a visitor does."""
    with on_study(name):
        assert len(cache.layer("streets"))
        cache.ground()
        cache.categories("stalls")


@pytest.fixture
def one(library: Library, bare: Path) -> int:
    """The memory of one study that was looked at."""
    library({"a": bare})
    look("a")
    size = open_studies().held_bytes
    st.cache_resource.clear()
    return size


def test_the_least_recently_used_study_leaves_with_its_layers_and_values(
    library: Library, bare: Path, one: int
) -> None:
    folder = library(dict.fromkeys("abc", bare), studies_gb=2.5 * one / 1e9)

    def there() -> set[str]:
        return {name for name in "abc" if folder / f"{name}.gpkg" in open_studies()}

    look("a")
    with on_study("a"):
        gone = weakref.ref(cache.ground())
        kept = weakref.ref(open_studies().open(folder / "a.gpkg"))
        assert cache.ground() is gone()
    look("b")
    look("a")
    look("c")
    look("c")
    assert there() == {"a", "c"}, "b was used least recently"
    look("b")
    look("b")
    assert there() == {"b", "c"}
    gc.collect()
    assert gone() is None
    assert kept() is None


def test_many_small_studies_stay_where_few_large_ones_do(library: Library, bare: Path, built: Path, one: int) -> None:
    """The bound is one of memory, not of studies."""
    names = "abcdefgh"
    folder = library(dict.fromkeys(names, bare), studies_gb=20 * one / 1e9)
    for name in names:
        look(name)
    assert all(folder / f"{name}.gpkg" in open_studies() for name in names)
    for name in names:
        look(name)
        assert open_studies().held_bytes <= 20 * one


def test_the_bound_holds_and_the_open_study_stays_however_large(library: Library, bare: Path, one: int) -> None:
    names = "abcdef"
    folder = library(dict.fromkeys(names, bare), studies_gb=1.5 * one / 1e9)
    for name in names * 2:
        look(name)
        with on_study(name):
            cache.study()
        assert folder / f"{name}.gpkg" in open_studies()
        assert open_studies().held_bytes <= 1.5 * one
    library(dict.fromkeys(names, bare), studies_gb=one / 100 / 1e9)
    look("a")
    look("a")
    assert folder / "a.gpkg" in open_studies(), "larger than the bound by itself"
    assert sum(folder / f"{name}.gpkg" in open_studies() for name in names) == 1


def test_values_that_a_study_grows_by_are_counted(library: Library, bare: Path) -> None:
    folder = library({"a": bare})
    opened = open_studies().open(folder / "a.gpkg")
    before = opened.held_bytes
    opened.value("f", 1, 2, lambda: np.zeros(1_000_000))
    assert opened.held_bytes - before == pytest.approx(8_000_000, rel=0.01)
    opened.value("f", 2, 1, lambda: None)
    assert opened.held_bytes < before + 1_000_000, "what has left is not counted"
    layer = opened.handle.layer("streets")
    of_layers = opened.held_bytes
    opened.value("g", 1, 2, lambda: {"again": layer})
    assert opened.held_bytes - of_layers < 0.2 * (of_layers - before), "what is shared with a layer is counted once"


def test_values_of_two_studies_are_two(library: Library, bare: Path, built: Path) -> None:
    library({"a": bare, "b": built, "copy": built})
    found = {}
    for name in ("a", "b", "copy", "a"):
        with on_study(name):
            found[name] = (cache.figures()["layers"]["complaints"], cache.figures()["study"])
    assert found["a"] == (0, "a.gpkg")
    assert found["b"][0] > 0
    assert found["copy"] == (found["b"][0], "copy.gpkg"), "a copy with all the same versions has its own name"


def test_another_study_under_the_name_is_another_one(library: Library, bare: Path, built: Path) -> None:
    folder = library({"a": bare})
    with on_study("a"):
        assert cache.figures()["layers"]["complaints"] == 0
        (folder / "a.gpkg").unlink()
        library({"a": built})
        assert cache.figures()["layers"]["complaints"] > 0
        assert len(cache.layer("complaints"))


def test_a_value_is_made_once_for_all_who_ask_and_few_are_kept(bare: Path) -> None:
    opened = OpenStudy(bare)
    made: list[int] = []

    def ask(number: int) -> object:
        return opened.value("f", number, 2, lambda: made.append(number) or [number])  # type: ignore[func-returns-value]

    threads = [threading.Thread(target=ask, args=(1,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    first = ask(1)
    ask(2)
    assert ask(1) is first
    ask(3)
    assert ask(1) is first, "2 was asked for least recently"
    ask(2)
    assert made == [1, 2, 3, 2]


def test_an_error_is_no_value_and_a_study_that_is_none_takes_no_place(bare: Path, tmp_path: Path) -> None:
    opened, tries = OpenStudy(bare), iter([ValueError("half"), None])

    def make() -> str:
        error = next(tries)
        if error is not None:
            raise error
        return "made"

    with pytest.raises(ValueError, match="half"):
        opened.value("f", 1, 2, make)
    assert opened.value("f", 1, 2, make) == "made"
    studies = OpenStudies()
    studies.open(bare)
    with pytest.raises(StudyError):
        studies.open(tmp_path / "nothing.gpkg")
    assert bare in studies
