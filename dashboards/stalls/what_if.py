"""Other rules for stalls: pitches gained and lost against the study's own rules, street by street."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.shared import rule_inputs
from dashboards.shared.widgets import show_error
from geo.core.errors import JiexuError
from geo.core.opening_hours import DayKind
from geo.kerbs.exclusions import holds
from geo.stalls.plan import Plan
from geo.stalls.study import plan_stalls

_GROUPS: Final = ("clearance", "stalls", "pavement", "fire_lane", "clearance_hours")
"""The parameters that can be tried: those that a plan reads of every kerb anew."""

_FIRST: Final = ("clearance.crossing", "clearance.corner", "stalls.pitch.length")


def panel(day: DayKind, minute: int) -> None:
    """Draw the panel: choose rules, change them, see the effect at a minute of a kind of day."""
    values = rule_inputs.changed_values("what-if", _GROUPS, _FIRST)
    saved = cache.plan()
    if not values:
        st.caption(_("Change a value to see the pitches gained and lost against the study's rules."))
        return
    try:
        cache.profile().changed(values)
        tried = cache.plan("stall", rule_inputs.frozen(values))
    except JiexuError as error:
        show_error(error)
        return
    rule_inputs.compare(
        _by_street(saved, day, minute),
        _by_street(tried, day, minute),
        _("Pitches that fit at this hour"),
        _("Pitches that fit now"),
        _("Pitches that fit after the change"),
        "what-if",
    )
    if st.button(_("Save as the study's rules"), icon=":material/save:", key="what-if-save"):
        try:
            plan_stalls(study_path(), cache.profile().changed(values, _own_name(cache.profile().name)))
        except JiexuError as error:
            show_error(error)
        else:
            st.rerun()


def _own_name(name: str) -> str:
    return name if name.endswith("+") else f"{name}+"


def _by_street(plan: Plan, day: DayKind, minute: int) -> pd.Series:
    """Return the pitches that fit each street then, before demand and shares: other hours make other slots."""
    open_ = holds(plan.zones.mask, plan.slots.of(day, minute))
    return pd.Series(plan.zones.pitches[open_]).groupby(plan.street_ids(plan.zones.kerb[open_])).sum()
