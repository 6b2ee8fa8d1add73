"""Words for categories of complaints: asked for unknown ones of a file, and the table of all."""

from __future__ import annotations

import hashlib
from typing import Final

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.language import _
from dashboards.session.wording import category_name
from dashboards.shared.widgets import table
from geo.points.categories import CATEGORIES
from geo.points.category_words import all_words, words_kept
from geo.points.unmapped import unmapped

PREFIX: Final = "words-"
"""The keys of chosen categories in the session."""


def chosen(content: bytes) -> dict[str, str]:
    """Return the categories that were chosen for words of a file."""
    known: dict[str, str] = st.session_state.get(f"{_key(content)}-chosen", {})
    return dict(known)


def ask(categories: pd.Series, content: bytes) -> None:
    """Offer a category for each unknown word of a file; choices are kept in the study with the import."""
    key = f"{_key(content)}-chosen"
    known: dict[str, str] = st.session_state.setdefault(key, {})
    words: list[dict[str, str | int | None]] = [
        {"word": word, "count": None, "category": code} for word, code in known.items()
    ]
    words += [{"word": row["word"], "count": row["count"], "category": None} for row in unmapped(categories)]
    if not words:
        return
    names = {category_name(code): code for code in CATEGORIES}
    rows = pd.DataFrame(words)
    rows["category"] = [category_name(str(code)) if code else None for code in rows["category"]]
    with st.expander(_("Unknown categories ({count})").format(count=len(rows)), icon=":material/label:"):
        edited = st.data_editor(
            rows[["word", "count", "category"]],
            hide_index=True,
            width="stretch",
            disabled=["word", "count"],
            column_config={
                "word": _("Word"),
                "count": _("Complaints"),
                "category": st.column_config.SelectboxColumn(_("Category"), options=list(names)),
            },
            key=f"{_key(content)}-editor-{len(known)}",
        )
        st.caption(_("They are kept as written. A category chosen here is kept for later files."))
    said = {
        str(word): names[name]
        for word, name in zip(edited["word"], edited["category"], strict=True)
        if isinstance(name, str) and name in names
    }
    if said != known:
        st.session_state[key] = said
        st.rerun()


def words_table() -> None:
    """Show all words that stand for categories, the study's own first, and the words that stand for none."""
    words = all_words(words_kept(cache.layer("category_words")))
    open_ = pd.DataFrame(unmapped(cache.layer("complaints")["category"]), columns=["word", "count"])
    if len(open_):
        st.caption(_("Words of the study's complaints that stand for no category"))
        table(open_.rename(columns={"word": _("Word"), "count": _("Complaints")}), "unmapped", "unmapped-table")
    table(
        pd.DataFrame(
            {
                _("Word"): words["word"],
                _("Category"): words["category"].map(category_name),
                _("From"): words["own"].map({True: _("this study"), False: _("Jiexu")}),
            }
        ),
        "categories",
        "categories-table",
    )
    st.caption(_("To change the study's words, write them to a file, edit it, and import with it:"))
    st.code("jiexu categories STUDY --to words.csv\njiexu add STUDY FILE --categories words.csv", language=None)


def _key(content: bytes) -> str:
    return f"{PREFIX}{hashlib.sha256(content).hexdigest()[:8]}"
