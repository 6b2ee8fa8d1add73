"""The page Complaints: hot spots on the map, complaints by month and hour, and answer times."""

from __future__ import annotations

from typing import Any, Final, Literal

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dashboards.complaints import tabs
from dashboards.complaints.moment import AS_OF, local, moment
from dashboards.map.view import map_view
from dashboards.session import cache, complaint_figures, state
from dashboards.session.complaint_figures import Asked
from dashboards.session.language import _
from dashboards.session.wording import category_name
from dashboards.shared import background
from dashboards.shared.widgets import Figure, credits, first_screen, left_out_caption, out_of_date
from geo.complaints.answer_times import FAR_BEHIND_DAYS
from geo.complaints.hot_streets import CROSS_VALIDATED
from geo.complaints.study import HOTSPOTS
from geo.complaints.trends import weekday_hours
from geo.points.cases import unplaced
from geo.study.doubts import Kept
from layers import palette
from layers.complaints import VIEWS

Shown = Literal["points", "density", "chance", "change", "patrols"]
_SHOWN: Final[tuple[Shown, ...]] = ("density", "chance", "change", "patrols", "points")
_BRUSH: Final = "time"


def page() -> None:
    """Draw the page."""
    if cache.layer("complaints").empty:
        st.info(_("The study has no complaints yet: import them on the page Data."), icon=":material/campaign:")
        return
    at = moment().isoformat()
    counted = complaint_figures.counted(at)
    every = counted.rows
    span, chosen = _brushed(every), state.selected()
    asked = Asked(at, *(span or ("", "")), tuple(chosen))
    complaints = complaint_figures.chosen(asked)

    def left() -> None:
        _map()
        credits(cache.figures()["osm_date"], any(cache.figures()["synthetic"].values()))

    def right() -> None:
        _as_of()
        _reservations(counted, bool(chosen))
        _months(every)
        _find(span)
        _hours(complaints)

    first_screen(_figures(complaints, asked), left, right)
    tabs.tabs(complaints, asked)


def _as_of() -> None:
    """Offer to take ages at the end of data that end long before now."""
    span = complaint_figures.covered(cache.hour().isoformat())
    behind = span.days_before(cache.hour())
    if behind is None or behind <= FAR_BEHIND_DAYS:
        return
    names = {"now": _("now"), "end": _("the end of the data, {date:%Y-%m-%d}").format(date=local(span.until))}
    st.segmented_control(
        _("Ages of open complaints as of"), list(names), default="now", format_func=names.__getitem__, key=AS_OF
    )
    st.caption(
        _(
            "The data end {days:.0f} days before now: complaints that were closed since then still count as open."
        ).format(days=behind)
    )


def _reservations(counted: Kept[pd.DataFrame], selected: bool) -> None:
    """Say how many complaints the figures leave out and why, and how many have no place."""
    left_out_caption(counted.left_out)
    nowhere = 0 if selected else int(unplaced(counted.rows).sum())
    if nowhere:
        st.caption(
            _(
                "{count:,} complaints have no place: they count in shares, months and times, and not on the map, by "
                "street, quarter and tier, nor in recurring spots."
            ).format(count=nowhere)
        )


def _figures(complaints: pd.DataFrame, asked: Asked) -> list[Figure]:
    profile = cache.profile()
    now = moment()
    answered = complaints["response"].dropna()
    service = (answered == "service").mean() if len(answered) else float("nan")
    half, late = complaint_figures.curve(asked).quantile(0.5), complaint_figures.late(asked)
    hot = cache.layer("hotspots")
    timeless = complaints["received_at"].isna().all()
    open_at = _("no times recorded") if timeless else _("open at {date:%Y-%m-%d}").format(date=local(now))
    note = _("on the selected streets") if asked.street_ids else _("in the study")
    return [
        Figure(_("Complaints"), f"{len(complaints):,}", " – ".join((asked.first, asked.last)) if asked.first else note),
        Figure(
            _("Hot segments"),
            f"{int(hot.drop_duplicates('segment_id')['hot'].sum()):,}" if len(hot) else "–",
            _("beyond chance, in the study"),
        ),
        Figure(
            _("Service"),
            "–" if pd.isna(service) else f"{service:.0%}",
            _("target of the 721 method: {share:.0%}").format(share=profile["answer.shares.service"]),
        ),
        Figure(_("Median time to close"), "–" if half is None else _("{hours:.0f} h").format(hours=half), note),
        Figure(_("Overdue"), f"{len(late):,}", open_at),
    ]


def _map() -> None:
    names: dict[Shown, str] = {
        "density": _("Density"),
        "chance": _("Beyond chance"),
        "change": _("Change"),
        "patrols": _("Patrols"),
        "points": _("Points"),
    }
    shown = st.segmented_control(
        _("On the map"), _SHOWN, default="density", format_func=names.__getitem__, key="complaints-shown",
        label_visibility="collapsed",
    ) or "density"  # fmt: skip
    if shown == "patrols":
        map_view(560, ["patrol_districts", "patrol_rounds"], points=[], muted=True)
    elif shown == "points":
        map_view(560, points=["complaints"])
    else:
        map_view(560, ["hotspots"], {"hotspots": [VIEWS.index(shown)]}, points=[], muted=True)


def _brushed(every: pd.DataFrame) -> tuple[str, str] | None:
    """Return the first and last month that are brushed on the chart of months, or None."""
    drawn = st.session_state.get("complaints-months")
    brush = (drawn or {}).get("selection", {}).get(_BRUSH, {}).get("month")
    if not brush:
        return None
    first, last = sorted(brush)
    known = sorted(month for month in every["month"].dropna().unique() if first <= month <= last)
    return (known[0], known[-1]) if known else None


def _months(every: pd.DataFrame) -> None:
    """Draw the complaints by month and response; months that are brushed count everywhere on the page."""
    names = {"service": _("service"), "management": _("management"), "enforcement": _("enforcement"), "": _("none")}
    counts = every["response"].fillna("").groupby([every["month"], every["response"].fillna("")]).size()
    counts = counts.rename("complaints").reset_index()
    counts["response"] = counts["response"].map(lambda code: names.get(code, code))
    brush = alt.selection_interval(name=_BRUSH, encodings=["x"])
    chart = (
        alt.Chart(counts, title=_("By month: drag to choose a time"), height=240)
        .mark_bar()
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=-60)),
            y=alt.Y("complaints:Q", title=None),
            color=alt.Color(
                "response:N",
                title=None,
                sort=list(names.values()),
                scale=alt.Scale(domain=list(names.values()), range=[palette.RESPONSES[code] for code in names]),
                legend=alt.Legend(orient="bottom"),
            ),
            opacity=alt.condition(brush, alt.value(1.0), alt.value(0.35)),
            tooltip=[alt.Tooltip("month:O"), alt.Tooltip("response:N"), alt.Tooltip("complaints:Q")],
        )
        .add_params(brush)
    )
    st.altair_chart(chart, width="stretch", key="complaints-months", on_select="rerun")


def _hours(complaints: pd.DataFrame) -> None:
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    counts = weekday_hours(complaints["received_at"], cache.timezone())
    rows = pd.DataFrame(
        {
            "weekday": np.repeat(days, counts.shape[1]),
            "hour": np.tile(np.arange(counts.shape[1]), len(days)),
            "complaints": counts.ravel(),
        }
    )
    chart = (
        alt.Chart(rows, title=_("By weekday and hour"), height=190)
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title=None, axis=alt.Axis(values=list(range(0, 24, 3)), labelAngle=0)),
            y=alt.Y("weekday:O", title=None, sort=days),
            color=alt.Color("complaints:Q", legend=None, scale=alt.Scale(scheme="orangered")),
            tooltip=[
                alt.Tooltip("weekday:O", title=_("Weekday")),
                alt.Tooltip("hour:O", title=_("Hour")),
                alt.Tooltip("complaints:Q", title=_("Complaints")),
            ],
        )
    )
    st.altair_chart(chart, width="stretch")


def _find(span: tuple[str, str] | None) -> None:
    """Offer to find the hot spots of a category and the brushed months."""
    known = cache.known(HOTSPOTS)
    present = cache.categories("complaints")
    category = st.selectbox(
        _("Category"), ["", *present], format_func=lambda code: category_name(code) if code else _("All"),
        key="hotspots-category",
    )  # fmt: skip
    widths: dict[str, Any] = {
        "profile": _("{metres:.0f} m (rules)").format(metres=cache.profile()["hotspots.bandwidth"]),
        CROSS_VALIDATED: _("by cross-validation"),
        **{str(metres): f"{metres:.0f} m" for metres in cache.profile()["hotspots.bandwidths"]},
    }
    width = st.selectbox(_("Bandwidth"), list(widths), format_func=widths.__getitem__, key="hotspots-bandwidth")
    label = _("Find hot spots, {first} – {last}").format(first=span[0], last=span[1]) if span else _("Find hot spots")
    out_of_date(known)
    if st.button(
        label,
        type="secondary" if known.fresh else "primary",
        icon=":material/local_fire_department:",
        width="stretch",
        key="hotspots-find",
    ):
        metres = None if width == "profile" else CROSS_VALIDATED if width == CROSS_VALIDATED else float(width)
        background.start(
            "hotspots", {"category": category or None, "bandwidth_m": metres, "months": span and list(span)}
        )
    if known.summary:
        found = known.summary
        what = category_name(found["category"]) if found["category"] else _("all categories")
        when = " – ".join(found["months"]) if found["months"] else _("all months")
        st.caption(
            _("Shown: {what}, {when}; {count:,} complaints, bandwidth {metres:.0f} m.").format(
                what=what, when=when, count=found["complaints"], metres=found["bandwidth_m"]
            )
        )
