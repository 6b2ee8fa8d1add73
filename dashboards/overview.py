"""The page Overview: every street in its tier, what lies on it, and the form that changes it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import i18n, store
from dashboards.i18n import _
from dashboards.map_view import Pick, View, map_view
from dashboards.parts import (
    category_name,
    credits,
    kind_name,
    show_error,
    tier_badge,
    tier_name,
    tier_source_name,
    value_name,
)
from dashboards.served import study_path
from geo.decisions import decide_tier
from geo.errors import JiexuError
from geo.points import SYNTHETIC
from geo.schema import GRADED, POINT_KINDS, TIERS
from geo.text import pick

_SELECTED = "selected_street"
_POINT = "selected_point"


def page() -> None:
    """Draw the page."""
    figures = store.figures()
    view = _filters()
    _headline(figures)
    left, right = st.columns([0.7, 0.3], gap="medium")
    with left:
        _remember(map_view(view))
        credits(figures["osm_date"], any(figures["synthetic"].values()))
    with right:
        _card()
    _tier_table(figures)
    _findings()


def _filters() -> View:
    with st.sidebar:
        st.subheader(_("Show on the map"))
        tiers = st.pills(
            _("Tiers"), list(TIERS), default=list(TIERS), selection_mode="multi", format_func=tier_name, key="tiers"
        )
        kinds = st.pills(
            _("Points"),
            list(POINT_KINDS),
            default=list(POINT_KINDS),
            selection_mode="multi",
            format_func=kind_name,
            key="kinds",
        )
        found = sorted(store.layer("complaints")["category"].dropna().unique())
        categories = st.multiselect(
            _("Complaint categories"), found, format_func=category_name, key="categories", placeholder=_("All")
        )
    return View(
        tiers=list(tiers),
        points=list(kinds),
        categories={"complaints": categories} if categories else {},
        selected=st.session_state.get(_SELECTED),
    )


def _remember(picked: Pick | None) -> None:
    if picked is None:
        return
    if picked.layer in POINT_KINDS:
        st.session_state[_POINT] = (picked.layer, picked.id)
        points = store.layer(picked.layer)
        segment = points["segment_id"].iloc[int(picked.id or 0)]
        roads = store.layer("roads")
        street = roads.loc[roads["segment_id"] == segment, "street_id"]
        st.session_state[_SELECTED] = street.iloc[0] if len(street) else None
    else:
        st.session_state[_POINT] = None
        st.session_state[_SELECTED] = picked.id
    st.rerun()  # the card and the map's highlight follow the click


def _headline(figures: dict[str, Any]) -> None:
    layers = figures["layers"]
    km = sum(figures["streets_km"]["tier"].values())
    graded = sum(figures["streets_km"]["tier"].get(tier, 0) for tier in GRADED)
    for column, (label, value, note) in zip(
        st.columns(4),
        (
            (_("Graded streets"), f"{graded:,.1f} km", _("of {km:,.1f} km of roads").format(km=km)),
            (_("Complaints"), f"{layers['complaints']:,}", _rate(figures, "complaints", graded)),
            (_("Stalls"), f"{layers['stalls']:,}", _rate(figures, "stalls", graded)),
            (_("Findings to check"), f"{layers['findings']:,}", _("listed below")),
        ),
        strict=True,
    ):
        column.metric(label, value, note, delta_color="off", delta_arrow="off", border=True)


def _rate(figures: dict[str, Any], kind: str, graded_km: float) -> str:
    count = sum(row[kind] for tier, row in figures["per_tier"].items() if tier in GRADED)
    text = _("{rate:.1f} per graded km").format(rate=count / graded_km) if graded_km else ""
    return " · ".join((text, _("synthetic"))) if figures["synthetic"][kind] else text


def _card() -> None:
    streets = store.layer("streets")
    selected = streets[streets["street_id"] == st.session_state.get(_SELECTED)]
    if st.session_state.get("saved"):
        st.success(_("Decision {id} is kept").format(id=st.session_state.pop("saved")), icon=":material/check:")
    if selected.empty:
        st.info(_("Click a street on the map to see its tier and why it has it."), icon=":material/touch_app:")
        return
    street = selected.iloc[0]
    language = i18n.current()
    with st.container(border=True):
        with st.container(key="street-name"):
            st.text(street["name"] or _("Unnamed street"))
        st.caption(f"{street['length_m']:,.0f} m · OSM {street['highway']} · {street['street_id']}")
        with st.container(horizontal=True):
            tier_badge(street["tier"])
            st.badge(tier_source_name(street["tier_source"]), color="gray")
            st.badge(_("confidence {share:.0%}").format(share=street["tier_confidence"]), color="gray")
        st.text(_("Why: {reason}").format(reason=pick(street["tier_reason"], language)))
        counts = st.columns(3)
        for column, kind in zip(counts, POINT_KINDS, strict=True):
            column.metric(kind_name(kind), int(street[kind]))
        _point_card()
        _tier_form(street)


def _point_card() -> None:
    point = st.session_state.get(_POINT)
    if not point:
        return
    kind, number = point
    row = store.layer(kind).iloc[int(number)]
    st.divider()
    st.text(" · ".join((kind_name(kind), _("synthetic"))) if row["source"] == SYNTHETIC else kind_name(kind))
    words = {
        "complaints": ("category", "received_at", "status", "response", "text"),
        "stalls": ("goods", "area_m2", "offences"),
        "parking": ("kind", "capacity", "night_only"),
    }[kind]
    for column in words:
        value = value_name(column, row[column])
        if isinstance(value, pd.Timestamp):
            value = value.tz_convert("Asia/Shanghai").strftime("%Y-%m-%d %H:%M")
        if value is not None and not pd.isna(value):
            st.text(f"{column_name(column)}: {value}")


def column_name(column: str) -> str:
    """Return what a column of a point is called."""
    return {
        "category": _("Category"),
        "received_at": _("Received"),
        "status": _("Status"),
        "response": _("Response"),
        "text": _("Text"),
        "goods": _("Goods"),
        "area_m2": _("Area (m²)"),
        "offences": _("Offences"),
        "kind": _("Kind"),
        "capacity": _("Capacity"),
        "night_only": _("Night only"),
    }[column]


def _tier_form(street: pd.Series) -> None:
    st.divider()
    with st.form(f"tier-{street['street_id']}", border=False, clear_on_submit=True):
        tier = st.selectbox(
            _("Change the tier to"),
            GRADED,
            index=GRADED.index(street["tier"]) if street["tier"] in GRADED else None,
            format_func=tier_name,
        )
        reason = st.text_input(_("Reason"), placeholder=_("Why? It is kept with the decision."))
        by = st.text_input(_("Decided by"), value=st.session_state.get("by", ""))
        if not st.form_submit_button(_("Save the decision"), type="primary", width="stretch"):
            return
    try:
        st.session_state["saved"] = decide_tier(study_path(), street["street_id"], tier or "", reason, by.strip())
    except JiexuError as error:
        show_error(error)
        return
    st.session_state["by"] = by.strip()
    st.rerun()


def _tier_table(figures: dict[str, Any]) -> None:
    st.subheader(_("Tiers compared"))
    rows = pd.DataFrame.from_dict(figures["per_tier"], orient="index").reindex(
        [tier for tier in TIERS if tier in figures["per_tier"]]
    )
    table = pd.DataFrame(
        {
            _("Tier"): [tier_name(tier) for tier in rows.index],
            "km": rows["km"],
            _("Complaints"): rows["complaints"],
            _("Complaints per km"): rows["complaints_per_km"],
            _("Stalls"): rows["stalls"],
            _("Parking"): rows["parking"],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch")


def _findings() -> None:
    findings = store.layer("findings")
    if findings.empty:
        return
    language = i18n.current()
    with st.expander(_("Findings: what was doubtful in the files") + f" ({len(findings)})"):
        st.dataframe(
            pd.DataFrame(
                {
                    _("Layer"): findings["layer"],
                    _("File"): findings["source"],
                    _("Row"): findings["row"],
                    _("Column"): findings["column"],
                    _("Problem"): findings["problem"].map(lambda text: pick(text, language)),
                    _("What was done"): findings["action"].map(lambda text: pick(text, language)),
                }
            ),
            hide_index=True,
            width="stretch",
        )
