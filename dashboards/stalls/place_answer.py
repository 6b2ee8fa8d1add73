"""Ask of a clicked place whether a stall or a display may stand there, and decide on the zone that it lies in."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.wording import hours_name, rule_name
from dashboards.shared.widgets import show_error, tier_badge
from dashboards.stalls import places, zones
from geo.core.errors import JiexuError
from geo.core.opening_hours import DayKind, day_kind, open_at
from geo.kerbs.decided import reasons_of
from geo.rules.loader import ASSUMED
from geo.stalls.documents import NearestPlace, SpokenRule
from geo.stalls.verdicts import ALLOWED, FORBIDDEN, OTHER_HOURS, VERDICT_NAMES, Answer, check

_AROUND_DEGREES = 0.002


def answer(day: DayKind, minute: int) -> bool:
    """Draw the answer for the place that was clicked last; tell whether there is one."""
    place = state.asked_place()
    if place is None:
        return False
    kinds = {"stall": _("Stall"), "display": _("Display outside a shop")}
    chosen = st.segmented_control(
        _("Proposed use"), list(kinds), default="stall", format_func=kinds.__getitem__, key="ask-kind"
    )
    kind: Literal["stall", "display"] = "display" if chosen == "display" else "stall"
    try:
        plan = cache.plan(kind)
        found = check(plan, *place, _next(day, minute), cache.network, reasons_of(cache.layer("decisions")))
    except JiexuError as error:
        show_error(error)
        _clear()
        return True
    with st.container(border=True, key="answer", gap="small"):
        _verdict(found)
        places.card(found.place)
        _rules(found, day, minute)
        _nearest(found.nearest)
    if kind == "stall":
        zones.decide_on(found)
    _clear()
    return True


def _next(day: DayKind, minute: int) -> dt.datetime:
    """Return the next such moment on the clock of whoever asks."""
    today = dt.date.today()
    for ahead in range(7):
        date = today + dt.timedelta(days=ahead)
        if day_kind(date) == day:
            return dt.datetime.combine(date, dt.time(minute // 60, minute % 60))
    raise AssertionError(day)


def _clear() -> None:
    if st.button(_("Close"), icon=":material/close:", type="tertiary", key="ask-clear"):
        state.ask_about(None)
        state.select([])
        st.rerun()


def _verdict(found: Answer) -> None:
    colours: dict[str, Literal["green", "orange", "red"]] = {ALLOWED: "green", OTHER_HOURS: "orange", FORBIDDEN: "red"}
    icons = {ALLOWED: ":material/check_circle:", OTHER_HOURS: ":material/schedule:", FORBIDDEN: ":material/block:"}
    with st.container(key="street-name"):
        st.text(found.name or _("Unnamed street"))
    with st.container(horizontal=True, gap="xsmall"):
        name = VERDICT_NAMES[found.verdict].pick(current_language())
        st.badge(name, color=colours[found.verdict], icon=icons[found.verdict])
        tier_badge(found.tier)
    sides = {"left": _("left kerb"), "right": _("right kerb")}
    st.caption(
        _("{side}, {offset:.0f} m along segment {segment}, {away:.1f} m from the kerb").format(
            side=sides[found.side], offset=found.offset_m, segment=found.segment_id, away=found.distance_m
        )
    )
    if found.hours:
        st.text(_("Allowed: {hours}").format(hours=hours_name(found.hours)))


def _rules(found: Answer, day: DayKind, minute: int) -> None:
    """Show every rule at the place: forbidding now, forbidding at other hours, allowing."""
    for rule in found.rules:
        now = "✕" if open_at(rule["hours"], day, minute) else "◷"
        mark = "✓" if rule["says"] == "allows" else now
        # what decisions give as their reason is a user's text: shown as text, never as markdown
        parts = [f"{mark} {rule_name(rule['id'])}", _value(rule), hours_name(rule["hours"])]
        away = _("{metres:.0f} m away").format(metres=rule["distance_m"])
        where = f"{rule['cause_id']}, {away}" if rule["cause_id"] else ""
        st.text("\n   ".join((" · ".join(filter(None, parts)), " · ".join(filter(None, (where, _source(rule)))))))


def _source(rule: SpokenRule) -> str:
    """Return where a rule comes from; that it is assumed is said."""
    who, colon, why = str(rule["source"]).partition(": ")
    if who == ASSUMED:
        return _("assumed by the developers") + colon + why
    assumed = _("assumption")
    return f"{rule['source']} ({assumed})" if rule["status"] == "assumption" else str(rule["source"])


def _value(rule: SpokenRule) -> str:
    """Return a rule's length."""
    value, unit = rule["value"], rule["unit"]
    return f"{value} {unit}" if unit == "m" else ""


def _nearest(there: NearestPlace | None) -> None:
    if there is None:
        return
    when = dt.datetime.fromisoformat(there["at"]).strftime("%m-%d %H:%M") if there["at"] else "–"
    st.text(
        _("Nearest place: {street}, {walk:.0f} m on foot, from {when} ({hours})").format(
            street=there["name"] or _("Unnamed street"),
            walk=there["walk_m"],
            when=when,
            hours=hours_name(there["hours"]),
        )
    )
    if st.button(_("Show it on the map"), icon=":material/near_me:", key="show-nearest"):
        lon, lat = there["lon"], there["lat"]
        state.select([there["street_id"]])
        state.ask_about((lon, lat))
        around = _AROUND_DEGREES / 2
        state.go_to((lon - around, lat - around, lon + around, lat + around))
        st.rerun()
