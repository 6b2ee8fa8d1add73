"""Who signs a change on a page, and whether they may make it."""

from __future__ import annotations

import streamlit as st

from dashboards.session.language import _
from dashboards.session.served_study import study_path
from geo.study.rights import Right, current


def may(right: Right, said: bool = True) -> bool:
    """
    Tell whether the visitor has a right on the study; the study itself asks again when something is changed.

    Parameters
    ----------
    right
        As `geo.study.rights` has them.
    said
        Whether the page says so where they have not.
    """
    allowed = current().may(right, study_path())
    if said and not allowed:
        st.caption(_("Your role does not allow changes here."))
    return allowed


def signature(label: str | None = None, key: str | None = None) -> str:
    """Return the name that a change is signed with: of the account, else as it is typed here."""
    actor = current()
    if actor.signed_in:
        st.text(_("Signed by {name}").format(name=actor.name))
        return actor.name
    typed: str = st.text_input(label or _("Decided by"), value=st.session_state.get("by", ""), key=key)
    return typed.strip()
