"""The page Streets: the streets with their tiers and reasons, doubtful tiers, and tier inference."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache, filters, state
from dashboards.session.language import _, current_language
from dashboards.session.wording import tier_name, tier_source_name
from dashboards.shared import background, tier_inference
from dashboards.shared.selection_card import card, hint, kept_selections
from dashboards.shared.widgets import Figure, credits, first_screen, marked_rows, out_of_date
from geo.core.text import pick
from geo.study.schema import GRADED, TIER_SOURCES
from geo.tiers.audit import conflicts_with_list
from geo.tiers.result import TIERS
from layers import palette


def page() -> None:
    """Draw the page."""
    figures = cache.figures()
    streets = pd.DataFrame(cache.layer("streets").drop(columns="geometry"))
    shown = streets[streets["tier"].isin(filters.current().tiers)]
    selected = streets[streets["street_id"].isin(state.selected())]
    judged = selected if len(selected) else shown
    doubtful = judged[judged["tier"].isin(GRADED) & (judged["tier_confidence"] < 0.5)]

    def left() -> None:
        map_view()
        credits(figures["osm_date"], any(figures["synthetic"].values()))

    def right() -> None:
        kept_selections()
        if card():
            return
        hint()
        _chart(judged)

    first_screen(
        [
            Figure(
                _("Selected streets") if len(selected) else _("Shown streets"),
                f"{len(judged):,}",
                f"{judged['length_m'].sum() / 1000:,.1f} km",
            ),
            Figure(_("By list or decision"), f"{(judged['tier_source'] != 'inferred').sum():,}", _("streets")),
            Figure(_("Doubtful tiers"), f"{len(doubtful):,}", _("confidence below 50%")),
            Figure(_("Against the list"), f"{int(conflicts_with_list(judged).sum()):,}", _("decided otherwise")),
        ],
        left,
        right,
    )
    found = cache.doubts()
    streets_tab, doubts_tab, accuracy_tab = st.tabs(
        [_("All streets shown"), _("Doubts ({count})").format(count=len(found)), _("Tier inference")]
    )
    with streets_tab:
        _list(judged)
    with doubts_tab:
        tier_inference.doubts()
    with accuracy_tab:
        _grade()
        tier_inference.accuracy()


def _grade() -> None:
    """Offer to grade the streets again, after complaints, facilities or rules changed."""
    known = cache.known(TIERS)
    out_of_date(known)
    if st.button(
        _("Grade the streets again"),
        type="secondary" if known.fresh else "primary",
        icon=":material/checklist:",
        key="grade",
    ):
        background.start("grade", {})


def _chart(streets: pd.DataFrame) -> None:
    rows = (streets["length_m"].groupby([streets["tier"], streets["tier_source"]]).sum() / 1000).reset_index(name="km")
    rows = rows[rows["tier"].isin(GRADED)]
    rows["name"] = rows["tier"].map(tier_name)
    rows["source"] = rows["tier_source"].map(tier_source_name)
    order = [tier_source_name(source) for source in TIER_SOURCES]
    bars = (
        alt.Chart(rows, title=_("Kilometres by tier and source"), height=260)
        .mark_bar()
        .encode(
            x=alt.X("km:Q", title="km"),
            y=alt.Y("name:N", title=None, sort=[tier_name(tier) for tier in GRADED]),
            color=alt.Color(
                "name:N",
                legend=None,
                scale=alt.Scale(
                    domain=[tier_name(tier) for tier in GRADED],
                    range=[palette.TIERS[tier]["colour"] for tier in GRADED],
                ),
            ),
            opacity=alt.Opacity(
                "source:N",
                title=None,
                scale=alt.Scale(domain=order, range=[1.0, 0.7, 0.35]),
                legend=alt.Legend(orient="bottom", symbolFillColor=palette.CHARTS["legend"], symbolType="square"),
            ),
            tooltip=["name", "source", alt.Tooltip("km:Q", format=".2f")],
        )
    )
    st.altair_chart(bars, width="stretch")


def _list(streets: pd.DataFrame) -> None:
    ordered = streets.sort_values("length_m", ascending=False).reset_index(drop=True)
    language = current_language()
    rows = marked_rows(
        pd.DataFrame(
            {
                _("Street"): ordered["name"].fillna(_("Unnamed street")),
                _("Section"): ordered["section"].map(lambda text: pick(text or "", language)),
                _("Tier"): ordered["tier"].map(tier_name),
                _("Tier from"): ordered["tier_source"].map(tier_source_name),
                _("Confidence"): ordered["tier_confidence"],
                _("Official list"): ordered["official_tier"].map(lambda tier: tier_name(tier or "")),
                "m": ordered["length_m"].round(0),
                _("Complaints"): ordered["complaints"],
                _("Stalls"): ordered["stalls"],
                _("Parking"): ordered["parking"],
                _("Reason"): ordered["tier_reason"].map(lambda text: pick(text, language)),
                "id": ordered["street_id"],
            }
        ),
        "streets",
        "streets-table",
        height=420,
        several=True,
        column_config={_("Confidence"): st.column_config.NumberColumn(format="percent")},
    )
    if rows and st.button(_("Show the marked streets on the map"), type="primary", icon=":material/map:"):
        state.select(ordered.loc[rows, "street_id"].tolist(), go=True)
        st.rerun()
