"""The page Overview: the city's streets tier by tier, with their complaints, stalls and parking."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache, complaint_figures, filters
from dashboards.session.language import _, current_language
from dashboards.session.wording import tier_name
from dashboards.shared.selection_card import card, hint
from dashboards.shared.widgets import Figure, credits, first_screen, table
from geo.study.documents import FiguresDocument
from geo.study.left_out import left_out_text
from geo.study.schema import GRADED, TIERS
from layers import palette


def page() -> None:
    """Draw the page."""
    figures = cache.figures()
    layers = figures["layers"]
    km = sum(figures["streets_km"]["tier"].values())
    graded = sum(figures["streets_km"]["tier"].get(tier, 0) for tier in GRADED)
    official = figures["streets_km"]["tier_source"].get("official", 0)
    manual = figures["streets_km"]["tier_source"].get("manual", 0)
    share = (official + manual) / km if km else 0
    rows = [row for tier, row in figures["per_tier"].items() if tier in GRADED]
    complaints, stalls = sum(row["complaints"] for row in rows), sum(row["stalls"] for row in rows)
    made_up = figures["synthetic"]

    def left() -> None:
        map_view()
        credits(figures["osm_date"], any(figures["synthetic"].values()))

    def right() -> None:
        if card():
            return
        hint()
        _chart(figures)
        _tier_table(figures)

    first_screen(
        [
            Figure(_("Graded streets"), f"{graded:,.1f} km", _("of {km:,.1f} km of roads").format(km=km)),
            Figure(_("By list or decision"), f"{share:.0%}", _("of road length")),
            Figure(_("Complaints"), f"{layers['complaints']:,}", _rate(complaints, graded, made_up["complaints"])),
            Figure(_("Stalls"), f"{layers['stalls']:,}", _rate(stalls, graded, made_up["stalls"])),
            Figure(_("Findings to check"), f"{layers['findings']:,}", _("on the page Data")),
        ],
        left,
        right,
    )
    _hot_streets()


def _rate(count: int, graded_km: float, made_up: int) -> str:
    text = _("{rate:.1f} per graded km").format(rate=count / graded_km) if graded_km else ""
    return " · ".join((text, _("synthetic"))) if made_up else text


def _chart(figures: FiguresDocument) -> None:
    rates = {tier: row["complaints_per_km"] or 0 for tier, row in figures["per_tier"].items()}
    rows = pd.DataFrame(
        {
            "tier": [tier_name(tier) for tier in GRADED],
            "rate": [rates.get(tier, 0) for tier in GRADED],
            "colour": [palette.TIERS[tier]["colour"] for tier in GRADED],
        }
    )
    title = _("Complaints per km, by tier")
    if figures["synthetic"]["complaints"]:
        title = " · ".join((title, _("synthetic")))
    bars = (
        alt.Chart(rows, title=title, height=150)
        .mark_bar()
        .encode(
            x=alt.X("rate:Q", title=None),
            y=alt.Y("tier:N", title=None, sort=None, axis=alt.Axis(labelLimit=160, labelOverlap=False)),
            color=alt.Color("colour:N", scale=None),
            tooltip=["tier", alt.Tooltip("rate:Q", format=".1f")],
        )
    )
    st.altair_chart(bars, width="stretch")


def _tier_table(figures: FiguresDocument) -> None:
    rows = pd.DataFrame.from_dict(figures["per_tier"], orient="index")
    rows = rows.reindex([tier for tier in TIERS if tier in rows.index])
    table(
        pd.DataFrame(
            {
                _("Tier"): [tier_name(tier) for tier in rows.index],
                "km": rows["km"].round(1),
                _("Complaints"): rows["complaints"],
                _("Per km"): rows["complaints_per_km"].astype(float).round(1),
                _("Stalls"): rows["stalls"],
                _("Parking"): rows["parking"],
            }
        ),
        "tiers",
        "tiers-table",
    )
    _left_out(figures["left_out"].get("complaints", {}))


def _hot_streets() -> None:
    st.subheader(_("Streets with the most complaints"))
    streets = cache.columns("streets", "street_id", "name", "tier", "length_m", "complaints", "stalls")
    chosen, left_out = filters.chosen_categories(), cache.figures()["left_out"].get("complaints", {})
    counts = streets["complaints"]
    if chosen:
        counts, left_out = complaint_figures.per_street(tuple(sorted(chosen)))
        counts = counts.set_axis(streets.index)  # both in the layer's order
    top = streets.loc[counts[counts > 0].nlargest(15).index]
    top = top[top["tier"].isin(filters.current().tiers)]
    number = counts.loc[top.index]
    table(
        pd.DataFrame(
            {
                _("Street"): top["name"].fillna(_("Unnamed street")),
                _("Tier"): top["tier"].map(tier_name),
                _("Complaints"): number,
                _("Per km"): (number / top["length_m"] * 1000).round(1),
                _("Stalls"): top["stalls"],
            }
        ),
        "streets-with-complaints",
        "hot-streets",
    )
    _left_out(left_out)


def _left_out(left_out: Mapping[str, int]) -> None:
    """Say how many complaints the figures leave out, and why."""
    if left_out:
        text = left_out_text(left_out).pick(current_language())
        st.caption(" ".join((_("Complaints"), text)))
