"""Runs of a page's script: asked for by a person, or by the page itself when a colleague changed something."""

from __future__ import annotations

from typing import Final, NoReturn

import streamlit as st

_ASKED: Final = "run-asked-by-page"
_NOW: Final = "run-by-page"


def begin() -> None:
    """Begin a run of the whole script: find out whether the page itself asked for it."""
    st.session_state[_NOW] = st.session_state.pop(_ASKED, False)


def by_page() -> bool:
    """Tell whether the page itself asked for this run: nobody has looked at the page since, or typed anything."""
    return bool(st.session_state.get(_NOW, False))


def draw_anew() -> NoReturn:
    """Have the page drawn anew by itself, and end this run."""
    st.session_state[_ASKED] = True
    st.rerun()
