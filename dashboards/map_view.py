"""The map on a page: the composed map in a frame that stays while the page around it changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboards import i18n
from dashboards.routes import tile_urls

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "jiexu.map", js=(_HERE / "map_view.js").read_text(encoding="utf-8"), isolate_styles=False
)


@dataclass(frozen=True)
class View:
    """
    What the map shows.

    Attributes
    ----------
    tiers
        The visible tiers.
    points
        The visible kinds of points.
    categories
        Of a kind, the visible categories; a kind that is not here shows all.
    selected
        The selected street, or None.
    """

    tiers: list[str]
    points: list[str]
    categories: dict[str, list[str]] = field(default_factory=dict)
    selected: str | None = None


@dataclass(frozen=True)
class Pick:
    """What was clicked: a street's id, or the number of a point's row in its layer; `layer` None for empty ground."""

    layer: str | None
    id: str | int | None


def map_view(view: View, height: int = 720) -> Pick | None:
    """
    Show the map and return what was clicked just now, if anything.

    Filters and selection restyle the map in the browser; tiles that changed are drawn over the old ones. Panning and
    zooming do not run the script.
    """
    state: dict[str, Any] = {**asdict(view), "tiles": tile_urls()}
    state["selected"] = int(view.selected.removeprefix("s")) if view.selected else None
    address = "/map?" + urlencode({"lang": i18n.current(), "theme": _theme()})
    result = _component(
        key="map",
        data={"address": address, "state": state, "height": height, "title": i18n._("Map of streets")},
        on_pick_change=lambda: None,
    )
    picked = result.get("pick")
    if not picked:
        return None
    layer, number = picked["layer"], picked["id"]
    return Pick(layer, f"s{number}" if layer == "streets" else number)


def _theme() -> str:
    return str(st.context.theme.type or "light")
