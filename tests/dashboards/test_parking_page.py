"""The page Parking answers from the study: room by day and at night, bays placed, what if."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.bay_study import BayStudy
from geo.rules import Profile
from geo.study import read_layer
from tests.dashboards.test_pages import labelled

SCRIPT = """
import streamlit as st
from dashboards import filters, parking_page
with st.sidebar:
    filters.side_bar()
parking_page.page()
"""


@pytest.mark.parametrize(
    ("language", "fit", "place"), [("zh", "可容泊位", "布设泊位"), ("en", "Bays that fit", "Place the bays")]
)
def test_bays_are_counted_and_placed(
    language: str, fit: str, place: str, study: Path, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    monkeypatch.setenv("JIEXU_STUDY", str(study))
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
    page = AppTest.from_string(SCRIPT, default_timeout=60)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    room = BayStudy(study, profile).room("all_day")
    assert {metric.label: metric.value for metric in page.metric}[fit] == f"{room.zones.pitches.sum():,}"
    labelled(page.button, place).click().run()
    assert not page.exception
    bays = read_layer(study, "bays")
    assert {"all_day", "night"} == set(bays["hours"])
    assert sum(table.value.shape[0] == bays["street_id"].nunique() for table in page.dataframe) == 1


def test_a_longer_bay_loses_some(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEXU_STUDY", str(study))
    monkeypatch.setenv("XDG_CACHE_HOME", str(study.parent / "cache"))
    page = AppTest.from_string(SCRIPT, default_timeout=60)
    page.query_params["lang"] = "en"
    page.run()
    before = int(page.metric[0].value.replace(",", ""))
    labelled(page.number_input, "Bay: length (m)").set_value(8.0).run()
    assert not page.exception
    changed = [metric for metric in page.metric if metric.label == "Bays that fit"][1]
    then = int(changed.value.replace(",", ""))
    assert then < before
    assert changed.delta == f"{then - before:+,}"
