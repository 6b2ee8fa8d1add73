"""The map on a page: the composed map in a frame that stays while the page around it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from dashboards.map.routes import tile_urls
from dashboards.session import cache, filters, state
from dashboards.session.language import _, current_language
from dashboards.session.served_study import IN_ADDRESS, study_path
from dashboards.session.server import server
from geo.study.schema import POINT_KINDS

_KEY: Final = "map"
_PICKED: Final = "map-picked"

_component = st.components.v2.component(
    "jiexu.map", js=(Path(__file__).parent / "view.js").read_text(encoding="utf-8"), isolate_styles=False
)


def map_view(
    height: int = 600,
    layers: Sequence[str] = (),
    open_numbers: Mapping[str, Sequence[int]] | None = None,
    points: Sequence[str] = POINT_KINDS,
    marked: tuple[float, float] | None = None,
    muted: bool = False,
    pins: Sequence[state.Pin] = (),
) -> None:
    """
    Show the map with the side bar's filters and the session's selection; a click on it selects.

    Parameters
    ----------
    height
        In pixels.
    layers
        Layers that are shown besides those that the side bar asks for.
    open_numbers
        Of layers that have hours, the numbers (`layers.hours`) of those that hold at the moment that is shown.
    points
        The kinds of points that matter on the page: others are not shown.
    marked
        Longitude and latitude of a place to mark.
    muted
        Whether streets are grey, so that the colours of another layer are read.
    pins
        Sites that can be dragged.

    Filters and selection restyle the map in the browser; tiles that changed are drawn over the old ones. Panning and
    zooming do not run the script.
    """
    asked: dict[str, str] = {"lang": current_language(), "theme": st.context.theme.type or "light"}
    if server().library is not None:
        asked[IN_ADDRESS] = study_path().stem
    address = f"{server().base_path}/map?{urlencode(asked)}"
    _component(
        key=_KEY,
        data={
            "address": address,
            "state": {
                **_shown(layers, points, marked),
                "open": dict(open_numbers or {}),
                "muted": muted,
                "pins": [{"id": pin.pin_id, "label": pin.label, "at": [pin.lon, pin.lat]} for pin in pins],
            },
            "height": height,
            "title": _("Map of streets"),
        },
        on_pick_change=_note_pick,
    )


def take_click() -> None:
    """Follow a click on the map before the page is drawn: a page that finds it while it is drawn is drawn twice."""
    picked = st.session_state.pop(_PICKED, None)
    if picked:
        _take(picked)


def _note_pick() -> None:
    """Keep a click for `take_click`: an error of a callback is shown by Streamlit, in its own words."""
    st.session_state[_PICKED] = (st.session_state.get(_KEY) or {}).get("pick")


def map_state(view: state.View) -> dict[str, Any]:
    """Return the state of the map's filters, without addresses, for a map in a file."""
    shown = {key: value for key, value in asdict(view).items() if key != "base"}
    date = (cache.figures()["osm_date"] or "")[:10]
    return {**shown, "note": f"{study_path().stem} · OSM {date}", "file": study_path().stem}


def _shown(layers: Sequence[str], points: Sequence[str], marked: tuple[float, float] | None) -> dict[str, Any]:
    view = filters.current()
    return {
        **map_state(view),
        "points": [kind for kind in view.points if kind in points],
        "extra": [*dict.fromkeys((*view.extra, *layers))],
        "base": view.base,
        "selected": state.selected_streets()["street_id"].tolist(),
        "area": state.area(),
        "preview": state.preview() or ([list(marked)] if marked else None),
        "focus": state.focus(),
        "tiles": tile_urls(),
    }


def _take(picked: dict[str, Any]) -> None:
    at = picked.get("at")
    if picked.get("pin") is not None and at:
        state.move_pin(str(picked["pin"]), float(at[0]), float(at[1]))
        return
    state.ask_about((float(at[0]), float(at[1])) if at else None)
    if picked.get("area"):
        state.select_area(picked["area"])
    elif picked.get("layer") in POINT_KINDS:
        kind, row = picked["layer"], int(picked["id"])
        segment = cache.layer(kind)["segment_id"].iloc[row]
        roads = cache.layer("roads")
        state.select(roads.loc[roads["segment_id"] == segment, "street_id"].tolist(), point=(kind, row))
    else:
        state.select([str(picked["id"])] if picked.get("id") is not None else [])
