"""The page Parking: where do bays fit, by day and at night, and what does each rule cost?"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboards import rule_inputs, state, store
from dashboards.i18n import _
from dashboards.map_view import map_view
from dashboards.parts import Figure, credits, first_screen, show_error, table, tier_name
from dashboards.served import study_path
from dashboards.waterfall_chart import waterfall_chart
from geo.bay_room import BayHours, BayRoom
from geo.bay_study import plan_bays, schedule, write_bays
from geo.errors import JiexuError
from geo.zones import waterfall

_FIRST: Final = ("bay.length", "clearance.crossing", "bay.min_carriageway_width.one_side_two_way")
_GROUPS: Final = ("bay", "clearance", "fire_lane")


def page() -> None:
    """Draw the page."""
    hours = _hours()
    room = store.bay_room(hours)
    bays = store.layer("bays")
    selected = state.selected()
    counted = room.on_streets(selected) if selected else None
    fall = waterfall(room, 0, counted)
    low, high = (int(store.bay_room(hours, off).zones.pitches.sum()) for off in (-1.0, 1.0))
    shown = bays[bays["street_id"].isin(selected)] if selected else bays
    placed = shown["hours"].value_counts()

    def left() -> None:
        map_view(layers=["bays"], points=["parking", "complaints"])
        credits(store.figures()["osm_date"], any(store.figures()["synthetic"].values()))

    def right() -> None:
        _compute(bays.empty)
        names: dict[BayHours, str] = {"all_day": _("All day"), "night": _("At night")}
        st.segmented_control(
            _("Rules of"), list(names), default=hours, format_func=names.__getitem__, key="bay-hours",
            label_visibility="collapsed",
        )  # fmt: skip
        waterfall_chart(fall, _("Bays"), _("Left for bays"), _("What each rule takes of the kerb"))

    first_screen(
        [
            Figure(
                _("Bays that fit"), f"{fall.pitches:,}", _("on the selected streets") if selected else _("in the study")
            ),
            Figure(_("If guessed widths are off"), f"{low:,}–{high:,}", _("in the study")),
            Figure(_("Placed, all day"), f"{int(placed.get('all_day', 0)):,}", _("as polygons on the map")),
            Figure(_("Placed, at night"), f"{int(placed.get('night', 0)):,}", _("where there is no room by day")),
        ],
        left,
        right,
    )
    bays_tab, what_if_tab = st.tabs([_("Bays by street"), _("What if")])
    with bays_tab:
        _schedule(shown)
    with what_if_tab:
        _what_if(room, hours)


def _hours() -> BayHours:
    return "night" if st.session_state.get("bay-hours") == "night" else "all_day"


def _compute(first: bool) -> None:
    if first:
        st.info(_("No bays have been placed yet in this study."), icon=":material/local_parking:")
    if st.button(_("Place the bays"), type="primary" if first else "secondary", icon=":material/calculate:"):
        try:
            with st.spinner(_("Computing …")):
                plan_bays(study_path(), night=True)
        except JiexuError as error:
            show_error(error)
        else:
            st.rerun()


def _schedule(bays: pd.DataFrame) -> None:
    if bays.empty:
        st.caption(_("Nothing to show."))
        return
    rows = schedule(bays, pd.DataFrame(store.layer("streets").drop(columns="geometry")))
    table(
        pd.DataFrame(
            {
                _("Street"): rows["name"].fillna(_("Unnamed street")),
                _("Tier"): rows["tier"].map(tier_name),
                _("All day"): rows["all_day"],
                _("At night"): rows["night"],
                _("Accessible"): rows["accessible"],
                _("Width from"): rows["width_source"].map(_sources),
                "id": rows["street_id"],
            }
        ),
        "bays",
        "bays-table",
        height=360,
    )
    st.download_button(
        _("Drawing (DXF)"),
        data=partial(_drawing, study_path()),
        file_name=f"{study_path().stem}-bays.dxf",
        icon=":material/architecture:",
        on_click="ignore",
        key="bays-dxf",
    )


def _drawing(study: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bays.dxf"
        write_bays(study, file)
        return file.read_bytes()


def _sources(text: str) -> str:
    names = {"tag": _("tag"), "lanes": _("lanes"), "default": _("guessed by class"), "mapped": _("mapped kerb")}
    return ", ".join(names.get(part, part) for part in text.split(", "))


def _what_if(room: BayRoom, hours: BayHours) -> None:
    values: dict[str, Any] = rule_inputs.changed_values("bays", _GROUPS, _FIRST)
    if not values:
        st.caption(_("Change a value to see bays won and lost against the study's rules."))
        return
    try:
        store.profile().changed(values)
        tried = store.bay_room(hours, 0.0, rule_inputs.frozen(values))
    except JiexuError as error:
        show_error(error)
        return
    counts = [pd.Series(each.zones.pitches).groupby(each.street_of(each.zones.kerb)).sum() for each in (room, tried)]
    rule_inputs.compare(counts[0], counts[1], _("Bays that fit"), _("Bays now"), _("Bays then"), "bays-what-if")
