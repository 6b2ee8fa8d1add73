"""Zones: their list, accepting and rejecting them; and displays outside shops."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import hours_name, rule_names, status_name, tier_name
from dashboards.shared.widgets import each_once, marked_rows, show_error, table
from geo.core.errors import JiexuError
from geo.kerbs.decided import zone_decisions
from geo.rules.articles import article_names
from geo.stalls.decisions import decide_zone
from geo.stalls.study import plan_stalls
from geo.stalls.verdicts import Answer
from geo.study.layers.codes import GOODS
from layers.map_layer import captions

_AT_ONCE = 20_000
"""Up to so many segments a decision is followed by a new plan at once; beyond, the page says that one is due."""


_PITCHES = 100_000
"""More pitches than any zone has."""


def place_name(place: str) -> str:
    """Return where things stand at a kerb."""
    return {"pavement": _("pavement"), "carriageway": _("edge of the carriageway")}.get(place, place)


def _cited(basis: str | None) -> str:
    """Return the articles of law behind a zone as one cites them."""
    known = cache.profile().articles
    names = [name.strip() for name in (basis or "").split(",")]
    return article_names({name: known[name] for name in names if name in known}, current_language())


def goods_names(groups: str | None) -> str:
    """Return the names of groups of goods, given between commas."""
    language = current_language()
    return " · ".join(GOODS[each].pick(language) if each in GOODS else each for each in (groups or "").split(", "))


def _low_to_high(both: int | None) -> str:
    """Return the bounds of a zone's pitches, of the lower one times `_PITCHES` plus the upper one."""
    return "" if both is None else f"{int(both) // _PITCHES}–{int(both) % _PITCHES}"


def zones() -> None:
    """Draw the list of zones; the marked ones can be shown, accepted or rejected."""
    rows = cache.zones_in_order()
    selected = state.selected()
    if selected:
        rows = rows[rows["street_id"].isin(selected)].reset_index(drop=True)
    names = cache.street_names()
    between = rows["pitches_low"] * _PITCHES + rows["pitches_high"]
    marked = marked_rows(
        pd.DataFrame(
            {
                _("Street"): rows["street_id"].map(names).fillna(_("Unnamed street")),
                _("Tier"): each_once(rows["tier"], tier_name),
                _("Hours"): each_once(rows["hours"], hours_name),
                _("Pitches"): rows["pitches"],
                _("Low to high"): each_once(between, _low_to_high),
                _("Fit the kerb"): rows["pitches_geometric"],
                _("Bounded by"): rows["capped_by"].map(captions("stall_zones", "capped_by", current_language())),
                _("Goods"): each_once(rows["goods"], goods_names),
                "m": rows["length_m"].round(1),
                _("Place on the street"): each_once(rows["place"], place_name),
                _("Status"): each_once(rows["status"], status_name),
                _("Rules"): each_once(rows["rules"], rule_names),
                _("Legal basis"): each_once(rows["basis"], _cited),
                "id": rows["zone_id"],
            }
        ),
        "stall-zones",
        "zones-table",
        height=360,
        several=True,
    )
    if marked:
        chosen = rows.iloc[marked]
        if st.button(_("Show the marked zones on the map"), icon=":material/map:", key="zones-show"):
            state.select(chosen["street_id"].drop_duplicates().tolist())
            state.go_to(chosen.total_bounds)
            st.rerun()
        _form(chosen["zone_id"].tolist(), "marked")
    _rejected()


def decide_on(found: Answer) -> None:
    """Offer to decide on the zone that an answered place lies in."""
    rows = cache.layer("stall_zones")
    here = rows[
        (rows["segment_id"] == found.segment_id)
        & (rows["side"] == found.side)
        & (rows["from_m"] <= found.offset_m)
        & (rows["to_m"] >= found.offset_m)
    ]
    if here.empty:
        return
    zone = here.iloc[0]
    with st.container(border=True, key="zone-card", gap="xsmall"):
        st.text(
            _("Zone {id}: {pitches} pitches, {metres:.0f} m, {status}").format(
                id=zone["zone_id"],
                pitches=zone["pitches"],
                metres=zone["length_m"],
                status=status_name(zone["status"]),
            )
        )
        _form([zone["zone_id"]], "here")


def _form(zone_ids: list[str], key: str) -> None:
    if saved := st.session_state.pop(f"zone-saved-{key}", None):
        st.success(_("Decision {id} is kept").format(id=saved), icon=":material/check:")
    with st.form(f"zone-{key}", border=False):
        reason = st.text_input(_("Reason"), placeholder=_("Kept with the decision"))
        by = st.text_input(_("Decided by"), value=st.session_state.get("by", "")).strip()
        with st.container(horizontal=True, gap="small"):
            accept = st.form_submit_button(_("Accept"), icon=":material/check:")
            reject = st.form_submit_button(_("Reject"), icon=":material/close:")
    if not (accept or reject):
        return
    st.session_state["by"] = by
    try:
        numbers = [decide_zone(study_path(), zone_id, accept, reason, by) for zone_id in zone_ids]
        if len(cache.layer("roads")) <= _AT_ONCE:
            plan_stalls(study_path())
    except JiexuError as error:
        show_error(error)
        return
    st.session_state[f"zone-saved-{key}"] = numbers[0] if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
    st.rerun()


def _rejected() -> None:
    taken = zone_decisions(cache.layer("decisions"))
    taken = taken[taken["after"] == "rejected"]
    if taken.empty:
        return
    with st.expander(_("Rejected zones ({count})").format(count=len(taken)), icon=":material/block:"):
        table(
            pd.DataFrame(
                {
                    "id": taken["decision_id"],
                    _("Street"): taken["subject_name"],
                    _("Reason"): taken["reason"],
                    _("Decided by"): taken["by"],
                    _("Zone"): taken["subject"],
                }
            ),
            "rejected-zones",
            "rejected-table",
        )
        st.caption(_("Undo a rejection on the page Decisions."))


def displays() -> None:
    """Draw the list of shops that may show goods outside."""
    rows = cache.layer("shop_displays")
    shops = cache.layer("facilities")
    names = pd.Series(shops["name"].to_numpy(), index=shops["facility_id"].to_numpy())
    names = names[~names.index.duplicated()]
    selected = state.selected()
    if selected:
        rows = rows[rows["street_id"].isin(selected)]
    rows = rows.sort_values(["length_m", "facility_id"], ascending=[False, True])
    st.caption(
        _("{some} of {all} shops on streets with a tier that allows display have room for one.").format(
            some=int((rows["length_m"] > 0).sum()), all=len(rows)
        )
    )
    table(
        pd.DataFrame(
            {
                _("Shop"): rows["facility_id"].map(names).fillna(""),
                _("Street"): rows["street_id"].map(cache.street_names()).fillna(_("Unnamed street")),
                _("Frontage (m)"): rows["frontage_m"].round(1),
                _("Display, length (m)"): rows["length_m"].round(1),
                _("Display, depth (m)"): rows["depth_m"].round(2),
                _("Hours"): each_once(rows["hours"], hours_name),
                "id": rows["facility_id"],
            }
        ),
        "shop-displays",
        "displays-table",
        height=360,
    )
