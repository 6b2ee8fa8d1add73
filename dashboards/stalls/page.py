"""The page Stalls: where may stalls stand, when, and why not elsewhere?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import streamlit as st

from dashboards.map.view import map_view
from dashboards.session import cache, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import study_path
from dashboards.shared.waterfall_chart import waterfall_chart
from dashboards.shared.widgets import Figure, compute, credits, first_screen, out_of_date
from dashboards.stalls import operators, place_answer, places, what_if, zones
from geo.core.opening_hours import DAY_KINDS, DayKind
from geo.kerbs.exclusions import holds
from geo.kerbs.waterfall import Waterfall
from geo.stalls.documents import StallsDocument
from geo.stalls.plan import Plan
from geo.stalls.study import STALLS, plan_stalls
from geo.stalls.supply import CAPPED_BY
from geo.stalls.verdicts import FORBIDDEN
from geo.study.results import Known
from layers.hours import open_numbers

_LAYERS: Final = ("stall_zones", "kerb_exclusions")
_CLOCK: Final = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 30)]
_FIRST: Final = ("workday", "18:00")


class Moment(NamedTuple):
    """The moment of the hour slider: a kind of day, and minutes since midnight."""

    day: DayKind
    minute: int


def moment() -> Moment:
    """Return the moment that the page shows: as the session says, else the address, else a working day's evening."""
    asked = tuple(st.query_params.get("at", "").split("-"))
    if not (len(asked) == 2 and asked[0] in DAY_KINDS and asked[1] in _CLOCK):
        asked = _FIRST
    day = st.session_state.get("stalls-day") or asked[0]
    hours, minutes = (st.session_state.get("stalls-hour") or asked[1]).split(":")
    return Moment(DAY_KINDS[DAY_KINDS.index(day)], int(hours) * 60 + int(minutes))


def _among(days: tuple[DayKind, ...], now: Moment) -> Moment:
    """Return a moment on one of some kinds of day: on the one with the same hours where its own is not told apart."""
    if now.day in days:
        return now
    alike: dict[DayKind, DayKind] = {"monday": "workday", "saturday": "restday"}
    st.session_state["stalls-day"] = alike[now.day]
    return now._replace(day=alike[now.day])


def page() -> None:
    """Draw the page."""
    known = cache.known(STALLS)
    if known.summary is None:
        _first_time()
        return
    plan, selected = cache.plan(), state.selected()
    now = _among(plan.slots.day_kinds, moment())
    slot = plan.slots.of(now.day, now.minute)
    counted = plan.on_streets(selected) if selected else None
    fall = cache.stall_fall(slot, tuple(selected))
    open_ = holds(plan.zones.mask, slot)
    if counted is not None:
        open_ &= counted[plan.zones.kerb]
    supply = plan.supply
    levels = [int(each[open_].sum()) for each in (supply.low, supply.likely, supply.high)]

    def left() -> None:
        _clock(now, plan.slots.day_kinds)
        numbers = {name: open_numbers(cache.distinct_hours(name), now.day, now.minute) for name in _LAYERS}
        map_view(560, (*_LAYERS, "stall_places"), numbers, points=["stalls"], marked=state.asked_place())
        credits(cache.figures()["osm_date"], any(cache.figures()["synthetic"].values()))

    def right() -> None:
        _stale(known)
        if not place_answer.answer(now.day, now.minute):
            st.caption(
                _("Only the selected streets.")
                if selected
                else _(
                    "Click the map to check whether a stall may stand there. Select streets to limit the figures "
                    "to them."
                )
            )
            waterfall_chart(fall, _("Pitches"), _("Left for stalls"), _("Kerb taken by each rule at this hour"))
            _bounds(plan)

    first_screen(_figures(fall, levels, int(open_.sum()), len(open_)), left, right)
    _tabs(now)


def _bounds(plan: Plan) -> None:
    """Say in the whole study how many pitches fit the kerb, and how many each bound takes of them."""
    supply, language = plan.supply, current_language()
    taken = " · ".join(f"{CAPPED_BY[cap].pick(language)} −{n:,}" for cap, n in supply.taken.items() if n)
    st.caption(
        _("In the study {geometric:,} pitches fit the kerb; demand and rules leave {likely:,}: {taken}").format(
            geometric=int(plan.zones.pitches.sum()), likely=int(supply.likely.sum()), taken=taken or "−0"
        )
    )


def _figures(fall: Waterfall, levels: Sequence[int], zones_open: int, zones: int) -> list[Figure]:
    stalls = cache.layer("stalls")
    in_the_way = int((stalls["verdict"] == FORBIDDEN).sum())
    of_all = _("of {count:,}").format(count=len(stalls))
    made_up = cache.figures()["synthetic"]["stalls"] > 0
    return [
        Figure(
            _("Pitches at this hour"),
            f"{levels[1]:,}",
            _("{low:,} to {high:,}; {geometric:,} fit the kerb").format(
                low=levels[0], high=levels[2], geometric=fall.pitches
            ),
        ),
        Figure(_("Zones open"), f"{zones_open:,}", _("of {count:,}").format(count=zones)),
        Figure(
            _("Kerb free for stalls"),
            f"{fall.free_m / 1000:,.1f} km",
            _("of {km:,.1f} km of kerb").format(km=fall.kerb_m / 1000),
        ),
        Figure(_("Stalls in the way"), f"{in_the_way:,}", " · ".join((of_all, _("synthetic"))) if made_up else of_all),
    ]


def _tabs(now: Moment) -> None:
    tabs: dict[str, Callable[[], None]] = {
        _("Zones"): zones.zones,
        _("Existing places"): places.places,
        _("Stalls and permits"): operators.permits,
        _("Relocation"): operators.moves,
        _("Penalty steps"): operators.penalty_steps,
        _("Displays"): zones.displays,
        _("What if"): partial(what_if.panel, now.day, now.minute),
    }
    for tab, draw in zip(st.tabs(list(tabs)), tabs.values(), strict=True):
        with tab:
            draw()


def _first_time() -> None:
    map_view()
    st.info(_("Zones for stalls have not been computed yet in this study."), icon=":material/storefront:")
    _compute()


def _compute() -> None:
    if st.button(_("Compute kerbs, zones and verdicts"), type="primary", icon=":material/calculate:"):
        compute(lambda: plan_stalls(study_path()))


def _stale(known: Known[StallsDocument]) -> None:
    if not known.fresh:
        out_of_date(known)
        _compute()


def _clock(now: Moment, days: tuple[DayKind, ...]) -> None:
    """Offer the kind of day and the hour: Monday and Saturday by themselves where a night of theirs is special."""
    names = (
        {"workday": _("Mon–Fri"), "restday": _("Sat, Sun")}
        if len(days) == 2
        else {"monday": _("Mon"), "workday": _("Tue–Fri"), "saturday": _("Sat"), "restday": _("Sun")}
    )
    left, right = st.columns([0.36, 0.64], vertical_alignment="center")
    day = left.segmented_control(
        _("Day"),
        days,
        default=now.day,
        format_func=names.__getitem__,
        key="stalls-day",
        label_visibility="collapsed",
    )
    hour = right.select_slider(
        _("Hour"),
        _CLOCK,
        value=f"{now.minute // 60:02}:{now.minute % 60:02}",
        key="stalls-hour",
        label_visibility="collapsed",
    )
    chosen = (day or now.day, hour)
    wanted = None if chosen == _FIRST else "-".join(chosen)
    if wanted is None and "at" in st.query_params:
        del st.query_params["at"]
    elif wanted is not None and st.query_params.get("at") != wanted:
        st.query_params["at"] = wanted
