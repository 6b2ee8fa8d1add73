"""The page Complaints answers from the study: hot spots, 721, times, patrols."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.build import Inputs, build_study
from geo.complaints.answer_times import data_end, survival
from geo.study.file import read_layer
from tests.dashboards.test_shell import labelled

SCRIPT = """
import streamlit as st
from dashboards.complaints import page as complaints_page
from dashboards.session import filters
with st.sidebar:
    filters.side_bar()
complaints_page.page()
"""


def opened(study: Path, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> AppTest:
    monkeypatch.setenv("JIEXU_STUDY", str(study))
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
    page = AppTest.from_string(SCRIPT, default_timeout=90)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("language", "label", "find"), [("zh", "热点路段", "分析热点"), ("en", "Hot segments", "Find hot spots")]
)
def test_the_page_speaks_both_languages(
    language: str, label: str, find: str, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(study, monkeypatch, language)
    assert {metric.label: metric.value for metric in page.metric}[label] == "–"
    assert labelled(page.button, find)


def test_hot_spots_are_found_on_the_page(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(study, monkeypatch)
    labelled(page.button, "Find hot spots").click().run()
    assert not page.exception
    layer = read_layer(study, "hotspots")
    hot = int(layer.drop_duplicates("segment_id")["hot"].sum())
    assert {metric.label: metric.value for metric in page.metric}["Hot segments"] == f"{hot:,}"


def test_a_category_and_cross_validation(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(study, monkeypatch)
    labelled(page.selectbox, "Category").select("illegal_parking_motor")
    labelled(page.selectbox, "Bandwidth").select("cv")
    labelled(page.button, "Find hot spots").click().run()
    assert not page.exception
    complaints = read_layer(study, "complaints")
    mine = complaints[(complaints["category"] == "illegal_parking_motor") & complaints["duplicate_of"].isna()]
    assert any(f"Illegal parking, motor vehicle, all months; {len(mine)} complaints" in c.value for c in page.caption)


def test_the_figures_are_those_of_the_complaints(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(study, monkeypatch)
    complaints = pd.DataFrame(read_layer(study, "complaints"))
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics["Complaints"] == f"{len(complaints):,}"
    assert metrics["Service"] == f"{(complaints['response'] == 'service').mean():.0%}"
    half = survival(complaints, data_end(complaints)).quantile(0.5)
    assert half is not None
    assert metrics["Median time to close"] == f"{half:.0f} h"


def test_only_the_selected_street_counts(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEXU_STUDY", str(study))
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
    streets = read_layer(study, "streets")
    street = streets.sort_values("complaints").iloc[-1]
    page = AppTest.from_string(SCRIPT, default_timeout=90)
    page.query_params["lang"] = "en"
    page.session_state["selected_streets"] = [street["street_id"]]
    page.run()
    assert not page.exception
    assert {metric.label: metric.value for metric in page.metric}["Complaints"] == f"{street['complaints']:,}"


def test_streets_are_divided_among_supervisors(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(study, monkeypatch)
    labelled(page.number_input, "Supervisors").set_value(7).run()
    labelled(page.button, "Divide the streets").click().run()
    assert not page.exception
    assert len(read_layer(study, "patrol_districts")) == 7
    assert any("District" in table.value and len(table.value) == 7 for table in page.dataframe)


def test_a_study_without_complaints_is_told_how_to_go_on(
    sample: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bare.gpkg"
    build_study(path, Inputs(sample.osm))
    page = opened(path, monkeypatch)
    assert any("no complaints yet" in box.value for box in page.info)
