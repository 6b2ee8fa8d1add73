"""A study that is removed or replaced while it is served: every page and route says so, and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from dashboards.map.routes import routes, tile_urls
from dashboards.session.language import LANGUAGES
from tests.conftest import ROOT
from tests.support.pages import PAGES, Serve

SCRIPT = """
import streamlit as st
from dashboards.session import filters
from dashboards.{name} import page
from dashboards.shared.widgets import show_error
from geo.core.errors import JiexuError
try:
    page.page()
    with st.sidebar:
        filters.side_bar()
except JiexuError as error:
    show_error(error)
"""

SAID = {"zh": ("找不到研究文件", "放回文件"), "en": ("There is no study", "put it back")}
NO_STUDY = {"zh": ("不是街序研究文件", "jiexu build"), "en": ("is not a Jiexu study", "jiexu build")}


def remove(study: Path) -> None:
    study.unlink()


def empty(study: Path) -> None:
    study.write_bytes(b"")


def another_file(study: Path) -> None:
    study.unlink()
    study.write_text("街道,等级\n文明路,次干道\n", encoding="utf-8")


def a_folder(study: Path) -> None:
    study.unlink()
    study.mkdir()


@pytest.fixture
def small(bare: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bare, tmp_path / "study.gpkg"))


def answered(address: str, language: str) -> tuple[int, str]:
    """Return status and text of an answer of our own routes."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"accept-language", language.encode())],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    # in a thread of its own: a browser that other tests drive has a loop in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(anyio.run, Starlette(routes=routes()), scope, receive, send).result()
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode(errors="replace")


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in page.text)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_that_the_study_was_removed(name: str, small: Path, served: Serve) -> None:
    served(small)
    page = AppTest.from_string(SCRIPT.format(name=name), default_timeout=90)
    page.query_params["lang"] = "en"
    page.run()
    assert not page.exception
    assert not page.error
    kept = small.rename(small.with_name("kept.gpkg"))
    page.run()
    assert not page.exception
    assert all(part in said(page) for part in SAID["en"])
    kept.rename(small)
    page.run()
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("does", "sentences"), [(remove, SAID), (a_folder, SAID), (empty, NO_STUDY), (another_file, NO_STUDY)]
)
def test_the_shell_says_it_in_both_languages(
    does: Callable[[Path], None], sentences: dict[str, tuple[str, ...]], language: str, small: Path, served: Serve
) -> None:
    served(small)
    page = AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=90)
    page.query_params["lang"] = language
    page.run()
    assert not page.error
    does(small)
    page.run()
    assert not page.exception
    assert all(part in said(page) for part in sentences[language])
    assert len(page.sidebar) == 1  # the choice of the language


@pytest.mark.parametrize("does", [remove, a_folder, empty, another_file])
def test_the_routes_say_it_in_the_place_of_a_fault(does: Callable[[Path], None], small: Path, served: Serve) -> None:
    served(small)
    tiles = "/" + tile_urls()["streets"]  # as the map's page, at the root, takes it
    assert answered("/map?lang=zh", "zh")[0] == 200
    assert answered(tiles, "zh")[0] == 200
    does(small)
    for address in ("/map?lang=zh", tiles):
        status, text = answered(address, "zh-CN,zh;q=0.9")
        assert status == 404
        assert "研究文件" in text
    status, text = answered("/map?lang=en", "en")
    assert status == 404
    assert "study" in text
