"""The page of visitors who may see named layers only, or no free texts: the map, and these layers as tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import layer_name
from dashboards.shared.widgets import credits, table
from geo.study.figures import synthetic_counts
from geo.study.file import about
from geo.study.personal_data import columns_with_text
from geo.study.rights import require
from geo.study.schema import LAYERS, POINT_KINDS, STUDY_LAYERS


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
    titles = {name: column.title.pick(current_language()) for name, column in STUDY_LAYERS[layer].columns.items()}
    table(rows.rename(columns=titles), layer, f"shared-{layer}")
