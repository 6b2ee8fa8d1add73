"""The card of the selection: a street with its tier and the form for changing it, or a set of streets."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import (
    field_name,
    kind_name,
    layer_name,
    outcome_name,
    tier_name,
    tier_source_name,
    value_name,
)
from dashboards.shared import tier_forms
from dashboards.shared.comments import comments
from dashboards.shared.signing import may
from dashboards.shared.tier_inference import inference_note, points_of
from dashboards.shared.widgets import show_error, tier_badge
from geo.core.errors import JiexuError
from geo.core.text import pick
from geo.study.decisions import street_of
from geo.study.schema import POINT_KINDS, SYNTHETIC
from geo.study.selections import drop_selection, keep_selection

_SHOWN_OF_POINT = {
    "complaints": (
        "category",
        "received_at",
        "due_at",
        "closed_at",
        "status",
        "response",
        "text",
        "duplicate_of",
        "precision",
    ),
    "stalls": ("goods", "area_m2", "permit_until", "offences", "verdict", "reasons", "precision"),
    "parking": ("kind", "capacity", "night_only", "precision"),
}


def card() -> bool:
    """Draw the card of the selection; tell whether there is one."""
    if saved := st.session_state.pop("saved", None):
        st.success(_("Decision {id} is kept").format(id=saved), icon=":material/check:")
    streets = state.selected_streets()
    if streets.empty:
        return False
    with st.container(border=True, key="card", gap="xsmall"):
        if len(streets) == 1:
            _street(streets.iloc[0])
        else:
            _several(streets)
        words = _("Clear the selection")
        st.button(words, icon=":material/close:", type="tertiary", key="clear", on_click=state.select, args=([],))
    return True


def hint() -> None:
    """Show how to select streets."""
    st.info(_("Click a street, draw an area, or search a name."), icon=":material/touch_app:")


def _street(street: pd.Series) -> None:
    language = current_language()
    with st.container(key="street-name"):
        st.text(street["name"] or _("Unnamed street"))
        if street["section"]:
            st.text(pick(street["section"], language))
    st.caption(f"{street['length_m']:,.0f} m · OSM {street['highway']} · {street['street_id']}")
    if street["aliases"]:
        st.text(_("Also: {names}").format(names=street["aliases"].replace(";", ", ")))
    with st.container(horizontal=True, gap="xsmall"):
        tier_badge(street["tier"])
        st.badge(tier_source_name(street["tier_source"]), color="gray")
        st.badge(_("confidence {share:.0%}").format(share=street["tier_confidence"]), color="gray")
    st.text(_("Reason: {reason}").format(reason=pick(street["tier_reason"], language)))
    if street["tier_source"] == "inferred" and street["tier"] != "unclassified":
        inference_note()
    if street["official_tier"] and street["official_tier"] != street["tier"]:
        st.warning(
            _("The official list says: {tier}").format(tier=tier_name(street["official_tier"])), icon=":material/rule:"
        )
    tier_forms.confirmation(street)
    counts = " · ".join(f"{kind_name(kind)} {int(street[kind])}" for kind in POINT_KINDS)
    st.text(" · ".join((counts, _("synthetic"))) if any(cache.figures()["synthetic"].values()) else counts)
    _point()
    tier_forms.street(street)
    points_of(street["street_id"])
    _history(street["street_id"])
    comments(street["street_id"])


def _point() -> None:
    chosen = state.point()
    if not chosen:
        return
    kind, number = chosen
    row = cache.layer(kind).iloc[number]
    title = {"complaints": _("Complaint"), "stalls": _("Stall"), "parking": _("Parking")}[kind]
    lines = [" · ".join((title, _("synthetic"))) if row["source"] == SYNTHETIC else title]
    for column in _SHOWN_OF_POINT[kind]:
        value = value_name(column, row[column])
        if isinstance(value, pd.Timestamp):
            value = value.tz_convert(cache.timezone()).strftime("%Y-%m-%d %H:%M")
        if value is not None and not pd.isna(value):
            lines.append(f"{field_name(column)}: {value}")
    if row["ambiguous"]:
        lines.append(_("Another street is equally near: check the street."))
    with st.container(border=True, key="point"):
        st.text("\n".join(lines))


def _history(street_id: str) -> None:
    taken = cache.layer("decisions")
    taken = taken[street_of(taken) == street_id]
    if taken.empty:
        return
    with st.expander(_("History of the street") + f" ({len(taken)})"):
        for row in taken[::-1].itertuples():
            what = f"{outcome_name(row.before)} → {outcome_name(row.after)}"
            when = row.at.tz_convert(cache.timezone()).strftime("%Y-%m-%d %H:%M")
            undone = _("undoes {id}").format(id=row.undoes) if row.undoes else ""
            st.text(" · ".join(part for part in (row.decision_id, when, row.by, what, undone, row.reason) if part))


def _several(streets: pd.DataFrame) -> None:
    with st.container(key="street-name"):
        st.text(_("{count} streets").format(count=len(streets)))
    st.caption(f"{streets['length_m'].sum() / 1000:,.2f} km")
    for tier, part in streets.groupby("tier"):
        st.text(f"{tier_name(str(tier))}: {len(part)} · {part['length_m'].sum() / 1000:,.2f} km")
    st.text(" · ".join(f"{layer_name(kind)} {int(streets[kind].sum())}" for kind in POINT_KINDS))
    tier_forms.several(streets)
    if not may("record", said=False):
        return
    with st.form("keep", border=False):
        name = st.text_input(_("Keep this selection as"), placeholder=_("A name"))
        if st.form_submit_button(_("Keep the selection"), width="stretch"):
            try:
                keep_selection(study_path(), name, streets["street_id"].tolist(), st.session_state.get("by", ""))
            except JiexuError as error:
                show_error(error)
            else:
                st.toast(_("The selection is kept in the study"), icon=":material/bookmark_added:")


def kept_selections() -> None:
    """Offer the selections that the study keeps."""
    kept = cache.layer("selections")
    if kept.empty:
        return
    names = dict(zip(kept["selection_id"], kept["name"], strict=True))
    chosen = st.selectbox(
        _("Kept selections"), list(names), index=None, format_func=names.__getitem__, placeholder=_("Choose one")
    )
    if chosen and st.button(_("Delete this selection"), icon=":material/delete:", type="tertiary"):
        drop_selection(study_path(), chosen)
        st.rerun()
    if chosen and chosen != st.session_state.get("shown_selection"):
        st.session_state["shown_selection"] = chosen
        state.select(json.loads(kept.set_index("selection_id").loc[chosen, "street_ids"]), go=True)
        st.rerun()
