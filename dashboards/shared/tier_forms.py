"""Forms for decisions on tiers: of a street or a section, of all streets of an area; and of matches with the list."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.session.wording import tier_name
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import show_error
from geo.core.errors import JiexuError
from geo.streets.cross_streets import find_section
from geo.study.decisions import street_of
from geo.study.schema import GRADED
from geo.tiers.audit import to_confirm
from geo.tiers.decisions import ConflictError, decide_section, decide_tier, decide_tiers, on_tiers


def street(street: pd.Series) -> None:
    """Offer to change the tier of a street, or of a section of it between two cross-streets."""
    if not may("decide"):
        return
    street_id = street["street_id"]
    taken = on_tiers(cache.layer("decisions"))
    taken = taken[street_of(taken) == street_id]
    newest = taken["decision_id"].iloc[-1] if len(taken) else None
    # what the decider saw when the form was drawn: a decision that came since is shown before it is overruled
    seen = st.session_state.get(f"seen-{street_id}", newest)
    with st.form(f"tier-{street_id}", border=False):
        tier = st.selectbox(
            _("Change the tier to"),
            GRADED,
            index=GRADED.index(street["tier"]) if street["tier"] in GRADED else None,
            format_func=tier_name,
            placeholder=_("Choose a tier"),
        )
        start, end = _section_ends(street_id)
        reason, by = _why_and_who()
        submitted = st.form_submit_button(_("Save the decision"), type="primary", width="stretch")
    st.session_state[f"seen-{street_id}"] = newest
    if not submitted:
        return
    st.session_state["by"] = by
    if start or end:
        if not start or not end:
            st.error(_("Choose the ends of the section."))
            return
        _saved(lambda: _decide_section(street_id, start, end, tier or "", reason, by))
        return
    try:
        decision = decide_tier(study_path(), street_id, tier or "", reason, by, seen=seen)
    except ConflictError as conflict:
        st.session_state[f"seen-{street_id}"] = conflict.earlier["decision_id"]
        show_error(conflict)
        return
    except JiexuError as error:
        show_error(error)
        return
    st.session_state[f"seen-{street_id}"] = decision
    st.session_state["saved"] = decision
    st.rerun()


def _why_and_who() -> tuple[str, str]:
    """Ask for the reason of a decision and for who takes it."""
    reason = st.text_input(_("Reason"), placeholder=_("Kept with the decision"))
    return reason, signature()


def _section_ends(street_id: str) -> tuple[str | None, str | None]:
    """Offer the cross-streets of a street, and its own ends, as the ends of a section."""
    compass = {"东端": _("east end"), "西端": _("west end"), "南端": _("south end"), "北端": _("north end")}
    with st.expander(_("Only a section"), icon=":material/straighten:"):
        options = [*cache.crossings(street_id), *compass]
        start, end = (
            st.selectbox(
                label,
                options,
                index=None,
                format_func=lambda option: compass.get(option, option),
                placeholder=_("Cross-street"),
            )
            for label in (_("Begins at"), _("Ends at"))
        )
    return start, end


def _decide_section(street_id: str, start: str, end: str, tier: str, reason: str, by: str) -> str:
    found = find_section(street_id, start, end, cache.layer("roads"), cache.profile(), cache.metric_crs())
    return decide_section(study_path(), street_id, found.segment_ids, found.label, tier, reason, by)


def _saved(decide: Callable[[], str]) -> None:
    """Take a decision and draw the page anew, or show why it was not taken."""
    try:
        st.session_state["saved"] = decide()
    except JiexuError as error:
        show_error(error)
    else:
        st.rerun()


def several(streets: pd.DataFrame) -> None:
    """Offer to give all selected streets a tier."""
    graded = streets[streets["tier"].isin(GRADED)]
    if graded.empty or not may("decide", said=False):
        return
    with st.form("tier-several", border=False):
        tier = st.selectbox(
            _("Change the tier of all {count} graded streets to").format(count=len(graded)),
            GRADED,
            index=None,
            format_func=tier_name,
            placeholder=_("Choose a tier"),
        )
        reason, by = _why_and_who()
        if not st.form_submit_button(_("Save a decision for each"), type="primary", width="stretch"):
            return
    st.session_state["by"] = by

    def decide() -> str:
        numbers = decide_tiers(study_path(), graded["street_id"].tolist(), tier or "", reason, by)
        return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else "".join(numbers) or "–"

    _saved(decide)


def confirmation(street: pd.Series) -> None:
    """Ask whether the official list means this street, where only a similar name says so."""
    if not to_confirm(pd.DataFrame([street])).iloc[0] or not may("decide", said=False):
        return
    st.warning(_("Does the official list mean this street?"), icon=":material/help:")
    with st.container(horizontal=True, gap="small"):
        right = st.button(_("Yes"), icon=":material/check:", key="confirm-yes")
        wrong = st.button(_("No, another street"), icon=":material/close:", key="confirm-no")
    if right:
        _saved(
            lambda: decide_tier(
                study_path(), street["street_id"], street["tier"], _("Confirmed: the list means this street")
            )
        )
    elif wrong:
        scores = cache.layer("street_scores").set_index("street_id")
        inferred = scores.loc[street["street_id"], "inferred_tier"]
        tier = inferred if inferred in GRADED else GRADED[-1]
        _saved(
            lambda: decide_tier(study_path(), street["street_id"], tier, _("Rejected: the list means another street"))
        )
