"""What pages share: the error box, the names of tiers and categories, credits."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from dashboards import i18n
from dashboards.i18n import _
from geo.categories import CATEGORIES
from geo.errors import JiexuError
from geo.osm import CREDIT
from geo.schema import TIERS
from geo.tiers import TIER_NAMES


def show_error(error: JiexuError) -> None:
    """Show a problem and its remedy, as text."""
    language = i18n.current()
    place = error.place(language)
    st.error(_("This did not work"), icon=":material/error:")
    st.text(f"{place}\n{error.problem.pick(language)}" if place else error.problem.pick(language))
    st.text(f"→ {error.remedy.pick(language)}")


def tier_name(tier: str) -> str:
    """Return a tier's name in the session's language."""
    return TIER_NAMES[tier].pick(i18n.current()) if tier in TIERS else tier


def tier_badge(tier: str) -> None:
    """Show a tier as a badge in its colour."""
    colours: dict[str, Literal["red", "orange", "blue", "gray"]] = {
        "demonstration": "red",
        "secondary": "orange",
        "back_street": "blue",
    }
    st.badge(tier_name(tier), color=colours.get(tier, "gray"))


def tier_source_name(source: str) -> str:
    """Return the name of where a tier comes from."""
    return {"official": _("official list"), "manual": _("decision"), "inferred": _("inferred")}.get(source, source)


def category_name(code: str) -> str:
    """Return a complaint category's name; one that is not listed is shown as it was written."""
    return CATEGORIES[code].pick(i18n.current()) if code in CATEGORIES else code


def value_name(column: str, value: Any) -> Any:
    """Return what a coded value of a point's column is called; other values come back as they are."""
    if column == "category":
        return category_name(value)
    names: dict[str, dict[Any, str]] = {
        "response": {"service": _("service"), "management": _("management"), "enforcement": _("enforcement")},
        "kind": {"on_street": _("on street"), "off_street": _("off street")},
        "night_only": {True: _("yes"), False: _("no")},
    }
    return names.get(column, {}).get(value, value)


def kind_name(kind: str) -> str:
    """Return the name of a kind of points."""
    return {"complaints": _("Complaints"), "stalls": _("Stalls"), "parking": _("Parking")}[kind]


def credits(osm_date: str | None, synthetic: bool) -> None:
    """Show who made the data, and that made-up points are made up."""
    parts = [CREDIT, _("data of {date}").format(date=osm_date[:10]) if osm_date else ""]
    if synthetic:
        parts.append(_("all complaints, stalls and parking marked synthetic are made up for demonstration"))
    st.caption(" · ".join(part for part in parts if part))
