"""A visitor's choices: filters in the address, the selection in the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import shapely
import streamlit as st

from dashboards.session import cache
from geo.core.extents import extent_of, unwrapped
from geo.streets.name_search import streets_within

_SELECTED = "selected_streets"
_POINT = "selected_point"
_AREA = "area"
_FOCUS = "focus"
_PREVIEW = "preview"
_PLACE = "asked_place"
_PINS = "pins"
_IN_ADDRESS_AT_MOST = 30
"""More streets would make an address that mail programs cut."""


_AROUND_DEGREES = 0.002
"""About two hundred metres: what is shown around a place."""


@dataclass(frozen=True)
class View:
    """
    The state of the map: tiers, points, layers and base map.

    Attributes
    ----------
    tiers
        The visible tiers.
    points
        The visible kinds of points.
    categories
        Of a kind, the numbers of its visible categories; a kind that is not here shows all.
    heat
        Whether points are drawn as heat.
    extra
        The visible layers of those that are shown on request.
    base
        An online base map as the map's script takes it, or None for the extract's own.
    """

    tiers: list[str]
    points: list[str]
    categories: dict[str, list[int]] = field(default_factory=dict)
    heat: bool = False
    extra: list[str] = field(default_factory=list)
    base: dict[str, Any] | None = None


def selected() -> list[str]:
    """Return the ids of the selected streets, from the session, else from the address."""
    if _SELECTED not in st.session_state:
        st.session_state[_SELECTED] = [street for street in st.query_params.get("street", "").split(",") if street]
    return list(st.session_state[_SELECTED])


def keep_in_address() -> None:
    """
    Have the address name the selected streets, on every page.

    Streamlit drops the address's query when another page is chosen; a page that is opened again after the server was
    started anew has nothing but its address.
    """
    chosen = selected()
    wanted = ",".join(chosen) if len(chosen) <= _IN_ADDRESS_AT_MOST else ""
    if wanted == st.query_params.get("street", ""):
        return
    if wanted:
        st.query_params["street"] = wanted
    else:
        del st.query_params["street"]


def selected_streets() -> gpd.GeoDataFrame:
    """Return the selected streets' rows. They are shared between sessions: do not change them."""
    return cache.streets_of(tuple(selected()))


def select(
    street_ids: list[str],
    *,
    point: tuple[str, int] | None = None,
    go: bool = False,
    at: tuple[float, float] | None = None,
) -> None:
    """
    Select streets.

    Parameters
    ----------
    street_ids
        Which; none clears the selection.
    point
        The point that was clicked: its kind and the number of its row.
    go
        Whether the map goes there.
    at
        Longitude and latitude of the place on the street to go to; by default all of it.
    """
    st.session_state[_SELECTED] = street_ids
    keep_in_address()
    st.session_state[_POINT] = point
    st.session_state[_AREA] = None
    if go and street_ids:
        if at is None:
            go_to(extent_of(selected_streets().get_coordinates().to_numpy()))
        else:
            go_to(shapely.Point(at).buffer(_AROUND_DEGREES).bounds)


def go_to(bounds: Sequence[float]) -> None:
    """Send the map to a box: west, south, east, north in degrees; west may be greater than east."""
    key = st.session_state.get(_FOCUS, {}).get("key", 0) + 1
    west, south, east, north = map(float, bounds)
    st.session_state[_FOCUS] = {"key": key, "bounds": list(unwrapped((west, south, east, north)))}


def ask_about(place: tuple[float, float] | None) -> None:
    """Remember the place, as longitude and latitude, that was clicked last."""
    st.session_state[_PLACE] = place


def asked_place() -> tuple[float, float] | None:
    """Return the place that was clicked last."""
    return st.session_state.get(_PLACE)


class Pin(NamedTuple):
    """A draggable site on the map: its kind of facility, its identifier, its label, its place."""

    pin_id: str
    kind: str
    label: str
    lon: float
    lat: float


def pins(kind: str) -> list[Pin]:
    """Return the sites of a kind of facility that are tried on the map."""
    return [pin for pin in st.session_state.get(_PINS, []) if pin.kind == kind]


def set_pins(kind: str, places: Sequence[tuple[float, float]]) -> None:
    """Try sites of a kind of facility at these places, as longitude and latitude."""
    others = [pin for pin in st.session_state.get(_PINS, []) if pin.kind != kind]
    mine = [Pin(f"{kind}-{number}", kind, str(number), *place) for number, place in enumerate(places, 1)]
    st.session_state[_PINS] = [*others, *mine]


def move_pin(pin_id: str, lon: float, lat: float) -> None:
    """Move a site that is tried to another place."""
    st.session_state[_PINS] = [
        pin._replace(lon=lon, lat=lat) if pin.pin_id == pin_id else pin for pin in st.session_state.get(_PINS, [])
    ]


def show_preview(points: list[list[float]] | None) -> bool:
    """Show points of a file that is not imported yet, as longitude and latitude; tell whether that changes the map."""
    changed = st.session_state.get(_PREVIEW) != points
    st.session_state[_PREVIEW] = points
    return changed


def preview() -> list[list[float]] | None:
    """Return the points of a file that is not imported yet."""
    return st.session_state.get(_PREVIEW)


def select_area(corners: list[list[float]]) -> None:
    """Select the streets within a drawn area, given as [longitude, latitude] of its corners."""
    chosen = streets_within(
        cache.layer("streets"), shapely.Polygon(corners), cache.metric_crs(), cache.profile()["selection.share_inside"]
    )
    select(chosen)
    st.session_state[_AREA] = corners


def point() -> tuple[str, int] | None:
    """Return the selected point's kind and row."""
    return st.session_state.get(_POINT)


def area() -> list[list[float]] | None:
    """Return the corners of the drawn area."""
    return st.session_state.get(_AREA)


def focus() -> dict[str, Any] | None:
    """Return where the map was last told to go."""
    return st.session_state.get(_FOCUS)
