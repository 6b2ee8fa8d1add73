"""Pages run in both languages and answer from the study, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.decisions import decide_tier, find_street
from geo.study import info, read_layer
from tests.conftest import ROOT


@pytest.fixture
def page(study: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("JIEXU_STUDY", str(study))
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
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
    assert table["km"].sum() == pytest.approx(sum(info(study)["streets_km"]["tier"].values()))


def test_a_selected_street_shows_its_reason_and_takes_a_decision(page: AppTest, study: Path) -> None:
    street = find_street(study, "Kalevankatu")
    page.query_params["lang"] = "en"
    page.session_state["selected_street"] = street
    page.run()
    assert not page.exception
    texts = [text.value for text in page.text]
    assert "Kalevankatu" in texts
    assert any("tiers.by_highway.residential" in text for text in texts)

    page.selectbox[0].select("secondary")
    page.text_input[0].input("night market")
    page.text_input[1].input("Li")
    page.button[0].click().run()
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
    page.session_state["selected_street"] = find_street(study, "Kalevankatu")
    page.run()
    page.button[0].click().run()
    assert page.error[0].value == "This did not work"
    assert read_layer(study, "decisions").empty


def test_hostile_words_are_shown_as_text_only(page: AppTest, study: Path) -> None:
    """User text never becomes markdown: an image in it would call another host."""
    hostile = "![x](http://evil.example/a.png) <script>alert(1)</script> {{ 7*7 }}"
    street = find_street(study, "Kalevankatu")
    decide_tier(study, street, "secondary", hostile)
    page.query_params["lang"] = "en"
    page.session_state["selected_street"] = street
    page.run()
    assert any(hostile in text.value for text in page.text)
    assert not any("evil" in element.value for element in [*page.markdown, *page.caption, *page.success, *page.info])


def test_a_server_without_study_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIEXU_STUDY", raising=False)
    page = AppTest.from_file(str(ROOT / "dashboards" / "shell.py"), default_timeout=60).run()
    assert not page.exception
    assert any("jiexu serve" in text.value for text in page.text)
