"""Places for stalls that the city has: their list, with conflicts, and the card of one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _
from dashboards.session.wording import hours_name, rule_name, rule_names
from dashboards.shared.widgets import marked_rows
from geo.stalls.supply_documents import StandingPlace

_AROUND_DEGREES = 0.001


def places() -> None:
    """Draw the list of places; a marked one can be shown on the map."""
    rows = cache.layer("stall_places")
    if rows.empty:
        st.caption(_("The study has no existing places: import them on the page Data."))
        return
    own = cache.plan().places
    counted = dict(zip(own.ids, own.pitches, strict=True))
    roads = cache.layer("roads")
    street = pd.Series(roads["name"].to_numpy(), index=roads["segment_id"].to_numpy())
    marked = marked_rows(
        pd.DataFrame(
            {
                _("Name"): rows["name"].fillna(""),
                _("Street"): rows["segment_id"].map(street).fillna(_("Unnamed street")),
                _("Pitches"): rows["place_id"].map(counted),
                _("Hours"): [hours_text(text) for text in rows["hours"]],
                _("Goods"): rows["goods"].fillna(""),
                _("Manager"): rows["manager"].fillna(""),
                _("Fee"): rows["fee"].fillna(""),
                _("In conflict with"): rows["conflicts"].fillna("").map(rule_names),
                "id": rows["place_id"],
            }
        ),
        "stall-places",
        "places-table",
        height=360,
    )
    if marked and st.button(_("Show the marked place on the map"), icon=":material/map:", key="place-show"):
        shape = rows.geometry.iloc[marked[0]]
        middle = shape.representative_point()
        state.ask_about((middle.x, middle.y))
        state.go_to(shape.buffer(_AROUND_DEGREES).bounds)
        st.rerun()


def hours_text(text: str | None) -> str:
    """Return hours in words; at all hours where none are known."""
    return hours_name(text) if isinstance(text, str) and text else _("at all hours")


def card(place: StandingPlace | None) -> None:
    """Draw the known facts of a place that the city has."""
    if place is None:
        return
    st.text(
        _("Existing place {name}: {pitches} pitches, {hours}").format(
            name=place["name"] or place["place_id"], pitches=place["pitches"], hours=hours_text(place["hours"])
        )
    )
    known = {_("Goods"): place["goods"], _("Manager"): place["manager"], _("Fee"): place["fee"]}
    if parts := [f"{title}: {text}" for title, text in known.items() if text]:
        st.text(" · ".join(parts))
    if place["conflicts"]:
        st.text(_("In conflict with: {rules}").format(rules=" · ".join(map(rule_name, place["conflicts"]))))
