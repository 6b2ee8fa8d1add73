"""Comments between colleagues on a street or a zone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import show_error
from geo.core.errors import JiexuError
from geo.study.comments import add_comment, comments_on, finish_comment


def comments(subject: str) -> None:
    """Show the comments on a street or zone, and take a new one."""
    rows = comments_on(pd.DataFrame(cache.layer("comments")), subject)
    waiting = int(rows["done_at"].isna().sum())
    with st.expander(_("Comments") + (f" ({waiting})" if waiting else ""), icon=":material/chat:"):
        allowed = may("record", said=False)
        for row in rows.itertuples():
            _comment(row, allowed)
        if not allowed:
            return
        with st.form(f"comment-{subject}", border=False, clear_on_submit=True):
            text = st.text_area(_("New comment"), height=68, max_chars=2_000)
            by = signature(key=f"comment-by-{subject}")
            said = st.form_submit_button(_("Add the comment"), width="stretch")
        if said:
            try:
                add_comment(study_path(), subject, text, by)
            except JiexuError as error:
                show_error(error)
            else:
                st.session_state["by"] = by
                st.rerun()


def _comment(row: Any, allowed: bool) -> None:
    when = row.at.tz_convert(cache.timezone()).strftime("%Y-%m-%d %H:%M")
    st.text(f"{row.by or ''} · {when}\n{row.text}")
    if not pd.isna(row.done_at):
        st.caption(_("Done"))
    elif allowed and st.button(_("Mark as done"), key=f"done-{row.comment_id}", icon=":material/check:"):
        try:
            finish_comment(study_path(), row.comment_id, st.session_state.get("by", ""))
        except JiexuError as error:
            show_error(error)
        else:
            st.rerun()
