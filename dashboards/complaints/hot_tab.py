"""The tab of hot streets: high themselves, in hot neighbourhoods, worse than before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.session import cache
from dashboards.session.language import _, current_language
from dashboards.shared.widgets import left_out_caption, table
from geo.complaints.documents import HotspotsDocument, HotStreet
from geo.complaints.study import HOTSPOTS
from geo.complaints.trends import EMERGING
from geo.core.text import pick


def named(name: str | None) -> str:
    """Return a street's name for reading."""
    return name or _("Unnamed street")


def hot_streets() -> None:
    """Draw hot streets, the streets that got worse, clusters and emerging hot spots."""
    known = cache.known(HOTSPOTS).summary
    if known is None:
        st.caption(_("Hot spots have not been found yet: see the button beside the map."))
        return
    exposures = {"length": _("kilometre"), "frontage": _("frontage")}
    left, right = st.columns(2)
    with left:
        _hot_table(known["streets"])
        st.caption(
            _(
                "High itself: more places with complaints per {exposure} than streets of the same class of road, by an "
                "exact test. In a hot neighbourhood: more places than expected within {metres:.0f} m along the "
                "streets, by an exact test. Many reports of one place count once. False discovery rate at most "
                "{share:.0%} for either."
            ).format(
                exposure=exposures.get(known["exposure"], known["exposure"]),
                metres=known.get("neighbourhood_m", cache.profile()["hotspots.neighbours_within"]),
                share=cache.profile()["hotspots.false_share"],
            )
        )
        _places(known)
        _when_not()
        _worse(known)
    with right:
        clusters = [
            (
                row["cluster"],
                row["complaints"],
                row.get("places"),
                row["expected"],
                row["p_value"],
                " · ".join(row["streets"]),
            )
            for row in known["clusters"]
        ]
        columns = [_("Cluster"), _("Complaints"), _("Places"), _("Places expected"), "p", _("Streets")]
        table(pd.DataFrame(clusters, columns=columns), "clusters", "clusters", height=220)
        left_out = known.get("left_out", {})
        left_out_caption(left_out.get("streets"))
        kinds = [(EMERGING[kind].pick(current_language()), count) for kind, count in known["emerging"].items()]
        table(pd.DataFrame(kinds, columns=[_("By month"), _("Segments")]), "emerging", "emerging")
        whole = known.get("change_months")
        if whole:
            text = _("Change is judged by the whole months of the data: {first} to {last}.")
            st.caption(text.format(first=whole[0], last=whole[1]))
        left_out_caption(left_out.get("emerging"))


def _places(known: HotspotsDocument) -> None:
    """Say how many places complaints are about, and how they were told apart."""
    if "places" not in known:
        return
    text = _("{complaints:,} complaints about {places:,} places: {share:.0%} are further reports of a place.")
    st.caption(text.format(complaints=known["complaints"], places=known["places"], share=known["repeated"]))
    if known["scatter_m"] > 0:
        text = _("Positions are scattered: reports within {metres:.0f} m of each other count as one place.")
        st.caption(text.format(metres=known["scatter_m"]))


def _when_not() -> None:
    """Say when hot spots answer another question than the one asked."""
    with st.expander(_("When not to use this")):
        st.markdown(
            _(
                "- A busy address is no hot spot: where a whole estate is one point of the map, its complaints are one "
                "place. See Recurring spots.\n"
                "- Complaints show where people report, not where offences are: compare channels and periods first.\n"
                "- Not hot does not mean quiet: with 2,000 complaints in a town, a doubled rate within 120 m is found "
                "in one of five cases, a threefold one in half, a fivefold one nearly always.\n"
                "- Expected numbers are by {exposure}: a market street is above them every day. Divide by footfall "
                "(a column of roads) to ask for more than its use explains.\n"
                "- Of a hundred hot stretches, up to {share:.0f} are so by chance: check on site before acting."
            ).format(
                exposure={"length": _("kilometre"), "frontage": _("frontage")}.get(
                    cache.profile()["hotspots.exposure"], cache.profile()["hotspots.exposure"]
                ),
                share=100 * cache.profile()["hotspots.false_share"],
            )
        )


def _hot_table(streets: list[HotStreet]) -> None:
    # results of an earlier release know Gi* only
    rows = [
        (
            named(row["name"]),
            row["complaints"],
            row.get("places"),
            _yes(row.get("high")),
            _yes(row.get("hot_neighbourhood", True)),
            row.get("rate"),
            row.get("ratio"),
            _span(row.get("ratio_low"), row.get("ratio_high")),
            row.get("near_ratio"),
            _span(row.get("near_low"), row.get("near_high")),
        )
        for row in streets
    ]
    columns = [
        _("Street"),
        _("Complaints"),
        _("Places"),
        _("High itself"),
        _("In a hot neighbourhood"),
        _("Rate per month"),
        _("By comparable streets"),
        _("95 % interval"),
        _("Nearby, ratio to expected"),
        _("Interval nearby"),
    ]
    table(pd.DataFrame(rows, columns=columns).round(2), "hot-streets", "hot-streets", height=330)


def _yes(flag: bool | None) -> str:
    return _("yes") if flag else ""


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None else f"{low:.1f}–{'∞' if high is None else f'{high:.1f}'}"


def _worse(known: HotspotsDocument) -> None:
    """Tell where complaints became more than they were."""
    if "change" not in known:
        return
    st.markdown("**" + _("Where did it get worse?") + "**")
    change = known["change"]
    if change["says"]:
        st.caption(pick(change["says"], current_language()))
        return
    rows = [
        (
            named(row["name"]),
            row["since"],
            row["before_per_month"],
            row["after_per_month"],
            row["ratio"],
            _span(row["low"], row["high"]),
            row["city_ratio"],
            row.get("year_ratio"),
            _span(row.get("year_low"), row.get("year_high")),
        )
        for row in known["worse"]
    ]
    columns = [
        _("Street"),
        _("Since"),
        _("Before, per month"),
        _("Since then, per month"),
        _("Ratio"),
        _("95 % interval"),
        _("Whole city"),
        _("Same months of last year"),
        _("Interval of the year"),
    ]
    if rows:
        table(pd.DataFrame(rows, columns=columns).round(2), "worse-streets", "worse-streets")
    else:
        st.caption(_("Nowhere beyond chance."))
    st.caption(
        _(
            "Worse: more than the rest of the city explains, and more than in the same months of last year where the "
            "data reach back so far. One complaint counts for each place and month."
        )
    )
    st.caption(
        _(
            "{tested} streets compared with their own past, {first} to {last}; {few} with fewer than {least} "
            "complaints are not."
        ).format(
            tested=change["tested"],
            first=change["first_month"],
            last=change["last_month"],
            few=change["too_few"],
            least=change["least_complaints"],
        )
    )
