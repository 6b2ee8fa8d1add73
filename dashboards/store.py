"""What the pages read of the study, cached until the study changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import streamlit as st

from dashboards.served import study_path
from geo import study
from geo.rules import PROFILES, Profile, load_profile
from layers import points


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
    versions = "".join(value for key, value in sorted(facts.items()) if key.startswith("version:"))
    return _figures(str(path), versions)


@st.cache_resource(max_entries=8, show_spinner=False)
def _figures(path: str, version: str) -> dict[str, Any]:
    return study.info(Path(path))


def categories(kind: str) -> list[str]:
    """Return the categories of a kind of points, in the order in which tiles number them."""
    path = study_path()
    return _categories(str(path), kind, study.about(path)[f"version:{kind}"])


@st.cache_resource(max_entries=24, show_spinner=False)
def _categories(path: str, kind: str, version: str) -> list[str]:
    return points.categories(layer(kind), kind)


def metric_crs() -> pyproj.CRS:
    """Return the study's metric CRS."""
    return study.metric_crs_of(study_path())


def profile() -> Profile:
    """Return the rules that the study was built with, where they are Jiexu's own; else the base profile."""
    name = study.about(study_path())["profile"]
    return _profile(name if name in PROFILES else PROFILES[0])


@st.cache_resource(show_spinner=False)
def _profile(name: str) -> Profile:
    return load_profile(name)
