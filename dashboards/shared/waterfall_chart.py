"""A chart of the kerb taken by each rule, from all kerb to the rest."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dashboards.session.language import _
from dashboards.session.wording import rule_name
from geo.kerbs.waterfall import Waterfall
from layers import palette


def waterfall_chart(fall: Waterfall, counted: str, left_name: str, title: str) -> None:
    """
    Draw the chart, with a switch between metres and pitches or bays.

    Parameters
    ----------
    fall
        As `geo.kerbs.waterfall.waterfall` returns.
    counted
        What fits the kerb: pitches, or bays.
    left_name, title
        What the last bar and the chart are called.
    """
    kinds = {"metres": _("Metres"), "pitches": counted}
    by = st.segmented_control(
        _("Count"), list(kinds), default="metres", format_func=kinds.__getitem__, key="waterfall-by",
        label_visibility="collapsed",
    ) or "metres"  # fmt: skip
    total = fall.kerb_m if by == "metres" else fall.kerb_pitches
    left = fall.free_m if by == "metres" else fall.pitches
    steps = fall.steps[fall.steps[by] != 0]
    taken = steps[by].to_numpy(dtype=float)
    before = total - np.concatenate([[0.0], np.cumsum(taken)])
    rows = pd.DataFrame(
        {
            "what": [_("All kerb"), *map(rule_name, steps["rule"]), left_name],
            "from": [0.0, *before[1:], 0.0],
            "to": [total, *before[:-1], left],
            "kind": ["all", *["rule"] * len(steps), "left"],
            "metres": [fall.kerb_m, *-steps["metres"], fall.free_m],
            "pitches": [fall.kerb_pitches, *-steps["pitches"], fall.pitches],
            "alone": [np.nan, *steps["sole_m"], np.nan],
        }
    )
    rows["what"] = rows["what"].where(~rows["what"].duplicated(), rows["what"] + " ")
    chart = (
        alt.Chart(rows, title=title, height=20 * len(rows) + 30)
        .mark_bar()
        .encode(
            x=alt.X("from:Q", title=kinds[by], axis=alt.Axis(format="~s")),  # 60k: the last label fits
            x2="to:Q",
            y=alt.Y(
                "what:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False, labelFlush=False)
            ),
            color=alt.Color(
                "kind:N",
                legend=None,
                scale=alt.Scale(
                    domain=["all", "rule", "left"], range=[palette.CHARTS[kind] for kind in ("all", "taken", "left")]
                ),
            ),
            tooltip=[
                alt.Tooltip("what:N", title=_("Rule")),
                alt.Tooltip("metres:Q", title=_("Metres"), format=",.0f"),
                alt.Tooltip("pitches:Q", title=counted, format=",d"),
                alt.Tooltip("alone:Q", title=_("Metres forbidden by this rule alone"), format=",.0f"),
            ],
        )
    )
    st.altair_chart(chart, width="stretch")
    st.caption(
        _(
            "Each rule takes from the kerb left by the rules above it. Leftover stretches too short for one pitch"
            " or bay: {metres:,.0f} m."
        ).format(metres=fall.remnants_m)
    )
