"""What if a rule were another: pitches won and lost against the study's own rules, street by street."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from dashboards import state, store
from dashboards.i18n import _
from dashboards.parts import rule_name, show_error, table
from dashboards.served import study_path
from geo.errors import JiexuError
from geo.rules.units import STANCES
from geo.stall_study import plan_stalls
from geo.stalls import Plan
from geo.zones import waterfall

_GROUPS: Final = ("clearance", "stalls", "pavement", "fire_lane", "clearance_hours")
"""The parameters that can be tried: those that a plan reads of every kerb anew."""

_FIRST: Final = ("clearance.crossing", "clearance.corner", "stalls.pitch.length")


def _names() -> dict[str, str]:
    """Return the parameters that can be tried, with what they are called."""
    names = {
        "stalls.pitch.length": _("Pitch: length"),
        "stalls.pitch.depth": _("Pitch: depth"),
        "stalls.pitch.gap": _("Pitch: gap"),
        "pavement.clear": _("Clear width of pavements"),
        "fire_lane.clear_width": _("Fire lane: clear width"),
        "clearance_hours.school": _("School hours"),
    }
    leaves = store.profile().leaves
    return {
        path: names.get(path) or (rule_name(path) if rule_name(path) != path else path)
        for path in leaves
        if path.split(".")[0] in _GROUPS
        and leaves[path].unit in ("m", "count", "flag", "stance", "hours", "designation")
    }


def panel(slot: int) -> None:
    """Draw the panel: choose rules, change them, see what that does."""
    names = _names()
    chosen = st.multiselect(
        _("Rules to try"),
        list(names),
        default=[path for path in _FIRST if path in names],
        format_func=names.__getitem__,
        key="what-if-rules",
        placeholder=_("Choose a rule"),
    )
    values: dict[str, Any] = {}
    for row in range(0, len(chosen), 3):
        for path, column in zip(chosen[row : row + 3], st.columns(3), strict=False):
            with column:
                value = _input(path, names[path])
            if value is not None and value != store.profile()[path]:
                values[path] = value
    saved = store.plan()
    if not values:
        st.caption(_("Change a value to see pitches won and lost against the study's rules."))
        return
    try:
        store.profile().changed(values)
        frozen = {path: tuple(value) if isinstance(value, list) else value for path, value in values.items()}
        tried = store.plan("stall", tuple(sorted(frozen.items())))
    except JiexuError as error:
        show_error(error)
        return
    # other hours make other slots: the same moment in both
    minute = int(saved.slots.starts[slot])
    there = int(np.searchsorted(tried.slots.starts, minute, "right")) - 1
    _compare(saved, slot, tried, there)
    if st.button(_("Make these the study's rules"), icon=":material/save:", key="what-if-save"):
        try:
            plan_stalls(study_path(), store.profile().changed(values, _own_name(store.profile().name)))
        except JiexuError as error:
            show_error(error)
        else:
            st.rerun()


def _own_name(name: str) -> str:
    return name if name.endswith("+") else f"{name}+"


def _input(path: str, label: str) -> Any:
    """Offer another value of a parameter."""
    leaf, key = store.profile().leaves[path], f"what-if-{path}"
    if leaf.unit in ("m", "count"):
        whole = leaf.unit == "count"
        return st.number_input(
            f"{label} (m)" if not whole else label,
            min_value=0 if whole else 0.0,
            value=leaf.value if whole else float(leaf.value),
            step=1 if whole else 0.5,
            key=key,
            help=f"{path}\n\n{leaf.source}",
        )
    if leaf.unit == "flag":
        return st.toggle(label, value=bool(leaf.value), key=key, help=f"{path}\n\n{leaf.source}")
    if leaf.unit in ("stance", "designation"):
        words = {
            "forbidden": _("forbidden"),
            "designated": _("designated places only"),
            "orderly": _("orderly"),
            "proposed": _("proposed"),
            "accepted": _("accepted"),
        }
        options = list(STANCES) if leaf.unit == "stance" else ["proposed", "accepted"]
        return st.selectbox(label, options, index=options.index(leaf.value), format_func=words.__getitem__, key=key)
    text = st.text_input(label, value="; ".join(leaf.value), key=key, help="Mo-Fr 17:00-22:00; Sa-Su 16:00-22:30")
    return [part.strip() for part in text.split(";") if part.strip()]


def _by_street(plan: Plan, slot: int) -> pd.Series:
    open_ = (plan.zones.mask >> np.uint64(slot) & np.uint64(1)).astype(bool)
    street = plan.kerbs.roads["street_id"].to_numpy(dtype=object)[plan.zones.kerb[open_] // 2]
    return pd.Series(plan.zones.pitches[open_]).groupby(street).sum()


def _compare(saved: Plan, slot: int, tried: Plan, there: int) -> None:
    before, after = waterfall(saved, slot), waterfall(tried, there)
    first, second, third = st.columns(3)
    first.metric(_("Pitches at this hour"), f"{after.pitches:,}", f"{after.pitches - before.pitches:+,}", border=True)
    metres = (after.free_m - before.free_m) / 1000
    second.metric(_("Kerb free for stalls"), f"{after.free_m / 1000:,.2f} km", f"{metres:+,.2f} km", border=True)
    streets = store.layer("streets")
    names = pd.Series(streets["name"].to_numpy(), index=streets["street_id"].to_numpy())
    table_of = (
        pd.DataFrame({"before": _by_street(saved, slot), "after": _by_street(tried, there)}).fillna(0).astype(int)
    )
    table_of["change"] = table_of["after"] - table_of["before"]
    moved = table_of[table_of["change"] != 0].copy()
    third.metric(
        _("Streets that change"), f"{len(moved):,}", _("of {count:,}").format(count=len(streets)), delta_color="off",
        delta_arrow="off", border=True,
    )  # fmt: skip
    moved = moved.reindex(moved["change"].abs().sort_values(ascending=False).index)
    selected = state.selected()
    if selected:
        moved = moved[moved.index.isin(selected)]
    table(
        pd.DataFrame(
            {
                _("Street"): moved.index.map(names).fillna(_("Unnamed street")),
                _("Pitches now"): moved["before"].to_numpy(),
                _("Pitches then"): moved["after"].to_numpy(),
                _("Won or lost"): moved["change"].to_numpy(),
            }
        ),
        "what-if",
        "what-if-table",
        height=300,
    )
