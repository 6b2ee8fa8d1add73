"""The page of visitors who may see some layers only: these layers, in one language, and no free texts where so said."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.study.rights import Actor, Grant, system_user, take_from
from tests.conftest import ROOT
from tests.support.pages import Serve

SHELL = str(ROOT / "dashboards" / "shell.py")


@pytest.fixture
def visited_by() -> Iterator[Callable[[Grant], None]]:
    """Return a function that has the pages visited by somebody with a role."""
    yield lambda grant: take_from(lambda: Actor("court", {"*": grant}))
    take_from(system_user)


@pytest.fixture
def study(planned: Path, tmp_path: Path, served: Serve) -> Path:
    return served(Path(shutil.copy(planned, tmp_path / "study.gpkg")))


def opened(language: str) -> AppTest:
    page = AppTest.from_file(SHELL, default_timeout=90)
    page.query_params["lang"] = language
    return page.run()


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    ("language", "title", "tier", "foreign"),
    [("zh", "等级", "示范路", "scored"), ("en", "Tier", "Demonstration", "评分")],
)
def test_a_limited_visitor_reads_their_layers_in_one_language(
    language: str, title: str, tier: str, foreign: str, visited_by: Callable[[Grant], None]
) -> None:
    visited_by(Grant("viewer", ("streets", "stall_zones")))
    page = opened(language)
    assert not page.exception
    assert len(page.selectbox[0].options) == 2
    shown = page.dataframe[0].value
    assert any(tier in value for value in shown[title])
    cells = shown.astype(str).to_numpy()
    assert not any(foreign in cell for cell in cells.ravel())
    assert "None" not in cells[:, :4], "names that there are none of are empty"
    assert not page.metric, "no figures of all rows"


@pytest.mark.usefixtures("study")
def test_free_texts_are_left_out_where_so_said(visited_by: Callable[[Grant], None]) -> None:
    visited_by(Grant("viewer", ("complaints",), texts=True))
    assert "Text" in opened("en").dataframe[0].value
    visited_by(Grant("viewer", ("complaints",), texts=False))
    page = opened("en")
    assert "Text" not in page.dataframe[0].value
    assert any("Free texts are not shown" in caption.value for caption in page.caption)


@pytest.mark.usefixtures("study")
def test_whoever_has_no_role_sees_nothing(visited_by: Callable[[Grant], None]) -> None:
    take_from(lambda: Actor("stranger"))
    page = opened("en")
    assert not page.dataframe
    assert any("no role" in text.value for text in page.text)
