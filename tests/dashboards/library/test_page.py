"""A server of many studies: whoever comes chooses one of theirs, is told which it is, and sees no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.access import accounts
from dashboards.access.store import Store
from geo.study import rights
from geo.study.library import names
from geo.study.rights import Actor, Grant
from tests.conftest import ROOT
from tests.support.pages import figures, labelled

Library = Callable[..., Path]

COURT = Actor("court", {"anyang": Grant("viewer")})
PLANNER = Actor("wang", {"*": Grant("planner")})
STRANGER = Actor("li", {"elsewhere": Grant("administrator")})


def shown(query: Mapping[str, str] | None = None, actor: Actor | None = None, language: str = "en") -> AppTest:
    """Return the shell as a visitor sees it."""
    rights.take_from(rights.system_user if actor is None else lambda: actor)
    page = AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=90)
    page.query_params["lang"] = language
    for key, value in (query or {}).items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> list[str]:
    return [text.value for text in page.text]


def scripts(page: AppTest) -> str:
    """Return the scripts that a page has the browser run."""
    return " ".join(str(element.proto.body) for element in page.get("html"))


def buttons(page: AppTest, label: str) -> list[Any]:
    return [button for button in page.button if button.label == label]


def test_with_many_studies_and_none_chosen_there_is_their_list(library: Library, bare: Path, built: Path) -> None:
    folder = library({"anyang": bare, "林州": built})
    (folder / "notes.gpkg").write_text("no study")
    page = shown()
    assert page.header[0].value == "Studies"
    assert {"anyang", "林州", "notes"} <= set(texts(page))
    assert any("Finland" in text for text in texts(page))
    assert len(buttons(page, "Open the study")) == 2
    assert "study" not in page.query_params
    assert shown(language="zh").header[0].value == "研究列表"


def test_a_chosen_study_is_on_the_page_in_the_address_and_nowhere_else(
    library: Library, bare: Path, built: Path
) -> None:
    library({"anyang": bare, "linzhou": built})
    empty, full = shown({"study": "anyang"}), shown({"study": "linzhou"})
    assert labelled(empty.selectbox, "Study").value == "anyang"
    assert labelled(full.selectbox, "Study").options == ["anyang", "linzhou"]
    assert figures(empty) != figures(full)
    # the next page's address comes without the name: the session is on its study
    del full.query_params["study"]
    before = figures(full)
    full.run()
    assert figures(full) == before
    assert full.query_params["study"] == "linzhou"


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["Overview · anyang · 街序 Jiexu", "Studies · 街序 Jiexu"]),
        ("zh", ["总览 · anyang · 街序 Jiexu", "研究列表 · 街序 Jiexu"]),
    ],
)
def test_the_tab_says_page_and_study(
    language: str, titles: list[str], library: Library, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library({"anyang": bare, "linzhou": bare})
    said: list[str] = []
    monkeypatch.setattr("streamlit.set_page_config", lambda page_title, **_: said.append(page_title))
    for query, title in zip(({"study": "anyang"}, {}), titles, strict=True):
        shown(query, language=language)
        assert said[-1] == title


def test_another_study_is_a_new_page_and_session(library: Library, bare: Path) -> None:
    library({"anyang": bare, "林州": bare}, base_path="/jiexu")
    page = shown({"study": "anyang"})
    labelled(page.selectbox, "Study").select("林州").run()
    assert 'window.location.pathname + "?study=%E6%9E%97%E5%B7%9E&lang=en"' in scripts(page)
    assert not page.metric, "nothing of the other study is drawn meanwhile"
    page = shown()
    buttons(page, "Open the study")[1].click().run()
    assert 'assign("/jiexu/" + "?study=%E6%9E%97%E5%B7%9E&lang=en")' in scripts(page)


def test_the_only_study_is_opened_without_a_choice(library: Library, bare: Path) -> None:
    folder = library({"anyang": bare})
    (folder / "notes.gpkg").write_text("no study")
    page = shown()
    assert labelled(page.selectbox, "Study").value == "anyang"
    assert page.query_params["study"] == "anyang"


@pytest.mark.parametrize("asked", ["nobody", "../studies/anyang", "anyang.gpkg", "ANYANG", "", "bin/anyang"])
def test_names_that_are_none_lead_to_the_list(asked: str, library: Library, bare: Path) -> None:
    library({"anyang": bare, "linzhou": bare})
    page = shown({"study": asked})
    assert page.error[0].value == "This did not work"
    assert page.header[0].value == "Studies"
    assert not page.metric


def test_a_visitor_sees_the_studies_on_which_they_have_a_role(library: Library, bare: Path, built: Path) -> None:
    folder = library({"anyang": bare, "linzhou": built, "third": bare})
    page = shown(actor=COURT)
    assert labelled(page.selectbox, "Study").options == ["anyang"], "the only one is opened"
    said = [
        [element.value for element in (*page.error, *page.text)]
        for page in (shown({"study": name}, COURT) for name in ("linzhou", "nobody"))
    ]
    assert said[0][0] == "This did not work"
    assert [line.replace("linzhou", "nobody") for line in said[0]] == said[1], "nobody learns which studies there are"
    page = shown(actor=PLANNER)
    assert len(buttons(page, "Open the study")) == 3
    assert not buttons(page, "Archive")
    assert "New study" not in [each.label for each in page.expander]
    page = shown(actor=STRANGER)
    assert not set(texts(page)) & set(names(folder))
    assert page.info


def test_an_administrator_renames_archives_removes_and_restores_with_the_roles(library: Library, bare: Path) -> None:
    folder = library({"anyang": bare, "linzhou": bare})
    store = Store(folder)
    accounts.add(store, "root", None, Grant("administrator"), by="root")
    accounts.add(store, "court", None, Grant("viewer"), "anyang", by="root")
    page = shown()
    page.text_input(key="name-current-anyang").input("linzhou")
    page.run()
    page.button(key="rename-current-anyang").click().run()
    assert page.error[0].value == "This did not work"
    page.text_input(key="name-current-anyang").input("安阳")
    page.run()
    page.button(key="rename-current-anyang").click().run()
    assert names(folder) == ["linzhou", "安阳"]
    account = accounts.find(store, "court")
    assert account is not None
    assert set(account.grants) == {"安阳"}
    page.button(key="archive-current-安阳").click().run()
    page.button(key="remove-archived-安阳").click().run()
    assert (names(folder), names(folder, "bin")) == (["linzhou"], ["安阳"])
    page = shown({"study": "linzhou"})
    assert page.metric
    page = shown({"study": "nobody"})
    page.button(key="restore-bin-安阳").click().run()
    assert names(folder) == ["linzhou", "安阳"]
    assert not page.exception


def test_a_new_study_is_built_of_the_sample(library: Library, bare: Path) -> None:
    folder = library({"anyang": bare, "linzhou": bare})
    page = shown()
    labelled(page.radio, "Made of").set_value("sample")
    labelled(page.text_input, "Name").input("../evil")
    page.run()
    page.button(key="new-build").click().run()
    assert page.error[0].value == "This did not work"
    labelled(page.text_input, "Name").input("helsinki")
    page.run()
    page.button(key="new-build").click().run()
    assert not page.exception
    assert "?study=helsinki" in scripts(page)
    assert names(folder) == ["anyang", "helsinki", "linzhou"]


def test_a_study_that_is_put_away_while_it_is_open_says_so(library: Library, bare: Path) -> None:
    folder = library({"anyang": bare, "linzhou": bare})
    page = shown({"study": "anyang"})
    assert page.metric
    (folder / "anyang.gpkg").rename(folder / "elsewhere.gpkg")
    page.run()
    assert not page.exception
    assert any("no study" in text for text in texts(page))
    assert page.header[0].value == "Studies"


def test_a_server_of_one_study_has_no_list(study: Path, served: Callable[[Path], Path]) -> None:
    served(study)
    page = shown({"study": "another"})
    assert page.metric
    assert not [box for box in page.selectbox if box.label == "Study"]
