"""The head of every page of a library: the study that it shows, and the way to another one."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from dashboards.session.language import LANGUAGES, _
from dashboards.session.served_study import address_of, study_path, visible_names
from dashboards.session.server import server
from geo.study.library import studies

_NAMES_KEPT_S: Final = 3.0
"""For how long the list of the switch may be old: it is drawn with every click."""


def head() -> None:
    """Draw the study's name, with the list of the others behind it; a server of one study has no such head."""
    if server().library is None:
        return
    shown = study_path().stem
    offered = openable_names()
    if shown not in offered:
        offered = [shown, *offered]
    with st.container(key="study-head"):
        chosen = st.selectbox(
            _("Study"), offered, index=offered.index(shown), key="study-switch", label_visibility="collapsed"
        )
    if chosen != shown:
        lead_to(chosen, stay=True)


def openable_names() -> list[str]:
    """Return the names of the studies of the library that the visitor may open."""
    folder = server().library
    if folder is None:
        return []
    visible = set(visible_names(folder))
    return [name for name in _sound_names(str(folder.resolve())) if name in visible]


def forget_names() -> None:
    """Look for studies anew: one was made, renamed or moved."""
    _sound_names.clear()


@st.cache_data(ttl=_NAMES_KEPT_S, show_spinner=False)
def _sound_names(_folder: str) -> list[str]:
    folder = server().library
    return [] if folder is None else [each.name for each in studies(folder, "current") if each.state == "sound"]


def lead_to(name: str, stay: bool = False) -> None:
    """
    Have the browser open a study, and end this run.

    It loads the page anew: a session is on one study, so that no input and no selection is taken for another one's.

    Parameters
    ----------
    name
        The study.
    stay
        Whether to open the same page of it; else the first one.
    """
    language = st.query_params.get("lang")
    query = json.dumps(address_of(name, language if language in LANGUAGES else None))
    base = json.dumps(f"{server().base_path}/").replace("<", "\\u003c")
    path = "window.location.pathname" if stay else base
    with st.container(key="lead-to"):
        # percent-encoded: nothing that a script could read
        st.html(f"<script>window.location.assign({path} + {query})</script>", unsafe_allow_javascript=True)
    st.caption(_("Opening the study …"))
    st.stop()
