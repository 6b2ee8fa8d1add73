"""Questions of a file that is to be imported: on its first rows, above a button that waits for the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboards.session.language import _, current_language
from geo.files.date_order import ANSWER, DATE_ORDERS, DateOrder
from geo.files.questions import Question

COLUMN_ANSWER: Final = "--map"
PREFIX: Final = "dates-"
"""The keys of answers in the session."""


def orders(kind: str, content: bytes) -> dict[str, DateOrder]:
    """Return the orders of day, month and year that were chosen for the columns of a file."""
    prefix = _prefix(kind, content)
    chosen = {str(key).removeprefix(prefix): said for key, said in st.session_state.items() if _is_of(key, prefix)}
    return {column: order for column, said in chosen.items() for order in DATE_ORDERS if order == said}


def ask(questions: Sequence[Question], kind: str, content: bytes) -> None:
    """Ask for the order of dates; a question stays when it is answered, so that the answer can be changed."""
    prefix = _prefix(kind, content)
    for question in questions:
        if question.answer == COLUMN_ANSWER:
            st.text(question.text.pick(current_language()))
            st.text(_("Choose the column below, under “Columns”."))
    asked: dict[str, Question] = st.session_state.setdefault(f"{PREFIX}asked-{prefix}", {})
    asked.update({question.column: question for question in questions if question.answer == ANSWER})
    names = {"dmy": _("Day first"), "mdy": _("Month first"), "ymd": _("Year first")}
    for column, question in asked.items():
        says = {
            order: f"{names[order]} ({day})" for order, day in zip(question.choices, question.evidence, strict=True)
        }
        with st.container(border=True, gap="small"):
            # headers and cells are text of others: never Markdown
            st.text(f"{column}: {question.text.pick(current_language())}")
            st.text(_("First rows: {examples}").format(examples=" · ".join(question.examples)))
            st.radio(
                _("Order of day and month"),
                question.choices,
                index=None,
                format_func=says.__getitem__,
                horizontal=True,
                key=f"{prefix}{column}",
            )


def _prefix(kind: str, content: bytes) -> str:
    return f"{PREFIX}{hashlib.sha256(content).hexdigest()[:8]}-{kind}-"


def _is_of(key: object, prefix: str) -> bool:
    return str(key).startswith(prefix)
