"""The page Parking: bays by day and at night, kerb taken by each rule, the parking that is there."""

from __future__ import annotations

from typing import Final, Literal

import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.parking import tabs
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.shared import background
from dashboards.shared.waterfall_chart import waterfall_chart
from dashboards.shared.widgets import Figure, credits, first_screen, out_of_date
from geo.core.text import pick
from geo.parking.documents import BaysDocument, ChoiceDocument
from geo.parking.need import PERIODS
from geo.parking.room import BayHours
from geo.parking.study import BAYS
from geo.study.results import Known

Shown = Literal["bays", "parking_need", "parking_differences", "parking_inventory"]
_SHOWN: Final[tuple[Shown, ...]] = ("bays", "parking_need", "parking_differences", "parking_inventory")


def page() -> None:
    """Draw the page."""
    hours = _hours()
    known = cache.known(BAYS)
    bays = cache.layer("bays")
    selected = state.selected()
    fall = cache.bay_fall(hours, tuple(selected))
    capacity = cache.bay_study(()).capacity(hours, selected or None)
    shown = bays[bays["street_id"].isin(selected)] if selected else bays
    placed = shown["hours"].value_counts()
    where = _("on the selected streets") if selected else _("in the study")

    def left() -> None:
        on_map = _on_map()
        # need is drawn for the time that the rules are of
        period = PERIODS.index("night" if hours == "night" else "day")
        points = ["parking", "complaints"] if on_map == "bays" else ["parking"]
        map_view(560, [on_map], {"parking_need": [period]}, points, muted=on_map != "bays")
        credits(cache.figures()["osm_date"], any(cache.figures()["synthetic"].values()))

    def right() -> None:
        _compute(known, hours)
        waterfall_chart(fall, _("Bays"), _("Left for bays"), _("Kerb taken by each rule"))

    first_screen(
        [
            Figure(
                _("Bays that fit") if hours == "all_day" else _("Further bays that fit at night"),
                f"{capacity['likely']:,}",
                where,
            ),
            Figure(_("If estimated widths are wrong"), f"{capacity['low']:,}–{capacity['high']:,}", where),
            Figure(
                _("Bays placed"),
                f"{len(shown):,}",
                _("{day:,} all day, {night:,} at night").format(
                    day=int(placed.get("all_day", 0)), night=int(placed.get("night", 0))
                ),
            ),
            _seeking(hours, selected),
        ],
        left,
        right,
    )
    tabs.tabs(hours, shown, known)


def _hours() -> BayHours:
    return "night" if st.session_state.get("bay-hours") == "night" else "all_day"


def _on_map() -> Shown:
    names: dict[Shown, str] = {
        "bays": _("Bays"),
        "parking_need": _("Cars per space"),
        "parking_differences": _("Against mapped parking"),
        "parking_inventory": _("Parking inventory"),
    }
    chosen = st.segmented_control(
        _("On the map"), _SHOWN, default="bays", format_func=names.__getitem__, key="bays-shown",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or "bays"


def _seeking(hours: BayHours, selected: list[str]) -> Figure:
    """Return how many cars look for a space, and how many there are for them."""
    need = pd.DataFrame(cache.layer("parking_need").drop(columns="geometry"))
    if selected:
        need = need[need["street_id"].isin(selected)]
    period = "night" if hours == "night" else "day"
    cars, spaces = need[f"demand_{period}"].sum(), need[f"spaces_{period}"].sum()
    title = _("Cars at night, estimated") if period == "night" else _("Cars by day, estimated")
    if need.empty:
        return Figure(title, "–", _("place the bays first"))
    return Figure(title, f"{cars:,.0f}", _("{spaces:,.0f} spaces within walking distance").format(spaces=spaces))


def _compute(known: Known[BaysDocument], hours: BayHours) -> None:
    names: dict[BayHours, str] = {"all_day": _("All day"), "night": _("At night")}
    st.segmented_control(
        _("Rules for"), list(names), default=hours, format_func=names.__getitem__, key="bay-hours",
        label_visibility="collapsed",
    )  # fmt: skip
    if known.summary is None:
        st.info(_("No bays have been placed yet in this study."), icon=":material/local_parking:")
    out_of_date(known)
    budget = st.number_input(
        _("Maximum number of new bays"),
        min_value=1,
        value=None,
        step=10,
        placeholder=_("all that fit"),
        key="bays-budget",
        help=_(
            "With a number, only the bays that relieve the most cars in the period chosen above are placed: all-day "
            "bays, or bays for the night only; on the selected streets, if some are selected."
        ),
    )
    if st.button(
        _("Place the bays"),
        type="secondary" if known.fresh else "primary",
        icon=":material/calculate:",
        width="stretch",
    ):
        only = (state.selected() or None) if budget is not None else None
        night = budget is None or hours == "night"
        limit = None if budget is None else int(budget)
        background.start("bays", {"street_ids": only, "night": night, "budget": limit})
    if known.fresh and known.summary and "choice" in known.summary:
        _chosen(known.summary["choice"])


def _chosen(choice: ChoiceDocument) -> None:
    if choice["nothing"] is not None:
        st.info(pick(choice["nothing"], current_language()), icon=":material/info:")
        return
    when = _("at night") if choice["period"] == "night" else _("by day")
    st.success(
        _(
            "{chosen:,} of {budget:,} bays chosen: {relieved:,} more cars find a space {when}, {walk:.0f} m on foot on "
            "average. No choice relieves more than {bound:,} (proven); the greedy one {greedy:,}."
        ).format(
            chosen=choice["chosen"],
            budget=choice["budget"],
            relieved=choice["relieved"],
            when=when,
            walk=choice["mean_walk_m"],
            bound=choice["bound"],
            greedy=choice["greedy_relieved"],
        ),
        icon=":material/verified:",
    )
