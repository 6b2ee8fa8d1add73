"""Import a file: its kind, its columns, the places of its points; nothing is stored before "Import"."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboards.data import category_words, questions
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
from geo.files.raw_file import Part
from geo.files.text_encoding import ENCODINGS
from geo.points.file_kind import RowsOf, recognised
from geo.points.import_removal import remove_import
from geo.points.imports import Outcome, add_points
from geo.points.reading import KINDS, Options, PointKind
from geo.study.file import about

_SHOWN_POINTS = 2000
_SYSTEMS = ("WGS84", "GCJ-02", "BD-09")
_RECOGNISED = "recognised-"
_KIND = "--kind"
"""The answer to the question about the kind, which has a place of its own on the page."""
_OF_A_FILE = ("column-", "sheet-", "parts-", _RECOGNISED, questions.PREFIX, category_words.PREFIX)


def panel() -> None:
    """Draw the panel."""
    if done := st.session_state.pop("imported", None):
        st.success(_("Import {id} is stored").format(id=done), icon=":material/check:")
    number = st.session_state.setdefault("upload-number", 0)
    file = st.file_uploader(
        _("CSV, Excel, JSON, KML, GPX, GML, DXF, GeoPackage; Shapefile, MapInfo table or geodatabase as ZIP"),
        key=f"upload-{number}",
    )
    if file is None:
        if state.show_preview(None):
            st.rerun()
        return
    chosen = st.selectbox(
        _("Rows contain"),
        ("", *KINDS),
        format_func=lambda name: layer_name(name) if name else _("Detect automatically"),
        key="import-kind",
    )
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
    words = category_words.chosen(content)
    sheets = tuple(st.session_state.get(_sheet_key(content), ()))
    found = _kind_of(path, chosen, Options(encoding or None, {}, system or None, {}, words, sheets), file.name)
    if found is None:
        return
    kind, kind_asked = found
    mapping = _changed_mapping(kind, content)
    options = Options(encoding or None, mapping, system or None, questions.orders(kind, content), words, sheets)
    try:
        outcome = _tried(path, kind, options, file.name)
    except JiexuError as error:
        if state.show_preview(None):
            st.rerun()
        if isinstance(error, InputError):
            error.file = file.name  # not where it is kept meanwhile
        show_error(error)
        _choose_sheet(content)
        _columns(_headers(path, encoding or None, sheets), kind, content, {})
        return
    st.session_state[f"parts-{_sheet_key(content)}"] = outcome.reading.raw.all_parts
    points = outcome.points
    shown = points.iloc[np.linspace(0, len(points) - 1, min(len(points), _SHOWN_POINTS)).astype(int)]
    if state.show_preview(shown.get_coordinates().round(6).to_numpy().tolist()):
        state.go_to(points.total_bounds)
        st.rerun()
    _choose_sheet(content)
    _verdict(outcome)
    questions.ask(outcome.reading.questions, kind, content)
    _store_button(outcome, path, kind, options, file.name, kind_asked)
    _columns(outcome.reading.raw.table.columns.tolist(), kind, content, outcome.reading.mapping)
    # below the columns: an element that comes and goes above would close them
    _unread(outcome)
    if kind == "complaints":
        category_words.ask(outcome.points["category"], content)
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


def _kind_of(path: Path, chosen: str, options: Options, name: str) -> tuple[PointKind, bool] | None:
    """
    Return the kind of the rows, as it was chosen, else as the file tells, and whether it must be asked.

    None for a file that cannot be read, or that another verb takes: the page says so.
    """
    key = f"{_RECOGNISED}{path.name}-{options.encoding}"
    given = next((kind for kind in KINDS if kind == chosen), None)
    if given is not None:
        return given, False
    try:
        if key not in st.session_state:
            st.session_state[key] = _recognised(path, options, name)
    except JiexuError as error:
        if state.show_preview(None):
            st.rerun()
        if isinstance(error, InputError):
            error.file = name  # not where it is kept meanwhile
        show_error(error)
        return None
    rows: RowsOf = st.session_state[key]
    asked = bool(rows.questions)
    show = st.warning if asked else st.info
    show(rows.verdict.text.pick(current_language()), icon=":material/category:")
    return next(kind for kind in KINDS if kind == rows.kind), asked


def _recognised(path: Path, options: Options, name: str) -> RowsOf:
    """Return the kind of a file's rows; the dry run that tells it is kept, so that the file is read once."""
    try:
        outcome = _dry_run(path, None, options, name)
    except InputError:  # of a kind that is not sure, or rows without a place: its headers may tell it
        return recognised(path, options.encoding, name)
    reading = outcome.reading
    others = tuple(question for question in reading.questions if question.answer != _KIND)
    st.session_state["tried"] = outcome._replace(reading=reading._replace(questions=others))
    st.session_state["tried-key"] = _way_of_reading(path, reading.of.kind, options)
    return reading.of


def _dry_run(path: Path, kind: PointKind | None, options: Options, name: str) -> Outcome:
    with st.spinner(_("Reading the file …")):
        return add_points(
            study_path(), path, kind, cache.profile(), options, dry_run=True, place=cache.place(), name=name
        )


def _way_of_reading(path: Path, kind: str, options: Options) -> tuple[object, ...]:
    said = (
        options.encoding,
        options.crs,
        options.sheets,
        *(tuple(sorted(part.items())) for part in (options.mapping, options.dates, options.categories)),
    )
    return (path.name, kind, *said, study_path(), about(study_path()).get(f"version:{kind}"))


def _tried(path: Path, kind: PointKind, options: Options, name: str) -> Outcome:
    """Return the outcome of a dry run of the import, computed once for each way of reading the file."""
    key = _way_of_reading(path, kind, options)
    if st.session_state.get("tried-key") != key:
        st.session_state["tried"] = _dry_run(path, kind, options, name)
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
    if reading.of.make is not None:
        st.text(_("Known make: {name}").format(name=reading.of.make.title.pick(language)))
    precision = outcome.points["precision"].value_counts()
    if set(precision.index) - {"coordinates"}:
        st.text(" · ".join(f"{precision_name(str(name))} {count}" for name, count in precision.items()))
    ambiguous = int(outcome.points["ambiguous"].sum()) if "ambiguous" in outcome.points else 0
    parts = {
        _("new"): outcome.added,
        _("updated"): outcome.updated,
        _("unchanged"): outcome.unchanged,
        _("of an earlier state"): outcome.older,
        _("left out"): reading.refused,
        _("without a place"): outcome.unplaced,
        _("with warnings"): reading.doubted,
        _("between two streets"): ambiguous,
    }
    st.text(" · ".join(f"{name} {count:,}" for name, count in parts.items()))


def _store_button(outcome: Outcome, path: Path, kind: Any, options: Options, name: str, kind_asked: bool) -> None:
    if kind_asked:
        st.text(_("Choose above what the rows contain before importing."))
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
        disabled=outcome.reading.asks or nothing or kind_asked,
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
    for key in [key for key in st.session_state if str(key).startswith(_OF_A_FILE)]:
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


def _sheet_key(content: bytes) -> str:
    return f"sheet-{hashlib.sha256(content).hexdigest()[:8]}"


def _choose_sheet(content: bytes) -> None:
    """Offer the sheets or layers of a file that has several; by default, all that fit are read."""
    key = _sheet_key(content)
    parts: tuple[Part, ...] = st.session_state.get(f"parts-{key}", ())
    rows = {part.name: part.rows for part in parts}
    if len(rows) < 2:
        return
    read = ", ".join(dict.fromkeys(part.name for part in parts if part.read))
    st.multiselect(
        _("Sheets or layers"),
        list(rows),
        format_func=lambda name: _("{name} ({count:,} rows)").format(name=name, count=rows[name]),
        key=key,
        placeholder=_("All that fit"),
        help=_("By default all visible sheets with the wanted headers are read."),
    )
    st.text(_("Read: {names}").format(names=read))


def _headers(path: Path, encoding: str | None, sheets: tuple[str, ...]) -> list[str]:
    """Return the columns of a file without placed rows yet; none where it cannot be read at all."""
    try:
        return read_file(path, encoding, sheets=sheets).table.columns.tolist()
    except JiexuError:
        return []


def _unread(outcome: Outcome) -> None:
    """Name the columns that nothing reads."""
    if columns := outcome.reading.unread:
        st.text(_("Columns not read: {columns}").format(columns=", ".join(map(mask_word, columns))))


def _findings(outcome: Outcome) -> None:
    findings, language = outcome.reading.findings, current_language()
    if findings.empty:
        return
    with st.expander(_("Findings ({count})").format(count=len(findings)), icon=":material/rule:"):
        st.dataframe(
            pd.DataFrame(
                {
                    _("Sheet"): findings["sheet"].fillna(""),
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
