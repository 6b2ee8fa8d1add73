"""The page Studies: all studies of the server, with place, dates, size and state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st
from babel import Locale

from dashboards.access.libraries import moved, new_path
from dashboards.library.head import forget_names, lead_to
from dashboards.session.language import _, current_language
from dashboards.session.server import server
from dashboards.shared import background
from dashboards.shared.widgets import show_error, uploaded
from geo.background.tasks import EXTRACTS, build_new
from geo.build import STEPS
from geo.core.errors import JiexuError
from geo.core.text import Text
from geo.jobs.dispatcher import dispatcher_of
from geo.study import library_moves
from geo.study.library import SUFFIX, ListedStudy, studies
from geo.study.library_documents import Shelf
from geo.study.library_moves import Moved
from geo.study.rights import EVERY_STUDY, Right, current

_MB: Final = 1_000_000
_COLUMNS: Final = (0.26, 0.26, 0.16, 0.1, 0.22)


def page() -> None:
    """Draw the page."""
    folder = server().library
    if folder is None:
        st.info(_("This server shows one study. jiexu serve FOLDER shows all studies of a folder."))
        return
    st.header(_("Studies"))
    shown = [each for each in studies(folder) if _may_see(each)]
    here = [each for each in shown if each.shelf == "current"]
    if not here:
        st.info(_("There is no study here on which you have a role."))
    for each in here:
        _entry(folder, each)
    if current().may("administer", EVERY_STUDY):
        background.builds(folder)
        _new(folder)
    shelves: tuple[tuple[Shelf, str], ...] = (("archived", _("Archive")), ("bin", _("Bin")))
    for shelf, title in shelves:
        away = [each for each in shown if each.shelf == shelf]
        if away:
            with st.expander(f"{title} · {len(away)}", icon=":material/inventory_2:"):
                for each in away:
                    _entry(folder, each)


def _may_see(each: ListedStudy) -> bool:
    """Tell whether the visitor may see an entry; archive, bin and files that are no study are for administrators."""
    right: Right = "see" if each.shelf == "current" and each.state != "no_study" else "administer"
    return current().may(right, _role_path(each))


def _role_path(each: ListedStudy) -> Path:
    return Path(f"{each.role_name}{SUFFIX}")


def _entry(folder: Path, each: ListedStudy) -> None:
    """Draw a study: name, place, dates, size, state, and buttons for it."""
    language = current_language()
    key = f"{each.shelf}-{each.name}"
    with st.container(border=True):
        name, place, date, size, acts = st.columns(_COLUMNS, vertical_alignment="center")
        name.text(each.name)
        country = Locale.parse(language).territories.get(each.country, each.country)
        place.text(" · ".join(filter(None, (country, each.source))))
        changed = "" if each.changed_at is None else f"{each.changed_at.astimezone():%Y-%m-%d %H:%M}"
        date.text("\n".join(filter(None, (changed, f"OSM {each.osm_date[:10]}" if each.osm_date else ""))))
        size.text(f"{each.size_bytes / _MB:,.1f} MB")
        with acts, st.container(horizontal=True, gap="small"):
            if (
                each.shelf == "current"
                and each.state == "sound"
                and st.button(_("Open the study"), key=f"open-{key}", type="primary")
            ):
                lead_to(each.name)
            if current().may("administer", _role_path(each)):
                _manage(folder, each, key)
        if each.problem is not None:
            st.badge(_state_name(each), color="orange")
            st.text(each.problem.pick(language))


def _state_name(each: ListedStudy) -> str:
    return {
        "older": _("older format"),
        "damaged": _("damaged"),
        "unreadable": _("cannot be read now"),
        "no_study": _("no study"),
    }.get(each.state, "")


def _manage(folder: Path, each: ListedStudy, key: str) -> None:
    """Offer to rename, archive, remove or restore a study."""
    if each.shelf != "current":
        if st.button(_("Restore"), key=f"restore-{key}", icon=":material/unarchive:"):
            _do(folder, partial(library_moves.restore, folder, each.name, each.shelf))
        if each.shelf == "archived" and st.button(_("Move to the bin"), key=f"remove-{key}", icon=":material/delete:"):
            _do(folder, partial(library_moves.remove, folder, each.name, each.shelf))
        return
    with st.popover(_("Manage")):
        typed = st.text_input(_("New name"), value=each.name, key=f"name-{key}")
        if st.button(_("Rename"), key=f"rename-{key}", disabled=typed.strip() == each.name):
            _do(folder, partial(library_moves.rename, folder, each.name, typed), each.name)
        if st.button(_("Archive"), key=f"archive-{key}", icon=":material/archive:"):
            _do(folder, partial(library_moves.archive, folder, each.name), each.name)
        if st.button(_("Move to the bin"), key=f"remove-{key}", icon=":material/delete:"):
            _do(folder, partial(library_moves.remove, folder, each.name), each.name)


def _do(folder: Path, move: Callable[[], Moved], current_study: str | None = None) -> None:
    """Move a study, with its roles; then draw the page anew, or show the problem."""
    try:
        moved(folder, move, current_study)
    except JiexuError as error:
        show_error(error)
    else:
        forget_names()
        st.rerun()


def _new(folder: Path) -> None:
    """Offer to build a study: of an extract, or the sample."""
    sources = {"extract": _("OSM extract"), "sample": _("Sample: central Helsinki, synthetic points")}
    with st.expander(_("New study"), icon=":material/add:"):
        name = st.text_input(_("Name"), key="new-name")
        source = st.radio(_("Made of"), list(sources), format_func=sources.__getitem__, key="new-source")
        file = None
        if source == "extract":
            file = st.file_uploader(_("Extract"), type=[suffix[1:] for suffix in EXTRACTS], key="new-extract")
            st.caption(_("Files beyond the upload limit: jiexu build on the server."))
        if st.button(_("Build"), key="new-build", disabled=not name.strip() or (source == "extract" and file is None)):
            try:
                path = new_path(folder, name)
                if dispatcher_of(folder) is not None:
                    _submit(path, file)
                    return
                _build(path, file)
            except JiexuError as error:
                show_error(error)
            else:
                forget_names()
                lead_to(path.stem)


def _submit(path: Path, file: st.runtime.uploaded_file_manager.UploadedFile | None) -> None:
    """Have a study built in the background: it goes on when the page is closed."""
    with uploaded(file) as extract:
        arguments, files = ({}, None) if file is None or extract is None else ({"name": file.name}, {"file": extract})
        background.start("build", arguments, files, lambda result: forget_names(), study=path)


def _build(path: Path, file: st.runtime.uploaded_file_manager.UploadedFile | None) -> None:
    """Build a study of an uploaded extract, or the sample."""
    language, done = current_language(), 0
    bar = st.progress(0.0)

    def on_step(step: Text) -> None:
        nonlocal done
        done += 1
        bar.progress(min(1.0, done / STEPS), step.pick(language))

    with uploaded(file) as extract:
        build_new(path, extract, "" if file is None else file.name, on_step)
