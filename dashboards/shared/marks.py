"""Tables with rows to mark: a mark stays on its thing when a colleague's change puts another row in that place."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.shared.widgets import table


def marked(rows: pd.DataFrame, ids: pd.Series, name: str, key: str, several: bool = False, **options: Any) -> list[str]:
    """
    Show a table with rows to mark and its downloads, and return the ids of the marked ones.

    Streamlit keeps the numbers of marked rows. Where the rows have changed since, the marks go with the ids; one
    without a row is returned once more, for a form that was sent off with it.

    Parameters
    ----------
    rows, name, key, options
        As `dashboards.shared.widgets.table` takes them.
    ids
        Of the rows.
    several
        Whether more than one row can be marked.
    """
    order = [str(each) for each in ids]
    known, number = st.session_state.get(f"{key}-rows", (order, 0))
    carried: list[str] = []
    if known != order:
        carried = _at(st.session_state.get(_widget(key, number)), known)
        number += 1
    st.session_state[f"{key}-rows"] = (order, number)
    there = [order.index(each) for each in carried if each in order]
    if there:
        options["selection_default"] = {"selection": {"rows": there}}
    chosen = table(
        rows,
        name,
        _widget(key, number),
        on_select="rerun",
        selection_mode="multi-row" if several else "single-row",
        **options,
    )
    return carried or _at(chosen, order)


def _widget(key: str, number: int) -> str:
    return f"{key}-{number}" if number else key


def _at(chosen: Any, order: list[str]) -> list[str]:
    """Return the ids at the marked rows of a table."""
    rows = [] if chosen is None else chosen["selection"]["rows"]
    return [order[row] for row in rows if row < len(order)]
