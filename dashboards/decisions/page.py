"""The page Decisions: the log with who, when and why, and the undoing of a decision."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import decision_kind_name, outcome_name, tier_name
from dashboards.shared import conflicts
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import Figure, credits, first_screen, table
from geo.core.text import pick
from geo.study.conflicts import Theirs
from geo.study.decisions import standing_decisions
from geo.study.schema import GRADED
from geo.tiers.decisions import on_tiers, undo
from layers import palette

_CHOSEN = "undo-chosen"
"""The decision that was shown last, and those that stood then."""


def page() -> None:
    """Draw the page."""
    figures = cache.figures()
    decisions = cache.layer("decisions")
    stands = decisions["decision_id"].isin(standing_decisions(decisions))
    shown = _filtered(decisions)

    def left() -> None:
        map_view()
        credits(figures["osm_date"], any(figures["synthetic"].values()))

    def right() -> None:
        if decisions.empty:
            st.info(
                _("No decision yet. Click a street on another page and change its tier with a reason."),
                icon=":material/gavel:",
            )
            return
        _chart(on_tiers(shown))
        _undo(shown, stands.reindex(shown.index))

    first_screen(
        [
            Figure(_("Decisions"), f"{len(decisions):,}"),
            Figure(_("Decisions in force"), f"{int(stands.sum()):,}"),
            Figure(_("Streets decided on"), f"{decisions['subject'].nunique():,}"),
            Figure(_("People"), f"{decisions['by'].replace('', None).nunique():,}"),
        ],
        left,
        right,
    )
    st.subheader(_("All decisions"))
    _list(shown, stands)


def _filtered(decisions: pd.DataFrame) -> pd.DataFrame:
    with st.sidebar, st.expander(_("Filter decisions"), icon=":material/filter_alt:"):
        people = sorted(decisions["by"].dropna().replace("", None).dropna().unique())
        by = st.multiselect(_("Decided by"), people, placeholder=_("All"), key="decided-by")
        tiers = st.multiselect(_("Tier"), GRADED, format_func=tier_name, placeholder=_("All"), key="decided-tier")
        words = st.text_input(_("Street or reason contains"), key="decided-words").casefold()
    kept = pd.Series(True, index=decisions.index)
    if by:
        kept &= decisions["by"].isin(by)
    if tiers:
        kept &= decisions["after"].isin(tiers)
    if words:
        text = decisions["subject_name"].fillna("") + " " + decisions["reason"].fillna("")
        kept &= text.str.casefold().str.contains(words, regex=False)
    return decisions[kept]


def _chart(decisions: pd.DataFrame) -> None:
    if decisions.empty:
        return
    local = decisions["at"].dt.tz_convert(cache.timezone())
    rows = pd.DataFrame({"day": local.dt.strftime("%Y-%m-%d"), "tier": decisions["after"].map(tier_name)})
    names = [tier_name(tier) for tier in GRADED]
    bars = (
        alt.Chart(rows, title=_("Decisions by day and new tier"), height=220)
        .mark_bar()
        .encode(
            x=alt.X("day:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("count():Q", title=None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "tier:N",
                title=None,
                scale=alt.Scale(domain=names, range=[palette.TIERS[tier]["colour"] for tier in GRADED]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["day", "tier", "count()"],
        )
    )
    st.altair_chart(bars, width="stretch")


def _undo(shown: pd.DataFrame, stands: pd.Series) -> None:
    chosen_last, there_last = st.session_state.get(_CHOSEN, (None, []))
    # the one that was shown stays once more where a colleague has undone it: a form may have been sent off for it
    kept = stands | ((shown["decision_id"] == chosen_last) & (chosen_last in there_last))
    if not kept.any():
        conflicts.pending("undo-")
        return
    rows = shown[kept][::-1].set_index("decision_id")
    # a selectbox shows its options as text, not as markdown
    labels = {
        number: f"{number} · {row.subject_name or row.subject} · {outcome_name(row.before)} → {outcome_name(row.after)}"
        for number, row in zip(rows.index, rows.itertuples(), strict=True)
    }
    at = list(labels).index(chosen_last) if chosen_last in labels else 0
    chosen = st.selectbox(_("View a decision"), list(labels), index=at, format_func=labels.__getitem__)
    st.session_state[_CHOSEN] = (chosen, shown.loc[stands, "decision_id"].tolist())
    row = rows.loc[chosen]
    st.text(" · ".join(part for part in (_when(row["at"]), row["by"], row["reason"]) if part))
    on_a_street = row["kind"] != "step"
    if on_a_street and st.button(_("Show on the map"), icon=":material/map:"):
        state.select([row["street_id"] or row["subject"]], go=True)
        st.rerun()
    if not may("record"):
        return
    key = f"undo-{chosen}"
    seen = conflicts.seen(key)
    if conflicts.pending("undo-"):
        return
    with st.form("undo", border=False):
        reason = st.text_input(_("Reason for undoing it"))
        by = signature()
        if not st.form_submit_button(_("Undo this decision"), icon=":material/undo:"):
            return

    def outcome() -> tuple[str, str]:
        return "", f"{_('Undo this decision')}: {labels[chosen]}"

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        return undo(study_path(), chosen, why, by.strip(), seen)

    def saved(number: str) -> None:
        st.toast(_("Decision {id} is kept").format(id=number), icon=":material/check:")

    conflicts.attempt(conflicts.Attempt(key, reason, by.strip(), outcome, decide, saved), seen)


def _when(at: pd.Timestamp) -> str:
    return str(at.tz_convert(cache.timezone()).strftime("%Y-%m-%d %H:%M"))


def _list(decisions: pd.DataFrame, stands: pd.Series) -> None:
    rows = decisions[::-1]
    table(
        pd.DataFrame(
            {
                _("Number"): rows["decision_id"],
                _("When"): rows["at"].map(_when),
                _("Decided by"): rows["by"],
                _("Street"): rows["subject_name"].fillna(rows["subject"]),
                _("Section"): rows["section"].map(lambda text: pick(text or "", current_language())),
                _("About"): [decision_kind_name(*about) for about in zip(rows["kind"], rows["part"], strict=True)],
                _("Before"): rows["before"].map(outcome_name),
                _("After"): rows["after"].map(outcome_name),
                _("Reason"): rows["reason"],
                _("Undoes"): rows["undoes"].fillna(""),
                _("In force"): [_("yes") if stand else _("no") for stand in stands.reindex(rows.index)],
            }
        ),
        "decisions",
        "decisions-table",
    )
