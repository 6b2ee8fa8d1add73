"""The filters in the side bar, the same on every page; their state lives in the address."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _
from dashboards.session.server import server
from dashboards.session.state import View
from dashboards.session.wording import category_name, kind_name, layer_name, tier_name
from geo.core.chinese_datums import wgs84_to_gcj02
from geo.core.time_zones import middle_of
from geo.streets.name_search import find_names
from geo.study.schema import POINT_KINDS, TIERS
from layers.registry import ON_REQUEST

_TIANDITU = "https://t{s}.tianditu.gov.cn/DataServer?T={layer}&x={x}&y={y}&l={z}&tk="

_ONLINE: Final = ("osm", "tianditu", "amap")


def current() -> View:
    """
    Return the state of the side bar.

    It is read from the session and the address, so that a page can draw its map before the side bar is drawn.
    """
    chosen = chosen_categories()
    names = cache.categories("complaints") if chosen else []
    return View(
        tiers=_on("tiers", TIERS, TIERS),
        points=_on("points", POINT_KINDS, POINT_KINDS),
        categories={"complaints": [names.index(code) for code in chosen if code in names]} if chosen else {},
        heat=bool(st.session_state.get("heat", "heat" in st.query_params)),
        extra=_on("layers", ON_REQUEST, ()),
        base=_base(st.session_state.get("base") or "extract", st.session_state.get("tianditu-key", "")),
    )


def chosen_categories() -> list[str]:
    """Return the complaint categories that the side bar shows; none means all."""
    return list(st.session_state.get("categories") or [])


def _on(name: str, options: Sequence[str], default: Sequence[str]) -> list[str]:
    """Return the options that are on: by the session, else the address, else by default."""
    if name in st.session_state:
        return list(st.session_state[name] or [])
    asked = st.query_params.get(name)
    return list(default) if asked is None else [option for option in asked.split(",") if option in options]


def side_bar() -> None:
    """Draw search and filters; their state lives in the address, by codes independent of the language."""
    _search()
    st.subheader(_("Show on the map"))
    _pills(_("Tiers"), "tiers", TIERS, TIERS, tier_name)
    _pills(_("Points"), "points", POINT_KINDS, POINT_KINDS, kind_name)
    st.multiselect(
        _("Complaint categories"),
        cache.categories("complaints"),
        format_func=lambda code: category_name(code) or _("Other"),
        key="categories",
        placeholder=_("All"),
    )
    heat = st.toggle(_("Points as heat"), value="heat" in st.query_params, key="heat")
    _to_address("heat", "1" if heat else None)
    _pills(_("More layers"), "layers", ON_REQUEST, (), layer_name)
    _base_map()


def _pills(label: str, name: str, options: Sequence[str], default: Sequence[str], naming: Callable[[str], str]) -> None:
    """Offer options; several may be on."""
    first = _on(name, options, default)
    chosen = list(st.pills(label, options, default=first, selection_mode="multi", format_func=naming, key=name))
    _to_address(name, None if chosen == list(default) else ",".join(chosen))


def _to_address(name: str, value: str | None) -> None:
    if st.query_params.get(name) == value:
        return
    if value is None:
        del st.query_params[name]
    else:
        st.query_params[name] = value


def _search() -> None:
    typed = st.text_input(
        _("Find a street"), placeholder=_("Name, or pinyin initials"), key="search", icon=":material/search:"
    )
    if not typed:
        return
    streets = cache.layer("streets")
    names = find_names(streets["name"].dropna().unique().tolist(), typed, limit=6)
    if not names:
        st.caption(_("No street with this name"))
    for number, name in enumerate(names):
        # a name from outside would be read as markdown in a button's label
        left, right = st.columns([0.8, 0.2], vertical_alignment="center")
        left.text(name)
        if right.button("→", key=f"found-{number}", help=_("Show on the map")):
            state.select(streets.loc[streets["name"] == name, "street_id"].tolist(), go=True)
            st.rerun()


def _base_map() -> None:
    """Offer online base maps: none is loaded before it is asked for."""
    names = {
        "extract": _("From the extract (offline)"),
        "osm": "OpenStreetMap",
        "tianditu": "天地图 Tianditu",
        "amap": "高德 AMap",
    }
    offered = ["extract", *(base for base in _ONLINE if base in server().bases)]
    with st.expander(_("Base map"), icon=":material/layers:"):
        if len(offered) == 1:
            st.caption(
                _("From the extract (offline). Online base maps are off: jiexu serve --online-bases offers them.")
            )
            return
        kind = st.radio(_("Base map"), offered, format_func=names.__getitem__, label_visibility="collapsed", key="base")
        if kind != "extract":
            st.caption(_("Online maps need a connection; their servers learn the area in view."))
        if kind == "tianditu":
            key = os.environ.get("JIEXU_TIANDITU_KEY", "")
            st.text_input(_("Tianditu key"), value=key, type="password", key="tianditu-key")


def _base(kind: str, key: str) -> dict[str, Any] | None:
    """Return an online base map as the map's script takes it."""
    if kind == "tianditu" and key.isalnum():
        urls = [_TIANDITU.replace("{layer}", layer) + key for layer in ("vec_w", "cva_w")]
        return {"urls": urls, "subdomains": "01234567", "credit": "天地图", "shift": [0, 0]}
    if kind == "amap":
        west, south, east, north = cache.figures()["extent"]
        url = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
        middle = np.array([middle_of(west, south, east, north)])
        shift = (wgs84_to_gcj02(middle) - middle)[0].tolist()
        return {"urls": [url], "subdomains": "1234", "credit": "高德地图", "shift": shift}
    if kind == "osm":
        url = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
        return {"urls": [url], "subdomains": "abc", "credit": "", "shift": [0, 0]}
    return None
