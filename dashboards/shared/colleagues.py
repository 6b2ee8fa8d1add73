"""Colleagues on the same study: their names, and a note on each change of theirs."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboards.access import presence
from dashboards.access.visitors import page_key
from dashboards.session import cache, runs
from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.session.server import server
from dashboards.session.wording import outcome_name
from geo.study.file import about
from geo.study.rights import current
from geo.study.versions import version_key

_LOOKS_EVERY_S: Final = 2.0
_WATCHED: Final = ("decisions", "comments", "imports")
"""The tables that colleagues change by hand."""

_SEEN: Final = "colleagues-seen"


def colleagues() -> None:
    """Show who else is here, and draw the page anew with a quiet note when one of them has changed something."""
    if server().private:
        st.session_state[_SEEN] = _versions()
        _watch()


def _versions() -> dict[str, str]:
    facts = about(study_path())
    return {name: facts.get(version_key(name), "") for name in _WATCHED}


@st.fragment(run_every=_LOOKS_EVERY_S)
def _watch() -> None:
    actor = current()
    if not actor.name:
        return
    names = presence.others(study_path(), page_key(), actor.name)
    if names:
        st.text(_("Also here: {names}").format(names=" · ".join(names)))
    seen, now = st.session_state.get(_SEEN, {}), _versions()
    if seen == now:
        return
    st.session_state[_SEEN] = now
    note = _note(actor.name) if seen.get("decisions") != now["decisions"] else _("A colleague changed the study.")
    if note:
        st.toast(note, icon=":material/group:")
    runs.draw_anew()


def _note(own: str) -> str:
    """Return a sentence on the newest decision of somebody else; nothing of one's own."""
    decisions = cache.layer("decisions")
    if decisions.empty:
        return ""
    newest = decisions.iloc[-1]
    if newest["by"] == own:
        return ""
    what = f"{newest['subject_name'] or newest['subject']}: {outcome_name(newest['before'])} → "
    said = what + outcome_name(newest["after"])
    # names of streets and people are no markdown
    return _("{by} decided: {decision}").format(by=_plain(str(newest["by"] or "")), decision=_plain(said))


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is written."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()#+-.!|<>~:$" else each for each in text)
