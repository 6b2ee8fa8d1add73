"""Zones: their list, accepting and rejecting them; and displays outside shops."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import hours_name, rule_names, status_name, tier_name
from dashboards.shared import conflicts
from dashboards.shared.comments import comments
from dashboards.shared.marks import marked
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import each_once, table
from geo.kerbs.decided import zone_decisions
from geo.rules.articles import article_names
from geo.stalls.decisions import decide_zones
from geo.stalls.study import plan_stalls
from geo.stalls.verdicts import Answer
from geo.study.conflicts import ANY, Theirs
from geo.study.layers.codes import GOODS
from geo.tiers.decisions import undo
from layers.map_layer import captions

_AT_ONCE = 20_000
"""Up to so many segments a decision is followed by a new plan at once; beyond, the page says that one is due."""


_ASKED = "zone-asked"
"""The place that was answered last, and the zone there."""

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
    chosen_ids = marked(
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
        rows["zone_id"],
        "stall-zones",
        "zones-table",
        height=360,
        several=True,
    )
    if chosen_ids:
        chosen = rows[rows["zone_id"].isin(chosen_ids)]
        if len(chosen) and st.button(_("Show the marked zones on the map"), icon=":material/map:", key="zones-show"):
            state.select(chosen["street_id"].drop_duplicates().tolist())
            state.go_to(chosen.total_bounds)
            st.rerun()
        _form(chosen_ids, "marked")
    else:
        conflicts.pending("zone-marked-")
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
    place = state.asked_place()
    if here.empty:
        # a form that was sent off for a zone that a colleague has rejected meanwhile
        asked, zone_id = st.session_state.get(_ASKED, (None, ""))
        if not conflicts.pending("zone-here-") and asked == place and zone_id:
            del st.session_state[_ASKED]
            with st.empty(), st.container():
                _form([zone_id], "here")
        return
    zone = here.iloc[0]
    st.session_state[_ASKED] = (place, zone["zone_id"])
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
        comments(zone["zone_id"])


def _form(zone_ids: list[str], key: str) -> None:
    if kept := st.session_state.pop(f"zone-saved-{key}", None):
        st.success(_("Decision {id} is kept").format(id=kept), icon=":material/check:")
    if not may("decide"):
        return
    form = f"zone-{key}-{'-'.join(zone_ids)}"
    seen = conflicts.seen(form)
    if conflicts.both(form):
        return
    with st.form(f"zone-{key}", border=False):
        reason = st.text_input(_("Reason"), placeholder=_("Kept with the decision"))
        by = signature()
        with st.container(horizontal=True, gap="small"):
            accept = st.form_submit_button(_("Accept"), icon=":material/check:")
            reject = st.form_submit_button(_("Reject"), icon=":material/close:")
    if not (accept or reject):
        return

    def outcome() -> tuple[str, str]:
        rows = cache.layer("stall_zones")
        before = rows.loc[rows["zone_id"].isin(zone_ids), "status"].unique()
        gone = set(zone_ids) - set(rows["zone_id"])
        names = [status_name(status) for status in (*before, *(["rejected"] if gone else []))]
        return ", ".join(names), status_name("accepted" if accept else "rejected")

    def decide(why: str, seen: str | None, theirs: Sequence[Theirs], left_out: Collection[str] = ()) -> str:
        chosen = [zone_id for zone_id in zone_ids if zone_id not in left_out]
        return _decided(chosen, accept, why, by, seen, theirs)

    def keep(why: str, seen: str | None, theirs: Sequence[Theirs]) -> str:
        return decide(why, seen, theirs, {each.subject for each in theirs})

    def saved(number: str) -> None:
        st.session_state[f"zone-saved-{key}"] = number

    several = keep if len(zone_ids) > 1 else None
    conflicts.attempt(conflicts.Attempt(form, reason, by, outcome, decide, saved, several), seen)


def _decided(
    zone_ids: list[str], accept: bool, reason: str, by: str, seen: str | None, theirs: Sequence[Theirs]
) -> str:
    """Decide on zones over decisions of others: one that they rejected is gone, and comes back when that is undone."""
    path = study_path()
    small = len(cache.layer("roads")) <= _AT_ONCE
    gone = set(zone_ids) - set(cache.layer("stall_zones")["zone_id"])
    rejected = [each for each in theirs if each.subject in gone and each.after == "rejected" and not each.undoes]
    numbers = [undo(path, each.decision_id, reason, by) for each in rejected] if accept else []
    if numbers and small:
        plan_stalls(path)
        gone = set(zone_ids) - set(cache.layer("stall_zones")["zone_id"])
    told = {each.subject for each in rejected}
    # a new plan may draw the zone otherwise: it is proposed then, and nobody has looked at it yet
    chosen = [zone_id for zone_id in zone_ids if zone_id not in gone or zone_id not in told]
    if chosen:
        numbers += decide_zones(path, chosen, accept, reason, by, ANY if numbers else seen)
        if small:
            plan_stalls(path)
    return "–".join(dict.fromkeys((*numbers[:1], *numbers[-1:])))


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
