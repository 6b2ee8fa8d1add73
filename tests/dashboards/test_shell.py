"""Pages run in both languages and answer from the study, without a browser."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.study.figures import info
from geo.study.file import read_layer
from geo.tiers.decisions import decide_tier, find_street
from tests.conftest import ROOT
from tests.support.pages import PAGES, Serve, figures, labelled, opened

FIGURES_OF_STREETS_ALONE = {"complaints": 0, "stalls": 0, "facilities": 3, "library": 0}
"""How many figures a page has before there are points or plans; the others have at least four."""


@pytest.fixture
def page(study: Path, served: Serve) -> AppTest:
    served(study)
    return AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=60)


@pytest.mark.parametrize(("language", "label"), [("zh", "已分级街道"), ("en", "Graded streets")])
def test_figures_are_the_studys_in_both_languages(language: str, label: str, page: AppTest, study: Path) -> None:
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    metrics = {metric.label: metric.value for metric in page.metric}
    graded = sum(km for tier, km in info(study)["streets_km"]["tier"].items() if tier != "unclassified")
    assert metrics[label] == f"{graded:,.1f} km"
    table = page.dataframe[0].value
    assert len(table) == 4
    assert table["km"].sum() == pytest.approx(sum(info(study)["streets_km"]["tier"].values()), abs=0.2)


def test_a_selected_street_shows_its_reason_and_takes_a_decision(page: AppTest, study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    page.query_params["lang"] = "en"
    page.session_state["selected_streets"] = [street]
    page.run()
    assert not page.exception
    texts = [text.value for text in page.text]
    assert "Kalevankatu" in texts
    assert any("Kalevankatuu" in text for text in texts)

    labelled(page.selectbox, "Change the tier to").select("secondary")
    labelled(page.text_input, "Reason").input("night market")
    labelled(page.text_input, "Decided by").input("Li")
    labelled(page.button, "Save the decision").click().run()
    assert not page.exception
    decision = read_layer(study, "decisions").iloc[0]
    assert (decision["subject"], decision["after"], decision["reason"], decision["by"]) == (
        street,
        "secondary",
        "night market",
        "Li",
    )
    assert any("night market" in text.value for text in page.text)


def test_a_decision_without_reason_is_refused_with_a_remedy(page: AppTest, study: Path) -> None:
    page.query_params["lang"] = "en"
    page.session_state["selected_streets"] = [find_street(study, "Kalevankatu")]
    page.run()
    labelled(page.button, "Save the decision").click().run()
    assert page.error[0].value == "This did not work"
    assert read_layer(study, "decisions").empty


def test_hostile_words_are_shown_as_text_only(page: AppTest, study: Path) -> None:
    """User text never becomes markdown: an image in it would call another host."""
    hostile = "![x](http://evil.example/a.png) <script>alert(1)</script> {{ 7*7 }}"
    street = find_street(study, "Kalevankatu")
    decide_tier(study, street, "secondary", hostile)
    page.query_params["lang"] = "en"
    page.session_state["selected_streets"] = [street]
    page.run()
    assert any(hostile in text.value for text in page.text)
    assert not any("evil" in element.value for element in [*page.markdown, *page.caption, *page.success, *page.info])


def test_a_server_without_study_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIEXU_STUDY", raising=False)
    monkeypatch.setattr("dashboards.session.served_study.SAMPLE_STUDY", Path("no/sample.gpkg"))
    page = AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=60).run()
    assert not page.exception
    assert any("jiexu serve" in text.value for text in page.text)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_on_a_study_without_points_or_decisions(
    name: str, language: str, tmp_path: Path, bare: Path, served: Serve
) -> None:
    served(Path(shutil.copy(bare, tmp_path / "bare.gpkg")))
    page = opened(name, language)
    assert len(page.metric) >= FIGURES_OF_STREETS_ALONE.get(name, 4)
    assert page.metric or page.info or page.button, "what has no figures says what to do"


def test_the_shell_leads_to_every_page() -> None:
    shell = ast.parse((ROOT / "dashboards" / "shell.py").read_text(encoding="utf-8"))
    addresses = {
        word.value.value
        for word in ast.walk(shell)
        if isinstance(word, ast.keyword) and word.arg == "url_path" and isinstance(word.value, ast.Constant)
    }
    assert addresses == set(PAGES)


def test_no_string_stands_alone_in_the_shell() -> None:
    """Streamlit shows it on every page."""
    body = ast.parse((ROOT / "dashboards" / "shell.py").read_text(encoding="utf-8")).body[1:]
    alone = [each.value.value for each in body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    assert alone == []


def test_an_undone_decision_no_longer_stands(study: Path, served: Serve) -> None:
    street = find_street(study, "Kalevankatu")
    decide_tier(study, street, "secondary", "trial", "Li")
    served(study)
    page = opened("decisions")
    labelled(page.text_input, "Reason for undoing it").input("trial ended")
    labelled(page.button, "Undo this decision").click().run()
    assert not page.exception
    assert read_layer(study, "streets").set_index("street_id").loc[street, "tier"] == "back_street"
    stands = figures(page)
    assert (stands["Decisions"], stands["Decisions in force"]) == ("2", "1")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Jiexu has failed here, fault"), ("zh", "街序在此出现内部故障")]
)
def test_a_fault_of_ours_is_a_sentence_with_a_number(
    language: str, words: str, page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise AssertionError("联系人：王伟 13812345678")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("JIEXU_DEBUG", "")
    monkeypatch.setattr("dashboards.overview.page.first_screen", broken)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    (log,) = (tmp_path / "jiexu" / "faults").iterdir()
    assert page.error[0].value == f"{words} {log.stem}"
    assert any(str(log) in text.value for text in page.text)
    assert "13812345678" not in log.read_text(encoding="utf-8")
    monkeypatch.setenv("JIEXU_DEBUG", "1")
    assert page.run().exception
