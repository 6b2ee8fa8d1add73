"""The study that a session or a request is on: the one that the server shows, or one of its library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboards.session.server import server
from geo.core.errors import JiexuError, StudyError
from geo.core.text import Text
from geo.study.file import about
from geo.study.library import SUFFIX, find, names, studies
from geo.study.rights import current

SAMPLE_STUDY: Final = Path("studies") / "sample.gpkg"

IN_ADDRESS: Final = "study"
"""The study's name in an address of pages and of the map."""

_KEPT: Final = "served_study"
_LISTED: Final = "studies_listed"
"""Whether the session has seen the list: it stays there when all studies but one are put away."""

_of_request: ContextVar[Path | None] = ContextVar("study_of_request", default=None)


class NoneChosenError(StudyError):
    """There are several studies, or none, and the address names none of them."""


def served_folder() -> Path:
    """Return the folder of the served study; accounts and settings of the server stand there."""
    return served_library() or Path(os.environ.get("JIEXU_STUDY") or SAMPLE_STUDY).resolve().parent


def served_library() -> Path | None:
    """Return the folder whose studies are all served, or None where it is one study."""
    served = Path(os.environ.get("JIEXU_STUDY") or SAMPLE_STUDY).resolve()
    return served if served.is_dir() else None


def study_path() -> Path:
    """
    Return the study of this session or request.

    A server of one study shows that: `JIEXU_STUDY`, else the sample where `jiexu serve` made it. A server of a library
    shows the one that the address names, else the only one that the visitor may see.

    Raises
    ------
    NoneChosenError
        If a study of the library has to be chosen first.
    StudyError
        If there is no such study for this visitor, or the server was started without one.
    """
    given = _of_request.get()
    if given is not None:
        return given
    folder = server().library
    if folder is None:
        return _only_study()
    if get_script_run_ctx(suppress_warning=True) is None:
        return _chosen(folder, None)
    asked, kept = st.query_params.get(IN_ADDRESS), st.session_state.get(_KEPT)
    # a session stays on its study: a page that leads to another one opens a new session
    if kept is None or asked not in (None, kept.stem):
        if asked is None and st.session_state.get(_LISTED):
            raise _none_chosen()
        try:
            kept = _chosen(folder, asked)
        except NoneChosenError:
            st.session_state[_LISTED] = True
            raise
        st.session_state[_KEPT] = kept
    path: Path = kept
    return path


@contextmanager
def on_study(name: str | None) -> Iterator[Path]:
    """
    Work on a study within a `with` block: for requests that are no page.

    Parameters
    ----------
    name
        The study's name in the library; a server of one study takes none.

    Raises
    ------
    NoneChosenError, StudyError
        As `study_path`.
    """
    folder = server().library
    path = study_path() if folder is None else _chosen(folder, name)
    token = _of_request.set(path)
    try:
        yield path
    finally:
        _of_request.reset(token)


def visible_names(folder: Path) -> list[str]:
    """Return the names of the files of a library that the visitor may see."""
    actor = current()
    return [name for name in names(folder) if actor.may("see", folder / f"{name}{SUFFIX}")]


def address_of(name: str, language: str | None = None) -> str:
    """Return the query of an address that opens a study, with the language that was chosen."""
    return "?" + urlencode({IN_ADDRESS: name, **({"lang": language} if language else {})})


def problem_of_study() -> JiexuError | None:
    """Return the reason that the served study cannot be read now (deleted, moved, replaced), or None."""
    try:
        about(study_path())
    except JiexuError as error:
        return error
    return None


def _only_study() -> Path:
    path = Path(os.environ.get("JIEXU_STUDY") or SAMPLE_STUDY)
    if path == SAMPLE_STUDY and not path.is_file():
        raise StudyError(
            Text("没有指定研究文件", "No study was named"),
            Text("请用 jiexu serve 研究.gpkg 启动", "Start with: jiexu serve STUDY.gpkg"),
        )
    return path


def _chosen(folder: Path, asked: str | None) -> Path:
    """Return a study of a library that the visitor may see: the one asked for, else the only one."""
    there = visible_names(folder)
    if asked is None:
        whole = [each.name for each in studies(folder, "current") if each.state == "sound" and each.name in there]
        if len(whole) != 1:
            raise _none_chosen()
        asked = whole[0]
    path = find(folder, asked) if asked in there else None
    if path is None:  # nobody learns whether there is one that they may not see
        raise StudyError(
            Text(f"没有研究 {asked}，或您没有其权限", f"There is no study {asked}, or you have no role on it"),
            Text("请选择列表中的研究，或联系管理员", "Choose one of the list, or ask an administrator"),
        )
    return path


def _none_chosen() -> NoneChosenError:
    return NoneChosenError(
        Text("请先选择研究", "Choose a study first"),
        Text(f"在地址中写明：?{IN_ADDRESS}=名称", f"Name it in the address: ?{IN_ADDRESS}=NAME"),
    )
