"""The page of visitors who may see named layers only, or no free texts: the map, and these layers as tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import layer_name
from dashboards.shared.widgets import credits, each_once, table
from geo.core.text import Language, pick
from geo.study.figures import synthetic_counts
from geo.study.file import about
from geo.study.layers.description import TEXT
from geo.study.personal_data import columns_with_text
from geo.study.rights import require
from geo.study.schema import LAYERS, POINT_KINDS, STUDY_LAYERS
from layers.map_layer import captions


def page() -> None:
    """Draw the page."""
    grant = require("see", study_path()).grant_on(study_path())
    shown = [name for name in LAYERS if grant is not None and grant.shows(name)]
    st.subheader(study_path().stem)
    map_view(layers=shown, points=[kind for kind in POINT_KINDS if kind in shown])
    made_up = synthetic_counts(study_path())
    credits(about(study_path()).get("osm_date"), any(made_up.get(kind) for kind in POINT_KINDS if kind in shown))
    if not shown:
        return
    layer = st.selectbox(_("Layer"), shown, format_func=layer_name)
    rows = pd.DataFrame(cache.layer(layer)).drop(columns="geometry", errors="ignore")
    if grant is None or not grant.texts:
        rows = rows.drop(columns=columns_with_text(layer), errors="ignore")
        st.caption(_("Free texts are not shown."))
    table(_in_words(rows, layer), layer, f"shared-{layer}")


def _in_words(rows: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Return a layer's table in the reader's language: titles, coded values, sentences kept in both languages."""
    language, columns = current_language(), STUDY_LAYERS[layer].columns
    found = {}
    for name in rows:
        column, cells = columns[str(name)], rows[name]
        if column.dtype == TEXT:
            cells = each_once(cells, partial(_word, coded=captions(layer, str(name), language), language=language))
        found[column.title.pick(language)] = cells
    return pd.DataFrame(found)


def _word(value: object, coded: Mapping[str, str], language: Language) -> str:
    text = "" if value is None else str(value)
    return coded[text] if text in coded else pick(text, language)
