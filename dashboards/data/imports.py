"""Import a file: its kind, its columns, the places of its points; nothing is stored before "Import"."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboards.data import questions
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import field_name, layer_name, precision_name
from dashboards.shared.widgets import marked_rows, show_error
from geo.core.errors import InputError, JiexuError
from geo.core.masked_words import mask_word
from geo.core.text import pick
from geo.files.column_matching import PLACE_FIELDS, fields_of
from geo.files.formats import SUFFIXES, read_file
from geo.files.text_encoding import ENCODINGS
from geo.points.imports import Outcome, add_points, remove_import
from geo.points.reading import KINDS, Options
from geo.study.file import about

_SHOWN_POINTS = 2000
_SYSTEMS = ("WGS84", "GCJ-02", "BD-09")


def panel() -> None:
    """Draw the panel."""
    if done := st.session_state.pop("imported", None):
        st.success(_("Import {id} is stored").format(id=done), icon=":material/check:")
    number = st.session_state.setdefault("upload-number", 0)
    file = st.file_uploader(
        _("CSV, Excel, GeoJSON, zipped Shapefile, GeoPackage, GeoParquet or KML"), key=f"upload-{number}"
    )
    if file is None:
        if state.show_preview(None):
            st.rerun()
        return
    kind = st.selectbox(_("Rows contain"), KINDS, format_func=layer_name, key="import-kind")
    left, right = st.columns(2)
    encoding = left.selectbox(
        _("Encoding"),
        ("", *ENCODINGS),
        format_func=lambda name: name or _("Detect automatically"),
        key="import-encoding",
    )
    system = right.selectbox(
        _("Coordinates"),
        ("", *_SYSTEMS, "EPSG"),
        format_func=lambda name: name or _("Detect automatically"),
        key="import-crs",
    )
    if system == "EPSG":
        code = st.text_input(_("EPSG code"), placeholder="4547", key="import-epsg").strip()
        system = f"EPSG:{code}" if code.isdigit() else ""
    content = file.getvalue()
    path = _kept(file.name, content)
    mapping = _changed_mapping(kind, content)
    options = Options(encoding or None, mapping, system or None, questions.orders(kind, content))
    try:
        outcome = _tried(path, kind, options, file.name)
    except JiexuError as error:
        if state.show_preview(None):
            st.rerun()
        if isinstance(error, InputError):
            error.file = file.name  # not where it is kept meanwhile
        show_error(error)
        _columns(_headers(path, encoding or None), kind, content, {})
        return
    points = outcome.points
    shown = points.iloc[np.linspace(0, len(points) - 1, min(len(points), _SHOWN_POINTS)).astype(int)]
    if state.show_preview(shown.get_coordinates().round(6).to_numpy().tolist()):
        state.go_to(points.total_bounds)
        st.rerun()
    _verdict(outcome)
    questions.ask(outcome.reading.questions, kind, content)
    _store_button(outcome, path, kind, options, file.name)
    _columns(outcome.reading.raw.table.columns.tolist(), kind, content, outcome.reading.mapping)
    _findings(outcome)


def _kept(name: str, content: bytes) -> Path:
    """Keep an upload under a name of ours; only a known suffix is taken over."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    if "upload-folder" not in st.session_state:
        st.session_state["upload-folder"] = tempfile.TemporaryDirectory(prefix="jiexu-")
    folder: tempfile.TemporaryDirectory[str] = st.session_state["upload-folder"]
    suffix = Path(name).suffix.lower()
    path = Path(folder.name) / f"{digest}{suffix if suffix in SUFFIXES else '.txt'}"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(content)
    return path


def _tried(path: Path, kind: Any, options: Options, name: str) -> Outcome:
    """Return the outcome of a dry run of the import, computed once for each way of reading the file."""
    said = (options.encoding, options.crs, *(tuple(sorted(part.items())) for part in (options.mapping, options.dates)))
    key = (path.name, kind, *said, study_path(), about(study_path()).get(f"version:{kind}"))
    if st.session_state.get("tried-key") != key:
        with st.spinner(_("Reading the file …")):
            st.session_state["tried"] = add_points(
                study_path(), path, kind, cache.profile(), options, dry_run=True, place=cache.place(), name=name
            )
        st.session_state["tried-key"] = key
    outcome: Outcome = st.session_state["tried"]
    return outcome


def _verdict(outcome: Outcome) -> None:
    reading, language = outcome.reading, current_language()
    rows = _("{count:,} rows").format(count=reading.rows)
    st.text(f"{reading.raw.format} · {reading.raw.encoding} · {rows}")
    if reading.verdict is not None:
        show = st.info if reading.verdict.sure else st.warning
        show(reading.verdict.text.pick(language), icon=":material/explore:")
    elif reading.system is not None:
        st.info(_("Coordinates are read as {system}.").format(system=str(reading.system)), icon=":material/explore:")
    precision = outcome.points["precision"].value_counts()
    if set(precision.index) - {"coordinates"}:
        st.text(" · ".join(f"{precision_name(str(name))} {count}" for name, count in precision.items()))
    ambiguous = int(outcome.points["ambiguous"].sum()) if "ambiguous" in outcome.points else 0
    parts = {
        _("new"): outcome.added,
        _("updated"): outcome.updated,
        _("unchanged"): outcome.unchanged,
        _("left out"): reading.refused,
        _("without a place"): outcome.unplaced,
        _("with warnings"): reading.doubted,
        _("between two streets"): ambiguous,
    }
    st.text(" · ".join(f"{name} {count:,}" for name, count in parts.items()))


def _store_button(outcome: Outcome, path: Path, kind: Any, options: Options, name: str) -> None:
    answers = {question.answer for question in outcome.reading.questions}
    if "--crs" in answers:
        st.text(_("Choose the coordinates' system above before importing."))
    if answers - {"--crs"}:
        st.text(_("Answer the question above before importing."))
    by = st.text_input(_("Imported by"), value=st.session_state.get("by", ""), key="import-by")
    left, right = st.columns(2)
    nothing = outcome.added + outcome.updated == 0
    if left.button(
        _("Import"),
        type="primary",
        icon=":material/download_done:",
        width="stretch",
        disabled=outcome.reading.asks or nothing,
    ):
        st.session_state["by"] = by.strip()
        try:
            stored = add_points(
                study_path(), path, kind, cache.profile(), options, by.strip(), place=cache.place(), name=name
            )
        except JiexuError as error:
            show_error(error)
            return
        st.session_state["imported"] = stored.import_id
        _close()
    if right.button(_("Do not import"), icon=":material/close:", width="stretch"):
        _close()


def _close() -> None:
    st.session_state["upload-number"] += 1
    for key in [key for key in st.session_state if str(key).startswith(("column-", questions.PREFIX))]:
        del st.session_state[key]
    state.show_preview(None)
    st.rerun()


def _prefix(kind: str, content: bytes) -> str:
    return f"column-{hashlib.sha256(content).hexdigest()[:8]}-{kind}-"


def _changed_mapping(kind: str, content: bytes) -> dict[str, str]:
    """Return the columns that were chosen by hand for this file, "" for a field that no column is to serve."""
    prefix = _prefix(kind, content)
    proposed = st.session_state.get(f"proposed-{prefix}", {})
    chosen = {
        str(key).removeprefix(prefix): value for key, value in st.session_state.items() if str(key).startswith(prefix)
    }
    return {name: column or "" for name, column in chosen.items() if column != proposed.get(name)}


def _columns(headers: list[str], kind: str, content: bytes, mapping: dict[str, str]) -> None:
    """Offer a column for each field; a changed mapping is kept for the next file with these headers."""
    if not headers:
        return
    prefix = _prefix(kind, content)
    st.session_state.setdefault(f"proposed-{prefix}", dict(mapping))
    with st.expander(_("Columns"), icon=":material/view_column:", expanded=not mapping):
        for name in fields_of(kind):
            current = mapping.get(name)
            st.selectbox(
                f"{field_name(name)} *" if name in PLACE_FIELDS else field_name(name),
                headers,
                format_func=mask_word,
                index=headers.index(current) if current is not None and current in headers else None,
                key=f"{prefix}{name}",
                placeholder=_("no column"),
            )
        if changed := _changed_mapping(kind, content):
            by_hand = ", ".join(f"{field_name(name)} ← {column or '–'}" for name, column in changed.items())
            st.text(_("By hand: {columns}").format(columns=by_hand))
        st.caption(_("Fields with * give a row's place. A changed mapping is kept for the next file of this kind."))


def _headers(path: Path, encoding: str | None) -> list[str]:
    """Return the columns of a file without placed rows yet; none where it cannot be read at all."""
    try:
        return read_file(path, encoding).table.columns.tolist()
    except JiexuError:
        return []


def _findings(outcome: Outcome) -> None:
    findings, language = outcome.reading.findings, current_language()
    if findings.empty:
        return
    with st.expander(_("Findings ({count})").format(count=len(findings)), icon=":material/rule:"):
        st.dataframe(
            pd.DataFrame(
                {
                    _("Row"): findings["row"],
                    _("Column"): findings["column"],
                    _("Problem"): findings["problem"].map(lambda text: pick(text, language)),
                    _("Action"): findings["action"].map(lambda text: pick(text, language)),
                }
            ),
            hide_index=True,
            width="stretch",
            height=240,
        )


def imports() -> None:
    """List the imports, and offer to remove one as a whole."""
    found = cache.layer("imports")[::-1].reset_index(drop=True)
    rows = marked_rows(
        pd.DataFrame(
            {
                _("Number"): found["import_id"],
                _("When"): found["at"].dt.tz_convert(cache.timezone()).dt.strftime("%Y-%m-%d %H:%M"),
                _("Imported by"): found["by"].fillna(""),
                _("Layer"): found["kind"].map(layer_name),
                _("File"): found["file"],
                _("Format"): found["format"],
                _("Encoding"): found["encoding"],
                _("Coordinates"): found["crs"].fillna(""),
                _("Rows"): found["rows"],
                _("new"): found["added"],
                _("updated"): found["updated"],
                _("left out"): found["refused"],
                _("with warnings"): found["doubted"],
            }
        ),
        "imports",
        "imports-table",
    )
    if not rows:
        return
    number = str(found["import_id"].iloc[rows[0]])
    if st.button(_("Remove import {id} as a whole").format(id=number), icon=":material/delete:", type="primary"):
        try:
            gone = remove_import(study_path(), number)
        except JiexuError as error:
            show_error(error)
            return
        st.toast(_("{count:,} rows removed").format(count=gone), icon=":material/delete:")
        st.rerun()
