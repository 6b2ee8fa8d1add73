"""What the pages read of the study, cached until the study changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from dashboards.served import study_path
from geo import study


def layer(name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return a layer of the study. It is shared between sessions: do not change it."""
    path = study_path()
    return _layer(str(path), name, study.about(path).get(f"version:{name}", ""))


@st.cache_resource(max_entries=24, show_spinner=False)
def _layer(path: str, name: str, version: str) -> gpd.GeoDataFrame | pd.DataFrame:
    return study.read_layer(Path(path), name)


def figures() -> dict[str, Any]:
    """Return the study's figures, as `geo.study.info`."""
    path = study_path()
    facts = study.about(path)
    return _figures(str(path), facts["version:streets"] + facts["built_at"])


@st.cache_data(max_entries=8, show_spinner=False)
def _figures(path: str, version: str) -> dict[str, Any]:
    return study.info(Path(path))
