"""Studies in memory: as many as the server keeps; the least recently used leave with all that was made of them."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

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


def test_the_least_recently_used_study_leaves_with_its_layers_and_values(library: Library, bare: Path) -> None:
    folder = library(dict.fromkeys("abc", bare), studies_in_memory=2)

    def look(name: str) -> None:
        with on_study(name):
            assert len(cache.layer("streets"))
            cache.ground()
            cache.categories("stalls")

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
    assert there() == {"a", "c"}, "b was used least recently"
    look("b")
    assert there() == {"b", "c"}
    gc.collect()
    assert gone() is None
    assert kept() is None


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
