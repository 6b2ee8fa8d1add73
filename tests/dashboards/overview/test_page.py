"""The page Overview: the first one that a visitor sees takes of a large study no more than it shows."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboards.session.open_studies import open_studies
from geo.study.file import read_layer
from tests.support.pages import Serve, opened


def test_no_layer_of_streets_or_points_is_read_for_the_first_page(built: Path, served: Serve) -> None:
    st.cache_resource.clear()
    served(built)
    page = opened("overview")
    read = set(open_studies().open(built).handle._tables)
    assert read & {"streets", "roads", "complaints", "stalls", "parking"} == set()
    top = page.dataframe[-1].value
    streets = read_layer(built, "streets").nlargest(len(top), "complaints")
    assert list(top["Complaints"]) == list(streets["complaints"])
