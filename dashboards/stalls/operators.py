"""Operators of stalls: permits, relocation, and penalty steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.session.wording import value_name
from dashboards.shared import background, conflicts
from dashboards.shared.marks import marked
from dashboards.shared.signing import may, signature
from dashboards.shared.widgets import each_once, marked_rows, table
from geo.rules.units import STEPS
from geo.stalls.penalty_steps import STEP_NAMES, record_step
from geo.study.conflicts import Theirs
from geo.study.schema import SYNTHETIC
from layers.map_layer import captions


def _made_up(rows: pd.DataFrame) -> None:
    if (rows["source"] == SYNTHETIC).any():
        st.caption(_("These stalls are synthetic: made up for demonstration."))


def permits() -> None:
    """Draw the list of stalls: verdict, rules and permit."""
    rows = cache.layer("stalls")
    if rows.empty:
        st.caption(_("The study has no stalls: import them on the page Data."))
        return
    _made_up(rows)
    today = dt.date.today().isoformat()
    until = rows["permit_until"].astype("string")
    state_of = pd.Series(_("valid"), index=rows.index).where(until >= today, _("expired"))
    roads = cache.layer("roads")
    street = pd.Series(roads["name"].to_numpy(), index=roads["segment_id"].to_numpy())
    names = rows["segment_id"].map(street).fillna(_("Unnamed street"))
    rows_marked = marked_rows(
        pd.DataFrame(
            {
                _("Stall"): rows["stall_id"],
                _("Operator"): rows["operator_id"],
                _("Goods"): rows["goods"],
                _("Street"): names,
                _("Verdict"): each_once(rows["verdict"], lambda verdict: value_name("verdict", verdict)),
                _("Rules"): each_once(rows["reasons"], lambda text: value_name("reasons", text or "")),
                _("Permit until"): rows["permit_until"],
                _("Permit"): state_of.where(until.notna(), _("none")),
                _("Offences"): rows["offences"],
                _("In hardship"): each_once(rows["hardship"], lambda flag: value_name("hardship", flag)),
            }
        ),
        "stalls",
        "permits-table",
        height=360,
    )
    if rows_marked and st.button(_("Show the marked stall on the map"), icon=":material/map:", key="permit-show"):
        place = rows.geometry.iloc[rows_marked[0]]
        state.ask_about((place.x, place.y))
        state.go_to(place.buffer(0.001).bounds)
        st.rerun()


def _guided(found: dict[str, Any]) -> None:
    st.session_state["guided"] = (found["total_walk_m"], found["gap_m"])


def moves() -> None:
    """Draw the relocation of stalls in the way, and the shortage."""
    st.caption(
        _(
            "Stalls in the way go to zones, existing places and market halls with room: as many as possible, with the "
            "least walking for all together. Fresh meat, cooked food and the like go to halls, or to places for them."
        )
    )
    if st.button(_("Relocate the stalls in the way"), type="primary", icon=":material/directions_walk:"):
        background.start("guide", {}, then=_guided)
    rows = cache.layer("moves")
    if rows.empty:
        return
    if guided := st.session_state.get("guided"):
        st.text(
            _("{walk:,.0f} m of walking in all; no assignment is shorter by more than {gap:.3f} m.").format(
                walk=guided[0], gap=guided[1]
            )
        )
    _made_up(cache.layer("stalls"))
    kinds, reasons = (captions("moves", column, current_language()) for column in ("to_kind", "reason"))
    shops = cache.layer("facilities")
    halls = dict(zip(shops["facility_id"], shops["name"], strict=True))
    own = cache.layer("stall_places")
    halls |= dict(zip(own["place_id"], own["name"], strict=True))
    names = cache.street_names()
    left = rows[rows["to_kind"] == "none"]
    if len(left):
        st.subheader(_("Shortage by street"))
        missing = left.groupby("street_id")["reason"].value_counts().unstack(fill_value=0)
        table(
            pd.DataFrame(
                {
                    _("Street"): [names.get(street) or _("Unnamed street") for street in missing.index],
                    _("Missing pitches"): missing.get("no_room", 0),
                    _("Missing places in halls"): missing.get("no_hall", 0),
                }
            ),
            "shortage",
            "shortage-table",
        )
    table(
        pd.DataFrame(
            {
                _("Stall"): rows["stall_id"],
                _("Current street"): rows["street_id"].map(names).fillna(_("Unnamed street")),
                _("Move to"): rows["to_kind"].map(kinds),
                _("Place"): [halls.get(place) or place or "" for place in rows["to_id"]],
                _("Walk (m)"): rows["walk_m"].round(0),
                _("Cause"): rows["reason"].map(reasons),
            }
        ),
        "moves",
        "moves-table",
        height=320,
    )


def penalty_steps() -> None:
    """Draw the penalty steps due with operators, and record one."""
    rows = cache.layer("stalls")
    due = cache.penalty_steps()
    if due.empty:
        st.caption(_("No step is due: no stall stands in the way."))
        return
    _made_up(rows)
    language = current_language()
    counts = due["step"].value_counts()
    st.text(" · ".join(f"{STEP_NAMES[step].pick(language)} {counts[step]}" for step in STEPS if step in counts))
    chosen = marked(
        pd.DataFrame(
            {
                _("Operator"): due["operator_id"],
                _("Due now"): each_once(due["step"], lambda step: STEP_NAMES[step].pick(language)),
                _("Earlier offences"): due["offences"],
                _("Steps recorded"): due["recorded"],
                _("In hardship"): each_once(due["hardship"], lambda flag: value_name("hardship", flag)),
                _("Stalls in the way"): due["stalls"],
                _("Stalls"): due["stall_ids"],
            }
        ),
        due["operator_id"],
        "penalty-steps",
        "penalty-steps-table",
        height=320,
    )
    ladder = " → ".join(STEP_NAMES[step].pick(language) for step in cache.profile()["response.ladder"])
    st.caption(_("Penalty steps: {steps}.").format(steps=ladder))
    if not chosen:
        conflicts.pending("step-")
        st.caption(_("Mark an operator to record the step as taken."))
        return
    operator = chosen[0]
    if not may("record"):
        return
    key = f"step-{operator}"
    seen = conflicts.seen(key)
    if conflicts.both(key):
        return
    with st.form("step", border=False):
        st.text(operator)
        reason = st.text_input(_("Measure taken"))
        by = signature()
        if not st.form_submit_button(_("Record the step"), type="primary", icon=":material/how_to_reg:"):
            return

    def outcome() -> tuple[str, str]:
        row = cache.penalty_steps().set_index("operator_id")
        # after a colleague's step, the next one is another
        names = [
            STEP_NAMES[step].pick(language) if step in STEP_NAMES else ""
            for step in row.loc[operator, ["last", "step"]]
        ]
        return names[0], names[1]

    def decide(why: str, seen: str | None, _theirs: Sequence[Theirs]) -> str:
        decision, step = record_step(study_path(), operator, why, by, seen)
        return f"{decision}: {STEP_NAMES[step].pick(language)}"

    def saved(number: str) -> None:
        st.toast(_("Decision {id} is kept").format(id=number))

    conflicts.attempt(conflicts.Attempt(key, reason, by, outcome, decide, saved), seen)
