"""Forms for decisions on tiers: of a street or a section, of all streets of an area; and of matches with the list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboards.session import cache, runs
from dashboards.session.language import _
from dashboards.session.served_study import study_path
from dashboards.session.wording import tier_name
from dashboards.shared import conflicts
from dashboards.shared.signing import may, signature
from geo.streets.cross_streets import find_section
from geo.study.conflicts import Theirs
from geo.study.schema import GRADED
from geo.tiers.audit import to_confirm
from geo.tiers.decisions import decide_section, decide_tier, decide_tiers

_FORMS: Final = "tier-forms"
"""How often the forms began anew."""


def street(street: pd.Series) -> None:
    """Offer to change the tier of a street, or of a section of it between two cross-streets."""
    if not may("decide"):
        return
    street_id = street["street_id"]
    key = f"tier-{street_id}"
    seen = conflicts.seen(key)
    if conflicts.both(key):
        return
    shown = conflicts.looked(f"{key}-shown", street["tier"])
    # a key of its own: else a colleague's decision would take the place of the choice that was made here
    choice = f"{key}-choice-{st.session_state.get(_FORMS, 0)}"
    with st.form(key, border=False):
        tier = st.selectbox(
            _("Change the tier to"),
            GRADED,
            index=GRADED.index(street["tier"]) if street["tier"] in GRADED else None,
            format_func=tier_name,
            placeholder=_("Choose a tier"),
            key=choice,
        )
        start, end = _section_ends(street_id, choice)
        reason, by = _why_and_who()
        submitted = st.form_submit_button(_("Save the decision"), type="primary", width="stretch")
    if not submitted:
        if street["tier"] != shown and tier == shown and not runs.by_page():
            _begin_anew()  # nobody has chosen: what stands there is the tier of before
            st.rerun()
        return
    if bool(start) != bool(end):
        st.session_state["by"] = by
        st.error(_("Choose the ends of the section."))
        return

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        if start and end:
            return _decide_section(street_id, start, end, tier or "", why, by, seen)
        return decide_tier(study_path(), street_id, tier or "", why, by, seen)

    section = f"{start} – {end}: " if start and end else ""
    outcome = _outcome([street_id], tier, section)
    conflicts.attempt(conflicts.Attempt(key, reason, by, outcome, decide, _saved), seen)


def _outcome(street_ids: list[str], tier: str | None, section: str = "") -> Callable[[], tuple[str, str]]:
    """Return a function for the tiers before and after a decision, by their names."""

    def named() -> tuple[str, str]:
        streets = cache.layer("streets")
        before = streets.loc[streets["street_id"].isin(street_ids), "tier"].unique()
        return section + ", ".join(map(tier_name, before)), tier_name(tier or "")

    return named


def _saved(number: str) -> None:
    st.session_state["saved"] = number
    _begin_anew()


def _begin_anew() -> None:
    """Have the forms begin with the tiers as they stand."""
    st.session_state[_FORMS] = st.session_state.get(_FORMS, 0) + 1


def _why_and_who() -> tuple[str, str]:
    """Ask for the reason of a decision and for who takes it."""
    reason = st.text_input(_("Reason"), placeholder=_("Kept with the decision"))
    return reason, signature()


def _section_ends(street_id: str, key: str) -> tuple[str | None, str | None]:
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
                key=f"{key}-{end}",
            )
            for end, label in (("start", _("Begins at")), ("end", _("Ends at")))
        )
    return start, end


def _decide_section(street_id: str, start: str, end: str, tier: str, reason: str, by: str, seen: str | None) -> str:
    found = find_section(street_id, start, end, cache.layer("roads"), cache.profile(), cache.metric_crs())
    return decide_section(study_path(), street_id, found.segment_ids, found.label, tier, reason, by, seen)


def several(streets: pd.DataFrame) -> None:
    """Offer to give all selected streets a tier."""
    graded = streets[streets["tier"].isin(GRADED)]
    if graded.empty or not may("decide", said=False):
        return
    seen = conflicts.seen("tier-several")
    if conflicts.both("tier-several"):
        return
    with st.form("tier-several", border=False):
        tier = st.selectbox(
            _("Change the tier of all {count} graded streets to").format(count=len(graded)),
            GRADED,
            index=None,
            format_func=tier_name,
            placeholder=_("Choose a tier"),
            key="tier-several-choice",
        )
        reason, by = _why_and_who()
        if not st.form_submit_button(_("Save a decision for each"), type="primary", width="stretch"):
            return
    streets_in = graded["street_id"].tolist()

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs], left_out: Collection[str] = ()) -> str:
        chosen = [street_id for street_id in streets_in if street_id not in left_out]
        numbers = decide_tiers(study_path(), chosen, tier or "", why, by, seen)
        return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else "".join(numbers) or "–"

    def keep(why: str, seen: str | None, theirs: Sequence[Theirs]) -> str:
        return decide(why, seen, theirs, {each.street_id for each in theirs})

    outcome = _outcome(streets_in, tier)
    conflicts.attempt(conflicts.Attempt("tier-several", reason, by, outcome, decide, _saved, keep), seen)


def confirmation(street: pd.Series) -> None:
    """Ask whether the official list means this street, where only a similar name says so."""
    if not to_confirm(pd.DataFrame([street])).iloc[0] or not may("decide", said=False):
        return
    street_id = street["street_id"]
    key = f"confirm-{street_id}"
    seen = conflicts.seen(key)
    if conflicts.both(key):
        return
    st.warning(_("Does the official list mean this street?"), icon=":material/help:")
    with st.container(horizontal=True, gap="small"):
        right = st.button(_("Yes"), icon=":material/check:", key="confirm-yes")
        wrong = st.button(_("No, another street"), icon=":material/close:", key="confirm-no")
    if not (right or wrong):
        return
    tier, reason = street["tier"], _("Confirmed: the list means this street")
    if wrong:
        scores = cache.layer("street_scores").set_index("street_id")
        inferred = scores.loc[street_id, "inferred_tier"]
        tier, reason = inferred if inferred in GRADED else GRADED[-1], _("Rejected: the list means another street")
    by = st.session_state.get("by", "")

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        return decide_tier(study_path(), street_id, tier, why, by, seen)

    conflicts.attempt(conflicts.Attempt(key, reason, by, _outcome([street_id], tier), decide, _saved), seen)
