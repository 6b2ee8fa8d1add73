"""Inputs for other values of rules, and their effect street by street."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.session import cache, state
from dashboards.session.language import _
from dashboards.session.wording import rule_name
from dashboards.shared.widgets import table
from geo.rules.units import ORIENTATIONS, STANCES

_UNITS = ("m", "count", "flag", "share", "stance", "hours", "designation", "reading", "orientation")


def _names(groups: Sequence[str]) -> dict[str, str]:
    """Return the names of the adjustable parameters of some groups."""
    names = {
        "stalls.pitch.length": _("Pitch: length"),
        "stalls.pitch.depth": _("Pitch: depth"),
        "stalls.pitch.gap": _("Pitch: gap"),
        "pavement.clear": _("Clear width of pavements"),
        "fire_lane.clear_width": _("Fire lane: clear width"),
        "clearance_hours.school": _("School hours"),
        "bay.length": _("Bay: length"),
        "bay.width": _("Bay: width"),
        "bay.orientation": _("Bay: orientation"),
        "bay.reading": _("Reading of the law"),
    }
    leaves = cache.profile().leaves
    return {
        path: names.get(path) or (rule_name(path) if rule_name(path) != path else path)
        for path in leaves
        if path.split(".")[0] in groups and leaves[path].unit in _UNITS
    }


def changed_values(key: str, groups: Sequence[str], first: Sequence[str]) -> dict[str, Any]:
    """Offer parameters of some groups, `first` ones at once, and return the values that differ from the study's."""
    names = _names(groups)
    chosen = st.multiselect(
        _("Rules to try"),
        list(names),
        default=[path for path in first if path in names],
        format_func=names.__getitem__,
        key=f"{key}-rules",
        placeholder=_("Choose a rule"),
    )
    values: dict[str, Any] = {}
    for row in range(0, len(chosen), 3):
        for path, column in zip(chosen[row : row + 3], st.columns(3), strict=False):
            with column:
                value = _input(path, names[path], f"{key}-{path}")
            if value is not None and value != cache.profile()[path]:
                values[path] = value
    return values


def frozen(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return values in a form that caches keep plans by."""
    return tuple(sorted((path, tuple(v) if isinstance(v, list) else v) for path, v in values.items()))


def _input(path: str, label: str, key: str) -> Any:
    """Offer another value of a parameter."""
    leaf = cache.profile().leaves[path]
    if leaf.unit in ("m", "count", "share"):
        whole = leaf.unit == "count"
        return st.number_input(
            f"{label} (m)" if leaf.unit == "m" else label,
            min_value=0 if whole else 0.0,
            value=leaf.value if whole else float(leaf.value),
            step=1 if whole else 0.5 if leaf.unit == "m" else 0.05,
            key=key,
            help=f"{path}\n\n{leaf.source}",
        )
    if leaf.unit == "flag":
        return st.toggle(label, value=bool(leaf.value), key=key, help=f"{path}\n\n{leaf.source}")
    if leaf.unit in ("stance", "designation", "reading", "orientation"):
        words = {
            "forbidden": _("forbidden"),
            "designated": _("designated places only"),
            "orderly": _("orderly"),
            "proposed": _("proposed"),
            "accepted": _("accepted"),
            "standard": _("bay standard"),
            "strict": _("strict (Art. 63)"),
            "parallel": _("parallel"),
            "angled_30": "30°",
            "angled_45": "45°",
            "angled_60": "60°",
            "perpendicular": _("perpendicular"),
        }
        options = {
            "stance": list(STANCES),
            "designation": ["proposed", "accepted"],
            "reading": ["standard", "strict"],
            "orientation": list(ORIENTATIONS),
        }[leaf.unit]
        return st.selectbox(label, options, index=options.index(leaf.value), format_func=words.__getitem__, key=key)
    text = st.text_input(label, value="; ".join(leaf.value), key=key, help="Mo-Fr 17:00-22:00; Sa-Su 16:00-22:30")
    return [part.strip() for part in text.split(";") if part.strip()]


def compare(before: pd.Series, after: pd.Series, what: str, now: str, then: str, key: str) -> None:
    """Show the gains and losses of a change, in total and by street."""
    total = int(after.sum()), int(after.sum() - before.sum())
    names = cache.street_names()
    rows = pd.DataFrame({"before": before, "after": after}).fillna(0).astype(int)
    rows["change"] = rows["after"] - rows["before"]
    moved = rows[rows["change"] != 0]
    first, second = st.columns(2)
    first.metric(what, f"{total[0]:,}", f"{total[1]:+,}", border=True)
    second.metric(
        _("Streets with a change"), f"{len(moved):,}", _("of {count:,}").format(count=len(names)), delta_color="off",
        delta_arrow="off", border=True,
    )  # fmt: skip
    moved = moved.reindex(moved["change"].abs().sort_values(ascending=False).index)
    selected = state.selected()
    if selected:
        moved = moved[moved.index.isin(selected)]
    table(
        pd.DataFrame(
            {
                _("Street"): moved.index.map(names).fillna(_("Unnamed street")),
                now: moved["before"].to_numpy(),
                then: moved["after"].to_numpy(),
                _("Gain or loss"): moved["change"].to_numpy(),
            }
        ),
        key,
        f"{key}-table",
        height=300,
    )
