"""The page Data: imports, contents, findings and sources of the study, and downloads."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.data import category_words, imports
from dashboards.map.routes import archives, shown_layers
from dashboards.map.view import map_state, map_view
from dashboards.session import cache, filters
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import layer_name
from dashboards.shared.widgets import Figure, credits, exporting, first_screen, table
from geo.core.text import pick
from geo.points.imports import LOCATED
from geo.study.export import export_layer
from geo.study.file import about
from geo.study.reader import Study
from geo.study.schema import GEOMETRY_TYPES, LAYERS, POINT_KINDS, SPATIAL_LAYERS, SYNTHETIC
from layers import palette
from layers.map.compose import map_file

_FORMATS: tuple[str, ...] = (".gpkg", ".geojson", ".shp", ".parquet", ".xlsx", ".csv")


def page() -> None:
    """Draw the page."""
    figures = cache.figures()
    facts = about(study_path())
    points = sum(figures["layers"][kind] for kind in POINT_KINDS)
    made_up = sum(figures["synthetic"].values())

    def left() -> None:
        map_view()
        credits(figures["osm_date"], made_up > 0)

    def right() -> None:
        bring_in, contents = st.tabs([_("Import a file"), _("Contents")])
        with bring_in:
            imports.panel()
        with contents:
            _chart(figures["layers"])
            _take_away()

    first_screen(
        [
            Figure(_("OpenStreetMap"), (figures["osm_date"] or "?")[:10], figures["osm_source"] or ""),
            Figure(_("Points"), f"{points:,}", _("{count:,} of them synthetic").format(count=made_up)),
            Figure(_("Findings to check"), f"{figures['layers']['findings']:,}", _("listed below")),
            Figure(_("Rules"), facts["profile"], cache.profile().hash),
            Figure(_("CRS of lengths"), figures["metric_crs"], _("geometry in WGS 84")),
        ],
        left,
        right,
    )
    imported, findings, words, sources = st.tabs(
        [_("Imports"), _("Findings"), _("Categories"), _("Sources of the points")]
    )
    with imported:
        imports.imports()
    with findings:
        _findings()
    with words:
        category_words.words_table()
    with sources:
        _sources()


def _chart(layers: dict[str, int]) -> None:
    rows = pd.DataFrame({"layer": [layer_name(name) for name in layers], "rows": list(layers.values())})
    bars = (
        alt.Chart(rows, title=_("Rows by layer"), height=430)
        .mark_bar(color=palette.CHARTS["rows"])
        .encode(
            x=alt.X("rows:Q", title=None, scale=alt.Scale(type="symlog")),
            y=alt.Y("layer:N", title=None, sort=None, axis=alt.Axis(labelOverlap=False, labelLimit=160)),
            tooltip=["layer", "rows"],
        )
    )
    st.altair_chart(bars, width="stretch")


def _take_away() -> None:
    st.subheader(_("Download"))
    first, second = st.columns(2)
    layer = first.selectbox(_("Layer"), LAYERS, index=1, format_func=layer_name)
    formats = _FORMATS if layer in SPATIAL_LAYERS else (".xlsx", ".csv")
    if GEOMETRY_TYPES.get(layer) == "Unknown":  # a Shapefile holds one kind of geometry
        formats = tuple(each for each in formats if each != ".shp")
    suffix = second.selectbox(_("Format"), formats)
    with st.container(horizontal=True):
        st.download_button(
            _("Layer"),
            data=exporting(partial(_layer_file, study_path(), layer, suffix), layer),
            file_name=f"{study_path().stem}-{layer}{'.zip' if suffix == '.shp' else suffix}",
            icon=":material/download:",
            on_click="ignore",
            key="take-layer",
        )
        st.download_button(
            _("Map as one HTML file"),
            data=exporting(_map_file(), "map"),
            file_name=f"{study_path().stem}.html",
            mime="text/html",
            icon=":material/map:",
            on_click="ignore",
            key="take-map",
        )
    st.caption(_("The map as a picture: the camera on the map. Every file names source, date and credit."))


def _layer_file(study: Path, layer: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{layer}{suffix}"
        export_layer(study, layer, file)
        if suffix != ".shp":
            return file.read_bytes()
        parts = io.BytesIO()
        with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
        return parts.getvalue()


def _map_file() -> Callable[[], bytes]:
    """Return a function that makes the file: it runs on request, outside this session, so it is given all it needs."""
    language = current_language()
    study, synthetic = study_path(), cache.figures()["synthetic"]
    extent, layers = Study(study).extent, shown_layers(study)
    state = map_state(filters.current())
    return lambda: map_file(extent, archives(study, layers), language, synthetic, state).encode()


def _findings() -> None:
    findings = cache.layer("findings")
    language = current_language()
    table(
        pd.DataFrame(
            {
                _("Layer"): findings["layer"].map(layer_name),
                _("File"): findings["source"],
                _("Sheet"): findings["sheet"].fillna(""),
                _("Row"): findings["row"],
                _("Column"): findings["column"],
                _("Problem"): findings["problem"].map(lambda text: pick(text, language)),
                _("Action"): findings["action"].map(lambda text: pick(text, language)),
            }
        ),
        "findings",
        "findings-table",
    )


def _sources() -> None:
    counts = pd.concat(
        [
            cache.layer(kind)["source"].value_counts().rename_axis("source").reset_index().assign(kind=kind)
            for kind in LOCATED
        ]
    )
    table(
        pd.DataFrame(
            {
                _("Layer"): counts["kind"].map(layer_name),
                _("Source"): [_("synthetic") if source == SYNTHETIC else source for source in counts["source"]],
                _("Rows"): counts["count"],
            }
        ),
        "sources",
        "sources-table",
    )
